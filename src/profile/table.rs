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
//! | `element` | id, `min..max`, flags (`M` modifier, `S` must support), most occurrences in the base if others; then what it has of `path`, `slice` (when the id does not imply them), `type` (code, then profiles `p…`, target profiles `t…`, aggregation `a…`), `content`, `slicing`, `binding` (strength, value set, greatest value set, then strength and value set of each additional one), `fixed`, `pattern`, `least`, `greatest`, `length`, `rules` (numbers) |
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Package;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::path::Path;

    const PROFILE: &str = r##"{
        "resourceType": "StructureDefinition", "url": "http://x.example/d", "version": "1", "name": "D",
        "kind": "complex-type", "type": "Extension", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "context": [{"type": "element", "expression": "Patient"}], "contextInvariant": ["a\nb"],
        "snapshot": {"element": [
            {"id": "Extension", "path": "Extension", "min": 0, "max": "*",
             "constraint": [{"key": "x-1", "severity": "error", "expression": "a\tb"}]},
            {"id": "Extension.value[x]:valueCode", "path": "Extension.value[x]", "sliceName": "valueCode",
             "min": 1, "max": "1", "base": {"min": 0, "max": "*"}, "mustSupport": true, "isModifier": true,
             "type": [{"code": "Reference", "profile": ["p"], "targetProfile": ["t", "u"], "aggregation": ["bundled"]}],
             "slicing": {"rules": "openAtEnd", "ordered": true, "discriminator": [{"type": "type", "path": "$this"}]},
             "binding": {"strength": "required", "valueSet": "http://x.example/v"},
             "fixedCode": "a\\b", "minValueInteger": 1, "maxLength": 7},
            {"id": "Extension.url", "path": "Extension.other", "sliceName": "unexpected", "max": "1",
             "contentReference": "#Extension", "patternCoding": {"code": "c"}}
        ]}}"##;

    const SYSTEM: &str = r#"{
        "resourceType": "CodeSystem", "url": "http://x.example/c", "content": "complete", "caseSensitive": false,
        "concept": [{"code": "a", "concept": [{"code": "b", "property": [{"code": "p", "valueBoolean": true}]}]}]}"#;

    const SET: &str = r#"{
        "resourceType": "ValueSet", "url": "http://x.example/v", "version": "2",
        "compose": {"include": [{"system": "s", "filter": [{"property": "p", "op": "=", "value": ""}]},
                                {"valueSet": ["w"]}],
                    "exclude": [{"system": "s", "concept": [{"code": "a"}, {"code": "b c"}]}]},
        "expansion": {"contains": [{"system": "s", "code": "z"}, {"system": "s", "code": "y"}]}}"#;

    fn package() -> Package {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let manifest = r#"{"name":"x.example","version":"1.0.0"}"#;
        for (name, text) in [
            ("package", manifest),
            ("d", PROFILE),
            ("c", SYSTEM),
            ("v", SET),
        ] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            let name = format!("package/{name}.json");
            archive
                .append_data(&mut header, name, text.as_bytes())
                .unwrap();
        }
        let bytes = archive.into_inner().unwrap().finish().unwrap();
        Package::open_archive(Path::new("x.tgz"), &bytes).unwrap()
    }

    fn written() -> Vec<u8> {
        let package = package();
        let source = TableSource {
            package: &package,
            only: None,
            properties: None,
        };
        write_table(source).unwrap().bytes
    }

    fn open(bytes: Vec<u8>) -> Result<Table, TableError> {
        Table::open("x.table.gz", Cow::Owned(bytes), Origin::Embedded)
    }

    /// Reads everything; says whether nothing was wrong.
    fn read_all(table: &Table) -> bool {
        let definitions = table.canonicals(Artifact::Definition);
        let sets = table.canonicals(Artifact::ValueSet);
        let systems = table.canonicals(Artifact::CodeSystem);
        definitions
            .iter()
            .all(|(url, version)| table.definition(url, version).is_ok())
            && sets
                .iter()
                .all(|(url, version)| table.value_set(url, version).is_ok())
            && systems
                .iter()
                .all(|(url, version)| table.code_system(url, version).is_ok())
    }

    #[test]
    fn every_fact_survives() {
        let (package, table) = (package(), open(written()).unwrap());
        let definition = table.definition("http://x.example/d", "1").unwrap();
        assert!(definition.is_some());
        assert_eq!(
            definition,
            package.definition("http://x.example/d", "1").unwrap()
        );
        let set = table.value_set("http://x.example/v", "2").unwrap();
        assert!(set.is_some());
        assert_eq!(set, package.value_set("http://x.example/v", "2").unwrap());
        let system = table.code_system("http://x.example/c", "").unwrap();
        assert!(system.is_some());
        assert_eq!(
            system,
            package.code_system("http://x.example/c", "").unwrap()
        );
        assert_eq!(table.code_system("http://x.example/c", "2").unwrap(), None);
        assert_eq!(table.about().sha256, package.sha256());
    }

    #[test]
    fn a_table_cut_off_anywhere_is_refused_or_says_what_it_lost() {
        let whole = written();
        assert!(read_all(&open(whole.clone()).unwrap()));
        for length in 0..whole.len() {
            if let Ok(table) = open(whole[..length].to_vec()) {
                assert!(!read_all(&table), "{length} of {} bytes", whole.len());
            }
        }
    }

    #[test]
    fn a_table_with_any_byte_changed_never_panics() {
        let whole = written();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x55;
            if let Ok(table) = open(bytes) {
                read_all(&table);
            }
        }
    }

    #[test]
    fn a_table_whose_text_is_damaged_never_panics() {
        use std::io::{Read as _, Write as _};
        let mut text = String::new();
        flate2::read::MultiGzDecoder::new(&written()[..])
            .read_to_string(&mut text)
            .unwrap();
        let (head, body) = text.split_at(text.find("definition\t").unwrap());
        let pack = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        for (place, char) in body.char_indices().filter(|(_, char)| char.is_ascii()) {
            for other in ["\t", "\n", "\\", "9"]
                .iter()
                .filter(|other| !other.contains(char))
            {
                let mut damaged = body.to_owned();
                damaged.replace_range(place..=place, other);
                let packed = pack(&damaged);
                let chunk = format!("chunk\t{}\t{}", packed.len(), damaged.len());
                let line = head
                    .lines()
                    .find(|line| line.starts_with("chunk\t"))
                    .unwrap();
                let mut bytes = pack(&head.replace(line, &chunk));
                bytes.extend(&packed);
                read_all(&open(bytes).unwrap());
            }
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_advice() {
        let error = open(b"hello".to_vec()).unwrap_err().to_string();
        assert!(
            error.contains("x.table.gz") && error.contains("packages distill"),
            "{error}"
        );
    }
}
