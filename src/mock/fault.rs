//! Faults: deliberate deviations of a mock, one per file.

use super::deviation::Deviation;
use super::{Applies, Change, Error, Habit, Handshake, Request, Response, family};
use crate::data::Data;
use crate::signature::Flaw;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Table;

/// The stand-ins and the clients that have faults: what the names of theirs begin with.
const ACTORS: [&str; 7] = [
    "payer",
    "provider",
    "payer-client",
    "provider-client",
    "app-client",
    "data-consumer-client",
    "data-source-client",
];

/// One deliberate deviation of a mock.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its name: who has it (`payer/`, `payer-client/`), and the file's stem; for one of a family, a slash and its own name follow.
    pub name: String,
    /// What the mock does wrong, in one sentence.
    pub about: String,
    /// When it does.
    pub applies: Applies,
    /// What then changes, in this order.
    pub change: Vec<Change>,
    /// Ids of the requirements that are broken by it, and no others.
    pub breaks: Vec<String>,
    /// By IG version, ids of those that it leaves whole there, though it breaks them in others.
    pub spares: BTreeMap<String, Vec<String>>,
    /// Whether answers are changed after they were signed, where they are: else what is signed is what was changed.
    pub tampers: bool,
}

/// A fault as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    #[serde(default)]
    applies: Applies,
    change: Vec<Change>,
    breaks: Vec<String>,
    #[serde(default)]
    spares: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tampers: bool,
}

impl Fault {
    /// All faults of all stand-ins and clients, by name.
    ///
    /// # Errors
    /// When a file cannot be read, or holds something a fault cannot be.
    pub fn load_all(data: &Data) -> Result<Vec<Self>, Error> {
        let mut faults: Vec<Self> = Vec::new();
        for stand_in in ACTORS {
            Self::load_of(data, stand_in, &mut faults)?;
        }
        Ok(faults)
    }

    /// Adds the faults of one stand-in.
    fn load_of(data: &Data, stand_in: &str, faults: &mut Vec<Self>) -> Result<(), Error> {
        let folder = format!("mocks/{stand_in}/faults/");
        for path in data.list(&folder)? {
            let Some(stem) = path
                .strip_prefix(&folder)
                .and_then(|name| name.strip_suffix(".toml"))
            else {
                continue;
            };
            let stem = format!("{stand_in}/{stem}");
            for fault in Self::parse(&path, &stem, &data.text(&path)?)? {
                let is_same = |one: &&Self| {
                    one.is_of(stand_in)
                        && one.applies == fault.applies
                        && one.change == fault.change
                        && one.tampers == fault.tampers
                };
                if let Some(same) = faults.iter().find(is_same) {
                    let text = format!("{} repeats {}", fault.name, same.name);
                    return Err(Error::file(&path, text));
                }
                faults.push(fault);
            }
        }
        Ok(())
    }

    /// Whether it is one of that stand-in or client (`payer`, `provider`, or the role of a client).
    #[must_use]
    pub fn is_of(&self, stand_in: &str) -> bool {
        self.name.split('/').next() == Some(stand_in)
    }

    /// Ids of the requirements it breaks in an IG version, whether or not they are tested there.
    pub fn breaks_in(&self, version: &str) -> impl Iterator<Item = &String> {
        let spared = self.spares.get(version);
        let is_broken = move |id: &&String| !spared.is_some_and(|spared| spared.contains(id));
        self.breaks.iter().filter(is_broken)
    }

    /// Whether a request of that method and address (path below the base, with its query) can meet the
    /// fault.
    #[must_use]
    pub fn applies_to(&self, method: &str, address: &str) -> bool {
        self.applies.reaches(method, address)
    }

    fn parse(path: &str, stem: &str, text: &str) -> Result<Vec<Self>, Error> {
        let file: Table = toml::from_str(text).map_err(|error| Error::file(path, error))?;
        let faults = family::expand(path, stem, file)?;
        faults
            .into_iter()
            .map(|(name, table)| Self::read(path, &name, table))
            .collect()
    }

