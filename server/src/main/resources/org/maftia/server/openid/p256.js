'use strict';

// P-256 and hashing to it, as passwords need it: RFC 9380 (P256_XMD:SHA-256_SSWU_RO_), complete addition by Renes, Costello
// and Batina (Eurocrypt 2016). Not in constant time: whoever measures this machine that closely has the keyboard as well.
const P256 = (() => {
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const a = p - 3n;
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
  const z = p - 10n;
  const identity = { x: 0n, y: 1n, z: 0n };

  const mod = (value, modulus) => {
    const rest = value % modulus;
    return rest < 0n ? rest + modulus : rest;
  };
  const field = value => mod(value, p);

  function power(base, exponent, modulus) {
    let result = 1n;
    let factor = mod(base, modulus);
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) {
        result = result * factor % modulus;
      }
      factor = factor * factor % modulus;
    }
    return result;
  }

  // Moduli are primes.
  const inverse = (value, modulus) => power(value, modulus - 2n, modulus);
  const equation = x => field(field(x * x + a) * x + b);

  // A root, if there is one: p is 3 modulo 4.
  const root = value => power(value, (p + 1n) / 4n, p);

  function plus(one, other) {
    const b3 = field(3n * b);
    const xx = field(one.x * other.x);
    const yy = field(one.y * other.y);
    const zz = field(one.z * other.z);
    const xy = field((one.x + one.y) * (other.x + other.y) - xx - yy);
    const xz = field((one.x + one.z) * (other.x + other.z) - xx - zz);
    const yz = field((one.y + one.z) * (other.y + other.z) - yy - zz);
    const middle = field(b3 * zz + a * xz);
    const low = field(yy - middle);
    const high = field(yy + middle);
    const slope = field(3n * xx + a * zz);
    const rest = field(b3 * xz + a * (xx - a * zz));
    return {
      x: field(xy * low - yz * rest),
      y: field(low * high + slope * rest),
      z: field(yz * high + xy * slope),
    };
  }

  function times(point, scalar) {
    let sum = identity;
    for (let bit = 255n; bit >= 0n; bit--) {
      sum = plus(sum, sum);
      const more = plus(sum, point);
      sum = scalar >> bit & 1n ? more : sum;
    }
    return sum;
  }

  function number(bytes) {
    let value = 0n;
    for (const byte of bytes) {
      value = value << 8n | BigInt(byte);
    }
    return value;
  }

  function fixed(value, length) {
    const bytes = new Uint8Array(length);
    for (let i = length - 1, left = value; i >= 0; i--, left >>= 8n) {
      bytes[i] = Number(left & 255n);
    }
    return bytes;
  }

  // SEC 1, compressed.
  function encode(point) {
    if (point.z === 0n) {
      throw new Error('the point is the identity');
    }
    const scale = inverse(point.z, p);
    const bytes = new Uint8Array(33);
    bytes[0] = field(point.y * scale) & 1n ? 3 : 2;
    bytes.set(fixed(field(point.x * scale), 32), 1);
    return bytes;
  }

  function decode(bytes) {
    const x = number(bytes.subarray(1));
    const y = root(equation(x));
    if (bytes.length !== 33 || bytes[0] !== 2 && bytes[0] !== 3 || x >= p || field(y * y) !== equation(x)) {
      throw new Error('the answer holds no point of the curve');
    }
    return { x, y: (y & 1n) === BigInt(bytes[0] & 1) ? y : p - y, z: 1n };
  }

  const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

  function join(...parts) {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  // RFC 9380, section 5.3.1, for 96 bytes.
  async function expand(message, tag) {
    const suffix = join(tag, [tag.length]);
    const first = await sha256(join(new Uint8Array(64), message, [0, 96, 0], suffix));
    const blocks = [];
    let last = new Uint8Array(32);
    for (let i = 1; i <= 3; i++) {
      last = await sha256(join(last.map((byte, at) => byte ^ first[at]), [i], suffix));
      blocks.push(last);
    }
    return join(...blocks);
  }

  // RFC 9380, section 6.6.2.
  function mapped(u) {
    const zuu = field(z * u * u);
    const denominator = field(zuu * zuu + zuu);
    const x1 = denominator === 0n
      ? field(b * inverse(field(z * a), p))
      : field(-b * inverse(a, p) * (1n + inverse(denominator, p)));
    const y1 = root(equation(x1));
    const first = field(y1 * y1) === equation(x1);
    const x = first ? x1 : field(zuu * x1);
    const y = first ? y1 : root(equation(x));
    return { x, y: (y & 1n) === (u & 1n) ? y : field(-y), z: 1n };
  }

  async function hash(message, tag) {
    const bytes = await expand(message, tag);
    return plus(mapped(field(number(bytes.subarray(0, 48)))), mapped(field(number(bytes.subarray(48)))));
  }

  return { order, inverse, times, encode, decode, hash, join, number, sha256, mod };
})();
