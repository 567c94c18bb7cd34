//! The gzip members of a table.

use flate2::bufread::GzDecoder;
use std::borrow::Cow;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};

/// Most bytes of text in one member; far more than the writer puts there.
const LARGEST: usize = 64 << 20;

/// The members after the first, unpacked when needed. The last one is kept: neighbours are often wanted
/// together.
#[derive(Debug)]
pub(super) struct Chunks {
    bytes: Cow<'static, [u8]>,
    /// Where each begins and how much text it holds.
    places: Vec<(usize, usize)>,
    /// Where the next one begins.
    next: usize,
    last: Mutex<Option<(usize, Arc<str>)>>,
}

impl Chunks {
    /// Unpacks the first member, and gets ready for the others.
    pub(super) fn open(bytes: Cow<'static, [u8]>) -> Result<(String, Self), String> {
        let mut decoder = GzDecoder::new(&*bytes);
        let mut head = String::new();
        (&mut decoder)
            .take(LARGEST as u64)
            .read_to_string(&mut head)
            .map_err(|error| format!("it cannot be unpacked ({error})"))?;
        let next = bytes.len() - decoder.into_inner().len();
        let chunks = Self {
            bytes,
            places: Vec::new(),
            next,
            last: Mutex::new(None),
        };
        Ok((head, chunks))
    }

    /// Adds the next member: bytes when packed, bytes of text.
    pub(super) fn push(&mut self, packed: usize, length: usize) -> Result<(), String> {
        let end = self.next.checked_add(packed);
        let end = end
            .filter(|end| *end <= self.bytes.len() && length <= LARGEST)
            .ok_or("it is cut off")?;
        self.places.push((self.next, length));
        self.next = end;
        Ok(())
    }

    /// The text of a member.
    pub(super) fn text(&self, number: usize) -> Result<Arc<str>, String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, text)) = &*last
            && *kept == number
        {
            return Ok(Arc::clone(text));
        }
        let (start, length) = *self
            .places
            .get(number)
            .ok_or_else(|| format!("it has no chunk {number}"))?;
        let mut text = String::with_capacity(length);
        GzDecoder::new(&self.bytes[start..])
            .take(length as u64)
            .read_to_string(&mut text)
            .map_err(|error| format!("it cannot be unpacked ({error})"))?;
        let text: Arc<str> = text.into();
        *last = Some((number, Arc::clone(&text)));
        Ok(text)
    }
}
