//! Alternative names of a certificate's subject (RFC 5280, 4.2.1.6), and how they stand for an identifier of FHIR.

use super::json::Json;
use std::fmt;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, Utf8StringRef};
use x509_cert::der::{Tag, Tagged as _};
use x509_cert::ext::pkix::name::GeneralName;

/// The system of national provider identifiers, and its OID.
pub const NPI: [&str; 2] = ["http://hl7.org/fhir/sid/us-npi", "2.16.840.1.113883.4.6"];

/// The system of employers' tax numbers, and its OID.
pub const TAX: [&str; 2] = ["urn:oid:2.16.840.1.113883.4.4", "2.16.840.1.113883.4.4"];

/// One alternative name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// A name of a kind that an OID tells, such as an NPI.
    Other {
        /// The OID of the kind, with dots.
        kind: String,
        /// Its characters.
        value: String,
    },
    /// A URI.
    Uri(String),
    /// A host.
    Dns(String),
    /// A mail address.
    Email(String),
    /// Something else, as it is shown.
    Unlike(String),
}

impl AlternativeName {
    pub(super) fn of(name: &GeneralName) -> Self {
        match name {
            GeneralName::OtherName(other) => {
                let any = &other.value;
                let value = match any.tag() {
                    Tag::Utf8String => Utf8StringRef::try_from(any)
                        .ok()
                        .map(|text| text.to_string()),
                    Tag::PrintableString => PrintableStringRef::try_from(any)
                        .ok()
                        .map(|text| text.to_string()),
                    Tag::Ia5String => Ia5StringRef::try_from(any)
                        .ok()
                        .map(|text| text.to_string()),
                    _ => None,
                };
                match value {
                    Some(value) => Self::Other {
                        kind: other.type_id.to_string(),
                        value: value.chars().take(200).collect(),
                    },
                    None => Self::Unlike(format!("a {} of kind {}", any.tag(), other.type_id)),
                }
            }
            GeneralName::UniformResourceIdentifier(uri) => Self::Uri(short(uri.as_ref())),
            GeneralName::DnsName(host) => Self::Dns(short(host.as_ref())),
            GeneralName::Rfc822Name(mail) => Self::Email(short(mail.as_ref())),
            GeneralName::DirectoryName(name) => Self::Unlike(short(&name.to_string())),
            GeneralName::IpAddress(_) => Self::Unlike("an IP address".to_owned()),
            GeneralName::EdiPartyName(_) => Self::Unlike("an EDI party".to_owned()),
            GeneralName::RegisteredId(oid) => Self::Unlike(oid.to_string()),
        }
    }

    /// Whether it stands for this identifier of FHIR: by the OID of the identifier's system, or by the same
    /// characters where no OID is known for the system. The guide says nothing about systems other than NPI.
    #[must_use]
    pub fn stands_for(&self, system: Option<&str>, value: &str) -> bool {
        let oid = system.and_then(oid);
        match self {
            Self::Other { kind, value: own } => own == value && oid.is_none_or(|oid| oid == kind),
            Self::Uri(own) => {
                let system = system.unwrap_or_default();
                own == value && (oid.is_none() || system == "urn:ietf:rfc:3986")
                    || *own == format!("{system}|{value}")
                    || *own == format!("{system}/{value}")
            }
            Self::Dns(own) | Self::Email(own) => own == value && oid.is_none(),
            Self::Unlike(_) => false,
        }
    }
}

/// The OID of an identifier's system.
fn oid(system: &str) -> Option<&str> {
    if system == NPI[0] {
        return Some(NPI[1]);
    }
    system.strip_prefix("urn:oid:")
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other { kind, value } if kind == NPI[1] => write!(f, "NPI {value}"),
            Self::Other { kind, value } => write!(f, "{kind} {value}"),
            Self::Uri(uri) => write!(f, "URI {uri}"),
            Self::Dns(host) => write!(f, "host {host}"),
            Self::Email(mail) => write!(f, "mail {mail}"),
            Self::Unlike(text) => f.write_str(text),
        }
    }
}

/// Who has signed, as `Signature.who` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The kind of resource: Practitioner, PractitionerRole or Organization.
    pub kind: String,
    /// The system of the identifier.
    pub system: String,
    /// The identifier.
    pub value: String,
    /// The name for people.
    pub display: String,
}

impl Who {
    /// The element.
    pub(super) fn to_json(&self) -> Json {
        let code = match self.system.as_str() {
            system if system == NPI[0] => Some("NPI"),
            system if system == TAX[0] => Some("TAX"),
            _ => None,
        };
        let mut identifier = Json::Object(Vec::new());
        if let Some(code) = code {
            let coding = Json::object([
                (
                    "system",
                    Json::text("http://terminology.hl7.org/CodeSystem/v2-0203"),
                ),
                ("code", Json::text(code)),
            ]);
            identifier.set(
                "type",
                Json::object([("coding", Json::Array(vec![coding]))]),
            );
        }
        identifier.set("system", Json::text(&self.system));
        identifier.set("value", Json::text(&self.value));
        Json::object([
            ("type", Json::text(&self.kind)),
            ("identifier", identifier),
            ("display", Json::text(&self.display)),
        ])
    }
}
