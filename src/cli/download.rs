//! How far the files are that a run fetches, for a person who watches.

use super::Terminal;
use super::terminal::Bar;
use crate::steps::{Download, Watch};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often it is told how far a file is.
const EVERY: Duration = Duration::from_millis(100);

/// Shows on the bar how far files are; nothing where no person watches.
pub(super) fn downloads(bar: Arc<Bar>, terminal: Terminal) -> Watch {
    if !terminal.interactive {
        return Watch::default();
    }
    let shown = Mutex::new(Instant::now());
    Watch::by(move |download| {
        let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.elapsed() >= EVERY {
            *shown = Instant::now();
            bar.tell(&figures(download));
        }
    })
}

/// `Patient file: 12,000 of 40,000 lines, 31 MB`.
fn figures(download: &Download<'_>) -> String {
    let lines = indicatif::HumanCount(download.lines);
    let of = download.declared.map(indicatif::HumanCount);
    let of = of.map(|all| format!(" of {all}")).unwrap_or_default();
    let bytes = indicatif::DecimalBytes(download.bytes);
    format!("{} file: {lines}{of} lines, {bytes}", download.kind)
}

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::steps::Download;

    #[test]
    fn lines_and_bytes_are_told_and_how_many_there_will_be() {
        let mut download = Download {
            kind: "Patient",
            lines: 12_000,
            bytes: 31_000_000,
            declared: Some(40_000),
        };
        let told = "Patient file: 12,000 of 40,000 lines, 31.00 MB";
        assert_eq!(figures(&download), told);
        download.declared = None;
        assert_eq!(figures(&download), "Patient file: 12,000 lines, 31.00 MB");
    }
}
