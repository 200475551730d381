// A provider in the shape of ProConnect: signed user information, PKCE, a nonce, one client with a secret.
// `node openid_provider.mjs PORT REDIRECT_URI EMAIL` serves on this machine until it is stopped.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../../.second-opinions/openid/', import.meta.url));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const [port, redirect, email] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
// The subject is another one for each visit, as it may be when people change employer.
const visits = new Map();
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'badges',
    client_secret: 'a secret of thirty-two characters',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    userinfo_signed_response_alg: 'RS256',
    id_token_signed_response_alg: 'RS256',
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'usual_name'] },
  scopes: ['openid', 'email', 'profile'],
  features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ['one key of this test'] },
  async findAccount(_context, id) {
    const [who, verified] = id.split('?');
    return {
      accountId: id,
      claims: () => ({ sub: id, email: who.includes('@') ? who : email, email_verified: verified !== 'unverified' }),
    };
  },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
