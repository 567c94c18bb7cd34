//! Versions based on versions: the rows of the base, minus what was dropped, plus its own.

use super::folder::Folder;
use super::problem::line_at;
use super::suite::PlacedSuite;
use super::unbreakable::Unbreakable;
use super::{Code, Ig, IgVersion, Problem, Requirement, suggestion};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A version with all it takes over, links still as written.
#[derive(Clone, Default)]
struct Inherited {
    rows: Vec<Requirement>,
    suites: Vec<PlacedSuite>,
    unbreakable: Vec<Unbreakable>,
    digest: [u8; 32],
}

/// Builds every version from its folder and its base, by IG and version.
pub(super) fn resolve(folders: Vec<Folder>, problems: &mut Vec<Problem>) -> Vec<Ig> {
    let bases: HashMap<IgVersion, IgVersion> = folders
        .iter()
        .filter_map(|folder| Some((folder.at.clone(), base_of(folder)?)))
        .collect();
    let mut waiting = folders;
    let mut done: BTreeMap<IgVersion, Inherited> = BTreeMap::new();
    let mut igs = Vec::new();
    while !waiting.is_empty() {
        let is_ready = |folder: &Folder| match bases.get(&folder.at) {
            Some(base) => done.contains_key(base) || !waiting.iter().any(|other| other.at == *base),
            None => true,
        };
        // Nobody is ready only when the bases run in a circle; then it is cut anywhere.
        let ready = waiting.iter().position(is_ready).unwrap_or_default();
        let folder = waiting.remove(ready);
        let base = bases.get(&folder.at);
        let inherited = base.and_then(|base| done.get(base)).cloned();
        let is_baseless = base.is_some() && inherited.is_none();
        if let Some(base) = base {
            check_base(&folder, base, &bases, is_baseless, problems);
        }
        let mut inherited = inherited.unwrap_or_default();
        // What a base that is not there would have had cannot be told.
        if !is_baseless {
            drop_rows(&mut inherited.rows, &folder, problems);
        }
        let whole = extend(inherited, &folder, problems);
        done.insert(folder.at.clone(), whole.clone());
        igs.push(finish(folder, whole));
    }
    igs.sort_by(|left, right| left.at.cmp(&right.at));
    mark_defaults(&mut igs, problems);
    igs
}

fn base_of(folder: &Folder) -> Option<IgVersion> {
    folder.manifest.based_on.as_ref().map(|base| IgVersion {
        ig: folder.at.ig.clone(),
        version: base.get_ref().clone(),
    })
}

fn check_base(
    folder: &Folder,
    base: &IgVersion,
    bases: &HashMap<IgVersion, IgVersion>,
    is_missing: bool,
    problems: &mut Vec<Problem>,
) {
    let file = folder.manifest_file();
    let line = folder
        .manifest
        .based_on
        .as_ref()
        .map_or(0, |word| line_at(&folder.manifest_text, word.span().start));
    let circle = std::iter::successors(Some(base), |at| bases.get(*at))
        .take(bases.len() + 1)
        .any(|at| *at == folder.at);
    if circle {
        problems.push(Problem::new(
            Code::BaseCycle,
            (&file, line),
            format!("{} is based on {base}, which leads back to it", folder.at),
            "let the oldest version stand on its own",
        ));
    } else if is_missing {
        problems.push(Problem::new(
            Code::UnknownBase,
            (&file, line),
            format!("{} is based on {base}, which is not there", folder.at),
            format!("create {}, or name another version", base.folder()),
        ));
    }
}

fn extend(base: Inherited, folder: &Folder, problems: &mut Vec<Problem>) -> Inherited {
    let Inherited {
        mut rows,
        mut suites,
        mut unbreakable,
        digest,
    } = base;
    let mut ids: HashSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    for row in &folder.rows {
        if ids.insert(row.id.clone()) {
            rows.push(row.clone());
        } else {
            problems.push(Problem::new(
                Code::DuplicateRequirement,
                (&row.place.0, row.place.1),
                format!("{} is already a requirement of {}", row.id, folder.at),
                "give it another id; to reword what the base says, list the id in `dropped` first",
            ));
        }
    }
    for placed in &folder.suites {
        match suites
            .iter_mut()
            .find(|known| known.suite.id == placed.suite.id)
        {
            Some(known) => *known = placed.clone(),
            None => suites.push(placed.clone()),
        }
    }
    unbreakable.extend(Unbreakable::of(folder));
    let digest = Sha256::new()
        .chain_update(digest)
        .chain_update(folder.digest)
        .finalize()
        .into();
    Inherited {
        rows,
        suites,
        unbreakable,
        digest,
    }
}

fn drop_rows(rows: &mut Vec<Requirement>, folder: &Folder, problems: &mut Vec<Problem>) {
    let mut dropped = HashSet::new();
    for id in &folder.manifest.dropped {
        let name = id.get_ref().as_str();
        if rows.iter().any(|row| row.id == name) {
            dropped.insert(name);
            continue;
        }
        let line = line_at(&folder.manifest_text, id.span().start);
        let help = match suggestion::nearest(name, rows.iter().map(|row| row.id.as_str())) {
            Some(near) => format!("did you mean {near}? Otherwise remove it from the list"),
            None => "remove it from the list".to_owned(),
        };
        problems.push(Problem::new(
            Code::UnknownDropped,
            (&folder.manifest_file(), line),
            format!("{} drops {name}, which its base does not have", folder.at),
            help,
        ));
    }
    rows.retain(|row| !dropped.contains(row.id.as_str()));
}

fn finish(folder: Folder, whole: Inherited) -> Ig {
    let base_url = folder.manifest.base_url.clone();
    let rows = whole
        .rows
        .iter()
        .map(|row| row.linked_to(&base_url))
        .collect();
    Ig::new(
        folder.at,
        folder.manifest,
        rows,
        whole.suites,
        whole.unbreakable,
        whole.digest,
    )
}

/// The only version of an IG is its default; of several, exactly one must say so.
fn mark_defaults(igs: &mut [Ig], problems: &mut Vec<Problem>) {
    for versions in igs.chunk_by_mut(|left, right| left.at.ig == right.at.ig) {
        let marked = versions.iter().filter(|ig| ig.is_default).count();
        match versions {
            [only] => only.is_default = true,
            [.., last] if marked != 1 => problems.push(Problem::new(
                Code::NoDefaultVersion,
                (&format!("{}/ig.toml", last.at.folder()), 0),
                format!(
                    "{marked} versions of {} are marked as the default",
                    last.at.ig
                ),
                "write `default = true` into the ig.toml of exactly one version",
            )),
            _ => {}
        }
    }
}
