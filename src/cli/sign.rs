//! `vitruvian sign`: a Bundle or a QuestionnaireResponse with one more digital signature.

use super::arguments::SignOptions;
use super::report::write_bytes;
use super::{Exit, Failure, Terminal};
use crate::signature::{
    Algorithm, AlternativeName, Authority, Certificate, Hand, Json, Kind, Limits, NPI, PrivateKey,
    Request, Signing, Style, Who, read, sign_json,
};
use std::io::Read as _;
use std::path::Path;
use time::OffsetDateTime;

/// The NPI of who signs when nobody is named: made up, and easy to recognise.
const NOBODY: &str = "1111111112";

/// A key with its certificates.
struct Pen {
    key: PrivateKey,
    certificates: Vec<Certificate>,
}

pub(super) fn sign(options: &SignOptions, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut document = document(&options.file)?;
    let (pens, authority) = if options.key.is_empty() {
        let (pen, authority) = throw_away(options)?;
        (vec![pen], Some(authority))
    } else {
        (own(options)?, None)
    };
    let who = who(options, &document, &pens)?;
    let hands: Vec<Hand<'_>> = pens
        .iter()
        .map(|pen| Hand {
            key: &pen.key,
            certificates: &pen.certificates,
            algorithm: options
                .alg
                .unwrap_or_else(|| Algorithm::preferred(pen.key.kind())),
        })
        .collect();
    let names: Vec<&str> = hands.iter().map(|hand| hand.algorithm.as_str()).collect();
    let told = format!(
        "signed as {} ({}|{}) with {}, by the rules of cdex@{}",
        who.display,
        who.system,
        who.value,
        names.join(" and "),
        options.ig
    );
    let signing = Signing {
        edition: options.ig,
        hands,
        who,
        when: options.when.unwrap_or_else(OffsetDateTime::now_utc),
        item: options.item.clone(),
        replace: options.replace,
        flaw: None,
    };
    sign_json(&mut document, &signing).map_err(|error| {
        let help = "what is signed, and with what, is said by `vitruvian sign --help`";
        Failure::new(
            format!("cannot sign {}: {error}", options.file.display()),
            help,
        )
    })?;
    let mut bytes = document.bytes(Style::READABLE)?;
    bytes.push(b'\n');
    write_bytes(&bytes, &options.output, terminal)?;
    terminal.tell(&told);
    if let Some(authority) = authority {
        tell_throw_away(options, &authority, terminal)?;
    }
    Ok(Exit::Conformant)
}

/// Says that the key is gone, and writes out who vouches for it.
fn tell_throw_away(
    options: &SignOptions,
    authority: &Authority,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let where_to = match &options.ca_out {
        Some(path) => {
            write_bytes(authority.certificate().to_pem().as_bytes(), path, terminal)?;
            format!("its authority is in {}", path.display())
        }
        None => "--ca-out FILE would keep its authority".to_owned(),
    };
    terminal.tell(&format!(
        "with a throw-away key, which is gone now: good for tests, and trusted by nobody; {where_to}"
    ));
    Ok(())
}

/// A document, within limits.
pub(super) fn document(path: &Path) -> Result<Json, Failure> {
    let limits = Limits::default();
    let shown = path.display().to_string();
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("cannot read {shown}: {error}"),
            "name a JSON file, or -",
        )
    };
    let mut bytes = Vec::new();
    let most = limits.bytes as u64 + 1;
    if path == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(most).read_to_end(&mut bytes)
    }
    .map_err(failed)?;
    read(&bytes, limits).map_err(|error| {
        Failure::new(
            format!("cannot read {shown}: {error}"),
            "signatures are over JSON that has one meaning; send that",
        )
    })
}

