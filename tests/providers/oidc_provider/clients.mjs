// The clients of an app at this root URL: one per way of authentication, and per answer that is out of the ordinary.

const SECRET = 'flask-app-secret-of-32-characters';
const ODD_SECRET = 's }(!]"\\%41+&=:~';

/** Every client may do the same; `differs` is what its name says. */
const client = (id, root, differs) => ({
  client_id: id,
  redirect_uris: [`${root}auth/callback`],
  post_logout_redirect_uris: [root],
  backchannel_logout_uri: `${root}auth/backchannel-logout`,
  backchannel_logout_session_required: true,
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  ...differs,
});

const confidential = (method, differs = {}) => ({
  token_endpoint_auth_method: method,
  client_secret: SECRET,
  ...differs,
});

export const clients = (root) => [
  client('flask-app', root, { token_endpoint_auth_method: 'none' }),
  client('flask-app-basic', root, confidential('client_secret_basic')),
  client('flask-app-post', root, confidential('client_secret_post')),
  client('flask-app-secret-jwt', root, confidential('client_secret_jwt')),
  // Its keys are the app's to publish.
  client('flask-app-key', root, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: `${root}auth/jwks`,
  }),
  client('flask-app-pushed', root, confidential('client_secret_basic', {
    require_pushed_authorization_requests: true,
  })),
  // Characters that RFC 6749 allows and that encodings get wrong.
  client('flask-app }(!]"\\%+&', root, confidential('client_secret_basic', { client_secret: ODD_SECRET })),
  client('flask-app-es256', root, confidential('client_secret_basic', {
    id_token_signed_response_alg: 'ES256',
  })),
  // Its ID tokens always say when the user signed in.
  client('flask-app-auth-time', root, { token_endpoint_auth_method: 'none', require_auth_time: true }),
  // Its logout tokens name the user, not the session.
  client('flask-app-by-user', root, confidential('client_secret_basic', {
    backchannel_logout_session_required: false,
  })),
];
