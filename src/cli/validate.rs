//! `vitruvian validate`: do resources hold to FHIR R4 and to the profiles they claim?
//!
//! - `input` finds the resources: files, folders, ndjson, standard input; one piece at a time.
//!   `lines` reads ndjson.
//! - `work` validates the pieces on several threads and hands the results back in order;
//!   `gate` bounds how many are under way, and so the memory. `result` is what one came to.
//! - `output` writes them: for people, as JSON, or as OperationOutcomes. `progress` shows how far it is.

mod gate;
mod input;
mod lines;
mod output;
mod progress;
mod result;
mod work;

use super::arguments::ValidateOptions;
use super::packages::user_cache;
use super::terminology_server::TerminologyServer;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::profile::{Library, Limits, Package, Validator, Verdict};
use input::{Piece, Pieces};
use output::{Detail, Output};
use progress::Progress;
use result::Outcome;
use std::sync::Arc;
use work::Work;

/// The versions whose profiles answer when none is asked for.
const DEFAULT_IGS: [&str; 2] = ["pdex@2.1.0", "cdex@2.1.0"];

pub(super) fn validate(
    data: &Data,
    options: &ValidateOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let library = Arc::new(library(data, options)?);
    let server = options
        .tx
        .as_ref()
        .map(TerminologyServer::new)
        .transpose()?;
    let server = server.map(Arc::new);
    let mut validator = Validator::new(library.clone());
    if let Some(server) = &server {
        validator = validator.with_service(server.clone());
    }
    let limits = Limits::of_bytes(options.max_size.saturating_mul(1 << 20));
    let work = Work {
        judge: |piece: &Piece| Outcome::of(piece, &validator, &options.profile, limits),
        threads: options.jobs.map_or_else(available, usize::from),
    };
    let detail = match (options.quiet, options.verbose) {
        (true, _) => Detail::Counts,
        (false, false) => Detail::Broken,
        (false, true) => Detail::All,
    };
    let mut output = Output::new(options.format, detail, *terminal);
    let pieces = Pieces::new(&options.path, limits.bytes)?;
    let mut progress = Progress::new(*terminal, pieces.total(), options.quiet);
    output.begin();
    let mut counts = Counts::default();
    work.run(pieces, |result| {
        counts.add(result.verdict());
        progress.around(|| output.result(&result));
        progress.step(result.bytes, counts.invalid);
    })?;
    progress.finish();
    output.end(&counts, &library.used());
    if counts.all() == 0 {
        return Err(Failure::new(
            "there is nothing to validate",
            "name .json or .ndjson files, a folder that holds some, or - for standard input",
        ));
    }
    let given_up = server.and_then(|server| server.given_up());
    for problem in library.problems().into_iter().chain(given_up) {
        terminal.tell(&problem);
    }
    Ok(if counts.invalid > 0 {
        Exit::NotConformant
    } else {
        Exit::Conformant
    })
}

/// How many resources came to which verdict.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    valid: usize,
    undecided: usize,
    invalid: usize,
}

impl Counts {
    const fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Undecided => self.undecided += 1,
            Verdict::Invalid => self.invalid += 1,
        }
    }

    const fn all(&self) -> usize {
        self.valid + self.undecided + self.invalid
    }
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The definitions: packages that are named, then the user's cache, then what is embedded.
fn library(data: &Data, options: &ValidateOptions) -> Result<Library, Failure> {
    let asked: Vec<&str> = options.ig.iter().map(String::as_str).collect();
    let igs = if asked.is_empty() {
        DEFAULT_IGS.to_vec()
    } else {
        asked
    };
    let mut library = Library::for_igs(data, &igs, user_cache())?;
    for path in &options.packages {
        library = library.with_package(Package::open(path)?);
    }
    Ok(library)
}
