//! Profile tables: the facts of a package as compressed text.
//!
//! A table holds what validation needs of one version of a package, and no narrative: no titles,
//! descriptions, comments, displays or human texts of rules. `zcat` shows it as text, one fact a line,
//! fields between tabs (`\t`, `\n`, `\r`, `\\` as written here, `\-` for a value that is not there):
//!
//! | line | fields |
//! |---|---|
//! | `vitruvian profile table` | format version |
//! | `package` | id, version, SHA-256 of the source, `published`, `continuous build` or `assembled from sources`, `whole` or `reached` (only what other packages need) |
//! | `rule` | key, `error` or `warning`, `best-practice` or nothing, FHIRPath; numbered from 0 |
//! | `chunk` | bytes when compressed, bytes of text |
//! | `at` | kind of resource, canonical URL, version, chunk, first byte in it, bytes |
//! | `definition` | URL, version, name, kind, type, derivation, `abstract`, base; then its `context`, `context-rule` and `element` lines |
//! | `element` | id, `min..max`, flags (`M` modifier, `S` must support), most occurrences in the base if others; then what it has of `path`, `slice` (when the id does not imply them), `type` (code, then profiles `p…`, target profiles `t…`, aggregation `a…`), `content`, `slicing`, `binding`, `fixed`, `pattern`, `least`, `greatest`, `length`, `rules` (numbers) |
//! | `value-set` | URL, version; then `include` and `exclude` (system) each with its `codes`, `filter` and `sets`, and an `expansion` `of` systems and codes |
//! | `code-system` | URL, version, `complete` or `partial`, `any-case`, what it supplements; then each `concept`: code, how many lines before it each parent stands, names and values of properties |
//!
//! The file is a series of gzip members: the first holds everything up to the `at` lines, each other one a
//! chunk of resources. So looking into a table costs its first member, and a resource costs its chunk.

mod chunks;
mod element;
mod line;
mod reach;
mod rules;
mod structure;
mod vocabulary;
mod writer;

pub use reach::{Key, Reach};
pub use writer::{Extent, TableSource, Written, write as write_table};

use super::{Artifact, Build, CodeSystem, Definition, Origin, Provenance, Source, ValueSet};
use chunks::Chunks;
use line::Fields;
use rules::Rulebook;
use std::borrow::Cow;
use std::collections::HashMap;

const TITLE: &str = "vitruvian profile table";
const FORMAT: &str = "1";

/// A table cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "the profile table {name} cannot be read: {why}; write it again with `vitruvian packages distill`"
)]
pub struct TableError {
    /// Name of the file.
    pub name: String,
    /// What is wrong.
    pub why: String,
}

/// The facts of one version of a package, as `vitruvian packages distill` wrote them.
#[derive(Debug)]
pub struct Table {
    about: Provenance,
    extent: Extent,
    rules: Rulebook,
    index: HashMap<(Artifact, String), Vec<Row>>,
    chunks: Chunks,
}

/// Where one resource stands.
#[derive(Debug)]
struct Row {
    version: String,
    chunk: usize,
    start: usize,
    length: usize,
}

impl Table {
    /// Opens a table: reads its index, and nothing else.
    ///
    /// # Errors
    /// When it is no table, or one of another format.
    pub fn open(name: &str, bytes: Cow<'static, [u8]>, origin: Origin) -> Result<Self, TableError> {
        Self::parse(bytes, origin).map_err(|why| TableError {
            name: name.to_owned(),
            why,
        })
    }

