//! Asks a person on the terminal.

use super::answers::{Answer, Answers};
use super::question;
use crate::cli::wrap::wrap;
use crate::cli::{Failure, Terminal};
use crate::evidence::PlannedRequirement;
use std::io::BufRead as _;
use std::path::PathBuf;

/// Asks every question. An empty answer leaves one open; the end of the input ends the interview.
pub(super) fn ask(
    questions: &[PlannedRequirement],
    name: Option<&str>,
    terminal: &Terminal,
) -> Result<Answers, Failure> {
    let mut input = Input {
        lines: std::io::stdin().lock().lines(),
        terminal: *terminal,
    };
    let name = match name {
        Some(name) => Some(name.to_owned()),
        None => input.line("Your name: ")?,
    };
    let mut answers = Answers {
        name,
        ..Answers::default()
    };
    for (index, one) in questions.iter().enumerate() {
        let mut text = String::new();
        let head = format!(
            "\n{}/{} {} {} ",
            index + 1,
            questions.len(),
            one.id,
            one.level
        );
        wrap(&mut text, &head, &one.text);
        wrap(&mut text, "    ", question(one));
        text.push_str("    clause ");
        text.push_str(&one.url);
        terminal.tell(&text);
        let Some(holds) = input.decision()? else {
            continue;
        };
        let note = input.line("    what it rests on: ")?.unwrap_or_default();
        let attachment = input.line("    a document that shows it, a path or nothing: ")?;
        answers.answers.push(Answer {
            requirement: one.id.clone(),
            ig: one.ig.clone(),
            holds,
            name: None,
            date: None,
            note,
            attachment: attachment.map(PathBuf::from),
        });
    }
    if answers.answers.is_empty() {
        return Err(Failure::new(
            "no question was answered",
            "answer y or n, or write the answers into a file; see --template",
        ));
    }
    Ok(answers)
}

struct Input<'a> {
    lines: std::io::Lines<std::io::StdinLock<'a>>,
    terminal: Terminal,
}

impl Input<'_> {
    /// A line without blanks around; none when it is empty or the input has ended.
    fn line(&mut self, prompt: &str) -> Result<Option<String>, Failure> {
        self.terminal.tell(prompt);
        let line = self.lines.next().transpose()?;
        Ok(line
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty()))
    }

    fn decision(&mut self) -> Result<Option<bool>, Failure> {
        loop {
            let answer = self.line("    does it hold? y, n, or nothing to leave it open: ")?;
            match answer.as_deref().map(str::to_lowercase).as_deref() {
                None => return Ok(None),
                Some("y" | "yes") => return Ok(Some(true)),
                Some("n" | "no") => return Ok(Some(false)),
                Some(_) => self.terminal.tell("    please answer y or n"),
            }
        }
    }
}
