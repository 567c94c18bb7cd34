//! `vitruvian packages`: which definitions there are, how to get more, how the embedded ones are made.

mod distill;
mod install;
mod listing;
mod registry;

use super::arguments::{CacheOptions, PackagesCommand, PackagesOptions};
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::profile::Cache;
use std::path::PathBuf;

pub(super) fn packages(
    data: &Data,
    options: &PackagesOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    match &options.command {
        PackagesCommand::List(options) => listing::list(data, options, *terminal),
        PackagesCommand::Install(options) => install::install(data, options, *terminal),
        PackagesCommand::Distill(options) => distill::distill(options, *terminal),
    }
}

/// The package cache: the folder given, or the one that FHIR tools share.
fn cache(options: &CacheOptions) -> Result<Cache, Failure> {
    if let Some(folder) = &options.cache {
        return Ok(Cache::at(folder));
    }
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let home = home.filter(|home| !home.is_empty()).ok_or_else(|| {
        Failure::new(
            "there is no home folder for the package cache",
            "name a folder with --cache",
        )
    })?;
    Ok(Cache::at(PathBuf::from(home).join(".fhir/packages")))
}
