//! Signs a document (CDex Signatures, Sender/Signer Steps).

use super::algorithm::Algorithm;
use super::carrier::{Carrier, EXTENSION, Meta, Removal, Signed, stripped};
use super::certificate::Certificate;
use super::edition::Edition;
use super::element::{SIG_FORMAT, TARGET_FORMAT, TYPES, VERIFICATION, VERIFICATION_DISPLAY, short};
use super::flaw::Flaw;
use super::json::{Json, NoCanonicalNumber, Style};
use super::jws::{Signer, detached_json};
use super::key::{KeyError, Kind, PrivateKey};
use super::name::Who;
use super::reader::{Limits, Unreadable, read};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// One who signs.
#[derive(Clone, Debug)]
pub struct Hand<'a> {
    /// The key.
    pub key: &'a PrivateKey,
    /// The certificate of the key, then those of the authorities that vouch for it.
    pub certificates: &'a [Certificate],
    /// The algorithm; it has to go with the key.
    pub algorithm: Algorithm,
}

/// How to sign.
#[derive(Clone, Debug)]
pub struct Signing<'a> {
    /// By whose rules.
    pub edition: Edition,
    /// Who signs: one, or several at once, whose headers should differ in their certificates alone.
    pub hands: Vec<Hand<'a>>,
    /// As whom.
    pub who: Who,
    /// When.
    pub when: OffsetDateTime,
    /// The `linkId` of the one item to sign; else the whole resource is signed.
    pub item: Option<String>,
    /// Whether signatures that are there are taken away first; else a Bundle that is signed is refused, and a
    /// QuestionnaireResponse gets one more.
    pub replace: bool,
    /// The one rule that the signature breaks, if it is made to try verifiers with.
    pub flaw: Option<Flaw>,
}

/// A document cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is no resource that the guide signs.
    #[error(
        "CDex signs Bundles of type searchset and document, and QuestionnaireResponses, not {0}"
    )]
    NotSignable(String),
    /// There is no such item.
    #[error("no item of the QuestionnaireResponse has the linkId {0:?}")]
    NoItem(String),
    /// An item is wanted of a resource that has none.
    #[error("only a QuestionnaireResponse has items; sign the Bundle without naming one")]
    NoItems,
    /// It is signed.
    #[error(
        "the Bundle is signed, and has room for one signature; replace it, or name all who sign at once"
    )]
    IsSigned,
    /// Nobody signs.
    #[error("nobody signs: a key is missing")]
    NoHand,
    /// There is no certificate.
    #[error("a signer has no certificate, which the header has to hold")]
    NoCertificate,
    /// The certificate is not that of the key.
    #[error(
        "the first certificate ({0}) is not that of the key: the signer's certificate comes first"
    )]
    OtherKey(String),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A number has no canonical form.
    #[error(transparent)]
    Number(#[from] NoCanonicalNumber),
    /// The time cannot be written.
    #[error("the time of signing cannot be written: {0}")]
    Time(String),
}

/// Signs a document: the same document with one more Signature, for people to read. Order and digits stay as they
/// were written.
///
/// # Errors
/// When the document is none that is signed, or key and certificate do not go together.
pub fn sign(document: &[u8], signing: &Signing<'_>) -> Result<Vec<u8>, SignError> {
    let mut document = read(document, Limits::default())?;
    sign_json(&mut document, signing)?;
    let mut bytes = document.bytes(Style::READABLE)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Signs a document in place.
///
/// # Errors
/// When the document is none that is signed, or key and certificate do not go together.
pub fn sign_json(document: &mut Json, signing: &Signing<'_>) -> Result<(), SignError> {
    let carrier = carrier(document, signing)?;
    let content = match (&signing.item, carrier) {
        (Some(link), Carrier::Item) => {
            item(document, link).ok_or_else(|| SignError::NoItem(short(link)))?
        }
        _ => document,
    };
    if signing.replace {
        *content = clean(
            content,
            carrier,
            Removal {
                id: false,
                meta: Meta::Kept,
                ..Removal::GUIDE
            },
        );
    }
    let payload =
        clean(content, carrier, Flaw::removal(signing.flaw)).bytes(Flaw::style(signing.flaw))?;
    let when = signing
        .when
        .replace_nanosecond(0)
        .ok()
        .and_then(|when| when.format(&Rfc3339).ok())
        .ok_or_else(|| SignError::Time(signing.when.to_string()))?;
    let jws = jws(signing, &when, &payload)?;
    let element = element(signing, &when, &jws);
    place(content, carrier, element)
}

fn carrier(document: &Json, signing: &Signing<'_>) -> Result<Carrier, SignError> {
    match document.text_at(&["resourceType"]) {
        Some("QuestionnaireResponse") if signing.item.is_some() => Ok(Carrier::Item),
        Some("QuestionnaireResponse") => Ok(Carrier::Response),
        Some("Bundle") => match document.text_at(&["type"]) {
            _ if signing.item.is_some() => Err(SignError::NoItems),
            Some("searchset" | "document") => Ok(Carrier::Bundle),
            other => {
                let kind = short(other.unwrap_or("none"));
                Err(SignError::NotSignable(format!("a Bundle of type {kind}")))
            }
        },
        Some(other) => Err(SignError::NotSignable(short(other))),
        None => Err(SignError::NotSignable(
            "JSON without resourceType".to_owned(),
        )),
    }
}

/// The item of this `linkId`, at any depth: the first.
fn item<'a>(holder: &'a mut Json, link: &str) -> Option<&'a mut Json> {
    let Some(Json::Array(items)) = holder.get_mut("item") else {
        return None;
    };
    for item in items {
        if item.text_at(&["linkId"]) == Some(link) {
            return Some(item);
        }
        // Asked twice, because a search that fails would hold on to the item otherwise.
        if has_item(item, link) {
            return self::item(item, link);
        }
        if let Some(Json::Array(answers)) = item.get_mut("answer") {
            for answer in answers {
                if has_item(answer, link) {
                    return self::item(answer, link);
                }
            }
        }
    }
    None
}

