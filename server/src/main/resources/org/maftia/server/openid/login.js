'use strict';

const path = '/oidc/login/webauthn/';
const message = document.getElementById('message');

function bytes(text) {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, c => c.charCodeAt(0));
}

function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), b => String.fromCharCode(b)).join('');
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

async function post(what, body) {
  const response = await fetch(path + what, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error_description || answer.error || 'the server refused');
  }
  return answer;
}

async function signIn() {
  const options = await post('assert/options', {});
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  const credential = await navigator.credentials.get({ publicKey: key });
  await post('assert/finish', {
    attempt: options.attempt,
    id: text(credential.rawId),
    clientDataJSON: text(credential.response.clientDataJSON),
    authenticatorData: text(credential.response.authenticatorData),
    signature: text(credential.response.signature),
  });
}

async function register(user, invitation) {
  const options = await post('register/options', { user });
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
  await post('register/finish', made);
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

function on(form, action) {
  document.getElementById(form).addEventListener('submit', async event => {
    event.preventDefault();
    const button = event.submitter;
    message.textContent = 'Waiting for your passkey';
    if (button) {
      button.disabled = true;
    }
    try {
      await action(new FormData(event.target));
      goOn();
    } catch (failure) {
      message.textContent = 'That did not work: ' + failure.message;
    } finally {
      if (button) {
        button.disabled = false;
      }
    }
  });
}

on('sign-in', signIn);
on('register', form => register(form.get('user'), form.get('invitation').trim()));
