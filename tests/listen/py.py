# A client made with fhirpy: reads all pages of a search, and asks for a record that is not there.
# Arguments: base URL and token.
import json
import sys

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import BaseFHIRError, ResourceNotFound

base, token = sys.argv[1:3]
client = SyncFHIRClient(base, authorization=f"Bearer {token}")
answers = {}
search = client.resources("Observation").search(patient="pt-001").limit(5)
answers["records"] = len(search.fetch_all())
try:
    client.reference("Patient", "nobody").to_resource()
    answers["missing"] = 200
except ResourceNotFound:
    answers["missing"] = 404
try:
    client.execute(
        "Patient/$member-match",
        method="post",
        data={
            "resourceType": "Parameters",
            "parameter": [
                {"name": "CoverageToMatch", "resource": {"resourceType": "Coverage", "id": "1"}}
            ],
        },
    )
    answers["match"] = 200
except BaseFHIRError as problem:
    answers["match"] = str(problem)[:40]
print(json.dumps(answers))
