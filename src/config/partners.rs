//! `partners.toml`: many endpoints, each with settings of its own, and what they share.

use super::value::de;
use super::{
    Attachments, Config, Error, Limits, Privacy, Provider, Requester, Target, member::Member, parse,
};
use serde::Deserialize;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::{Spanned, Table, Value};
use url::Url;

/// Keys above the partners that hold for each that does not say otherwise, as in `vitruvian.toml`.
const SHARED: [&str; 6] = [
    "requester",
    "provider",
    "limits",
    "privacy",
    "member",
    "attachments",
];
/// Tables of a partner, as in `vitruvian.toml`. `config` names a file that has them instead.
const OWN: [&str; 8] = [
    "target",
    "requester",
    "provider",
    "limits",
    "privacy",
    "member",
    "attachments",
    "excuse",
];
/// Longest name of a partner.
const LONGEST: usize = 64;
/// Names that folders and files beside those of the partners have, or that some systems do not allow.
const RESERVED: [&str; 5] = ["previous", "con", "prn", "aux", "nul"];

/// Many endpoints to be tested side by side.
#[derive(Debug)]
pub struct Partners {
    /// How many are tested at a time, at least one.
    pub parallel: usize,
    /// How gently each host is asked.
    pub manners: Manners,
    /// Whom to test: at least one, names distinct, in the order of the file.
    pub partners: Vec<Partner>,
}

/// `[politeness]`: how gently each host is asked, whichever partners are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manners {
    /// Requests at a time.
    #[serde(deserialize_with = "de::jobs")]
    pub concurrent: usize,
    /// Time between the beginnings of two requests: `per_second` in the file.
    #[serde(rename = "per_second", deserialize_with = "interval")]
    pub interval: Option<Duration>,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            concurrent: 4,
            interval: None,
        }
    }
}

/// `[[partner]]`: one endpoint.
#[derive(Debug)]
pub struct Partner {
    /// Name of its folder: small letters, digits, `-` and `_`.
    pub name: String,
    /// What reports call it; the name where it has no title.
    pub title: String,
    /// Suites to run; none for those of a payer.
    pub suites: Vec<String>,
    /// IG versions, for example `pdex@2.1.0`; none for what the target names, or the defaults.
    pub igs: Vec<String>,
    /// Where we listen for what this one sends.
    pub listen: Option<SocketAddr>,
    /// Under which base URL it reaches us there.
    pub public_url: Option<Url>,
    /// Its settings; or why the file of its own that has them cannot be used. Others can be tested all the same.
    pub config: Result<Config, Error>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "parallel", deserialize_with = "de::jobs")]
    parallel: usize,
    #[serde(default)]
    politeness: Manners,
    #[serde(default)]
    suites: Vec<String>,
    #[serde(default, deserialize_with = "igs")]
    ig: Vec<String>,
    #[serde(default)]
    partner: Vec<Spanned<Entry>>,
    // Read here so that mistakes are pointed at; used from the table, where it is seen which keys are there.
    #[serde(rename = "requester")]
    _requester: Option<Requester>,
    #[serde(rename = "provider")]
    _provider: Option<Provider>,
    #[serde(rename = "limits")]
    _limits: Option<Limits>,
    #[serde(rename = "privacy")]
    _privacy: Option<Privacy>,
    #[serde(default)]
    member: Vec<Spanned<Member>>,
    #[serde(rename = "attachments")]
    _attachments: Option<Attachments>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(deserialize_with = "name")]
    name: String,
    title: Option<String>,
    config: Option<Spanned<PathBuf>>,
    suites: Option<Vec<String>>,
    #[serde(default, deserialize_with = "maybe_igs")]
    ig: Option<Vec<String>>,
    listen: Option<SocketAddr>,
    #[serde(default, deserialize_with = "de::maybe_base")]
    public_url: Option<Url>,
    // As above.
    target: Option<Target>,
    #[serde(rename = "requester")]
    _requester: Option<Requester>,
    #[serde(rename = "provider")]
    _provider: Option<Provider>,
    #[serde(rename = "limits")]
    _limits: Option<Limits>,
    #[serde(rename = "privacy")]
    _privacy: Option<Privacy>,
    #[serde(default)]
    member: Vec<Spanned<Member>>,
    #[serde(rename = "attachments")]
    _attachments: Option<Attachments>,
    #[serde(default, rename = "excuse")]
    _excuse: Vec<super::file::ExcuseEntry>,
}

