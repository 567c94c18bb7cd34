//! A ClientHello (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2), written for one offer.

use super::{Offer, Version};

/// A record that holds the ClientHello for this offer. `name` is the host, unless it is an address; of `random`, 32 bytes
/// each are the random value, the session id and the key share.
pub(super) fn client_hello(offer: Offer, name: Option<&str>, random: &[u8; 96]) -> Vec<u8> {
    let is_13 = offer.version == Version::Tls13;
    // TLS 1.3 looks like TLS 1.2 with a session id.
    let version = offer.version.min(Version::Tls12).number();
    let session: &[u8] = if is_13 { &random[32..64] } else { &[] };
    let suites = words(&offer.family.suites(offer.version));
    let mut body = version.to_be_bytes().to_vec();
    body.extend(&random[..32]);
    body.extend(block::<1>(session));
    body.extend(block::<2>(&suites));
    // No compression.
    body.extend([1, 0]);
    if offer.version > Version::Ssl30 {
        let extensions = extensions(offer.version, name, &random[64..]);
        body.extend(block::<2>(&extensions));
    }
    let mut message = vec![1];
    message.extend(block::<3>(&body));
    // Servers that are older than the offer still read the record.
    let outer = offer.version.min(Version::Tls10).number();
    let mut record = vec![22];
    record.extend(outer.to_be_bytes());
    record.extend(block::<2>(&message));
    record
}

fn extensions(version: Version, name: Option<&str>, share: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut add = |kind: u16, value: &[u8]| {
        found.extend(kind.to_be_bytes());
        found.extend(block::<2>(value));
    };
    if let Some(name) = name {
        let mut entry = vec![0];
        entry.extend(block::<2>(name.as_bytes()));
        add(0, &block::<2>(&entry));
    }
    // supported_groups: X25519, P-256, P-384.
    add(10, &block::<2>(&words(&[0x001d, 0x0017, 0x0018])));
    if version < Version::Tls13 {
        // ec_point_formats: uncompressed; extended_master_secret; renegotiation_info, for the first time.
        add(11, &block::<1>(&[0]));
        add(23, &[]);
        add(0xff01, &[0]);
    }
    if version >= Version::Tls12 {
        add(13, &block::<2>(&words(&SIGNATURES)));
    }
    if version == Version::Tls13 {
        add(43, &block::<1>(&words(&[version.number()])));
        // key_share of X25519: every 32 bytes are a public key.
        let mut entry = words(&[0x001d]);
        entry.extend(block::<2>(share));
        add(51, &block::<2>(&entry));
    }
    found
}

/// signature_algorithms: ECDSA, RSA-PSS and RSA with SHA-2, and with SHA-1 for old servers.
const SIGNATURES: [u16; 11] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
];

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// Bytes after their own length in `N` bytes. What is written here is far shorter than such a length can say.
fn block<const N: usize>(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len().to_be_bytes();
    let mut written = length[length.len() - N..].to_vec();
    written.extend(bytes);
    written
}

#[cfg(test)]
mod tests {
    use super::client_hello;
    use crate::http::handshake::{Family, Offer, Version};
    use rustls::server::Acceptor;

    #[test]
    fn another_implementation_reads_what_we_offer() {
        for version in [Version::Tls12, Version::Tls13] {
            let bytes = client_hello(Offer::version(version), Some("payer.example"), &[9; 96]);
            let mut acceptor = Acceptor::default();
            acceptor.read_tls(&mut &bytes[..]).unwrap();
            let accepted = acceptor.accept().unwrap().unwrap();
            let hello = accepted.client_hello();
            assert_eq!(hello.server_name(), Some("payer.example"));
            let suites: Vec<u16> = hello
                .cipher_suites()
                .iter()
                .map(|suite| u16::from(*suite))
                .collect();
            assert_eq!(suites, Family::Usual.suites(version));
            assert_eq!(hello.signature_schemes().len(), 11);
        }
    }

    #[test]
    fn versions_stand_where_servers_look_for_them() {
        for version in Version::ALL {
            let bytes = client_hello(Offer::version(version), None, &[9; 96]);
            let inner = version.min(Version::Tls12).number().to_be_bytes();
            assert_eq!(bytes[9..11], inner, "{version}");
            let length = u16::from_be_bytes([bytes[3], bytes[4]]);
            assert_eq!(bytes.len(), 5 + usize::from(length));
            let names_13 = bytes.windows(7).any(|at| at == [0, 43, 0, 3, 2, 3, 4]);
            assert_eq!(names_13, version == Version::Tls13, "{version}");
        }
        // SSL 3.0 has no extensions: the compression methods are the end.
        let old = client_hello(Offer::version(Version::Ssl30), Some("h.example"), &[9; 96]);
        assert_eq!(old[old.len() - 2..], [1, 0]);
        assert!(!old.windows(9).any(|at| at == b"h.example"));
    }
}
