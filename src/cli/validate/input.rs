//! The resources to validate, one piece at a time.

use crate::cli::Failure;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Most bytes of one resource.
const LIMIT: u64 = 64 << 20;

/// One resource, not read as JSON yet.
pub(super) struct Piece {
    file: String,
    /// Line from 1, for ndjson.
    line: Option<usize>,
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
}

/// The pieces of all inputs, in order.
pub(super) struct Pieces {
    files: VecDeque<PathBuf>,
    lines: Option<Lines>,
}

/// An ndjson file that is being read.
struct Lines {
    file: String,
    number: usize,
    reader: Box<dyn BufRead + Send>,
}

impl Pieces {
    /// The pieces of these files and folders; `-` is standard input.
    ///
    /// # Errors
    /// When a path does not exist.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = VecDeque::new();
        for path in paths {
            if path.is_dir() {
                walk(path, &mut files)?;
            } else if path == Path::new("-") || path.exists() {
                files.push_back(path.clone());
            } else {
                return Err(Failure::new(
                    format!("{} does not exist", path.display()),
                    "name .json or .ndjson files, a folder that holds some, or - for standard input",
                ));
            }
        }
        Ok(Self { files, lines: None })
    }

    fn open(&mut self, path: &Path) -> Option<Piece> {
        let file = path.display().to_string();
        let name = if file == "-" {
            "standard input".to_owned()
        } else {
            file.clone()
        };
        let is_lines = path
            .extension()
            .is_some_and(|extension| extension == "ndjson");
        if is_lines {
            return match File::open(path) {
                Ok(opened) => {
                    let reader: Box<dyn BufRead + Send> =
                        Box::new(BufReader::with_capacity(1 << 20, opened));
                    self.lines = Some(Lines {
                        file: name,
                        number: 0,
                        reader,
                    });
                    None
                }
                Err(problem) => Some(Piece {
                    file: name,
                    line: None,
                    bytes: Err(problem.to_string()),
                }),
            };
        }
        let bytes = if file == "-" {
            read(std::io::stdin().lock())
        } else {
            File::open(path).and_then(read)
        };
        let bytes = bytes.map_err(|problem| problem.to_string());
        match bytes {
            // Several documents on standard input are ndjson.
            Ok(bytes) if file == "-" && is_ndjson(&bytes) => {
                let reader: Box<dyn BufRead + Send> = Box::new(std::io::Cursor::new(bytes));
                self.lines = Some(Lines {
                    file: name,
                    number: 0,
                    reader,
                });
                None
            }
            bytes => Some(Piece {
                file: name,
                line: None,
                bytes,
            }),
        }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(lines) = &mut self.lines {
                match lines.next_piece() {
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

impl Lines {
    /// The next line that is not blank. A line beyond the limit is skipped, and said so.
    fn next_piece(&mut self) -> Option<Piece> {
        loop {
            self.number += 1;
            let mut bytes = Vec::new();
            let read = self
                .reader
                .by_ref()
                .take(LIMIT)
                .read_until(b'\n', &mut bytes);
            let piece = |bytes| {
                Some(Piece {
                    file: self.file.clone(),
                    line: Some(self.number),
                    bytes,
                })
            };
            match read {
                Ok(0) => return None,
                Err(problem) => {
                    let piece = piece(Err(problem.to_string()));
                    self.reader = Box::new(std::io::empty());
                    return piece;
                }
                Ok(_) if bytes.len() as u64 == LIMIT && bytes.last() != Some(&b'\n') => {
                    let piece = piece(Err(format!("the line is longer than {LIMIT} bytes")));
                    skip_line(&mut self.reader);
                    return piece;
                }
                Ok(_) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return piece(Ok(bytes)),
            }
        }
    }
}

/// Skips to the end of a line without keeping it.
fn skip_line(reader: &mut Box<dyn BufRead + Send>) {
    loop {
        let (found, length) = match reader.fill_buf() {
            Ok([]) | Err(_) => return,
            Ok(buffer) => match buffer.iter().position(|byte| *byte == b'\n') {
                Some(end) => (true, end + 1),
                None => (false, buffer.len()),
            },
        };
        reader.consume(length);
        if found {
            return;
        }
    }
}

fn read(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is allowed: what is too long is told apart from what just fits.
    reader.take(LIMIT + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether more than one line begins a JSON object of its own.
fn is_ndjson(bytes: &[u8]) -> bool {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    let whole = |line: Option<&[u8]>| {
        line.is_some_and(|line| line.starts_with(b"{") && line.trim_ascii_end().ends_with(b"}"))
    };
    whole(lines.next()) && whole(lines.next())
}

fn walk(folder: &Path, files: &mut VecDeque<PathBuf>) -> Result<(), Failure> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json" || extension == "ndjson")
        {
            files.push_back(path);
        }
    }
    Ok(())
}
