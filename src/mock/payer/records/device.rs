//! Devices: implanted ones, and others the plan paid for.

use super::Records;
use super::coding::{SNOMED, coded};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Number, type, display, status, whether it is implanted.
const DEVICES: [(usize, &str, &str, &str, bool); 3] = [
    (101, "14106009", "Cardiac pacemaker", "active", true),
    (102, "272265001", "Bone prosthesis", "inactive", true),
    (103, "337414009", "Blood glucose meter", "active", false),
];

impl Records<'_> {
    pub(super) fn devices(&self) -> Vec<Value> {
        let device =
            |(number, kind, display, status, is_implanted): &(usize, &str, &str, &str, bool)| {
                // Application identifiers of GS1: item, production and expiry date, lot, serial number.
                let (lot, serial) = (format!("L{number}"), format!("S{number}{}", self.seed.id));
                let carrier =
                    format!("(01)00000000000{number}(11)180101(17)300101(10){lot}(21){serial}");
                let profiles: &[&str] = if *is_implanted {
                    &["us-core-implantable-device", "pdex-device"]
                } else {
                    &["pdex-device"]
                };
                json!({
                    "resourceType": "Device",
                    "id": self.id("device", *number),
                    "meta": self.claims_to_be(profiles, &[]),
                    "udiCarrier": [{
                        "deviceIdentifier": format!("00000000000{number}"),
                        "carrierAIDC": STANDARD.encode(&carrier),
                        "carrierHRF": carrier,
                    }],
                    "status": status,
                    "distinctIdentifier": format!("D-{}-{number}", self.seed.id),
                    "manufactureDate": "2018-01-01",
                    "expirationDate": "2030-01-01",
                    "lotNumber": lot,
                    "serialNumber": serial,
                    "type": coded(SNOMED, kind, display),
                    "patient": self.subject(),
                    "url": "https://maker.example/devices",
                })
            };
        DEVICES.iter().map(device).collect()
    }
}
