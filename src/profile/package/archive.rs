//! Reading a `.tgz` without unpacking it to disk: nothing is written, so names cannot lead anywhere.

use super::error::Error;
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};
use std::path::Path;

/// Most bytes of one file in a package.
pub(super) const LARGEST_FILE: u64 = 64 << 20;
/// Most bytes of a whole package once unpacked.
const LARGEST_PACKAGE: u64 = 512 << 20;
/// Most files in a package.
pub(super) const MOST_FILES: usize = 100_000;

/// Gives every file in the archive's `package` folder to `visit`: name below that folder, with `/`, and bytes.
/// Names lead nowhere else, and `is_wanted` says which files are read at all.
pub(super) fn read(
    path: &Path,
    packed: &[u8],
    is_wanted: impl Fn(&str) -> bool,
    mut visit: impl FnMut(String, Vec<u8>) -> Result<(), Error>,
) -> Result<(), Error> {
    let fail = |source: io::Error| match source.kind() {
        io::ErrorKind::FileTooLarge => Error::too_large(
            path,
            format!("it unpacks to more than {} MB", LARGEST_PACKAGE >> 20),
        ),
        _ => Error::not_a_package(path, format!("it cannot be unpacked ({source})")),
    };
    let unpacked = Bounded {
        inner: MultiGzDecoder::new(packed),
        left: LARGEST_PACKAGE,
    };
    let mut archive = tar::Archive::new(unpacked);
    for (count, entry) in archive.entries().map_err(fail)?.enumerate() {
        let mut entry = entry.map_err(fail)?;
        if count >= MOST_FILES {
            return Err(Error::too_large(
                path,
                format!("it holds more than {MOST_FILES} files"),
            ));
        }
        let Some(name) = in_package(&entry).filter(|name| is_wanted(name)) else {
            continue;
        };
        if entry.size() > LARGEST_FILE {
            return Err(Error::too_large(
                path,
                format!("{name} has more than {} MB", LARGEST_FILE >> 20),
            ));
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(fail)?;
        visit(name, bytes)?;
    }
    Ok(())
}

/// The name of a plain file below `package/`.
fn in_package<R: Read>(entry: &tar::Entry<'_, R>) -> Option<String> {
    if !entry.header().entry_type().is_file() {
        return None;
    }
    let path = entry.path_bytes();
    let path = std::str::from_utf8(&path).ok()?;
    let name = path.trim_start_matches("./").strip_prefix("package/")?;
    let is_plain =
        |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    name.split('/').all(is_plain).then(|| name.to_owned())
}

/// Refuses to give more than so many bytes, so that a small file cannot unpack without end.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, *bytes).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn only_what_is_wanted_in_the_package_folder_is_read() {
        let bytes = packed(&[
            ("package/a.json", b"{}"),
            ("package/example/b.json", b"{}"),
            ("package/c.txt", b"c"),
            ("other/d.json", b"{}"),
        ]);
        let mut names = Vec::new();
        let is_wanted = |name: &str| !name.ends_with(".txt");
        read(Path::new("x.tgz"), &bytes, is_wanted, |name, _| {
            names.push(name);
            Ok(())
        })
        .unwrap();
        assert_eq!(names, ["a.json", "example/b.json"]);
    }

    #[test]
    fn what_is_no_archive_is_said_to_be_none() {
        let error = read(Path::new("x.tgz"), b"hello", |_| true, |_, _| Ok(())).unwrap_err();
        assert!(
            error.to_string().contains("x.tgz is no FHIR package"),
            "{error}"
        );
    }

    #[test]
    fn a_cut_off_archive_is_an_error() {
        let bytes = packed(&[("package/a.json", &[b' '; 4096])]);
        assert!(
            read(
                Path::new("x.tgz"),
                &bytes[..bytes.len() / 2],
                |_| true,
                |_, _| Ok(())
            )
            .is_err()
        );
    }

    #[test]
    fn one_huge_file_is_refused() {
        let bytes = packed(&[(
            "package/a.json",
            &vec![b' '; usize::try_from(LARGEST_FILE).unwrap() + 1],
        )]);
        assert!(
            bytes.len() < 1 << 20,
            "the archive itself is small: {}",
            bytes.len()
        );
        let error = read(Path::new("x.tgz"), &bytes, |_| true, |_, _| Ok(())).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }

    #[test]
    fn reading_stops_at_the_limit() {
        let mut bounded = Bounded {
            inner: io::repeat(0),
            left: 10_000,
        };
        let error = io::copy(&mut bounded, &mut io::sink()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
