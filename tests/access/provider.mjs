// An authorization server of others (oidc-provider), and a FHIR server that asks it about tokens. Takes
// {jwks, secret, redirect} on standard input, prints {"base"}, and ends when standard input does.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Provider } from "oidc-provider";

const lines = createInterface({ input: process.stdin });
const ask = await new Promise((resolve) => lines.once("line", (line) => resolve(JSON.parse(line))));
lines.once("close", () => process.exit(0));

let handle;
const server = createServer((request, response) => handle(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const machine = { grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };
const algorithms = ["RS256", "RS384", "ES256", "ES384"];
const provider = new Provider(issuer, {
  clients: [
    { ...machine, client_id: "backend", token_endpoint_auth_method: "private_key_jwt", jwks: ask.jwks },
    { ...machine, client_id: "secretive", token_endpoint_auth_method: "client_secret_basic", client_secret: ask.secret },
    { ...machine, client_id: "posting", token_endpoint_auth_method: "client_secret_post", client_secret: ask.secret },
    {
      client_id: "app", token_endpoint_auth_method: "none", application_type: "native",
      grant_types: ["authorization_code", "refresh_token"], response_types: ["code"], redirect_uris: [ask.redirect],
    },
  ],
  scopes: ["openid", "offline_access", "system/Patient.rs"],
  enabledJWA: { clientAuthSigningAlgValues: algorithms },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["synthetic"] },
  ttl: { ClientCredentials: 120, AccessToken: 120 },
});
const callback = provider.callback();

async function isGood(request) {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  return Boolean((await provider.ClientCredentials.find(token)) ?? (await provider.AccessToken.find(token)));
}

handle = async (request, response) => {
  if (!request.url.startsWith("/fhir")) return callback(request, response);
  const say = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.url === "/fhir/.well-known/smart-configuration") {
    return say(200, { token_endpoint: `${issuer}/token`, authorization_endpoint: `${issuer}/auth` });
  }
  return (await isGood(request)) ? say(200, { resourceType: "Patient", id: "1" }) : say(401, {});
};
console.log(JSON.stringify({ base: `${issuer}/fhir` }));
