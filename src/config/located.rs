//! A message about one place in a file.

/// What is wrong at one place in a file. Shown as the place, the line, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Path as shown to the user.
    pub path: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The line, without anything secret.
    pub excerpt: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead, when the message does not say so.
    pub help: Option<String>,
}

impl Located {
    /// A message about the place at a byte offset of `text`.
    pub(super) fn new(path: &str, text: &str, offset: usize, message: String) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        Self {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
            excerpt: without_secret(line),
            message,
            help: None,
        }
    }

    /// Whether the line is about a credential, so that no message may quote it.
    pub(super) fn is_secret(&self) -> bool {
        self.excerpt.ends_with(HIDDEN)
    }
}

const HIDDEN: &str = "= …";

/// A literal credential is a mistake that must not be repeated in a message.
fn without_secret(line: &str) -> String {
    let holds_password = line
        .split_once("://")
        .is_some_and(|(_, rest)| rest.split('/').next().unwrap_or_default().contains('@'));
    let key = line.split('=').next().unwrap_or_default();
    if !holds_password && !is_about_secret(key.trim(), &line.to_lowercase()) {
        return line.trim_end().to_owned();
    }
    format!("{key}{HIDDEN}")
}

/// Whether a line may hold a credential: keys that only sound so are left out.
fn is_about_secret(key: &str, line: &str) -> bool {
    const HARMLESS: [&str; 4] = ["token_url", "tokens", "secret_in", "key_set"];
    if HARMLESS.contains(&key) {
        return false;
    }
    let words = ["token", "secret", "password", "with ", "with="];
    key == "key" || words.iter().any(|word| line.contains(word))
}

impl std::fmt::Display for Located {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(self.column.saturating_sub(1));
        writeln!(
            f,
            "{}:{}:{}: {}",
            self.path, self.line, self.column, self.message
        )?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.excerpt)?;
        write!(f, "{margin} | {indent}^")?;
        if let Some(help) = &self.help {
            write!(f, "\n{margin} = {help}")?;
        }
        Ok(())
    }
}
