//! Records as one signed document, for Tasks that ask for a signature where everything is signed (CDex, Task Based
//! Approach, Signatures).

use super::Provider;
use crate::fhir::bundle;
use crate::mock::code::{CDEX, LOINC, coded};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Rule};
use serde_json::{Value, json};

/// Where the provider's identifiers of documents are from.
const NUMBERS: &str = "https://provider.example/ids/document";

impl Provider {
    /// Keeps the results of a search as a document that is signed by who answers for them. Its id.
    pub(super) fn keep_document(
        &mut self,
        results: &Value,
        patient: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<String, &'static str> {
        let moment = self.moment();
        let id = format!("document-{}", self.moments);
        let url = |name: &str| format!("{}/{name}", request.base);
        let entries = bundle::entries(results).iter();
        let mut records: Vec<Value> = entries
            .map(|one| json!({"fullUrl": one["fullUrl"], "resource": one["resource"]}))
            .collect();
        let about = ["Patient", "Practitioner"].map(|kind| match kind {
            "Patient" => (kind, patient.to_owned()),
            _ => (
                kind,
                self.settings
                    .practitioner
                    .first()
                    .map_or(String::new(), |one| one.id.clone()),
            ),
        });
        let section: Vec<Value> = bundle::matches(results)
            .filter_map(|one| {
                let (kind, id) = (one["resourceType"].as_str()?, one["id"].as_str()?);
                Some(json!({"reference": format!("{kind}/{id}")}))
            })
            .collect();
        let composition = json!({
            "resourceType": "Composition",
            "id": id,
            "status": "final",
            "type": coded(LOINC, "11503-0", "Medical records"),
            "subject": {"reference": format!("Patient/{patient}")},
            "date": moment,
            "author": [{"reference": format!("Practitioner/{}", about[1].1)}],
            "title": "Records that were asked for",
            "section": [{"title": "Records", "entry": section}],
        });
        let mut all =
            vec![json!({"fullUrl": url(&format!("Composition/{id}")), "resource": composition})];
        for (kind, id) in &about {
            let stored = self.records.store.get(kind, id);
            all.extend(stored.map(
                |one| json!({"fullUrl": url(&format!("{kind}/{id}")), "resource": one.resource}),
            ));
        }
        all.append(&mut records);
        let mut document = json!({
            "resourceType": "Bundle",
            "id": id,
            "meta": {
                "profile": [format!("{CDEX}/StructureDefinition/cdex-signature-bundle")],
                "lastUpdated": moment,
            },
            "identifier": {"system": NUMBERS, "value": id},
            "type": "document",
            "timestamp": moment,
            "entry": all,
        });
        if deviation.enforces(Rule::SignedDocuments) {
            document = self.signed(&document, &self.doctor(), None, None)?;
        }
        self.records.store.put(document, Some(patient));
        Ok(id)
    }
}