impl Partners {
    /// Reads a file of partners, and the files of their own that it names. Paths in each are relative to its folder.
    ///
    /// # Errors
    /// When it is missing, unreadable, names nobody, or says something that cannot be. What is wrong with a partner's
    /// own file is an error of that partner.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = parse::read(path).map_err(|error| match error {
            Error::Missing { path } => Error::NoPartners { path },
            other => other,
        })?;
        Self::parse(&text, path)
    }

    /// Reads the text of such a file; `path` is what messages call it and where relative paths start.
    ///
    /// # Errors
    /// As [`Partners::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let file: File = parse::parse(text, &shown)?;
        let raw: Table = parse::parse(text, &shown)?;
        super::member::distinct(file.member, text, &shown)?;
        if file.partner.is_empty() {
            let message = "there is no partner in this file; add a [[partner]] with its name and its [partner.target]";
            return Err(parse::refuse(text, &shown, 0, message.to_owned()));
        }
        let shared = only(&raw, &SHARED);
        let tables = raw.get("partner").and_then(Value::as_array);
        let mut names = HashSet::new();
        let mut partners = Vec::new();
        for (place, spanned) in file.partner.into_iter().enumerate() {
            let at = spanned.span().start;
            let refuse = |message: String| parse::refuse(text, &shown, at, message);
            let mut entry = spanned.into_inner();
            if !names.insert(entry.name.clone()) {
                return Err(refuse(format!(
                    "there is a partner {:?} already; give this one another name",
                    entry.name
                )));
            }
            super::member::distinct(std::mem::take(&mut entry.member), text, &shown)?;
            let table = tables
                .and_then(|tables| tables.get(place)?.as_table())
                .map(|table| only(table, &OWN))
                .unwrap_or_default();
            let config = match (&entry.config, &entry.target) {
                (Some(_), _) if !table.is_empty() => {
                    let key = table.keys().next().cloned().unwrap_or_default();
                    return Err(refuse(format!(
                        "the partner {:?} names a configuration and has a table {key:?}, too; put that into the file, or leave out config",
                        entry.name
                    )));
                }
                (None, None) => {
                    return Err(refuse(format!(
                        "it is not said where the partner {:?} is; add [partner.target] with its url, or config = \"PATH\"",
                        entry.name
                    )));
                }
                (Some(config), _) => own_file(&shared, &beside(path, config.as_ref())),
                (None, Some(_)) => Ok(merged(&shared, table, path)?),
            };
            partners.push(Partner {
                title: entry.title.unwrap_or_else(|| entry.name.clone()),
                name: entry.name,
                suites: entry.suites.unwrap_or_else(|| file.suites.clone()),
                igs: entry.ig.unwrap_or_else(|| file.ig.clone()),
                listen: entry.listen,
                public_url: entry.public_url,
                config,
            });
        }
        Ok(Self {
            parallel: file.parallel,
            manners: file.politeness,
            partners,
        })
    }
}

/// The settings that a partner has in a file of its own.
fn own_file(shared: &Table, path: &Path) -> Result<Config, Error> {
    let text = parse::read(path).map_err(|error| match error {
        Error::Missing { path } => Error::NoOwnFile { path },
        other => other,
    })?;
    let alone = Config::parse(&text, path)?;
    if alone.target.is_none() {
        let message = "it is not said where this partner is; add [target] with its url".to_owned();
        return Err(parse::refuse(
            &text,
            &path.display().to_string(),
            0,
            message,
        ));
    }
    merged(
        shared,
        parse::parse(&text, &path.display().to_string())?,
        path,
    )
}

/// Settings of a partner over what all share. Each is right by itself.
fn merged(shared: &Table, own: Table, path: &Path) -> Result<Config, Error> {
    let mut whole = shared.clone();
    lay_over(&mut whole, own);
    let text = toml::to_string(&whole).map_err(|problem| Error::Unreadable {
        path: path.display().to_string(),
        reason: problem.to_string(),
    })?;
    Config::parse(&text, path)
}

/// Key by key; lists are taken whole.
fn lay_over(base: &mut Table, top: Table) {
    for (key, value) in top {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn only(table: &Table, keys: &[&str]) -> Table {
    let kept = table.iter().filter(|(key, _)| keys.contains(&key.as_str()));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn beside(path: &Path, other: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(other)
}

const fn parallel() -> usize {
    4
}

fn name<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    check_name(&text)
        .map(|()| text)
        .map_err(serde::de::Error::custom)
}

/// Whether a folder of any system can have this name.
fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_fit = name
        .chars()
        .all(|letter| is_plain(letter) || matches!(letter, '-' | '_'))
        && name.starts_with(is_plain)
        && name.len() <= LONGEST;
    if !is_fit {
        return Err(format!(
            "{name:?} cannot be the name of a folder everywhere; write at most {LONGEST} small letters, digits, - and _, and the rest into title"
        ));
    }
    let is_device = |kind: &str| {
        let number = name.strip_prefix(kind);
        number.is_some_and(|number| number.len() == 1 && number != "0")
    };
    if RESERVED.contains(&name) || is_device("com") || is_device("lpt") {
        return Err(format!(
            "{name:?} is the name of something else; take another"
        ));
    }
    Ok(())
}

fn igs<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let checked = texts.into_iter().map(super::value::ig);
    checked
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

fn maybe_igs<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    igs(from).map(Some)
}

/// Requests in a second, from one in a hundred seconds to a thousand; as the time from one to the next.
fn interval<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let number = f64::deserialize(from)?;
    if (0.01..=1000.0).contains(&number) {
        return Ok(Some(Duration::from_secs_f64(1.0 / number)));
    }
    Err(serde::de::Error::custom(format!(
        "{number} is not a number of requests in a second; write 0.01 to 1000"
    )))
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names_are_names_of_folders_everywhere() {
        for name in ["acme", "9-lives", "a_b-c", &"x".repeat(64)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "Acme",
            "a b",
            "..",
            "a/b",
            "a\\b",
            "-a",
            "_a",
            "previous",
            "con",
            "com1",
            "lpt9",
            "é",
            "a\0",
            "<b>",
            &"x".repeat(65),
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
