//! Signatures: published vectors hold, every version's signatures round-trip, and whatever is wrong is named.
//!
//! - `canonical`, `jws`: the vectors of RFC 8785, RFC 7515 and RFC 7797
//! - `round_trip`: what is signed verifies, in every version and place; requirements are those of the catalogue
//! - `tampering`: each thing that is wrong breaks the step that is about it
//! - `certificates`: so does whatever is wrong with a certificate
//! - `near_misses`: each mistake that is known is named
//! - `hostile`: whatever is sent, nothing panics and little is held
//! - `published`: examples of the guide, and what is said of them
//! - `interop`: other implementations verify what is signed here, and the other way round
//! - `command`: the two commands from outside

mod canonical;
mod certificates;
mod command;
mod hostile;
mod interop;
mod jws;
mod near_misses;
mod published;
mod round_trip;
mod tampering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;
use time::OffsetDateTime;
use time::macros::datetime;
use vitruvian::signature::{
    Algorithm, Authority, Certificate, Edition, Examined, Hand, Json, Kind, Limits, NPI,
    PrivateKey, Report, Request, Signing, Trust, Who, read, sign, verify,
};

/// Who signs in these tests.
const NPI_VALUE: &str = "1111111112";

/// Keys and certificates: made once, nobody else's.
struct World {
    root: Authority,
    rsa: PrivateKey,
    p256: PrivateKey,
    p384: PrivateKey,
    intermediate: Authority,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = Authority::root("Example Root").unwrap();
    World {
        intermediate: root.intermediate("Example Intermediate").unwrap(),
        rsa: PrivateKey::generate(Kind::Rsa).unwrap(),
        p256: PrivateKey::generate(Kind::P256).unwrap(),
        p384: PrivateKey::generate(Kind::P384).unwrap(),
        root,
    }
});

impl World {
    fn key(&self, algorithm: Algorithm) -> &PrivateKey {
        match algorithm.kind() {
            Kind::Rsa => &self.rsa,
            Kind::P256 => &self.p256,
            Kind::P384 => &self.p384,
        }
    }

    /// A chain of the signer and the intermediate authority.
    fn chain(&self, request: &Request, key: &PrivateKey) -> Vec<Certificate> {
        vec![
            self.intermediate.issue(request, key).unwrap(),
            self.intermediate.certificate().clone(),
        ]
    }

    fn trust(&self) -> Trust {
        Trust::now(vec![self.root.certificate().clone()])
    }
}

fn who() -> Who {
    Who {
        kind: "Organization".to_owned(),
        system: NPI[0].to_owned(),
        value: NPI_VALUE.to_owned(),
        display: "Example Hospital".to_owned(),
    }
}

fn request() -> Request {
    Request::signer("Example Hospital", NPI_VALUE)
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Signs with everything right.
fn signed(document: &str, edition: Edition, algorithm: Algorithm, item: Option<&str>) -> String {
    let key = WORLD.key(algorithm);
    let chain = WORLD.chain(&request(), key);
    signed_with(document, edition, algorithm, item, &chain)
}

fn signed_with(
    document: &str,
    edition: Edition,
    algorithm: Algorithm,
    item: Option<&str>,
    certificates: &[Certificate],
) -> String {
    let signing = Signing {
        edition,
        hands: vec![Hand {
            key: WORLD.key(algorithm),
            certificates,
            algorithm,
        }],
        who: who(),
        when: now(),
        item: item.map(str::to_owned),
        replace: false,
        flaw: None,
    };
    String::from_utf8(sign(document.as_bytes(), &signing).unwrap()).unwrap()
}

/// Verifies, trusting the root.
fn verified(document: &str, edition: Edition) -> Report {
    verify(document.as_bytes(), edition, &WORLD.trust()).unwrap()
}

/// The one signature of a document.
fn examined(document: &str, edition: Edition) -> Examined {
    let mut report = verified(document, edition);
    assert_eq!(report.signatures.len(), 1, "{report:#?}");
    report.signatures.remove(0)
}

/// The rules that are broken.
fn broken(examined: &Examined) -> Vec<&'static str> {
    examined.broken().map(|step| step.id).collect()
}

fn json(text: &str) -> Json {
    read(text.as_bytes(), Limits::default()).unwrap()
}

/// The text of the JWS in the signature of a Bundle.
fn jws_of(bundle: &str) -> String {
    let document = json(bundle);
    let data = document.text_at(&["signature", "data"]).unwrap();
    String::from_utf8(STANDARD.decode(data).unwrap()).unwrap()
}

/// The same Bundle with another JWS.
fn with_jws(bundle: &str, jws: &str) -> String {
    let document = json(bundle);
    let data = document.text_at(&["signature", "data"]).unwrap();
    bundle.replace(data, &STANDARD.encode(jws))
}

/// A searchset with what FHIR tells apart and canonical JSON does not.
const BUNDLE: &str = r#"{
  "resourceType": "Bundle",
  "id": "searchset-1",
  "meta": {"lastUpdated": "2026-01-02T03:04:05Z"},
  "type": "searchset",
  "total": 1,
  "entry": [{
    "fullUrl": "http://example.org/fhir/Observation/o1",
    "resource": {
      "resourceType": "Observation",
      "id": "o1",
      "meta": {"versionId": "1"},
      "status": "final",
      "code": {"text": "Höhe \u20ac \u000f"},
      "valueQuantity": {"value": 1.50, "unit": "m"}
    }
  }]
}"#;

const RESPONSE: &str = r#"{
  "resourceType": "QuestionnaireResponse",
  "id": "qr-1",
  "meta": {"versionId": "7"},
  "status": "completed",
  "item": [
    {"linkId": "1", "id": "i1", "text": "Weight", "answer": [{"valueDecimal": 80.00,
      "item": [{"linkId": "1.1", "answer": [{"valueString": "measured"}]}]}]},
    {"linkId": "2", "item": [{"linkId": "2.1", "answer": [{"valueBoolean": true}]}]}
  ]
}"#;

/// A day before every certificate here.
const LONG_AGO: OffsetDateTime = datetime!(2020-01-01 00:00 UTC);
