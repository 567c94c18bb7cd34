//! Standard output and error, with colours only where a person sees them.

use super::Failure;
use crate::evidence::{Conclusion, Verdict};
use std::io::{IsTerminal as _, Write as _};

/// Where text goes, and whether it may be coloured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    colour_out: bool,
    colour_err: bool,
    /// Whether standard error is a terminal: progress is shown only there.
    pub(super) interactive: bool,
}

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Important.
    Bold,
    /// Beside the point.
    Dim,
    /// Good.
    Green,
    /// Bad.
    Red,
    /// Doubtful.
    Yellow,
    /// Neutral mark.
    Blue,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Green => "32",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Blue => "34",
        }
    }

    /// The colour of a verdict.
    pub(super) const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Inapplicable => Self::Dim,
            Verdict::Pass => Self::Green,
            Verdict::Warn => Self::Yellow,
            Verdict::Attest | Verdict::Skip => Self::Blue,
            Verdict::Error | Verdict::Fail => Self::Red,
        }
    }

    /// The colour of a conclusion.
    pub(super) const fn of_conclusion(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Conformant => Self::Green,
            Conclusion::Incomplete => Self::Yellow,
            Conclusion::NotConformant => Self::Red,
        }
    }
}

impl Terminal {
    /// Looks at the environment: colours only on a terminal, and never with `NO_COLOR`.
    pub(super) fn detect() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self {
            colour_out: wanted && std::io::stdout().is_terminal(),
            colour_err: wanted && std::io::stderr().is_terminal(),
            interactive: std::io::stderr().is_terminal(),
        }
    }

    /// Styles text for standard output.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.colour_out {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.to_owned()
        }
    }

    /// The same terminal for text that goes into a file.
    pub(super) const fn plain(self) -> Self {
        Self {
            colour_out: false,
            ..self
        }
    }

    /// The same terminal for text that goes to standard error.
    pub(super) const fn for_errors(self) -> Self {
        Self {
            colour_out: self.colour_err,
            ..self
        }
    }

    /// Writes to standard output. A reader that has gone away is no problem of ours.
    pub(super) fn say(self, text: &str) {
        let mut out = std::io::stdout().lock();
        drop(writeln!(out, "{text}").and_then(|()| out.flush()));
    }

    /// Writes to standard output as is.
    pub(super) fn write(self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        drop(out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// Writes to standard error.
    pub(super) fn tell(self, text: &str) {
        drop(writeln!(std::io::stderr().lock(), "{text}"));
    }

    /// Tells why a command could not run.
    pub(super) fn complain(self, failure: &Failure) {
        let err = self.for_errors();
        self.tell(&format!(
            "{} {}",
            err.paint(Style::Red, "error:"),
            failure.message
        ));
        if let Some(help) = &failure.help {
            self.tell(&format!("{} {help}", err.paint(Style::Blue, "help:")));
        }
    }
}

/// A progress bar on standard error; nothing where no person watches.
pub(super) struct Bar(indicatif::ProgressBar);

impl Bar {
    /// A bar of so many steps.
    pub(super) fn new(terminal: Terminal, steps: usize) -> Self {
        if !terminal.interactive {
            return Self(indicatif::ProgressBar::hidden());
        }
        let bar = indicatif::ProgressBar::new(steps as u64);
        let style = indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        Self(bar)
    }

    /// A bar of so many bytes; without their number, something that turns.
    pub(super) fn of_bytes(terminal: Terminal, total: Option<u64>) -> Self {
        let template = match total {
            Some(_) => "{bar:30} {percent:>3}%  {wide_msg}",
            None => "{spinner} {bytes}  {wide_msg}",
        };
        let total = usize::try_from(total.unwrap_or_default()).unwrap_or(usize::MAX);
        let bar = Self::new(terminal, total);
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.0.set_style(style);
        }
        bar
    }

    /// Now at `position`; says what it is about.
    pub(super) fn at(&self, position: u64, about: &str) {
        self.0.set_position(position);
        self.0.set_message(about.to_owned());
    }

    /// Lets `write` write to the terminal without disturbing the bar.
    pub(super) fn suspend(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    /// One step further; says what it is about.
    pub(super) fn step(&self, about: &str) {
        self.0.set_message(about.to_owned());
        self.0.inc(1);
    }

    /// Says what it is about now.
    pub(super) fn tell(&self, about: &str) {
        self.0.set_message(about.to_owned());
    }

    /// Writes a line without disturbing the bar.
    pub(super) fn line(&self, text: &str) {
        self.0
            .suspend(|| drop(writeln!(std::io::stderr().lock(), "{text}")));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar for each thing that is under way, on standard error; only lines where no person watches.
pub(super) struct Board(Option<indicatif::MultiProgress>);

impl Board {
    pub(super) fn new(terminal: Terminal) -> Self {
        Self(terminal.interactive.then(indicatif::MultiProgress::new))
    }

    /// A bar of so many steps, with a name before it.
    pub(super) fn bar(&self, name: &str, steps: usize) -> Bar {
        let Some(bars) = &self.0 else {
            return Bar(indicatif::ProgressBar::hidden());
        };
        let bar = bars.add(indicatif::ProgressBar::new(steps as u64));
        let template = "{prefix:22!} {bar:20} {pos}/{len} {wide_msg}";
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        Bar(bar)
    }

    /// Writes a line without disturbing the bars.
    pub(super) fn line(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr().lock(), "{text}"));
        match &self.0 {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }
}