    fn parse(bytes: Cow<'static, [u8]>, origin: Origin) -> Result<Self, String> {
        let (head, mut chunks) = Chunks::open(bytes)?;
        let mut lines = head.lines();
        if lines.next() != Some(&format!("{TITLE}\t{FORMAT}")) {
            return Err("it does not begin as a table of this format does".to_owned());
        }
        let (about, extent) = package(lines.next().unwrap_or_default(), origin)?;
        let mut rules = Rulebook::default();
        let mut index: HashMap<(Artifact, String), Vec<Row>> = HashMap::new();
        for line in lines {
            let mut fields = Fields::of(line);
            match fields.word {
                "rule" => rules.read(fields)?,
                "chunk" => chunks.push(fields.number()?, fields.number()?)?,
                "at" => {
                    let kind = fields.text()?;
                    let artifact = Artifact::of(&kind)
                        .ok_or_else(|| format!("the kind {kind:?} is unknown"))?;
                    let url = fields.text()?;
                    index.entry((artifact, url)).or_default().push(Row {
                        version: fields.text()?,
                        chunk: fields.number()?,
                        start: fields.number()?,
                        length: fields.number()?,
                    });
                }
                _ => return fields.unknown(),
            }
        }
        Ok(Self {
            about,
            extent,
            rules,
            index,
            chunks,
        })
    }

    /// Which package it was made from.
    #[must_use]
    pub const fn about(&self) -> &Provenance {
        &self.about
    }

    /// Whether it holds all of its package.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Reads the text of one resource, if it is here.
    fn read<T>(
        &self,
        artifact: Artifact,
        (url, version): (&str, &str),
        understand: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let rows = self.index.get(&(artifact, url.to_owned()));
        let row = rows.and_then(|rows| rows.iter().find(|row| row.version == version));
        let Some(row) = row else {
            return Ok(None);
        };
        let read = || {
            let chunk = self.chunks.text(row.chunk)?;
            let end = row.start.saturating_add(row.length);
            let text = chunk
                .get(row.start..end)
                .ok_or("its index points outside of it")?;
            understand(text)
        };
        read().map(Some).map_err(|why| {
            let Provenance { id, version, .. } = &self.about;
            format!("{url} in the profile table of {id}#{version} cannot be used: {why}")
        })
    }
}

fn package(line: &str, origin: Origin) -> Result<(Provenance, Extent), String> {
    let mut fields = Fields::of(line);
    if fields.word != "package" {
        return fields.unknown();
    }
    let about = Provenance {
        id: fields.text()?,
        version: fields.text()?,
        sha256: fields.text()?,
        build: {
            let word = fields.text()?;
            Build::ALL
                .into_iter()
                .find(|build| build.word() == word)
                .ok_or_else(|| format!("the build {word:?} is unknown"))?
        },
        origin,
    };
    let extent = match fields.text()?.as_str() {
        "whole" => Extent::Whole,
        _ => Extent::Reached,
    };
    Ok((about, extent))
}

impl Source for Table {
    fn id(&self) -> &str {
        &self.about.id
    }

    fn version(&self) -> &str {
        &self.about.version
    }

    fn provenance(&self) -> Provenance {
        self.about.clone()
    }

    fn canonicals(&self, artifact: Artifact) -> Vec<(&str, &str)> {
        let mut found: Vec<_> = self
            .index
            .iter()
            .filter(|((kind, _), _)| *kind == artifact)
            .flat_map(|((_, url), rows)| {
                rows.iter().map(|row| (url.as_str(), row.version.as_str()))
            })
            .collect();
        found.sort_unstable();
        found
    }

    fn versions(&self, artifact: Artifact, url: &str) -> Vec<&str> {
        let rows = self.index.get(&(artifact, url.to_owned()));
        let rows = rows.map_or(&[][..], Vec::as_slice);
        rows.iter().map(|row| row.version.as_str()).collect()
    }

    fn definition(&self, url: &str, version: &str) -> Result<Option<Definition>, String> {
        self.read(Artifact::Definition, (url, version), |text| {
            structure::read(text, &self.rules)
        })
    }

    fn value_set(&self, url: &str, version: &str) -> Result<Option<ValueSet>, String> {
        self.read(
            Artifact::ValueSet,
            (url, version),
            vocabulary::read_value_set,
        )
    }

    fn code_system(&self, url: &str, version: &str) -> Result<Option<CodeSystem>, String> {
        self.read(
            Artifact::CodeSystem,
            (url, version),
            vocabulary::read_code_system,
        )
    }
}
