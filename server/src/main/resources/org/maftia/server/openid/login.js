'use strict';

const path = '/oidc/login/';
const message = document.getElementById('message');
const { bytes, text } = Base64url;
let passwords = null; // what the gateway says of the group, where that takes passwords

function waitOf(response) {
  const seconds = Number(response.headers.get('Retry-After') || 60);
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

async function post(what, body) {
  const response = await fetch(path + what, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status === 429) {
    throw new Error(`there were too many tries. Come back in ${waitOf(response)}`);
  }
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error_description || answer.error || 'the server refused');
  }
  return answer;
}

async function signIn() {
  const options = await post('webauthn/assert/options', {});
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  const credential = await navigator.credentials.get({ publicKey: key });
  await post('webauthn/assert/finish', {
    attempt: options.attempt,
    id: text(credential.rawId),
    clientDataJSON: text(credential.response.clientDataJSON),
    authenticatorData: text(credential.response.authenticatorData),
    signature: text(credential.response.signature),
  });
}

async function register(user, invitation) {
  const options = await post('webauthn/register/options', { user });
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  key.user.id = bytes(key.user.id);
  const credential = await navigator.credentials.create({ publicKey: key });
  const made = {
    attempt: options.attempt,
    clientDataJSON: text(credential.response.clientDataJSON),
    attestationObject: text(credential.response.attestationObject),
  };
  if (invitation) {
    made.invitation = invitation;
  }
  await post('webauthn/register/finish', made);
}

const unlock = (user, password) =>
  Passwords.unlock(passwords, user, password, asked => post('password/evaluate', asked));

async function prove(user, password) {
  await post('password/finish', await Passwords.proof(await unlock(user, password)));
}

async function setPassword(user, present, chosen, invitation) {
  if (present) {
    await prove(user, present);
  }
  const wish = await Passwords.setting(await unlock(user, chosen));
  if (invitation) {
    wish.invitation = invitation;
  }
  await post('password/set', wish);
}

// Who came from a client goes back to it, once: what it asked for has happened now.
function goOn() {
  const place = new URL(location.href);
  if (place.pathname.endsWith('/authorize')) {
    place.searchParams.delete('prompt');
    location.replace(place);
  } else {
    message.textContent = 'You are signed in.';
  }
}

function on(form, waiting, action) {
  document.getElementById(form).addEventListener('submit', async event => {
    event.preventDefault();
    const button = event.submitter;
    message.className = '';
    message.textContent = waiting;
    if (button) {
      button.disabled = true;
    }
    try {
      await action(new FormData(event.target));
      event.target.reset();
      goOn();
    } catch (failure) {
      message.className = 'failure';
      message.textContent = 'That did not work: ' + failure.message + '.';
    } finally {
      if (button) {
        button.disabled = false;
      }
    }
  });
}

async function offerPasswords() {
  const response = await fetch(path + 'password');
  if (response.ok) {
    passwords = await response.json();
    document.querySelectorAll('[data-passwords]').forEach(part => { part.hidden = false; });
  }
}

on('sign-in', 'Waiting for your passkey.', signIn);
on('register', 'Waiting for your passkey.', form => register(form.get('user'), form.get('invitation').trim()));
on('password', 'Proving your password: some seconds.', form => prove(form.get('user'), form.get('password')));
on('set', 'Setting your password: some seconds.', form =>
  setPassword(form.get('user'), form.get('present'), form.get('chosen'), form.get('invitation').trim()));
offerPasswords().catch(() => {}); // passkeys work without
