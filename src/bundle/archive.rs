//! Zip archives (APPNOTE 6.3.4, sections 4.3.7, 4.3.12 and 4.3.16) in one form only: one entry after the
//! other, no gaps, no comments, no extra fields, no times. So every byte has one right value, given name,
//! content and packed content, and a reader finds each that has another.

use super::{BundleError, sha256};
use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};
use std::io::{Read as _, Write as _};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0 of the format, which has deflate.
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
/// 1980-01-01, the first day a zip archive can name.
const DATE: u16 = 0x0021;
/// Length of the record at the end, without a comment.
const END_LENGTH: usize = 22;
/// Length of an entry of the directory, without its name.
const CENTRAL_LENGTH: usize = 46;

/// One file, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packing {
    pub(super) name: String,
    /// Whether it is deflated, and not stored as it is.
    is_deflated: bool,
    crc: u32,
    /// Bytes of the content.
    pub(super) size: usize,
    /// The content as it stands in the archive.
    pub(super) packed: Vec<u8>,
    /// SHA-256 of the content, hex.
    pub(super) sha256: String,
}

impl Packing {
    pub(super) fn deflated(name: &str, bytes: &[u8]) -> Result<Self, BundleError> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
        let packed = packed.map_err(|source| BundleError::Io {
            path: name.to_owned(),
            source,
        })?;
        Self::new(name, bytes, packed, true)
    }

    pub(super) fn stored(name: &str, bytes: &[u8]) -> Result<Self, BundleError> {
        Self::new(name, bytes, bytes.to_vec(), false)
    }

    fn new(
        name: &str,
        bytes: &[u8],
        packed: Vec<u8>,
        is_deflated: bool,
    ) -> Result<Self, BundleError> {
        let fits = |length: usize| u32::try_from(length).is_ok();
        if !fits(bytes.len()) || !fits(packed.len()) || u16::try_from(name.len()).is_err() {
            return Err(BundleError::TooLarge);
        }
        Ok(Self {
            name: name.to_owned(),
            is_deflated,
            crc: crc(bytes),
            size: bytes.len(),
            packed,
            sha256: sha256(bytes),
        })
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The facts of an entry that both of its headers tell.
#[derive(Clone, Debug)]
struct Header {
    name: String,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
}

impl Header {
    fn shared(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [VERSION, FLAGS, self.method, 0, DATE] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [self.crc, self.packed, self.size] {
            bytes.extend(number.to_le_bytes());
        }
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_le_bytes());
        bytes.extend(0_u16.to_le_bytes());
        bytes
    }

    fn local(&self) -> Vec<u8> {
        [
            &LOCAL.to_le_bytes()[..],
            &self.shared(),
            self.name.as_bytes(),
        ]
        .concat()
    }

    /// As it stands in the directory; comment, disk and attributes are zero.
    fn central(&self, offset: u32) -> Vec<u8> {
        [
            &CENTRAL.to_le_bytes()[..],
            &VERSION.to_le_bytes(),
            &self.shared(),
            &[0; 10],
            &offset.to_le_bytes(),
            self.name.as_bytes(),
        ]
        .concat()
    }
}

/// The record at the end of an archive.
fn end(entries: usize, directory: usize, offset: usize) -> Option<Vec<u8>> {
    let count = u16::try_from(entries).ok()?.to_le_bytes();
    Some(
        [
            &END.to_le_bytes()[..],
            &[0; 4],
            &count,
            &count,
            &u32::try_from(directory).ok()?.to_le_bytes(),
            &u32::try_from(offset).ok()?.to_le_bytes(),
            &[0; 2],
        ]
        .concat(),
    )
}

/// An archive in the making.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: usize,
}

impl Archive {
    pub(super) fn add(&mut self, entry: Packing) -> Result<(), BundleError> {
        let offset = u32::try_from(self.bytes.len()).map_err(|_| BundleError::TooLarge)?;
        let header = Header {
            method: if entry.is_deflated { 8 } else { 0 },
            crc: entry.crc,
            // Both fit: `Packing::new` has looked.
            packed: u32::try_from(entry.packed.len()).unwrap_or(u32::MAX),
            size: u32::try_from(entry.size).unwrap_or(u32::MAX),
            name: entry.name,
        };
        self.bytes.extend(header.local());
        self.bytes.extend(entry.packed);
        self.directory.extend(header.central(offset));
        self.entries += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, BundleError> {
        let end = end(self.entries, self.directory.len(), self.bytes.len())
            .ok_or(BundleError::TooLarge)?;
        self.bytes.extend(self.directory);
        self.bytes.extend(end);
        Ok(self.bytes)
    }
}

/// A file of an archive that was read.
pub(super) struct Entry<'bytes> {
    pub(super) name: String,
    /// As it stands in the archive.
    pub(super) packed: &'bytes [u8],
    is_deflated: bool,
    size: usize,
    crc: u32,
}

/// What an archive holds, and which of its parts are not as they must be.
pub(super) struct Reading<'bytes> {
    pub(super) entries: Vec<Entry<'bytes>>,
    /// Parts with another byte than the form demands, by name.
    pub(super) touched: Vec<String>,
}

