//! The files of a job, read line by line while they come.

use super::drive::Halt;
use super::{Mismatch, World};
use crate::evidence::Captured;
use crate::fhir::Reference;
use crate::http::{LineEnd, LineLimits, LineTotals, Lines, Request};
use crate::profile::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Resources kept as they are; of what follows only facts are kept.
const KEPT: usize = 2_000;
/// Bytes of resources kept as they are.
const KEPT_BYTES: usize = 32 << 20;
/// Different rules whose breaking is told of.
const BROKEN_RULES: usize = 100;
/// Patients that are told apart.
const PATIENTS: usize = 100_000;
/// References that can be named.
const NAMED: usize = 10_000;
/// Lines of a file whose trouble is told of one by one.
const TROUBLES: usize = 20;
/// Time that a single file may take.
const FILE_TIME: Duration = Duration::from_secs(60 * 60);

/// What the files of a job hold. Its size does not grow with the files, but for eight bytes for each
/// resource and each different reference.
#[derive(Default)]
pub(super) struct Export {
    /// The files, in the order of the manifest.
    pub(super) files: Vec<FileSeen>,
    /// The first resources, as they came.
    pub(super) resources: Vec<Value>,
    /// Whether there were more than are kept.
    pub(super) is_cut: bool,
    /// How many resources there are of each type.
    pub(super) counts: BTreeMap<String, u64>,
    /// Records of the patients that the resources are about, as `Patient/id`.
    pub(super) about: BTreeSet<String>,
    /// Rules that resources break: how often, and where first.
    pub(super) broken: BTreeMap<String, (u64, Mismatch)>,
    /// Checks that could not be decided without a terminology server.
    pub(super) undecided: u64,
    ids: Fingerprints,
    references: Fingerprints,
    /// Some of the references, to be named when they lead nowhere.
    named: Vec<String>,
    kept_bytes: usize,
}

/// One file as it was seen.
#[derive(Clone, Debug)]
pub(super) struct FileSeen {
    /// Type of resource it is said to hold.
    pub(super) kind: String,
    /// Its address.
    pub(super) url: String,
    /// How many resources it is said to hold.
    pub(super) declared: Option<u64>,
    /// HTTP status.
    pub(super) status: u16,
    /// Content type as sent.
    pub(super) content_type: String,
    /// What was read.
    pub(super) totals: Option<LineTotals>,
    /// Resources in it.
    pub(super) resources: u64,
    /// What is wrong with it, each with the line it is about.
    pub(super) troubles: Vec<Trouble>,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Number of the line, from 1; 0 for the file as a whole.
    pub(super) line: u64,
    /// What it is.
    pub(super) kind: TroubleKind,
}

/// What can be wrong with a file of lines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TroubleKind {
    /// It could not be read to its end.
    Unreadable(String),
    /// A line holds nothing.
    Blank,
    /// A line ends with a carriage return.
    CarriageReturn,
    /// A line is no JSON object.
    NotJson,
    /// A line holds a resource of another type than the file.
    OtherType(String),
    /// A resource comes a second time.
    Repeated(String),
}

impl Export {
    /// Takes a resource in.
    fn take(
        &mut self,
        resource: Value,
        bytes: usize,
        validator: &Validator,
    ) -> Option<TroubleKind> {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        *self.counts.entry(kind.to_owned()).or_default() += 1;
        let address = format!("{kind}/{}", resource["id"].as_str().unwrap_or_default());
        let is_new = resource["id"].is_null() || self.ids.add(&address);
        if kind == "Patient" {
            self.note_patient(&address);
        }
        self.follow(&resource);
        self.judge(&resource, &address, validator);
        if self.resources.len() < KEPT && self.kept_bytes + bytes <= KEPT_BYTES {
            self.kept_bytes += bytes;
            self.resources.push(resource);
        } else {
            self.is_cut = true;
        }
        (!is_new).then_some(TroubleKind::Repeated(address))
    }

    fn note_patient(&mut self, address: &str) {
        if self.about.len() < PATIENTS {
            self.about.insert(address.to_owned());
        }
    }

