//! `vitruvian attest`: a person answers what no test can answer.
//!
//! - `answers` reads and checks a file of answers; `interview` asks on the terminal.

mod answers;
mod interview;

use super::arguments::AttestOptions;
use super::conclusion::write_reports;
use super::summary::summarise;
use super::{Exit, Failure, Terminal};
use crate::bundle::{ATTACHMENTS, sha256};
use crate::data::Data;
use crate::evidence::{
    Attachment, Attestation, Coverage, Event, PlannedRequirement, Run, Summary, log,
};
use answers::{Answer, Answers};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

pub(super) fn attest(
    data: &Data,
    options: &AttestOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let run = log::read(&options.run)?;
    let questions = questions(&run, options.again || options.answers.is_some());
    if options.template {
        terminal.say(&answers::template(&questions));
        return Ok(Exit::Conformant);
    }
    if questions.is_empty() {
        return Err(Failure::new(
            "this run has no open question",
            "ask again with --again, or select suites with requirements to attest",
        ));
    }
    let answers = match &options.answers {
        Some(path) => Answers::read(path, &questions)?,
        None => interview::ask(&questions, options.name.as_deref(), terminal)?,
    };
    let file = log::file_of(&options.run);
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let today = OffsetDateTime::now_utc().date().to_string();
    let mut events = Vec::new();
    for answer in &answers.answers {
        let attestation = Attestation {
            ig: answer.ig.clone(),
            requirement: answer.requirement.clone(),
            holds: answer.holds,
            name: answers.who(answer, options.name.as_deref())?,
            date: answer.date.clone().unwrap_or_else(|| today.clone()),
            note: answer.note.clone(),
            attachment: answer
                .attachment
                .as_deref()
                .map(|path| keep(&answers.folder.join(path), &folder))
                .transpose()?,
        };
        events.push(Event::Attested(Box::new(attestation)));
    }
    log::append(&options.run, &events).map_err(|error| {
        Failure::new(
            format!("cannot write {}: {error}", file.display()),
            "check that the log may be written",
        )
    })?;
    let run = log::read(&options.run)?;
    write_reports(data, &run, &folder, &[], terminal)?;
    let summary = Summary::of(&run);
    terminal.say(&summarise(&run, &summary, *terminal));
    terminal.tell(&format!("{} answers recorded", events.len()));
    Ok(Exit::Conformant)
}

/// The requirements that a person must answer for; those that are answered only with `again`.
fn questions(run: &Run, again: bool) -> Vec<PlannedRequirement> {
    let is_answered = |one: &PlannedRequirement| {
        let mut known = run.attestations.iter();
        known.any(|answer| answer.ig == one.ig && answer.requirement == one.id)
    };
    run.requirements
        .iter()
        .filter(|one| one.coverage == Coverage::Attested && (again || !is_answered(one)))
        .cloned()
        .collect()
}

/// The question that a person is asked.
fn question(requirement: &PlannedRequirement) -> &str {
    match requirement.note.as_str() {
        "" => &requirement.text,
        note => note,
    }
}

/// Copies a document beside the log.
fn keep(path: &Path, folder: &Path) -> Result<Attachment, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("cannot keep the attachment {}: {error}", path.display()),
            "name a file that can be read, by a path from the folder of the answers",
        )
    };
    let bytes = std::fs::read(path).map_err(failed)?;
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new("an attachment has no name", "name a file"))?;
    let hash = sha256(&bytes);
    // Documents of the same name and another content are kept beside each other.
    let name = format!("{}-{name}", &hash[..8]);
    let to: PathBuf = folder.join(ATTACHMENTS);
    std::fs::create_dir_all(&to).map_err(failed)?;
    std::fs::write(to.join(&name), &bytes).map_err(failed)?;
    Ok(Attachment { name, sha256: hash })
}

impl Answers {
    /// Who gives an answer.
    fn who(&self, answer: &Answer, name: Option<&str>) -> Result<String, Failure> {
        let who = answer.name.as_deref().or(self.name.as_deref()).or(name);
        match who.map(str::trim) {
            Some(who) if !who.is_empty() => Ok(who.to_owned()),
            _ => Err(Failure::new(
                format!("nobody stands for the answer to {}", answer.requirement),
                "give a name in the file, or with --name",
            )),
        }
    }
}
