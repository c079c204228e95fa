'use strict';

const Base64url = {
  bytes: text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0)),
  text: buffer => btoa(Array.from(new Uint8Array(buffer), b => String.fromCharCode(b)).join(''))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''),
};

// A password becomes the key of a signature with the group's help, and does not leave the browser: blinded, evaluated by the
// group, unblinded (RFC 9497, mode OPRF, P256-SHA256), stretched (Argon2id), and made an Ed25519 key.
const Passwords = (() => {
  const SUITE = 'OPRFV1-\0-P256-SHA256';
  const STRETCHING = { kib: 19456, passes: 2, length: 32 };
  const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
  const utf8 = text => new TextEncoder().encode(text);

  function blindingFactor() {
    const random = crypto.getRandomValues(new Uint8Array(48));
    return P256.mod(P256.number(random), P256.order - 1n) + 1n;
  }

  async function blind(input, factor) {
    return P256.encode(P256.times(await P256.hash(input, utf8('HashToGroup-' + SUITE)), factor));
  }

  const length16 = bytes => [bytes.length >> 8, bytes.length & 255];

  async function finish(input, factor, element) {
    const point = P256.encode(P256.times(P256.decode(element), P256.inverse(factor, P256.order)));
    return P256.sha256(P256.join(length16(input), input, length16(point), point, utf8('Finalize')));
  }

  // A purpose and fields, each behind its length.
  function digest(purpose, ...fields) {
    const parts = [utf8('maftia/' + purpose), ...fields].flatMap(field => {
      const length = new DataView(new ArrayBuffer(4));
      length.setUint32(0, field.length);
      return [new Uint8Array(length.buffer), field];
    });
    return P256.sha256(P256.join(...parts));
  }

  function number64(value) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(value));
    return new Uint8Array(view.buffer);
  }

  // The gateway's word is not enough: one that evaluated by itself could try passwords on what this browser sends next.
  async function requireGroup(info, challenge, signature) {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const { kty, n, e } = info.key;
    const key = await crypto.subtle.importKey('jwk', { kty, n, e }, algorithm, false, ['verify']);
    if (!await crypto.subtle.verify(algorithm, key, signature, challenge)) {
      throw new Error('the answer was not signed by the group; nothing was sent that depends on the password');
    }
  }

  async function signer(name, value) {
    const seed = await Argon2id.hash(value, utf8('maftia/openid/password/' + name), STRETCHING);
    let key;
    try {
      key = await crypto.subtle.importKey('pkcs8', P256.join(PKCS8, seed), 'Ed25519', true, ['sign']);
    } catch (failure) {
      throw new Error('this browser is too old for passwords here: it has no Ed25519 keys', { cause: failure });
    }
    const verifier = Base64url.bytes((await crypto.subtle.exportKey('jwk', key)).x);
    seed.fill(0);
    return { verifier, sign: async message => new Uint8Array(await crypto.subtle.sign('Ed25519', key, message)) };
  }

  /**
   * Turns a password into its key.
   * @param info what the gateway says of the group: name of the function, and key
   * @param ask sends a name and a blinded password, and gives the group's answer
   */
  async function unlock(info, name, password, ask) {
    const input = utf8(password.normalize('NFC'));
    const factor = blindingFactor();
    const blinded = await blind(input, factor);
    const answer = await ask({ user: name, blinded: Base64url.text(blinded) });
    const element = Base64url.bytes(answer.evaluated);
    const challenge = await digest('openid/password/challenge',
      Base64url.bytes(info.function), utf8(name), blinded, element, number64(answer.attempt));
    await requireGroup(info, challenge, Base64url.bytes(answer.signature));
    const key = await signer(name, await finish(input, factor, element));
    return { attempt: answer.attempt, challenge, ...key };
  }

  /** What proves the password of somebody who signs in. */
  async function proof(unlocked) {
    const signature = await unlocked.sign(await digest('openid/password/sign-in', unlocked.challenge));
    return { attempt: unlocked.attempt, signature: Base64url.text(signature) };
  }

  /** What makes this the password of its person. */
  async function setting(unlocked) {
    const message = await digest('openid/password/set', unlocked.challenge, unlocked.verifier);
    return {
      attempt: unlocked.attempt,
      key: Base64url.text(unlocked.verifier),
      signature: Base64url.text(await unlocked.sign(message)),
    };
  }

  return { blind, finish, digest, signer, unlock, proof, setting };
})();
