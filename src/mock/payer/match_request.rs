//! A request to match a member, checked for its shape.

use super::refusal::Refusal;
use super::version::Version;
use crate::fhir::id;
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

/// The parameters of the operation, and the type each holds.
const PARAMETERS: [(&str, &str); 4] = [
    ("MemberPatient", "Patient"),
    ("CoverageToMatch", "Coverage"),
    ("CoverageToLink", "Coverage"),
    ("Consent", "Consent"),
];

/// What a client submits to have a member matched. A resource that was left out is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MatchRequest {
    pub(super) patient: Value,
    pub(super) coverage: Value,
    pub(super) link: Value,
    pub(super) consent: Value,
}

impl MatchRequest {
    /// Reads the body of `$member-match`.
    ///
    /// A body that is no Parameters resource gets 400; Parameters that break the operation's rules get 422.
    pub(super) fn parse(
        body: &[u8],
        version: Version,
        deviation: &Deviation,
    ) -> Result<Self, Refusal> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        if body["resourceType"] != "Parameters" {
            return Err(Refusal::bad_request("the body is no Parameters resource"));
        }
        let given = body["parameter"]
            .as_array()
            .ok_or_else(|| Refusal::new(422, "required", "the Parameters hold no parameter"))?;
        Self::from_parameters(given, version.consent_is_mandatory(), deviation)
    }

    /// Reads the parameters one by one.
    pub(super) fn from_parameters(
        given: &[Value],
        needs_consent: bool,
        deviation: &Deviation,
    ) -> Result<Self, Refusal> {
        let invalid = |text: &str| Refusal::new(422, "invalid", text);
        let mut request = Self::default();
        for parameter in given {
            let name = parameter["name"].as_str().unwrap_or_default();
            let known = PARAMETERS.iter().find(|(known, _)| *known == name);
            let Some((name, kind)) = known else {
                if deviation.enforces(Rule::ClosedParameters) {
                    return Err(invalid(
                        "one of the parameters is not part of this operation",
                    ));
                }
                continue;
            };
            let slot = request.slot(name);
            if !slot.is_null() && deviation.enforces(Rule::ClosedParameters) {
                return Err(invalid(&format!("{name} is given more than once")));
            }
            if parameter["resource"]["resourceType"] != *kind {
                return Err(invalid(&format!("{name} holds no {kind} resource")));
            }
            *slot = parameter["resource"].clone();
        }
        request.check_mandatory(needs_consent, deviation)?;
        request.check_references(deviation)?;
        Ok(request)
    }

    fn slot(&mut self, name: &str) -> &mut Value {
        match name {
            "MemberPatient" => &mut self.patient,
            "CoverageToMatch" => &mut self.coverage,
            "CoverageToLink" => &mut self.link,
            _ => &mut self.consent,
        }
    }

    fn check_mandatory(&self, needs_consent: bool, deviation: &Deviation) -> Result<(), Refusal> {
        let missing =
            |name: &str| Refusal::new(422, "required", format!("the parameter {name} is missing"));
        if deviation.enforces(Rule::MandatoryParameters) {
            if self.patient.is_null() {
                return Err(missing("MemberPatient"));
            }
            if self.coverage.is_null() {
                return Err(missing("CoverageToMatch"));
            }
        }
        if needs_consent && self.consent.is_null() && deviation.enforces(Rule::ConsentParameter) {
            return Err(missing("Consent"));
        }
        Ok(())
    }

    /// The Coverages have to point at the submitted Patient; whose data the Consent is about is a matter of consent.
    fn check_references(&self, deviation: &Deviation) -> Result<(), Refusal> {
        if !deviation.enforces(Rule::LocalReferences) {
            return Ok(());
        }
        for (name, coverage) in [
            ("CoverageToMatch", &self.coverage),
            ("CoverageToLink", &self.link),
        ] {
            let is_local = self.is_submitted(&coverage["beneficiary"]);
            if !coverage.is_null() && !self.patient.is_null() && !is_local {
                let text =
                    format!("{name}.beneficiary is not Patient/ with the id of MemberPatient");
                return Err(Refusal::new(422, "invalid", text));
            }
        }
        Ok(())
    }

    /// Id of the submitted Patient, when it is one.
    pub(super) fn submitted_id(&self) -> Option<&str> {
        self.patient["id"].as_str().filter(|id| id::is_valid(id))
    }

    /// Whether a reference is the local one to the submitted Patient.
    pub(super) fn is_submitted(&self, reference: &Value) -> bool {
        let id = reference["reference"]
            .as_str()
            .and_then(|text| text.strip_prefix("Patient/"));
        id.is_some() && id == self.submitted_id()
    }
}

#[cfg(test)]
mod tests {
    use super::{Deviation, MatchRequest, Version};
    use serde_json::{Value, json};

    fn body() -> Value {
        json!({"resourceType": "Parameters", "parameter": [
            {"name": "MemberPatient", "resource": {"resourceType": "Patient", "id": "m"}},
            {"name": "CoverageToMatch", "resource": {"resourceType": "Coverage", "beneficiary": {"reference": "Patient/m"}}}]})
    }

    fn status(body: &Value, version: Version) -> u16 {
        let parsed =
            MatchRequest::parse(body.to_string().as_bytes(), version, &Deviation::default());
        parsed.map_or_else(|refusal| refusal.status, |_| 200)
    }

    #[test]
    fn consent_is_mandatory_in_the_first_version_only() {
        assert_eq!(status(&body(), Version::V2_1_0), 200);
        assert_eq!(status(&body(), Version::V2_0_0), 422);
    }

    #[test]
    fn what_is_no_parameters_is_a_bad_request() {
        let parse = |text: &[u8]| MatchRequest::parse(text, Version::V2_1_0, &Deviation::default());
        assert_eq!(parse(b"{").unwrap_err().status, 400);
        assert_eq!(parse(b"").unwrap_err().status, 400);
        assert_eq!(
            status(&json!({"resourceType": "Bundle"}), Version::V2_1_0),
            400
        );
        assert_eq!(status(&json!([]), Version::V2_1_0), 400);
    }

    #[test]
    fn parameters_that_break_the_rules_are_refused() {
        let broken = |change: fn(&mut Value)| {
            let mut body = body();
            change(&mut body);
            status(&body, Version::V2_1_0)
        };
        assert_eq!(broken(|body| body["parameter"] = json!("x")), 422);
        assert_eq!(
            broken(|body| body["parameter"][0]["name"] = json!("Foo")),
            422
        );
        assert_eq!(
            broken(|body| body["parameter"][1] = body["parameter"][0].clone()),
            422
        );
        assert_eq!(
            broken(|body| body["parameter"][0]["resource"]["resourceType"] = json!("Group")),
            422
        );
        assert_eq!(
            broken(|body| body["parameter"][0]["resource"]["id"] = json!("other")),
            422
        );
        assert_eq!(
            broken(|body| body["parameter"][0]["resource"]["id"] = json!(null)),
            422
        );
    }
}
