//! How far validating is, for a person who watches.

use crate::cli::terminal::{Bar, Terminal};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// How often the figures change.
const EVERY: Duration = Duration::from_millis(100);

/// Resources so far, how many a second, and how much of the bytes that is.
pub(super) struct Progress {
    /// None where nobody watches.
    bar: Option<Bar>,
    /// Whether the results go where the bar is.
    shares_screen: bool,
    started: Instant,
    shown: Instant,
    resources: usize,
    bytes: u64,
}

impl Progress {
    /// Of so many bytes, if that is known. Nothing is shown unless standard error is a terminal.
    pub(super) fn new(terminal: Terminal, total: Option<u64>, is_quiet: bool) -> Self {
        let is_watched = terminal.interactive && !is_quiet;
        let now = Instant::now();
        Self {
            bar: is_watched.then(|| Bar::of_bytes(terminal, total)),
            shares_screen: std::io::stdout().is_terminal(),
            started: now,
            shown: now,
            resources: 0,
            bytes: 0,
        }
    }

    /// Lets `write` write to standard output without disturbing the bar.
    pub(super) fn around(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) if self.shares_screen => bar.suspend(write),
            _ => write(),
        }
    }

    /// One resource of so many bytes further; so many are invalid by now.
    pub(super) fn step(&mut self, bytes: usize, invalid: usize) {
        self.resources += 1;
        self.bytes += bytes as u64;
        let Some(bar) = &self.bar else { return };
        let now = Instant::now();
        if now.duration_since(self.shown) >= EVERY {
            self.shown = now;
            bar.at(
                self.bytes,
                &self.figures(now.duration_since(self.started), invalid),
            );
        }
    }

    fn figures(&self, passed: Duration, invalid: usize) -> String {
        let rate = self.resources as f64 / passed.as_secs_f64().max(0.001);
        format!(
            "{} resources, {rate:.0}/s, {invalid} invalid",
            self.resources
        )
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;
    use crate::cli::terminal::Terminal;
    use std::time::Duration;

    #[test]
    fn figures_tell_how_many_and_how_fast() {
        let mut terminal = Terminal::detect();
        terminal.interactive = false;
        let mut progress = Progress::new(terminal, Some(1_000), false);
        assert!(progress.bar.is_none());
        for _ in 0..300 {
            progress.step(3, 0);
        }
        let figures = progress.figures(Duration::from_secs(2), 7);
        assert_eq!(figures, "300 resources, 150/s, 7 invalid");
        assert_eq!(progress.bytes, 900);
    }

    #[test]
    fn a_bar_is_for_who_watches_and_wants_it() {
        let mut terminal = Terminal::detect();
        terminal.interactive = true;
        assert!(Progress::new(terminal, None, false).bar.is_some());
        assert!(Progress::new(terminal, None, true).bar.is_none());
    }
}
