// A certified OpenID provider (npm oidc-provider) on loopback, for tests and for trying things out. `scripts/oidc-provider`
// installs and starts it.
//
//   OIDC_PROVIDER_HOME  the folder with node_modules
//   PORT                its port on 127.0.0.1                                      (default: 9000)
//   APP_URL             the root URL of the clients' app, with a slash at the end  (default: http://localhost:5000/)

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { clients } from './clients.mjs';
import { interact } from './interaction.mjs';
import { findAccount } from './people.mjs';

const installed = createRequire(`${process.env.OIDC_PROVIDER_HOME}/`);
const { Provider } = await import(pathToFileURL(installed.resolve('oidc-provider')));

const port = Number(process.env.PORT || 9000);
const issuer = `http://localhost:${port}`;

const key = (type, options, alg) => {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `${alg}-${randomBytes(4).toString('hex')}` };
};

const provider = new Provider(issuer, {
  clients: clients(process.env.APP_URL || 'http://localhost:5000/'),
  findAccount,
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
  },
  // Fresh at each start, as with providers that do not keep them.
  jwks: { keys: [key('rsa', { modulusLength: 2048 }, 'RS256'), key('ec', { namedCurve: 'P-256' }, 'ES256')] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // By itself it calls nobody on loopback, for their keys or at a sign-out: the dispatcher refuses those addresses.
  fetch: (url, { dispatcher: _guard, ...options }) => fetch(url, options),
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  // A refresh token works once; a second use ends the whole grant.
  rotateRefreshToken: true,
  ttl: {
    AccessToken: 3600,
    Grant: 86400,
    IdToken: 86400,
    Interaction: 3600,
    RefreshToken: 86400,
    Session: 86400,
  },
});

// What happened, for tests: `/events` tells it, oldest first.
const events = [];
const tell = (name, describe) => provider.on(name, (...details) => events.push(`${name} ${describe(...details)}`));
// By its own lights a secret may come either way, whatever is registered.
const method = ({ headers, oidc: { body } }) =>
  (headers.authorization && 'client_secret_basic')
  || (body.client_secret && 'client_secret_post')
  || (body.client_assertion && 'client_assertion')
  || 'none';
const outcome = (error) => `${error.error || 'error'} ${error.error_description || error.message}`;
tell('grant.success', (context) =>
  `${context.oidc.client.clientId} ${context.oidc.params.grant_type} ${method(context)}`);
tell('grant.error', (_context, error) => outcome(error));
tell('authorization.error', (_context, error) => outcome(error));
tell('pushed_authorization_request.success', (_context, client) => client.clientId);
tell('refresh_token.consumed', (token) => token.clientId);
tell('backchannel.success', (_context, client) => client.clientId);
tell('backchannel.error', (_context, error, client) => `${client.clientId} ${error.message}`);
tell('grant.revoked', ({ oidc }) => oidc.client?.clientId ?? '');
provider.use(async (context, next) => {
  await next();
  const { route, client } = context.oidc ?? {};
  if (route === 'revocation') events.push(`revocation ${client?.clientId} ${method(context)} ${context.status}`);
});
provider.on('server_error', (_context, error) => console.error(error));

const handle = provider.callback();
const server = createServer(async (request, response) => {
  try {
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(events));
    } else if (request.url.startsWith('/interaction/')) {
      await interact(provider, request, response);
    } else {
      await handle(request, response);
    }
  } catch (error) {
    // An interaction that has ended, or that belongs to another browser.
    console.error(error);
    response.writeHead(error.statusCode || 500, { 'content-type': 'text/plain' });
    response.end(String(error));
  }
});
server.listen(port, '127.0.0.1', () => {
  console.log(`oidc-provider: ${issuer} (users alice/alice and bob/bob, for development only)`);
});
