//! The signature of one who has a certificate: a detached JWS in compact form (RFC 7515, appendix F) over the
//! manifest as it is (RFC 7797). Its header has `alg`, `b64`, `crit`, the time of signing as `sigT` (ETSI TS
//! 119 182-1, 5.2.1) and the certificates as `x5c`; all of it is signed. It has one form only, like the archive.

use super::manifest::Signer;
use super::pen::{Certified, MOST_CERTIFICATES};
use super::signed_by::{Credential, SignedBy};
use super::{CERTIFIED_SIGNATURE, Doubt, sha256};
use crate::signature::{
    Algorithm, Certificate, Json, Jws, KeyError, Serialization, Signer as Hand,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Longest signature that is read, in bytes: ten certificates of 64 kB do not fit, those that exist do.
const LONGEST: usize = 256 << 10;

/// Header, two dots, signature.
pub(super) fn sign(pen: &Certified, manifest: &[u8]) -> Result<String, KeyError> {
    let at = pen.at.to_offset(UtcOffset::UTC).replace_nanosecond(0);
    let at = at
        .map_err(|error| KeyError::Failed(error.to_string()))?
        .format(&Rfc3339)
        .map_err(|error| KeyError::Failed(error.to_string()))?;
    let chain = pen.chain.iter();
    let chain = chain.map(|one| Json::Text(STANDARD.encode(one.der())));
    let header = Json::object([
        ("alg", Json::text(pen.algorithm.as_str())),
        ("b64", Json::Bool(false)),
        ("crit", Json::Array(vec![Json::text("b64")])),
        ("sigT", Json::Text(at)),
        ("x5c", Json::Array(chain.collect())),
    ]);
    let hand = Hand {
        header,
        key: &pen.key,
        algorithm: pen.algorithm,
    };
    hand.detached(manifest)
}

/// Who has signed this manifest, if the signature holds; and the certificates.
///
/// # Errors
/// What does not hold.
pub(super) fn signer(
    signature: &[u8],
    manifest: &[u8],
    named: &Signer,
) -> Result<(SignedBy, Vec<Certificate>), Doubt> {
    let jws = parse(signature).map_err(Doubt::Form)?;
    let algorithm = algorithm(&jws, named)?;
    let chain = certificates(&jws).map_err(Doubt::Form)?;
    let leaf = chain
        .first()
        .ok_or_else(|| Doubt::Form("x5c is empty".to_owned()))?;
    if named.public_key != STANDARD.encode(leaf.key_info()) {
        return Err(Doubt::Certificate(
            "it is of another key than the manifest names".to_owned(),
        ));
    }
    // What the header says never decides how a key is used.
    if leaf.key().kind() != Some(algorithm.kind()) {
        let told = format!(
            "{algorithm}, and the key of the certificate is {}",
            leaf.key()
        );
        return Err(Doubt::Algorithm(told));
    }
    if !algorithm.verifies(leaf.key(), &jws.signing_input(manifest), &jws.signature) {
        return Err(Doubt::Signature(CERTIFIED_SIGNATURE.to_owned()));
    }
    let signed_at = jws.header.text_at(&["sigT"]);
    let signed_at = signed_at
        .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
        .ok_or_else(|| Doubt::Form("sigT, the time of signing, cannot be read".to_owned()))?;
    let signed_by = SignedBy {
        algorithm: algorithm.as_str().to_owned(),
        fingerprint: sha256(leaf.key_info()),
        credential: Some(Credential::of(leaf, signed_at)),
        vouchers: Vec::new(),
    };
    Ok((signed_by, chain))
}

/// The one signature, in the one form it may have.
fn parse(signature: &[u8]) -> Result<Jws, String> {
    if signature.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let text = std::str::from_utf8(signature).map_err(|_| "it is no text".to_owned())?;
    let found = Jws::parse(text).map_err(|error| error.to_string())?;
    let jws = found.into_iter().next().ok_or("it is empty")?;
    let again = format!(
        "{}..{}",
        jws.protected,
        URL_SAFE_NO_PAD.encode(&jws.signature)
    );
    if jws.serialization != Serialization::Compact || again != text {
        return Err("it is not a header, two dots and a signature in base64url".to_owned());
    }
    let critical = jws.header.get("crit").map_or(&[][..], Json::items);
    if !jws.is_unencoded() || critical != [Json::text("b64")] {
        return Err("its header does not say b64 false, and that this is critical".to_owned());
    }
    Ok(jws)
}

/// The algorithm, which the manifest and the header must agree on.
fn algorithm(jws: &Jws, named: &Signer) -> Result<Algorithm, Doubt> {
    let name = jws.header.text_at(&["alg"]).unwrap_or("missing");
    let short: String = name.chars().take(60).collect();
    let algorithm = name
        .parse::<Algorithm>()
        .map_err(|_| Doubt::Algorithm(format!("{short}, which proves nothing here")))?;
    if named.algorithm != name {
        return Err(Doubt::Algorithm(format!(
            "{short}, and the manifest {:?}",
            named.algorithm.chars().take(60).collect::<String>()
        )));
    }
    Ok(algorithm)
}

fn certificates(jws: &Jws) -> Result<Vec<Certificate>, String> {
    let entries = jws.header.get("x5c").map_or(&[][..], Json::items);
    if entries.len() > MOST_CERTIFICATES {
        return Err(format!("x5c holds more than {MOST_CERTIFICATES}"));
    }
    let read = |entry: &Json| {
        let text = entry.as_text().unwrap_or_default();
        let der = STANDARD
            .decode(text)
            .map_err(|_| "x5c is not base64".to_owned())?;
        Certificate::from_der(&der).map_err(|error| format!("a certificate of x5c: {error}"))
    };
    entries.iter().map(read).collect()
}