/// Reads an archive by its directory and compares every byte that is not content with what it must be.
///
/// # Errors
/// When there is no directory that could be read: a sentence for a person.
pub(super) fn read(bytes: &[u8]) -> Result<Reading<'_>, String> {
    let start = bytes
        .len()
        .checked_sub(END_LENGTH)
        .ok_or("it is too short")?;
    let number = |at: usize| word(bytes, at).map(|number| number as usize);
    if word(bytes, start) != Some(END) {
        return Err("the record at its end is damaged".to_owned());
    }
    let (length, offset) = (number(start + 12), number(start + 16));
    let (Some(length), Some(offset)) = (length, offset) else {
        return Err("the record at its end is damaged".to_owned());
    };
    let mut reading = Reading {
        entries: Vec::new(),
        touched: Vec::new(),
    };
    let (mut at, mut expected) = (offset, 0);
    while at < start {
        let header =
            header(bytes, at).ok_or_else(|| format!("its directory is damaged at byte {at}"))?;
        reading.entry(bytes, &header, expected, at)?;
        expected += header.local().len() + header.packed as usize;
        at += CENTRAL_LENGTH + header.name.len();
    }
    let known = end(
        reading.entries.len(),
        start.saturating_sub(expected),
        expected,
    );
    if at != start || offset != expected || offset + length != start {
        reading
            .touched
            .push("the directory of the archive".to_owned());
    }
    if known.as_deref() != Some(&bytes[start..]) {
        reading.touched.push("the end of the archive".to_owned());
    }
    Ok(reading)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

/// The facts of the directory's entry at this place.
fn header(bytes: &[u8], at: usize) -> Option<Header> {
    if word(bytes, at) != Some(CENTRAL) {
        return None;
    }
    let length = usize::from(half(bytes, at + 28)?);
    let name = bytes.get(at + CENTRAL_LENGTH..at + CENTRAL_LENGTH + length)?;
    Some(Header {
        name: String::from_utf8(name.to_vec()).ok()?,
        method: half(bytes, at + 10)?,
        crc: word(bytes, at + 16)?,
        packed: word(bytes, at + 20)?,
        size: word(bytes, at + 24)?,
    })
}

impl<'bytes> Reading<'bytes> {
    /// Takes up an entry whose header must stand at `offset`, and whose place in the directory is `at`.
    fn entry(
        &mut self,
        bytes: &'bytes [u8],
        header: &Header,
        offset: usize,
        at: usize,
    ) -> Result<(), String> {
        let local = header.local();
        let begin = offset + local.len();
        let (Some(found), Some(packed)) = (
            bytes.get(offset..begin),
            bytes.get(begin..begin.saturating_add(header.packed as usize)),
        ) else {
            return Err(format!("{} is not whole", header.name));
        };
        let central = header.central(u32::try_from(offset).unwrap_or(u32::MAX));
        let told = bytes.get(at..at + central.len());
        if found != local || told != Some(&central[..]) {
            self.touched.push(format!("the header of {}", header.name));
        }
        self.entries.push(Entry {
            name: header.name.clone(),
            packed,
            is_deflated: header.method == 8,
            size: header.size as usize,
            crc: header.crc,
        });
        Ok(())
    }
}

impl Entry<'_> {
    /// The content; none when it cannot be unpacked to what its header says. At most `limit` bytes are
    /// unpacked.
    pub(super) fn content(&self, limit: usize) -> Option<Vec<u8>> {
        if self.size > limit {
            return None;
        }
        let mut content = Vec::new();
        if self.is_deflated {
            let mut decoder = DeflateDecoder::new(self.packed).take(self.size as u64 + 1);
            decoder.read_to_end(&mut content).ok()?;
        } else {
            content.extend_from_slice(self.packed);
        }
        (content.len() == self.size && crc(&content) == self.crc).then_some(content)
    }
}

#[cfg(test)]
mod tests {
    use super::{Archive, Packing, read};

    fn archive() -> Vec<u8> {
        let mut archive = Archive::default();
        archive
            .add(Packing::stored("a.txt", b"abc").unwrap())
            .unwrap();
        let long = b"0123456789".repeat(50);
        archive
            .add(Packing::deflated("b.txt", &long).unwrap())
            .unwrap();
        archive.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = archive();
        let reading = read(&bytes).unwrap();
        assert_eq!(reading.touched, [] as [String; 0]);
        let contents: Vec<_> = reading
            .entries
            .iter()
            .map(|entry| (entry.name.as_str(), entry.content(1000).unwrap().len()))
            .collect();
        assert_eq!(contents, [("a.txt", 3), ("b.txt", 500)]);
        assert_eq!(reading.entries[1].content(499), None, "the limit holds");
    }

    #[test]
    fn a_header_that_was_touched_is_named() {
        let mut bytes = archive();
        // The time of the first entry.
        bytes[10] ^= 1;
        assert_eq!(read(&bytes).unwrap().touched, ["the header of a.txt"]);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for bytes in [&b""[..], b"PK", &[0; 100], &archive()[1..]] {
            let reading = read(bytes);
            assert!(reading.is_err() || !reading.unwrap().touched.is_empty());
        }
    }
}