    /// Notes the literal references of a resource, and which patients it is about.
    fn follow(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("reference")
                    && let Some((kind, id)) = Reference::parse(reference).target()
                {
                    let address = format!("{kind}/{id}");
                    if kind == "Patient" {
                        self.note_patient(&address);
                    }
                    if self.references.add(&address) && self.named.len() < NAMED {
                        self.named.push(address);
                    }
                }
                members.values().for_each(|member| self.follow(member));
            }
            Value::Array(items) => items.iter().for_each(|item| self.follow(item)),
            _ => {}
        }
    }

    fn judge(&mut self, resource: &Value, address: &str, validator: &Validator) {
        let report = validator.validate(resource, &[]);
        self.undecided += report.undecided as u64;
        for issue in report.errors() {
            let profile = issue.profile.as_deref().unwrap_or("FHIR R4");
            let place = without_indexes(&issue.expression);
            let rule = format!("{place} {} {profile}", issue.rule);
            if let Some((count, _)) = self.broken.get_mut(&rule) {
                *count += 1;
            } else if self.broken.len() < BROKEN_RULES {
                let expected = issue.expected.clone();
                let mismatch = Mismatch::new(
                    expected.unwrap_or_else(|| format!("rule {} of {profile}", issue.rule)),
                    issue.message.clone(),
                )
                .at(format!("{address}: {}", issue.expression))
                .hint(format!("rule {} of {profile}", issue.rule));
                self.broken.insert(rule, (1, mismatch));
            }
        }
    }

    /// References that lead to no resource of the export: how many, and some of them.
    pub(super) fn dangling(&mut self) -> (usize, Vec<String>) {
        self.ids.settle();
        self.references.settle();
        let is_missing = |print: &u64| self.ids.sorted.binary_search(print).is_err();
        let count = self
            .references
            .sorted
            .iter()
            .filter(|one| is_missing(one))
            .count();
        let named = self.named.iter().filter(|text| is_missing(&print(text)));
        (count, named.take(TROUBLES).cloned().collect())
    }

    /// All resources together.
    pub(super) fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

impl FileSeen {
    fn trouble(&mut self, line: u64, kind: TroubleKind) {
        if self.troubles.len() < TROUBLES {
            self.troubles.push(Trouble { line, kind });
        }
    }
}

impl World {
    /// Reads the files that the finished job lists as `output`, `error` or `deleted`.
    pub(super) async fn read_files(&mut self, list: &str) -> Result<Export, Halt> {
        let validator = self.target()?.validator;
        let entries = self.job()?.files(list).to_vec();
        let needs_token = self.job()?.requires_token();
        let mut export = Export::default();
        for entry in &entries {
            self.be_patient(FILE_TIME);
            self.read_file(entry, needs_token, &validator, &mut export)
                .await?;
        }
        self.note(format!(
            "{} resources in {} files{}",
            export.total(),
            export.files.len(),
            if export.is_cut {
                "; the first are kept whole, of the others only facts"
            } else {
                ""
            },
        ));
        let (dangling, some) = export.dangling();
        if dangling > 0 {
            self.note(format!(
                "{dangling} references lead out of the files, such as {}",
                some.first().map_or("others", String::as_str)
            ));
        }
        for file in &export.files {
            if file.declared.is_some_and(|count| count != file.resources) {
                self.note(format!(
                    "the {} file is said to hold {} resources, and holds {}",
                    file.kind,
                    file.declared.unwrap_or_default(),
                    file.resources
                ));
            }
        }
        Ok(export)
    }

    async fn read_file(
        &mut self,
        entry: &Value,
        needs_token: bool,
        validator: &Arc<Validator>,
        export: &mut Export,
    ) -> Result<(), Halt> {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let mut file = FileSeen {
            kind: text("type"),
            url: text("url"),
            declared: entry["count"].as_u64(),
            status: 0,
            content_type: String::new(),
            totals: None,
            resources: 0,
            troubles: Vec::new(),
        };
        let mut request = Request::get(file.url.clone())
            .header("accept", "application/fhir+ndjson")
            .header("accept-encoding", "gzip");
        if !self.is_own(&file.url) {
            if needs_token || !is_public(&file.url) {
                let why = "it is on another server, where our token does not go";
                file.trouble(0, TroubleKind::Unreadable(why.to_owned()));
                export.files.push(file);
                return Ok(());
            }
            request = request.anonymous();
        }
        let opened = self.target()?.client.open(request).await;
        self.record(&opened.hops)?;
        match opened.result {
            Err(failure) => file.trouble(0, TroubleKind::Unreadable(failure.to_string())),
            Ok(stream) => {
                file.status = stream.status;
                file.content_type = stream.header("content-type").unwrap_or_default().to_owned();
                let mut lines = Lines::new(stream, LineLimits::default());
                if file.status == 200 {
                    read_lines(&mut lines, &mut file, validator, export).await;
                }
                let (totals, captured): (LineTotals, Captured) = lines.finish();
                self.note(format!(
                    "{} file: {} lines, {} bytes, SHA-256 {}",
                    file.kind, totals.lines, totals.bytes, totals.sha256
                ));
                file.totals = Some(totals);
                self.record(&[captured])?;
            }
        }
        export.files.push(file);
        Ok(())
    }
}