/// The certificates of a PEM file.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let help = "name a PEM file with certificates";
    let text = text(path)?;
    let found = Certificate::parse_all(&text)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display()), help))?;
    if found.is_empty() {
        return Err(Failure::new(
            format!("{} holds no certificate", path.display()),
            help,
        ));
    }
    Ok(found)
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(
            format!("cannot read {}: {error}", path.display()),
            "name a PEM file",
        )
    })
}

/// The keys and certificates that are named.
fn own(options: &SignOptions) -> Result<Vec<Pen>, Failure> {
    if options.key.len() != options.cert.len() {
        return Err(Failure::new(
            format!(
                "{} keys and {} certificates",
                options.key.len(),
                options.cert.len()
            ),
            "name a --cert for each --key, in the same order",
        ));
    }
    options
        .key
        .iter()
        .zip(&options.cert)
        .map(|(key, certificate)| {
            let key = PrivateKey::parse(&text(key)?).map_err(|error| {
                Failure::new(
                    format!("{}: {error}", key.display()),
                    "name another file with --key",
                )
            })?;
            Ok(Pen {
                key,
                certificates: certificates(certificate)?,
            })
        })
        .collect()
}

/// A key that nobody keeps, with a certificate in the name of who is to sign.
fn throw_away(options: &SignOptions) -> Result<(Pen, Authority), Failure> {
    let authority = Authority::root("Example Authority")?;
    let kind = options.alg.map_or(Kind::Rsa, Algorithm::kind);
    let key = PrivateKey::generate(kind)?;
    let (system, value) = identifier(options)?.unwrap_or((NPI[0], NOBODY));
    let name = options.who.who_display.as_deref();
    let mut request = Request::signer(name.unwrap_or("Example Signer"), value);
    if system != NPI[0] {
        request.npis.clear();
        request.uris.push(format!("{system}|{value}"));
    }
    if let Some(when) = options.when {
        request.not_before = request.not_before.min(when - time::Duration::DAY);
    }
    let certificates = vec![authority.issue(&request, &key)?];
    Ok((Pen { key, certificates }, authority))
}

/// The identifier that was asked for.
fn identifier(options: &SignOptions) -> Result<Option<(&str, &str)>, Failure> {
    let Some(text) = &options.who.who else {
        return Ok(None);
    };
    match text.split_once('|') {
        Some((system, value)) if !system.is_empty() && !value.is_empty() => {
            Ok(Some((system, value)))
        }
        _ => Err(Failure::new(
            format!("{text:?} is no identifier"),
            format!("write --who \"{}|{NOBODY}\"", NPI[0]),
        )),
    }
}

/// As whom to sign: as was said, else as the certificate says.
fn who(options: &SignOptions, document: &Json, pens: &[Pen]) -> Result<Who, Failure> {
    let leaf = pens.first().and_then(|pen| pen.certificates.first());
    let names = match leaf {
        Some(leaf) => leaf.alternative_names()?.unwrap_or_default(),
        None => Vec::new(),
    };
    let npi = names.iter().find_map(|name| match name {
        AlternativeName::Other { kind, value } if kind == NPI[1] => Some(value.as_str()),
        _ => None,
    });
    let (system, value) = match (identifier(options)?, npi) {
        (Some(asked), _) => asked,
        (None, Some(npi)) => (NPI[0], npi),
        (None, None) => {
            return Err(Failure::new(
                "the certificate has no NPI among its alternative names",
                format!("say who signs, for example --who \"{}|{NOBODY}\"", NPI[0]),
            ));
        }
    };
    let is_searchset = document.text_at(&["type"]) == Some("searchset");
    let kind = if is_searchset {
        "Organization"
    } else {
        "Practitioner"
    };
    let common_name = leaf.and_then(Certificate::common_name);
    Ok(Who {
        kind: options
            .who
            .who_type
            .clone()
            .unwrap_or_else(|| kind.to_owned()),
        system: system.to_owned(),
        value: value.to_owned(),
        display: options
            .who
            .who_display
            .clone()
            .or(common_name)
            .unwrap_or_else(|| value.to_owned()),
    })
}
