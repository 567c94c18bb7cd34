//! `vitruvian packages distill`.

use crate::cli::arguments::DistillOptions;
use crate::cli::{Exit, Failure, Terminal};
use crate::profile::{Package, Reach, Source, TableSource, write_table};

pub(super) fn distill(options: &DistillOptions, terminal: Terminal) -> Result<Exit, Failure> {
    let open = |path: &std::path::PathBuf| Package::open(path);
    let packages = options.packages.iter().chain(&options.reached).map(open);
    let packages = packages.collect::<Result<Vec<Package>, _>>()?;
    let whole = options.packages.len();
    let sources: Vec<&dyn Source> = packages
        .iter()
        .map(|package| package as &dyn Source)
        .collect();
    let reach = Reach::of(&sources, whole);
    std::fs::create_dir_all(&options.out).map_err(|error| {
        Failure::new(
            format!("cannot create {}: {error}", options.out.display()),
            "name a folder that can be written with --out",
        )
    })?;
    for (index, package) in packages.iter().enumerate() {
        let is_whole = index < whole;
        let written = write_table(TableSource {
            package,
            only: (!is_whole).then(|| &reach.needed[index]),
            properties: (!options.reached.is_empty()).then_some(&reach.properties),
        })?;
        let manifest = package.manifest();
        let name = format!("{}-{}.table.gz", manifest.name, manifest.version);
        let path = options.out.join(&name);
        std::fs::write(&path, &written.bytes).map_err(|error| {
            Failure::new(
                format!("cannot write {}: {error}", path.display()),
                "name a folder that can be written with --out",
            )
        })?;
        terminal.say(&format!(
            "{name}: {} resources, {} bytes",
            written.resources,
            written.bytes.len()
        ));
        for why in &written.left_out {
            terminal.tell(&format!("left out: {why}"));
        }
    }
    for ((artifact, canonical), by) in &reach.missing {
        let kind = artifact.resource_type();
        terminal.tell(&format!("missing: {kind} {canonical}, named by {by}"));
    }
    Ok(Exit::Conformant)
}
