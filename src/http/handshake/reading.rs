//! What the first bytes from a server mean. They may be anything.

use super::{Answer, Version};

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
/// `supported_versions` (RFC 8446, 4.2.1).
const SUPPORTED_VERSIONS: u16 = 43;
/// Longest record (RFC 5246, 6.2.3), and longest ServerHello that is read.
const LONGEST_RECORD: usize = (16 << 10) + 2048;
const LONGEST_HELLO: usize = 16 << 10;

/// What these bytes say; none as long as more have to come.
pub(super) fn answer(received: &[u8]) -> Option<Answer> {
    let mut rest = Reader(received);
    let mut message = Vec::new();
    loop {
        let head = rest.0;
        let is_tls = matches!(head.first(), None | Some(&(ALERT | HANDSHAKE)))
            && matches!(head.get(1), None | Some(3));
        if !is_tls {
            return Some(Answer::NotTls);
        }
        let kind = rest.byte()?;
        rest.take(2)?;
        let length = usize::from(rest.word()?);
        if length == 0 || length > LONGEST_RECORD {
            return Some(Answer::NotTls);
        }
        if kind == ALERT {
            match *rest.take(length)? {
                // The connection is over, or something is remarked (an unknown name) that does not stop anything.
                [1, 0] => return Some(Answer::Closed),
                [1, _] => {}
                [2, alert] => return Some(Answer::Refused { alert }),
                _ => return Some(Answer::NotTls),
            }
            continue;
        }
        let is_whole = rest.0.len() >= length;
        message.extend_from_slice(rest.0.get(..length).unwrap_or(rest.0));
        if let Some(answer) = server_hello(&message) {
            return Some(answer);
        }
        if !is_whole {
            return None;
        }
        rest.take(length)?;
    }
}

/// What a message of the handshake says; none as long as more has to come.
fn server_hello(message: &[u8]) -> Option<Answer> {
    let mut rest = Reader(message);
    if rest.byte()? != SERVER_HELLO {
        return Some(Answer::NotTls);
    }
    let length = rest.take(3)?;
    let length = length
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    if length > LONGEST_HELLO {
        return Some(Answer::NotTls);
    }
    let body = rest.take(length)?;
    Some(chosen(body).unwrap_or(Answer::NotTls))
}

/// What a whole ServerHello chooses; none when it is broken. One that asks for another ClientHello (RFC 8446, 4.1.4) has
/// chosen version and cipher suite, too.
fn chosen(body: &[u8]) -> Option<Answer> {
    let mut rest = Reader(body);
    let mut version = rest.word()?;
    rest.take(32)?;
    let session = usize::from(rest.byte()?);
    rest.take(session)?;
    let cipher = rest.word()?;
    rest.byte()?;
    if !rest.0.is_empty() {
        let length = usize::from(rest.word()?);
        let mut extensions = Reader(rest.take(length)?);
        while !extensions.0.is_empty() {
            let kind = extensions.word()?;
            let length = usize::from(extensions.word()?);
            let value = extensions.take(length)?;
            if kind == SUPPORTED_VERSIONS {
                version = Reader(value).word()?;
            }
        }
    }
    let version = Version::of(version)?;
    Some(Answer::Accepted { version, cipher })
}

/// Bytes, from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn word(&mut self) -> Option<u16> {
        let (high, low) = (self.byte()?, self.byte()?);
        Some(u16::from_be_bytes([high, low]))
    }
}

#[cfg(test)]
mod tests {
    use super::answer;
    use crate::http::handshake::{Answer, Version};

    /// A ServerHello of this version that chose this cipher suite, with these extensions.
    fn hello(version: u16, cipher: u16, extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend([1; 32]);
        body.extend([4, 1, 2, 3, 4]);
        body.extend(cipher.to_be_bytes());
        body.push(0);
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        let mut message = vec![2, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        message
    }

    fn record(kind: u8, content: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 3, 1];
        record.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        record.extend(content);
        record
    }

    fn accepted(version: Version, cipher: u16) -> Option<Answer> {
        Some(Answer::Accepted { version, cipher })
    }

    #[test]
    fn a_server_hello_chooses() {
        let old = record(22, &hello(0x0301, 5, &[]));
        assert_eq!(answer(&old), accepted(Version::Tls10, 5));
        let new = record(22, &hello(0x0303, 0x1301, &[0, 43, 0, 2, 3, 4]));
        assert_eq!(answer(&new), accepted(Version::Tls13, 0x1301));
        for end in 0..new.len() {
            assert_eq!(answer(&new[..end]), None, "{end}");
        }
        // What follows in the same record, or in others, is not waited for.
        let mut more = hello(0x0303, 0xc02b, &[]);
        more.extend([11, 0, 50, 0]);
        assert_eq!(answer(&record(22, &more)), accepted(Version::Tls12, 0xc02b));
    }

    #[test]
    fn a_server_hello_may_come_in_pieces_and_after_a_remark() {
        let whole = hello(0x0303, 0xc02b, &[]);
        let mut bytes = record(21, &[1, 112]);
        for piece in whole.chunks(7) {
            assert_eq!(answer(&bytes), None);
            bytes.extend(record(22, piece));
        }
        assert_eq!(answer(&bytes), accepted(Version::Tls12, 0xc02b));
    }

    #[test]
    fn alerts_refuse() {
        let alert = |content: &[u8]| answer(&record(21, content));
        assert_eq!(alert(&[2, 70]), Some(Answer::Refused { alert: 70 }));
        assert_eq!(alert(&[1, 0]), Some(Answer::Closed));
        assert_eq!(alert(&[1, 112]), None);
        assert_eq!(alert(&[9, 9, 9]), Some(Answer::NotTls));
    }

    #[test]
    fn anything_else_is_not_tls() {
        for bytes in [
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            b"S",
            b"\x16\x02",
            b"\x16\x03\x03\x00\x00",
            b"\x16\x03\x03\xff\xff",
            b"\x16\x03\x03\x00\x04\x0e\x00\x00\x00",
            b"\x16\x03\x03\x00\x04\x02\xff\xff\xff",
            b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",
            b"\x17\x03\x03\x00\x02\x00\x00",
        ] {
            assert_eq!(answer(bytes), Some(Answer::NotTls), "{bytes:?}");
        }
        // A version of the future, and extensions that lie about their length.
        let future = record(22, &hello(0x0399, 5, &[]));
        assert_eq!(answer(&future), Some(Answer::NotTls));
        let lying = record(22, &hello(0x0303, 5, &[0, 43, 0, 9, 3, 4]));
        assert_eq!(answer(&lying), Some(Answer::NotTls));
    }

    #[test]
    fn no_bytes_at_all_bring_it_down() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        for _ in 0..5000 {
            let mut bytes = record(22, &hello(0x0303, 5, &[0, 43, 0, 2, 3, 4]));
            for _ in 0..4 {
                let at = usize::from(next()) % bytes.len();
                bytes[at] = next();
            }
            let _ = answer(&bytes);
        }
    }
}
