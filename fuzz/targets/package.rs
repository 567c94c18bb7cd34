//! Bytes from a stranger as a FHIR package: as an archive, and as the files of one.
//!
//! Random bytes hardly ever pass the checksums of gzip and tar, so the same bytes are also packed: the first
//! line is a file's name, the rest up to a NUL its content, and so on.

#![no_main]

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use std::path::Path;
use vitruvian::profile::{Artifact, Package, Source as _};

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    if let Some(packed) = packed(bytes) {
        read(&packed);
    }
});

fn read(packed: &[u8]) {
    let Ok(package) = Package::open_archive(Path::new("fuzzed.tgz"), packed) else {
        return;
    };
    for artifact in Artifact::ALL {
        for (url, version) in package.canonicals(artifact) {
            // Whatever it is, it is understood or refused.
            drop(package.definition(url, version));
            drop(package.value_set(url, version));
            drop(package.code_system(url, version));
        }
    }
}

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::none()));
    let manifest = br#"{"name":"x.example","version":"1.0.0","fhirVersions":["4.0.1"]}"#;
    append(&mut archive, "package/package.json", manifest)?;
    for file in bytes.split(|byte| *byte == 0) {
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let name = std::str::from_utf8(&file[..end]).ok()?;
        append(&mut archive, &format!("package/{name}"), &file[end + 1..])?;
    }
    archive.into_inner().ok()?.finish().ok()
}

fn append(
    archive: &mut tar::Builder<GzEncoder<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
) -> Option<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, bytes).ok()
}