    fn read(path: &str, name: &str, table: Table) -> Result<Self, Error> {
        let file: File = table
            .try_into()
            .map_err(|error| Error::file(path, format!("{name}: {error}")))?;
        if file.change.is_empty() || file.breaks.is_empty() {
            return Err(Error::file(
                path,
                "a fault changes something and breaks something",
            ));
        }
        if let Some(problem) = file.change.iter().find_map(Change::problem) {
            return Err(Error::file(path, problem));
        }
        let spared = file.spares.values().flatten();
        if let Some(stray) = spared.clone().find(|id| !file.breaks.contains(id)) {
            return Err(Error::file(
                path,
                format!("{name} spares {stray}, which it breaks in no version"),
            ));
        }
        if file.applies.guarded && file.applies.unguarded {
            return Err(Error::file(
                path,
                "a fault shows behind an authorization server, or without one",
            ));
        }
        // Whether to deviate is decided before there is an answer to look at.
        if file.applies.looks_at_response() && file.change.iter().any(Change::is_deviation) {
            return Err(Error::file(
                path,
                "skip-rule, ignore-parameter, compare-dates, other-member and page cannot depend on status, outcome or text",
            ));
        }
        let depends = file.applies.looks_at_content() || file.applies.looks_at_response();
        let shakes = |change: &Change| matches!(change, Change::Handshake(_));
        if depends && file.change.iter().any(shakes) {
            return Err(Error::file(
                path,
                "a handshake depends on versions, and on method and path as far as they tell what to try",
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            about: file.about,
            applies: file.applies,
            change: file.change,
            breaks: file.breaks,
            spares: file.spares,
            tampers: file.tampers,
        })
    }

    /// What goes wrong in the TLS handshake.
    pub(super) fn handshake(&self) -> Handshake {
        let faults = self.change.iter().filter_map(|change| match change {
            Change::Handshake(fault) => Some(*fault),
            _ => None,
        });
        Handshake::with(faults)
    }

    /// Whether something goes wrong in the TLS handshake: it then shows where a conformant stand-in gave no answer.
    #[must_use]
    pub fn is_in_handshake(&self) -> bool {
        self.handshake() != Handshake::default()
    }

    /// Whether it is one of a client, rather than of a stand-in for a server.
    #[must_use]
    pub fn is_of_client(&self) -> bool {
        !self.is_of("payer") && !self.is_of("provider")
    }

    /// Changes what a client is about to send, where the fault applies to that.
    pub fn distort(&self, request: &mut Request) {
        if self.applies.to_request(request) {
            for change in &self.change {
                change.distort(request);
            }
        }
    }

    /// Whether a client breaks a habit because of it, when it is about to send this.
    #[must_use]
    pub fn breaks_habit(&self, habit: Habit, request: Option<&Request>) -> bool {
        let is_it = |change: &Change| matches!(change, Change::BreakHabit(one) if *one == habit);
        self.change.iter().any(is_it)
            && request.is_none_or(|request| self.applies.to_request(request))
    }

    /// What is wrong with the signatures of a client because of it, if anything is.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        let mut flaws = self.change.iter().filter_map(|change| match change {
            Change::Sign(flaw) => Some(*flaw),
            _ => None,
        });
        flaws.next()
    }

    /// How the answer to this request is computed otherwise; empty when the fault does not apply.
    pub(super) fn deviation(&self, request: &Request) -> Deviation {
        let mut deviation = Deviation::default();
        if self.applies.to_request(request) {
            for change in &self.change {
                change.deviate(&mut deviation);
            }
        }
        deviation
    }

    /// Whether it has this request answered otherwise than a conformant payer answered it; where it changes
    /// how answers are computed, that is taken for granted.
    pub(super) fn changes(&self, request: &Request, response: &Response) -> bool {
        if !self.applies.to_request(request) || !self.applies.to_response(response) {
            return false;
        }
        if self.change.iter().any(Change::is_deviation) {
            return true;
        }
        let mut altered = response.clone();
        for change in &self.change {
            change.alter(request, &mut altered);
        }
        altered != *response
    }

    /// Changes the computed answer, when the fault applies to it.
    pub(super) fn alter(&self, request: &Request, response: &mut Response) {
        if self.applies.to_request(request) && self.applies.to_response(response) {
            for change in &self.change {
                change.alter(request, response);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    fn parse(text: &str) -> Result<Fault, String> {
        Fault::parse("mocks/payer/faults/x.toml", "payer/x", text)
            .map(|mut faults| faults.remove(0))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_fault_is_read() {
        let fault = parse(
            "about='a'\nbreaks=['PDEX-MMC-016']\nchange=[{status=200},{skip-rule='one-match'}]\n\
             applies={method='POST',path='/Patient/$member-match'}",
        )
        .unwrap();
        assert_eq!(fault.name, "payer/x");
        assert!(fault.applies_to("POST", "/Patient/$member-match"));
        assert!(!fault.applies_to("POST", "/Patient/_search"));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (text, said) in [
            (
                "about='a'\nbreaks=['R']\nchange=[{stats=200}]",
                "unknown variant",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{skip-rule='x'}]",
                "unknown variant",
            ),
            ("about='a'\nbreaks=['R']\nchange=[]", "changes something"),
            (
                "about='a'\nbreaks=[]\nchange=[{status=200}]",
                "changes something",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{status=200}]\nspares={'2.0.0'=['S']}",
                "spares S",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{status=200}]\napplies={x=1}",
                "unknown field",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{status=200}]\napplies={guarded=true,unguarded=true}",
                "or without one",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{page='overlap'}]\napplies={status=200}",
                "cannot depend",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{handshake='old-versions'}]\napplies={query='x'}",
                "depends on versions",
            ),
            (
                "about='a'\nbreaks=['R']\nchange=[{handshake='tea'}]",
                "unknown variant",
            ),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
