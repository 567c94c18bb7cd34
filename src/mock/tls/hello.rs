//! What a client offers in its first record (RFC 5246, 7.4.1.2), and a ServerHello that takes it up.

use rustls::ServerConfig;

/// TLS 1.2 on the wire.
const TLS12: u16 = 0x0303;
/// `supported_versions` (RFC 8446, 4.2.1).
const SUPPORTED_VERSIONS: u16 = 43;
/// Values among the cipher suites that are none: of renegotiation (RFC 5746) and of fallback (RFC 7507).
const SIGNALS: [u16; 2] = [0x00ff, 0x5600];

/// What a client offers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClientHello {
    version: u16,
    suites: Vec<u16>,
    /// Versions that the extension names.
    versions: Vec<u16>,
}

impl ClientHello {
    /// Reads a record that holds a whole ClientHello; none when it does not.
    pub(super) fn parse(record: &[u8]) -> Option<Self> {
        let mut record = Reader(record);
        if record.byte()? != 0x16 {
            return None;
        }
        record.take(2)?;
        let mut message = Reader(record.block(2)?);
        if message.byte()? != 1 {
            return None;
        }
        let mut body = Reader(message.block(3)?);
        let version = body.word()?;
        body.take(32)?;
        body.block(1)?;
        let suites = words(body.block(2)?);
        body.block(1)?;
        let mut versions = Vec::new();
        // Old clients send no extensions.
        let mut extensions = Reader(body.block(2).unwrap_or_default());
        while let Some(kind) = extensions.word() {
            let value = extensions.block(2)?;
            if kind == SUPPORTED_VERSIONS {
                versions = words(Reader(value).block(1)?);
            }
        }
        Some(Self {
            version,
            suites,
            versions,
        })
    }

    /// Whether nothing newer than TLS 1.1 is offered.
    pub(super) fn is_old(&self) -> bool {
        // Reserved values (RFC 8701) look like versions of a far future.
        let newest = self.versions.iter().filter(|one| **one >> 8 == 3).max();
        *newest.unwrap_or(&self.version) < TLS12
    }

    /// Whether TLS 1.2 is offered with no cipher suite that such a server takes.
    pub(super) fn is_weak(&self, config: &ServerConfig) -> bool {
        let known = config.crypto_provider().cipher_suites.iter();
        let known: Vec<u16> = known.map(|suite| u16::from(suite.suite())).collect();
        !self.is_old() && !self.suites.iter().any(|suite| known.contains(suite))
    }

    /// A ServerHello that takes the first cipher suite, in the version that is offered; none when there is none.
    pub(super) fn answer(&self) -> Option<Vec<u8>> {
        let mut suites = self.suites.iter();
        let suite = suites.find(|suite| !SIGNALS.contains(suite))?;
        let version = self.version.to_be_bytes();
        let mut body = version.to_vec();
        // The client has no use for a server's random bytes before the handshake goes on.
        body.extend([0x5a; 32]);
        body.push(0);
        body.extend(suite.to_be_bytes());
        body.push(0);
        let mut record = vec![0x16, version[0], version[1]];
        record.extend(u16::try_from(body.len() + 4).ok()?.to_be_bytes());
        record.extend([2, 0]);
        record.extend(u16::try_from(body.len()).ok()?.to_be_bytes());
        record.extend(body);
        Some(record)
    }
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

    /// What follows its own length, written in so many bytes.
    fn block(&mut self, width: usize) -> Option<&'a [u8]> {
        let length = self.take(width)?;
        let length = length
            .iter()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        self.take(length)
    }
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ClientHello;

    /// A ClientHello of this version with these suites and these extensions.
    fn hello(version: u16, suites: &[u16], extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_be_bytes().to_vec();
        body.extend([7; 32]);
        body.push(0);
        body.extend(u16::try_from(suites.len() * 2).unwrap().to_be_bytes());
        body.extend(suites.iter().flat_map(|suite| suite.to_be_bytes()));
        body.extend([1, 0]);
        if !extensions.is_empty() {
            body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
            body.extend(extensions);
        }
        let length = u16::try_from(body.len()).unwrap();
        let mut record = vec![0x16, 3, 1];
        record.extend((length + 4).to_be_bytes());
        record.extend([1, 0]);
        record.extend(length.to_be_bytes());
        record.extend(body);
        record
    }

    #[test]
    fn the_newest_version_counts() {
        let old = |version, extensions: &[u8]| {
            ClientHello::parse(&hello(version, &[0x2f], extensions))
                .unwrap()
                .is_old()
        };
        assert!(old(0x0300, &[]) && old(0x0301, &[]) && old(0x0302, &[]));
        assert!(!old(0x0303, &[]));
        // supported_versions: a reserved value, and TLS 1.3 or 1.1.
        assert!(!old(0x0303, &[0, 43, 0, 5, 4, 0x7a, 0x7a, 3, 4]));
        assert!(old(0x0303, &[0, 43, 0, 5, 4, 0x7a, 0x7a, 3, 2]));
    }

    #[test]
    fn what_is_cut_or_wrong_is_no_hello() {
        let whole = hello(0x0303, &[0x2f], &[0, 43, 0, 3, 2, 3, 4]);
        assert!(ClientHello::parse(&whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(ClientHello::parse(&whole[..end]), None, "{end}");
        }
        assert_eq!(ClientHello::parse(b"GET / HTTP/1.1\r\n\r\n"), None);
    }

    #[test]
    fn the_first_suite_that_is_one_is_taken() {
        let read = ClientHello::parse(&hello(0x0301, &[0x00ff, 0x0005], &[])).unwrap();
        let answer = read.answer().unwrap();
        assert_eq!(answer[..3], [0x16, 3, 1]);
        assert_eq!(answer[5 + 4..][..2], [3, 1]);
        assert_eq!(answer[answer.len() - 3..], [0, 5, 0]);
        let none = ClientHello::parse(&hello(0x0301, &[0x00ff], &[])).unwrap();
        assert_eq!(none.answer(), None);
    }
}
