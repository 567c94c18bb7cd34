//! Writing a table.

use super::line::Line;
use super::rules::Rulebook;
use super::{FORMAT, TITLE, structure, vocabulary};
use crate::profile::{Artifact, Package, Source as _};
use flate2::{Compression, GzBuilder};
use std::collections::BTreeSet;
use std::io::{self, Write as _};

/// Text in one chunk, about: large enough to compress well, small enough to unpack in a millisecond.
const CHUNK: usize = 96 << 10;

/// How much of its package a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Everything that can be validated with.
    Whole,
    /// Only what other packages need.
    Reached,
}

/// What goes into a table.
#[derive(Clone, Copy, Debug)]
pub struct TableSource<'a> {
    /// The package.
    pub package: &'a Package,
    /// Only these; all of them when none.
    pub only: Option<&'a BTreeSet<(Artifact, String, String)>>,
    /// Properties of concepts that filters look at: the others are left out.
    pub properties: Option<&'a BTreeSet<String>>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The table, as it goes to disk.
    pub bytes: Vec<u8>,
    /// How many resources it holds.
    pub resources: usize,
    /// What was left out because it cannot be used: a sentence each.
    pub left_out: Vec<String>,
}

/// Writes a table. The same package gives the same bytes.
///
/// # Errors
/// When the bytes cannot be compressed, which does not happen in memory.
pub fn write(source: TableSource<'_>) -> io::Result<Written> {
    let mut body = Body::default();
    let mut left_out = Vec::new();
    for artifact in Artifact::ALL {
        for (url, version) in source.package.canonicals(artifact) {
            let key = (artifact, url.to_owned(), version.to_owned());
            if source.only.is_some_and(|only| !only.contains(&key)) {
                continue;
            }
            match resource(source, artifact, (url, version), &mut body.rules) {
                Ok(text) => body.push(artifact, (url, version), &text)?,
                Err(why) => left_out.push(why),
            }
        }
    }
    body.close()?;
    let resources = body.index.lines().count();
    Ok(Written {
        bytes: body.finish(source)?,
        resources,
        left_out,
    })
}

fn resource(
    source: TableSource<'_>,
    artifact: Artifact,
    (url, version): (&str, &str),
    rules: &mut Rulebook,
) -> Result<String, String> {
    let missing = || format!("{url}|{version} is in the index of its package and not in it");
    let mut text = String::new();
    match artifact {
        Artifact::Definition => {
            let definition = source.package.definition(url, version)?;
            structure::write(&definition.ok_or_else(missing)?, rules, &mut text);
        }
        Artifact::ValueSet => {
            let set = source.package.value_set(url, version)?;
            vocabulary::write_value_set(&set.ok_or_else(missing)?, &mut text);
        }
        // Tables hold what resources are held against, and no forms.
        Artifact::Questionnaire => {}
        Artifact::CodeSystem => {
            let system = source.package.code_system(url, version)?;
            let mut system = system.ok_or_else(missing)?;
            if let Some(properties) = source.properties {
                for concept in &mut system.concepts {
                    concept
                        .properties
                        .retain(|(name, _)| properties.contains(name));
                }
            }
            vocabulary::write_code_system(&system, &mut text);
        }
    }
    Ok(text)
}

/// A table that is being written.
#[derive(Default)]
struct Body {
    rules: Rulebook,
    chunks: String,
    index: String,
    open: String,
    count: usize,
    packed: Vec<u8>,
}

impl Body {
    fn push(
        &mut self,
        artifact: Artifact,
        (url, version): (&str, &str),
        text: &str,
    ) -> io::Result<()> {
        if !self.open.is_empty() && self.open.len() + text.len() > CHUNK {
            self.close()?;
        }
        Line::new("at")
            .field(artifact.resource_type())
            .field(url)
            .field(version)
            .field(&self.count.to_string())
            .field(&self.open.len().to_string())
            .field(&text.len().to_string())
            .end(&mut self.index);
        self.open.push_str(text);
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let packed = pack(&self.open)?;
        Line::new("chunk")
            .field(&packed.len().to_string())
            .field(&self.open.len().to_string())
            .end(&mut self.chunks);
        self.packed.extend(packed);
        self.open.clear();
        self.count += 1;
        Ok(())
    }

    fn finish(self, source: TableSource<'_>) -> io::Result<Vec<u8>> {
        let mut head = String::new();
        let about = source.package.provenance();
        Line::new(TITLE).field(FORMAT).end(&mut head);
        Line::new("package")
            .field(&about.id)
            .field(&about.version)
            .field(&about.sha256)
            .field(about.build.word())
            .field(if source.only.is_some() {
                "reached"
            } else {
                "whole"
            })
            .end(&mut head);
        self.rules.write(&mut head);
        head.push_str(&self.chunks);
        head.push_str(&self.index);
        let mut bytes = pack(&head)?;
        bytes.extend(self.packed);
        Ok(bytes)
    }
}

/// One gzip member, without time or system, so that the same text gives the same bytes.
fn pack(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}
