//! `.well-known/davinci-configuration`: where the payer's endpoints are (HRex, endpoint discovery).

use super::Payer;
use super::plan::NPI;
use crate::mock::{Request, Response};
use serde_json::json;

impl Payer {
    /// Lists the endpoints for apps, providers and payers, which are one and the same here.
    pub(super) fn davinci_configuration(&self, request: &Request) -> Response {
        let base = &request.base;
        let document = json!({
            "identifier": {"system": NPI, "value": self.settings.payer.npi},
            "endpoints": {
                "davinci_pdex_patient_endpoint": base,
                "davinci_pdex_provider_endpoint": base,
                "davinci_pdex_payer_endpoint": base,
                "davinci_cdex_attachsubmit_endpoint": base,
            },
        });
        Response::new(200, "application/json", document.to_string())
    }
}
