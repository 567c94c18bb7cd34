//! `vitruvian packages install`.

use crate::cli::arguments::InstallOptions;
use crate::cli::{Exit, Failure, Terminal};
use crate::data::Data;

pub(super) fn install(
    _data: &Data,
    _options: &InstallOptions,
    _terminal: Terminal,
) -> Result<Exit, Failure> {
    Err(Failure::new("not yet", "wait"))
}