fn has_item(holder: &Json, link: &str) -> bool {
    holder.items_of("item").iter().any(|item| {
        item.text_at(&["linkId"]) == Some(link)
            || has_item(item, link)
            || item
                .items_of("answer")
                .iter()
                .any(|answer| has_item(answer, link))
    })
}

fn clean(content: &Json, carrier: Carrier, removal: Removal) -> Json {
    let signed = Signed {
        place: String::new(),
        carrier,
        content,
        resource: content,
        signature: &Json::Null,
        index: 0,
    };
    stripped(&signed, removal)
}

/// The JWS over the payload.
fn jws(signing: &Signing<'_>, when: &str, payload: &[u8]) -> Result<String, SignError> {
    let signers: Result<Vec<Signer<'_>>, SignError> = signing
        .hands
        .iter()
        .map(|hand| {
            let leaf = hand.certificates.first().ok_or(SignError::NoCertificate)?;
            if leaf.key().material() != hand.key.public().material() {
                return Err(SignError::OtherKey(leaf.subject()));
            }
            Ok(Signer {
                header: {
                    let mut header = header(signing.edition, hand, when);
                    signing.flaw.iter().for_each(|flaw| flaw.alter(&mut header));
                    header
                },
                key: hand.key,
                algorithm: hand.algorithm,
            })
        })
        .collect();
    let signers = signers?;
    match signers.as_slice() {
        [] => Err(SignError::NoHand),
        [signer] if signing.flaw != Some(Flaw::JsonSerialization) => {
            let forge = |input: &[u8]| signing.flaw?.forged(signer.key, input);
            Ok(signer.detached_unless(payload, forge)?)
        }
        several => Ok(detached_json(several, payload)?),
    }
}

/// The protected header, as the version wants it.
fn header(edition: Edition, hand: &Hand<'_>, when: &str) -> Json {
    let mut header = Json::object([("alg", Json::text(hand.algorithm.as_str()))]);
    if edition.is_ballot() {
        let commitment = Json::object([
            ("id", Json::text(format!("urn:oid:{VERIFICATION}"))),
            ("desc", Json::text(VERIFICATION_DISPLAY)),
        ]);
        let commitments = Json::Array(vec![Json::object([("commId", commitment)])]);
        header.set("sigT", Json::text(when));
        header.set("srCms", commitments);
    } else if hand.key.kind() == Kind::Rsa {
        // Not the value RFC 7518 has registered, but the one the guide fixes.
        header.set("kty", Json::text("RS"));
    }
    let chain = hand.certificates.iter();
    let chain = chain.map(|certificate| Json::Text(STANDARD.encode(certificate.der())));
    header.set("x5c", Json::Array(chain.collect()));
    header
}

/// The Signature element.
fn element(signing: &Signing<'_>, when: &str, jws: &str) -> Json {
    let coding = Json::object([
        ("system", Json::text(TYPES)),
        ("code", Json::text(VERIFICATION)),
        ("display", Json::text(VERIFICATION_DISPLAY)),
    ]);
    let mut element = Json::object([
        ("type", Json::Array(vec![coding])),
        ("when", Json::text(when)),
        ("who", signing.who.to_json()),
    ]);
    if signing.edition.is_ballot() {
        element.set("targetFormat", Json::text(TARGET_FORMAT));
    }
    element.set("sigFormat", Json::text(SIG_FORMAT));
    element.set("data", Json::Text(STANDARD.encode(jws)));
    element
}

/// Puts the Signature where it belongs.
fn place(content: &mut Json, carrier: Carrier, element: Json) -> Result<(), SignError> {
    if carrier == Carrier::Bundle {
        if content.get("signature").is_some() {
            return Err(SignError::IsSigned);
        }
        content.set("signature", element);
        return Ok(());
    }
    let extension = Json::object([("url", Json::text(EXTENSION)), ("valueSignature", element)]);
    match content.get_mut("extension") {
        Some(Json::Array(extensions)) => extensions.push(extension),
        _ => content.set("extension", Json::Array(vec![extension])),
    }
    Ok(())
}