async fn read_lines(
    lines: &mut Lines,
    file: &mut FileSeen,
    validator: &Validator,
    export: &mut Export,
) {
    loop {
        let line = match lines.next().await {
            Ok(Some(line)) => line,
            Ok(None) => return,
            Err(failure) => {
                return file.trouble(0, TroubleKind::Unreadable(failure.to_string()));
            }
        };
        if line.end == LineEnd::CarriageReturn {
            file.trouble(line.number, TroubleKind::CarriageReturn);
        }
        if line.text.iter().all(u8::is_ascii_whitespace) {
            file.trouble(line.number, TroubleKind::Blank);
            continue;
        }
        let resource = serde_json::from_slice::<Value>(&line.text).ok();
        let Some(resource) = resource.filter(Value::is_object) else {
            file.trouble(line.number, TroubleKind::NotJson);
            continue;
        };
        file.resources += 1;
        let kind = resource["resourceType"].as_str().unwrap_or("no type");
        if kind != file.kind {
            file.trouble(line.number, TroubleKind::OtherType(kind.to_owned()));
        }
        if let Some(trouble) = export.take(resource, line.text.len(), validator) {
            file.trouble(line.number, trouble);
        }
        // Validation does not wait for anything; other scenarios want to go on too.
        tokio::task::yield_now().await;
    }
}

/// Whether an address of another server may be asked at all: not this machine or its own network, which
/// a target must not make us look into.
fn is_public(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => {
            url.scheme() == "https"
                && name.contains('.')
                && !name.ends_with(".localhost")
                && !name.ends_with(".internal")
                && !name.ends_with(".local")
        }
        _ => false,
    }
}

/// The place of an issue, the same for all resources: `Claim.item[3].net` is `Claim.item.net`.
fn without_indexes(expression: &str) -> String {
    let mut place = String::new();
    let mut depth = 0_usize;
    for letter in expression.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => place.push(letter),
            _ => {}
        }
    }
    place
}

/// A set of texts, by 64 bits of a hash: enough to find what is missing among millions.
#[derive(Default)]
struct Fingerprints {
    sorted: Vec<u64>,
    new: HashSet<u64>,
}

impl Fingerprints {
    /// New prints that are kept before they are sorted in.
    const UNSORTED: usize = 1 << 16;

    /// Adds a text; false when it was there.
    fn add(&mut self, text: &str) -> bool {
        let print = print(text);
        if self.sorted.binary_search(&print).is_ok() || !self.new.insert(print) {
            return false;
        }
        if self.new.len() >= Self::UNSORTED {
            self.settle();
        }
        true
    }

    fn settle(&mut self) {
        self.sorted.extend(self.new.drain());
        self.sorted.sort_unstable();
    }
}

fn print(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Export, Fingerprints, TroubleKind, is_public, without_indexes};
    use crate::profile::{Library, Validator};
    use serde_json::json;
    use std::sync::Arc;

    fn validator() -> Validator {
        Validator::new(Arc::new(Library::empty()))
    }

    #[test]
    fn a_resource_that_comes_twice_is_noticed() {
        let (mut export, validator) = (Export::default(), validator());
        let patient = json!({"resourceType": "Patient", "id": "1"});
        assert_eq!(export.take(patient.clone(), 1, &validator), None);
        let again = export.take(patient, 1, &validator);
        assert_eq!(again, Some(TroubleKind::Repeated("Patient/1".into())));
    }

    #[test]
    fn references_that_lead_nowhere_are_found() {
        let (mut export, validator) = (Export::default(), validator());
        export.take(json!({"resourceType": "Patient", "id": "1"}), 1, &validator);
        let about = |id: &str| json!({"resourceType": "Basic", "id": "b", "subject": {"reference": format!("Patient/{id}")}});
        export.take(about("1"), 1, &validator);
        assert_eq!(export.dangling().0, 0);
        export.take(about("2"), 1, &validator);
        assert_eq!(export.dangling(), (1, vec!["Patient/2".to_owned()]));
        assert_eq!(export.about.len(), 2);
    }

    #[test]
    fn fingerprints_stay_a_set_when_they_are_sorted_in() {
        let mut prints = Fingerprints::default();
        let added =
            |prints: &mut Fingerprints| (0..100_000).filter(|n| prints.add(&n.to_string())).count();
        assert_eq!(added(&mut prints), 100_000);
        assert_eq!(added(&mut prints), 0);
    }

    #[test]
    fn other_servers_are_asked_only_in_public() {
        assert!(is_public("https://files.example/1.ndjson"));
        for address in [
            "http://files.example/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "file:///etc/passwd",
            "https://metadata.internal/",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }

    #[test]
    fn places_are_the_same_for_all_repetitions() {
        assert_eq!(
            without_indexes("Claim.item[3].net.value"),
            "Claim.item.net.value"
        );
    }
}
