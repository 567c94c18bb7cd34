// A member's app, made with the `fhirclient` package, and a browser that logs the member in.
// Reads {"base", "client", "redirect", "user", "password"} from standard input, and writes what became of it as JSON.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const fhir = createRequire(import.meta.url)("fhirclient");

const [asked] = await new Promise((resolve) => {
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (line) => resolve([JSON.parse(line)]));
});
const redirect = new URL(asked.redirect);
const kept = new Map();
const storage = {
  get: async (key) => kept.get(key),
  set: async (key, value) => (kept.set(key, value), value),
  unset: async (key) => kept.delete(key),
};

const app = createServer(async (request, response) => {
  try {
    const smart = fhir(request, response, storage);
    if (request.url.startsWith("/launch")) {
      await smart.authorize({
        iss: asked.base,
        clientId: asked.client,
        scope: "launch/patient openid fhirUser offline_access patient/*.rs",
        redirectUri: asked.redirect,
        pkceMode: "required",
      });
      return;
    }
    const client = await smart.ready();
    const patient = await client.patient.read();
    const claims = await client.request(`ExplanationOfBenefit?patient=${client.patient.id}`);
    const other = await client.request(`Patient/${asked.other}`).then(
      () => 200,
      (problem) => problem.status ?? problem.statusCode ?? 0,
    );
    await client.refresh();
    const again = await client.patient.read();
    const told = {
      patient: patient.id,
      again: again.id,
      user: client.user.fhirUser,
      scope: client.state.tokenResponse.scope,
      claims: claims.entry?.length ?? 0,
      other,
    };
    response.end(JSON.stringify(told));
  } catch (problem) {
    response.statusCode = 500;
    response.end(JSON.stringify({ problem: String(problem?.stack ?? problem) }));
  }
});
await new Promise((resolve) => app.listen(Number(redirect.port), redirect.hostname, resolve));

// The browser: forms are sent as they are, with what the member types.
const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
async function follow(url, options = {}) {
  const answer = await fetch(url, { redirect: "manual", ...options });
  const location = answer.headers.get("location");
  if (location) return follow(new URL(location, url));
  return { text: await answer.text(), url };
}
function send(page, more, button) {
  const form = /<form method="post" action="([^"]*)">/.exec(page.text);
  const fields = new URLSearchParams();
  for (const [input] of page.text.matchAll(/<input [^>]*>/g)) {
    const value = (name) => unescape(new RegExp(`${name}="([^"]*)"`).exec(input)?.[1] ?? "");
    const counts = !/type="checkbox"/.test(input) || /checked/.test(input);
    if (counts && value("name")) fields.append(value("name"), value("value"));
  }
  for (const [name, value] of Object.entries({ ...more, ...button })) fields.set(name, value);
  return follow(new URL(unescape(form[1]), page.url), { method: "POST", body: fields });
}
const login = await follow(new URL("/launch", redirect));
const consent = await send(login, { user: asked.user, password: asked.password }, {});
const home = await send(consent, {}, { decision: "allow" });
console.log(home.text);
process.exit(0);
