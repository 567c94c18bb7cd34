//! `requirements.tsv`: one requirement per line, tab-separated, no quoting.

use super::requirement::{DEFECT, is_id};
use super::{Code, Declared, Problem, Requirement, Role, suggestion};
use crate::evidence::Level;

const COLUMNS: [&str; 9] = [
    "id", "key", "level", "actor", "section", "url", "text", "coverage", "note",
];

/// Reads a table. Links stay as written; rows that cannot be understood are left out and reported.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Requirement> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    if lines.next().map(|(_, line)| line) != Some(COLUMNS.join("\t").as_str()) {
        problems.push(Problem::new(
            Code::BadHeader,
            (file, 1),
            "the first line is not the header",
            format!("write, separated by tabs: {}", COLUMNS.join(" ")),
        ));
        return Vec::new();
    }
    lines
        .filter_map(|(number, line)| {
            let mut mistakes = Vec::new();
            let requirement = row(line, (file, number), &mut mistakes);
            problems.extend(mistakes);
            requirement
        })
        .collect()
}

fn row(line: &str, place: (&str, usize), problems: &mut Vec<Problem>) -> Option<Requirement> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [id, key, level, actor, section, url, text, coverage, note] = cells[..] else {
        problems.push(Problem::new(
            Code::BadRow,
            place,
            format!(
                "the row has {} columns instead of {}",
                cells.len(),
                COLUMNS.len()
            ),
            "separate the columns by single tabs, and leave no line empty",
        ));
        return None;
    };
    let mut refuse = |code, message: String, help: &str| {
        problems.push(Problem::new(code, place, message, help));
    };
    if !is_id(id) {
        refuse(
            Code::BadRequirementId,
            format!("{id:?} is not a requirement id"),
            "write IG, area and three digits, for example PDEX-MMC-012",
        );
    }
    if !Role::is_known_actor(actor) {
        refuse(
            Code::UnknownActor,
            format!("{id} has the unknown actor {actor:?}"),
            &suggestion::hint(actor, Role::actors()),
        );
    }
    if text.trim().is_empty() {
        refuse(
            Code::EmptyText,
            format!("{id} has no text"),
            "say in one sentence what must hold",
        );
    }
    if url.trim().is_empty() {
        refuse(
            Code::MissingUrl,
            format!("{id} has no link"),
            "link to the page and anchor of the clause",
        );
    }
    let declared = declared(id, coverage, note, &mut refuse);
    let level = match level.parse::<Level>() {
        Ok(level) => level,
        Err(message) => {
            refuse(
                Code::BadLevel,
                format!("{id}: {message}"),
                "copy the verb of the clause",
            );
            Level::Stated
        }
    };
    Some(Requirement {
        id: id.to_owned(),
        key: key.to_owned(),
        level,
        actor: actor.to_owned(),
        section: section.to_owned(),
        url: url.to_owned(),
        text: text.to_owned(),
        declared,
        note: note.to_owned(),
        place: (place.0.to_owned(), place.1),
    })
}

fn declared(
    id: &str,
    coverage: &str,
    note: &str,
    refuse: &mut impl FnMut(Code, String, &str),
) -> Option<Declared> {
    let is_explained = !note.trim().is_empty();
    match coverage {
        "attest" => {
            if !is_explained {
                refuse(
                    Code::AttestWithoutQuestion,
                    format!("{id} is to be attested and has no question"),
                    "write the question a person shall answer into the note",
                );
            }
            Some(Declared::Attest)
        }
        "untestable" => {
            if !is_explained {
                refuse(
                    Code::UntestableWithoutReason,
                    format!("{id} is untestable without a reason"),
                    "write into the note why no test can decide it",
                );
            }
            Some(Declared::Untestable)
        }
        "" => {
            if is_explained && !note.starts_with(DEFECT) {
                refuse(
                    Code::StrayNote,
                    format!("the note of {id} is neither a question nor a reason nor a defect"),
                    "empty it, set the coverage to attest or untestable, or begin it with \"Defect:\"",
                );
            }
            None
        }
        other => {
            refuse(
                Code::BadCoverage,
                format!("{id} has the coverage {other:?}"),
                "leave it empty (scenarios are counted), or write attest or untestable",
            );
            None
        }
    }
}
