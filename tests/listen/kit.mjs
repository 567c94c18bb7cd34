// A client made with fhir-kit-client: matches a member, reads all pages of a search, and asks for a record that is not
// there. Arguments: base URL and token.
import * as kit from "fhir-kit-client";

const Client = kit.default ?? kit.FhirClient ?? kit.Client;
const [baseUrl, token] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken: token });
const answers = {};
const refused = async (asking) => {
  try {
    await asking;
    return 200;
  } catch (problem) {
    return problem.response?.status ?? String(problem);
  }
};
const input = {
  resourceType: "Parameters",
  parameter: [{ name: "CoverageToMatch", resource: { resourceType: "Coverage", id: "1" } }],
};
answers.match = await refused(client.operation({ name: "member-match", resourceType: "Patient", input }));
let page = await client.search({
  resourceType: "Observation",
  searchParams: { patient: "pt-001", _count: "5" },
});
answers.records = 0;
answers.pages = 0;
while (page) {
  answers.pages += 1;
  answers.records += page.entry?.length ?? 0;
  page = page.link?.some((link) => link.relation === "next") ? await client.nextPage({ bundle: page }) : null;
}
answers.total = (await client.search({ resourceType: "Observation", searchParams: { patient: "pt-001", _summary: "count" } })).total;
answers.missing = await refused(client.read({ resourceType: "Patient", id: "nobody" }));
console.log(JSON.stringify(answers));
