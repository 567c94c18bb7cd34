//! A file of answers.

use super::question;
use crate::cli::Failure;
use crate::evidence::PlannedRequirement;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What a person has answered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    /// Who answers, unless an answer says otherwise.
    pub(super) name: Option<String>,
    #[serde(default, rename = "answer")]
    pub(super) answers: Vec<Answer>,
    /// Where attachments are looked for.
    #[serde(skip)]
    pub(super) folder: PathBuf,
}

/// One answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) requirement: String,
    /// IG and version; may be left out when the run has one with that requirement.
    #[serde(default)]
    pub(super) ig: String,
    pub(super) holds: bool,
    pub(super) name: Option<String>,
    pub(super) date: Option<String>,
    #[serde(default)]
    pub(super) note: String,
    pub(super) attachment: Option<PathBuf>,
}

impl Answers {
    /// Reads and checks a file: every answer must belong to a question.
    pub(super) fn read(path: &Path, questions: &[PlannedRequirement]) -> Result<Self, Failure> {
        let shown = path.display();
        let help = "write the questions into a file with --template, and fill it in";
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), help))?;
        let mut answers: Self = toml::from_str(&text)
            .map_err(|error| Failure::new(format!("{shown}: {error}"), help))?;
        for answer in &mut answers.answers {
            answer
                .find(questions)
                .map_err(|why| Failure::new(format!("{shown}: {why}"), help))?;
        }
        if answers.answers.is_empty() {
            return Err(Failure::new(format!("{shown} holds no answer"), help));
        }
        answers.folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(answers)
    }
}

impl Answer {
    /// Finds its question, and so its guide when it names none.
    fn find(&mut self, questions: &[PlannedRequirement]) -> Result<(), String> {
        let id = &self.requirement;
        let fits =
            |one: &&PlannedRequirement| one.id == *id && (self.ig.is_empty() || one.ig == self.ig);
        let found: Vec<_> = questions.iter().filter(fits).collect();
        match found.as_slice() {
            [] => return Err(format!("{id} is no question of this run")),
            [one] => self.ig.clone_from(&one.ig),
            _ => {
                return Err(format!(
                    "{id} is a question of several versions; add for example ig = \"pdex@2.1.0\""
                ));
            }
        }
        if let Some(date) = &self.date {
            let format = time::macros::format_description!("[year]-[month]-[day]");
            time::Date::parse(date, &format)
                .map_err(|_| format!("{date:?} is no date; write YYYY-MM-DD"))?;
        }
        Ok(())
    }
}

/// The questions as a file to fill in.
pub(super) fn template(questions: &[PlannedRequirement]) -> String {
    let mut text = String::from(
        "# Fill in and record with: vitruvian attest RUN --answers FILE\nname = \"\"                     # who answers\n",
    );
    for one in questions {
        let lines = [
            String::new(),
            format!("# {} {}: {}", one.level, one.section, one.text),
            format!("# {}", question(one)),
            "# [[answer]]".to_owned(),
            format!("# requirement = {:?}", one.id),
            format!("# ig = {:?}", one.ig),
            "# holds = true".to_owned(),
            "# note = \"\"                 # what it rests on".to_owned(),
            "# attachment = \"policy.pdf\" # from the folder of this file".to_owned(),
        ];
        for line in lines {
            text.push_str(&line.replace(['\r', '\n'], " "));
            text.push('\n');
        }
    }
    text
}
