//! `vitruvian validate`: do resources hold to FHIR R4 and to the profiles they claim?
//!
//! - `input` finds the resources: files, folders, ndjson, standard input; one piece at a time.
//! - `work` validates the pieces on several threads and hands the results back in order.
//! - `output` writes them: for people, as JSON, or as OperationOutcomes.

mod input;
mod output;
mod result;
mod work;

use super::arguments::ValidateOptions;
use super::packages::user_cache;
use super::terminology_server::TerminologyServer;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::profile::{Library, Package, Validator, Verdict};
use input::Pieces;
use output::Output;
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
    let work = Work {
        validator,
        profiles: options.profile.clone(),
        threads: options.jobs.unwrap_or_else(available),
    };
    let mut output = Output::new(options.format, options.verbose, *terminal);
    output.begin();
    let mut counts = Counts::default();
    work.run(Pieces::new(&options.path)?, |result| {
        counts.add(result.verdict());
        output.result(&result);
    })?;
    if counts.all() == 0 {
        return Err(Failure::new(
            "there is nothing to validate",
            "name .json or .ndjson files, a folder that holds some, or - for standard input",
        ));
    }
    output.end(&counts, &library.used());
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
