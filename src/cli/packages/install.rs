//! `vitruvian packages install`.

use super::cache;
use super::registry::Registry;
use crate::cli::arguments::InstallOptions;
use crate::cli::console::block_on;
use crate::cli::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::profile::{Cache, Selections};
use std::path::PathBuf;

pub(super) fn install(
    data: &Data,
    options: &InstallOptions,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let cache = cache(&options.cache)?;
    let selections = Selections::load(data)?;
    let wanted = options.packages.iter();
    let wanted = wanted.map(|text| selections.package(text));
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let registry = Registry::new(&options.registry)?;
    for (id, version) in wanted {
        let place = cache.place(id, version);
        if place.is_dir() {
            terminal.say(&format!("{id}@{version} is in {} already", place.display()));
            continue;
        }
        let (place, is_checked) = block_on(fetch(&registry, &cache, (id, version)))?
            .map_err(|failure| advise(failure, &cache))?;
        let remark = if is_checked {
            "its digest is the one the registry gives"
        } else {
            "the registry gives no digest to compare with"
        };
        terminal.say(&format!(
            "{id}@{version} is in {}; {remark}",
            place.display()
        ));
    }
    Ok(Exit::Conformant)
}

/// Fetches one package, and says where it is and whether its digest was compared.
async fn fetch(
    registry: &Registry,
    cache: &Cache,
    (id, version): (&str, &str),
) -> Result<(PathBuf, bool), Failure> {
    let digests = registry.digests(id, version).await?;
    let archive = registry.archive(id, version).await?;
    let fit = digests.fit(&archive);
    if fit == Some(false) {
        return Err(Failure::new(
            format!("the archive of {id}@{version} has another digest than the registry says"),
            "try again; if it stays so, do not use this registry",
        ));
    }
    let from = PathBuf::from(format!("{id}-{version}.tgz"));
    let place = cache.install((id, version), &from, &archive)?;
    Ok((place, fit.is_some()))
}

/// Without a network a package can still be carried here.
fn advise(failure: Failure, cache: &Cache) -> Failure {
    let folder = cache.folder().display();
    Failure {
        help: failure.help.or_else(|| {
            Some(format!(
                "without a network, unpack the .tgz into {folder}/ID#VERSION yourself"
            ))
        }),
        ..failure
    }
}
