//! The resources to validate, one piece at a time.

use super::lines::{self, Lines};
use crate::cli::Failure;
use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read as _};
use std::path::{Path, PathBuf};

/// Bytes read ahead.
const BUFFER: usize = 1 << 18;

/// One resource, not read as JSON yet.
pub(super) struct Piece {
    pub(super) file: String,
    /// Line from 1, for ndjson.
    pub(super) line: Option<usize>,
    /// Its bytes, or why they could not be had.
    pub(super) bytes: Result<Vec<u8>, String>,
}

impl Piece {
    /// Where it came from.
    pub(super) fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }

    /// How many bytes it holds.
    pub(super) fn len(&self) -> usize {
        self.bytes.as_ref().map_or(0, Vec::len)
    }
}

/// The pieces of all inputs, in order.
pub(super) struct Pieces {
    files: VecDeque<PathBuf>,
    lines: Option<Lines>,
    /// Most bytes of one piece.
    limit: usize,
    /// Bytes of all files, unless there is something whose length nobody knows.
    total: Option<u64>,
}

impl Pieces {
    /// The pieces of these files and folders, each of at most `limit` bytes; `-` is standard input.
    ///
    /// # Errors
    /// When a path does not exist.
    pub(super) fn new(paths: &[PathBuf], limit: usize) -> Result<Self, Failure> {
        let mut files = VecDeque::new();
        let mut seen = BTreeSet::new();
        for path in paths {
            if path.is_dir() {
                walk(path, &mut seen, &mut files)?;
            } else if is_standard_input(path) || path.exists() {
                files.push_back(path.clone());
            } else {
                return Err(Failure::new(
                    format!("{} does not exist", path.display()),
                    "name .json or .ndjson files, a folder that holds some, or - for standard input",
                ));
            }
        }
        let lengths = files.iter().map(|path| length(path));
        Ok(Self {
            total: lengths.sum(),
            files,
            lines: None,
            limit,
        })
    }

    /// Bytes of all of them together, where that is known.
    pub(super) const fn total(&self) -> Option<u64> {
        self.total
    }

    /// The file as one piece; none when it is ndjson, whose lines are the pieces.
    fn open(&mut self, path: &Path) -> Option<Piece> {
        let is_standard_input = is_standard_input(path);
        let file = if is_standard_input {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        let bytes = reader(path).and_then(|mut reader| {
            let mut begin = Vec::new();
            let are_lines = extension(path) == Some("ndjson")
                || is_standard_input && lines::are_in(&mut reader, self.limit, &mut begin)?;
            let mut reader: Box<dyn BufRead + Send> = Box::new(Cursor::new(begin).chain(reader));
            if are_lines {
                self.lines = Some(Lines::new(file.clone(), reader, self.limit));
                return Ok(None);
            }
            // One byte more than is allowed: what is too long is told apart from what just fits.
            let most = (self.limit as u64).saturating_add(1);
            let mut bytes = Vec::new();
            reader.by_ref().take(most).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        });
        Some(Piece {
            file,
            line: None,
            bytes: bytes.map_err(|problem| problem.to_string()).transpose()?,
        })
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(lines) = &mut self.lines {
                match lines.next() {
                    Some(piece) => return Some(piece),
                    None => self.lines = None,
                }
            }
            let path = self.files.pop_front()?;
            if let Some(piece) = self.open(&path) {
                return Some(piece);
            }
        }
    }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

fn reader(path: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    if is_standard_input(path) {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(
        BUFFER,
        File::open(path)?,
    )))
}

/// Bytes of a file whose length means something.
fn length(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// The files of a folder and of those below it. A folder that is linked to from below itself, or twice, is
/// looked into once; what is no plain file is passed over, because a pipe or a device may never end.
fn walk(
    folder: &Path,
    seen: &mut BTreeSet<PathBuf>,
    files: &mut VecDeque<PathBuf>,
) -> Result<(), Failure> {
    let fail = |problem: std::io::Error| {
        Failure::new(
            format!("cannot read the folder {}: {problem}", folder.display()),
            "name what is to be validated inside it",
        )
    };
    if !seen.insert(folder.canonicalize().map_err(fail)?) {
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(fail)?;
    entries.sort();
    for path in entries {
        let metadata = std::fs::metadata(&path);
        if metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
            walk(&path, seen, files)?;
            continue;
        }
        // What cannot be looked at is kept: opening it says why.
        let may_be_read = metadata.as_ref().map_or(true, std::fs::Metadata::is_file);
        if may_be_read && matches!(extension(&path), Some("json" | "ndjson")) {
            files.push_back(path);
        }
    }
    Ok(())
}
