//! Signatures: made, and verified.

use super::ListFormat;
use crate::catalog::IgVersion;
use crate::signature::{Algorithm, Edition};
use clap::Args;
use std::path::PathBuf;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Debug, Args)]
pub(in crate::cli) struct SignOptions {
    /// A Bundle (searchset, document) or a QuestionnaireResponse, JSON; - is standard input
    pub(in crate::cli) file: PathBuf,
    /// By the rules of this version of CDex
    #[arg(long, value_name = "NAME@VERSION", default_value = "cdex@2.1.0", value_parser = parse_edition)]
    pub(in crate::cli) ig: Edition,
    /// Private key, PKCS #8 in a PEM file; without one, a throw-away key is made (repeatable: all sign at once)
    #[arg(long, value_name = "PEM", requires = "cert")]
    pub(in crate::cli) key: Vec<PathBuf>,
    /// Certificate of the key, and below it those that vouch for it, in a PEM file (one for each key)
    #[arg(long, value_name = "PEM", requires = "key")]
    pub(in crate::cli) cert: Vec<PathBuf>,
    /// Algorithm [default: RS256 for RSA keys, ES256 for P-256, ES384 for P-384]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) alg: Option<Algorithm>,
    /// Sign this item of a QuestionnaireResponse instead of the whole
    #[arg(long, value_name = "LINKID")]
    pub(in crate::cli) item: Option<String>,
    /// Take away the signatures that are there
    #[arg(long)]
    pub(in crate::cli) replace: bool,
    /// Time of signing, for example 2026-11-22T10:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) when: Option<OffsetDateTime>,
    /// Where to write; - is standard output
    #[arg(long, short, value_name = "PATH", default_value = "-")]
    pub(in crate::cli) output: PathBuf,
    /// Write the certificate of the throw-away key's authority here, for `verify-signature --ca`
    #[arg(long, value_name = "PATH", conflicts_with = "key")]
    pub(in crate::cli) ca_out: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) who: WhoOptions,
}

/// As whom to sign.
#[derive(Debug, Args)]
#[command(next_help_heading = "Signer")]
pub(in crate::cli) struct WhoOptions {
    /// Identifier of the signer [default: the NPI in the certificate]
    #[arg(long, value_name = "SYSTEM|VALUE")]
    pub(in crate::cli) who: Option<String>,
    /// Name of the signer [default: the common name in the certificate]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) who_display: Option<String>,
    /// Practitioner, PractitionerRole or Organization [default: Organization for a searchset]
    #[arg(long, value_name = "TYPE", value_parser = ["Practitioner", "PractitionerRole", "Organization"])]
    pub(in crate::cli) who_type: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifySignatureOptions {
    /// The signed resource, or what holds it, JSON; - is standard input
    pub(in crate::cli) file: PathBuf,
    /// By the rules of this version of CDex
    #[arg(long, value_name = "NAME@VERSION", default_value = "cdex@2.1.0", value_parser = parse_edition)]
    pub(in crate::cli) ig: Edition,
    /// Trust the authorities in this PEM file (repeatable)
    ///
    /// Without any, faults of certificates are warnings; with one, a certificate that is not trusted, not valid
    /// or not for signatures makes the signature invalid.
    #[arg(long, value_name = "PEM")]
    pub(in crate::cli) ca: Vec<PathBuf>,
    /// Verify as of this time, for example 2026-11-22 or 2026-11-22T10:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(in crate::cli) at: Option<OffsetDateTime>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: ListFormat,
    /// Show the bytes, clauses and requirements of every step
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
}

fn parse_edition(text: &str) -> Result<Edition, String> {
    let at: IgVersion = text
        .parse()
        .map_err(|error: crate::catalog::VersionError| error.to_string())?;
    if at.ig != "cdex" {
        return Err("only CDex has rules for signatures, for example cdex@2.1.0".to_owned());
    }
    let version = at.version.to_string();
    version
        .parse()
        .map_err(|error: crate::signature::UnknownEdition| error.to_string())
}

/// A point in time, or the begin of a day in UTC.
fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    OffsetDateTime::parse(&whole, &Rfc3339)
        .map_err(|_| "write a time like 2026-11-22T10:00:00Z, or a day like 2026-11-22".to_owned())
}
