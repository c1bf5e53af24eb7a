// The pages between the authorization request and its answer: a sign-in form and a question for consent.

import { mayEnter } from './people.mjs';

const form = (title, fields, button) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1>
<form method="post" action="">
${fields}
<button name="answer" value="yes">${button}</button>
<button name="answer" value="cancel">Cancel</button>
</form></html>`;

const signIn = (title) => form(title, `<p><label>Username <input name="username"></label></p>
<p><label>Password <input name="password" type="password"></label></p>`, 'Sign in');

// The scopes are those the provider itself knows: there is nothing of a stranger's in this page.
const consent = ({ missingOIDCScope = [] }) =>
  form('Consent', `<p>The app asks for: ${missingOIDCScope.join(' ')}</p>`, 'Allow');

const read = async (request) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
};

/** What the user may have, as asked for. */
const grant = async (provider, { prompt, params, session, grantId }) => {
  const given = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingOIDCClaims } = prompt.details;
  if (missingOIDCScope) given.addOIDCScope(missingOIDCScope.join(' '));
  if (missingOIDCClaims) given.addOIDCClaims(missingOIDCClaims);
  return given.save();
};

const show = (response, status, page) => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(page);
};

/** Shows a page (GET), or takes what was pressed on it (POST). */
export const interact = async (provider, request, response) => {
  const interaction = await provider.interactionDetails(request, response);
  const asksForConsent = interaction.prompt.name === 'consent';
  if (request.method !== 'POST') {
    show(response, 200, asksForConsent ? consent(interaction.prompt.details) : signIn('Sign in'));
    return;
  }
  const fields = await read(request);
  const finish = (result) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: asksForConsent });
  if (fields.get('answer') === 'cancel') {
    await finish({ error: 'access_denied', error_description: 'The user pressed <Cancel>.' });
  } else if (asksForConsent) {
    await finish({ consent: { grantId: await grant(provider, interaction) } });
  } else if (mayEnter(fields.get('username'), fields.get('password'))) {
    await finish({ login: { accountId: fields.get('username') } });
  } else {
    show(response, 401, signIn('Wrong name or password'));
  }
};
