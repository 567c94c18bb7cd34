//! The lines of a body on its way: newline-delimited JSON of any size in constant memory.

use super::stream::SAMPLE;
use super::{Failure, Stream};
use crate::evidence::Captured;
use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;

/// Compressed bytes that are expanded at once: gzip expands at most about a thousandfold, so this bounds
/// what one step can need.
const STEP: usize = 4096;

/// How much of a file is put up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLimits {
    /// Most bytes of one line.
    pub line: usize,
    /// Most bytes of all lines, expanded.
    pub total: u64,
}

impl Default for LineLimits {
    /// 16 MiB for one line, 1 TiB for all.
    fn default() -> Self {
        Self {
            line: 16 << 20,
            total: 1 << 40,
        }
    }
}

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// With a newline.
    Newline,
    /// With a carriage return and a newline.
    CarriageReturn,
    /// With the end of the file.
    EndOfFile,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Its bytes without the line end.
    pub text: Bytes,
    /// How it ended.
    pub end: LineEnd,
}

/// Why there is no further line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFailure {
    /// The transfer broke.
    #[error(transparent)]
    Transfer(#[from] Failure),
    /// A line is longer than the bound.
    #[error("line {number} is longer than the {limit} bytes that are read of a line")]
    LineTooLong {
        /// Number of the line, from 1.
        number: u64,
        /// The bound.
        limit: usize,
    },
    /// The file is larger than the bound.
    #[error("the file is larger than the {limit} bytes that are read of a file")]
    FileTooLarge {
        /// The bound.
        limit: u64,
    },
    /// The body says it is gzip and is not.
    #[error("the body is not the gzip it says it is: {0}")]
    Gzip(String),
}

/// What was read of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTotals {
    /// Lines, blank ones included.
    pub lines: u64,
    /// Bytes, expanded.
    pub bytes: u64,
    /// Bytes over the wire.
    pub received: u64,
    /// SHA-256 of the expanded bytes, in hexadecimal.
    pub sha256: String,
}

/// Reads a stream line by line, expanding gzip on the way.
pub struct Lines {
    stream: Stream,
    limits: LineLimits,
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    /// Compressed bytes not expanded yet.
    waiting: Bytes,
    /// Expanded bytes of the lines to come.
    buffer: BytesMut,
    /// How far the buffer was searched for a newline.
    searched: usize,
    /// The beginning of what was compressed, for the evidence.
    sample: BytesMut,
    is_gzip: bool,
    digest: Sha256,
    lines: u64,
    bytes: u64,
    is_over: bool,
}

impl Lines {
    /// The lines of a stream. A `Content-Encoding` of gzip is undone.
    #[must_use]
    pub fn new(stream: Stream, limits: LineLimits) -> Self {
        let is_gzip = stream
            .header("content-encoding")
            .is_some_and(|coding| coding.trim().eq_ignore_ascii_case("gzip"));
        Self {
            stream,
            limits,
            gzip: is_gzip.then(|| MultiGzDecoder::new(Vec::new())),
            waiting: Bytes::new(),
            buffer: BytesMut::new(),
            searched: 0,
            sample: BytesMut::new(),
            is_gzip,
            digest: Sha256::new(),
            lines: 0,
            bytes: 0,
            is_over: false,
        }
    }

    /// The next line; `None` at the end of the file.
    ///
    /// # Errors
    /// When the transfer breaks, a bound is reached, or the gzip is broken. Nothing comes after that.
    pub async fn next(&mut self) -> Result<Option<Line>, LineFailure> {
        loop {
            let found = self.buffer[self.searched..]
                .iter()
                .position(|byte| *byte == b'\n');
            if let Some(position) = found {
                return self.cut(self.searched + position).map(Some);
            }
            self.searched = self.buffer.len();
            if self.searched > self.limits.line {
                return Err(self.too_long());
            }
            if self.is_over {
                return Ok(self.rest());
            }
            self.fill().await?;
        }
    }

    /// What was read so far, and the exchange for the recorder.
    #[must_use]
    pub fn finish(self) -> (LineTotals, Captured) {
        let digest = self.digest.finalize();
        let totals = LineTotals {
            lines: self.lines,
            bytes: self.bytes,
            received: self.stream.received(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        let mut captured = self.stream.finish();
        if self.is_gzip
            && let Some(response) = &mut captured.response
        {
            // Nobody reads, and nobody can redact, what is compressed.
            response.truncated = totals.bytes > self.sample.len() as u64;
            response.body = self.sample.freeze();
        }
        (totals, captured)
    }

    fn cut(&mut self, newline: usize) -> Result<Line, LineFailure> {
        if newline > self.limits.line {
            return Err(self.too_long());
        }
        let mut text = self.buffer.split_to(newline + 1).freeze();
        text.truncate(newline);
        self.searched = 0;
        self.lines += 1;
        let end = if text.last() == Some(&b'\r') {
            text.truncate(newline - 1);
            LineEnd::CarriageReturn
        } else {
            LineEnd::Newline
        };
        Ok(Line {
            number: self.lines,
            text,
            end,
        })
    }

    /// What follows the last newline.
    fn rest(&mut self) -> Option<Line> {
        if self.buffer.is_empty() {
            return None;
        }
        self.lines += 1;
        self.searched = 0;
        Some(Line {
            number: self.lines,
            text: self.buffer.split().freeze(),
            end: LineEnd::EndOfFile,
        })
    }

    fn too_long(&self) -> LineFailure {
        LineFailure::LineTooLong {
            number: self.lines + 1,
            limit: self.limits.line,
        }
    }

    /// Gets more bytes into the buffer, or notes that there are no more.
    async fn fill(&mut self) -> Result<(), LineFailure> {
        if self.waiting.is_empty() {
            match self.stream.piece().await? {
                Some(piece) => self.waiting = piece,
                None => return self.close(),
            }
        }
        let before = self.buffer.len();
        match &mut self.gzip {
            None => self
                .buffer
                .extend_from_slice(&std::mem::take(&mut self.waiting)),
            Some(gzip) => {
                let step = self.waiting.split_to(self.waiting.len().min(STEP));
                gzip.write_all(&step).map_err(broken)?;
                self.buffer.extend_from_slice(gzip.get_ref());
                gzip.get_mut().clear();
            }
        }
        self.count(before)
    }

    fn close(&mut self) -> Result<(), LineFailure> {
        self.is_over = true;
        let before = self.buffer.len();
        if let Some(mut gzip) = self.gzip.take() {
            gzip.try_finish().map_err(broken)?;
            self.buffer.extend_from_slice(gzip.get_ref());
        }
        self.count(before)
    }

    fn count(&mut self, before: usize) -> Result<(), LineFailure> {
        let new = &self.buffer[before..];
        self.digest.update(new);
        let room = SAMPLE.saturating_sub(self.sample.len());
        self.sample.extend_from_slice(&new[..new.len().min(room)]);
        self.bytes += new.len() as u64;
        if self.bytes > self.limits.total {
            let limit = self.limits.total;
            return Err(LineFailure::FileTooLarge { limit });
        }
        Ok(())
    }
}

fn broken(problem: std::io::Error) -> LineFailure {
    LineFailure::Gzip(problem.to_string())
}
