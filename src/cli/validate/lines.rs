//! Ndjson: a resource on every line.

use super::input::Piece;
use std::io::{self, BufRead, Read as _};

/// An ndjson file that is being read. Its iterator gives the lines that are not blank; instead of a line
/// that is too long, why it is not read.
pub(super) struct Lines {
    file: String,
    number: usize,
    reader: Box<dyn BufRead + Send>,
    limit: usize,
}

impl Lines {
    pub(super) const fn new(file: String, reader: Box<dyn BufRead + Send>, limit: usize) -> Self {
        Self {
            file,
            number: 0,
            reader,
            limit,
        }
    }

    fn piece(&self, bytes: Result<Vec<u8>, String>) -> Piece {
        Piece {
            file: self.file.clone(),
            line: Some(self.number),
            bytes,
        }
    }
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            self.number += 1;
            let mut bytes = Vec::new();
            match read_line(&mut self.reader, self.limit, &mut bytes) {
                Ok(_) if bytes.is_empty() => return None,
                Err(problem) => {
                    self.reader = Box::new(io::empty());
                    return Some(self.piece(Err(problem.to_string())));
                }
                Ok(false) => {
                    skip_line(&mut self.reader);
                    let limit = self.limit;
                    return Some(self.piece(Err(format!("the line is longer than {limit} bytes"))));
                }
                Ok(true) if is_blank(&bytes) => {}
                Ok(true) => return Some(self.piece(Ok(bytes))),
            }
        }
    }
}

/// Whether what is read from here on is ndjson: its first line is an object by itself, and something follows.
/// `begin` is what was read to find out.
pub(super) fn are_in(
    reader: &mut impl BufRead,
    limit: usize,
    begin: &mut Vec<u8>,
) -> io::Result<bool> {
    let mut is_whole = true;
    let mut start = 0;
    while is_whole && is_blank(&begin[start..]) {
        start = begin.len();
        is_whole = read_line(reader, limit, begin)?;
        if begin.len() == start {
            return Ok(false);
        }
    }
    let first = begin[start..].trim_ascii();
    if !is_whole || !first.starts_with(b"{") || !first.ends_with(b"}") {
        return Ok(false);
    }
    // After the end of an object nothing but another document begins like one.
    loop {
        let next = reader.fill_buf()?;
        let blanks = next.iter().take_while(|byte| byte.is_ascii_whitespace());
        let blanks = blanks.count();
        if blanks < next.len() || next.is_empty() {
            return Ok(next.get(blanks) == Some(&b'{'));
        }
        begin.extend_from_slice(next);
        reader.consume(blanks);
        if begin.len() > limit {
            return Ok(false);
        }
    }
}

/// Reads a line with its end. False when it is longer than `limit` bytes without it.
fn read_line(reader: &mut impl BufRead, limit: usize, into: &mut Vec<u8>) -> io::Result<bool> {
    let before = into.len();
    let most = (limit as u64).saturating_add(1);
    reader.by_ref().take(most).read_until(b'\n', into)?;
    Ok(into.len() - before <= limit || into.last() == Some(&b'\n'))
}

/// Skips to the end of a line without keeping it.
fn skip_line(reader: &mut impl BufRead) {
    loop {
        let (found, length) = match reader.fill_buf() {
            Err(problem) if problem.kind() == io::ErrorKind::Interrupted => continue,
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

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::{Lines, are_in};
    use std::io::{BufReader, Cursor, Read as _};

    fn lines(text: &'static str, limit: usize) -> Vec<(usize, Result<String, String>)> {
        let reader = Box::new(BufReader::with_capacity(3, text.as_bytes()));
        Lines::new("x.ndjson".into(), reader, limit)
            .map(|piece| {
                let bytes = piece.bytes.map(|bytes| String::from_utf8(bytes).unwrap());
                (piece.line.unwrap(), bytes)
            })
            .collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_the_next_one_read() {
        let long = || Err("the line is longer than 4 bytes".to_owned());
        assert_eq!(
            lines("abcd\nabcde\n\n  \r\nefg", 4),
            [(1, Ok("abcd\n".into())), (2, long()), (5, Ok("efg".into()))]
        );
        assert_eq!(lines("abcdefghi", 4), [(1, long())]);
        assert_eq!(lines("", 4), []);
    }

    #[test]
    fn what_follows_an_object_on_a_line_of_its_own_makes_it_ndjson() {
        for (text, expected) in [
            ("{}\n{}", true),
            ("\n \n{\"a\":{}}\r\n\n\n{", true),
            ("{}", false),
            ("{}\n", false),
            ("{}\n]", false),
            ("{\n}", false),
            ("[{}\n{}", false),
            ("", false),
            ("\n\n", false),
            ("{\"too\":\"long for the limit of this test\"}\n{}", false),
        ] {
            let (mut reader, mut begin) =
                (BufReader::with_capacity(2, text.as_bytes()), Vec::new());
            assert_eq!(
                are_in(&mut reader, 24, &mut begin).unwrap(),
                expected,
                "{text:?}"
            );
            let mut all = String::new();
            Cursor::new(begin)
                .chain(reader)
                .read_to_string(&mut all)
                .unwrap();
            assert_eq!(all, text);
        }
    }
}
