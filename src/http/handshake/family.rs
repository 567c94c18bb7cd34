//! Cipher suites by what is wrong with them. Numbers and names are IANA's.

use super::Version;
use std::fmt;

/// Cipher suites that are offered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Those that are usual with the version, for those that ask for the version.
    Usual,
    /// Those of TLS 1.2 that are still safe: with forward secrecy, authenticated encryption.
    Strong,
    /// RC4 (RFC 7465 forbids it).
    Rc4,
    /// DES and triple DES.
    TripleDes,
    /// No encryption at all.
    Null,
    /// Keys of 40 bits.
    Export,
    /// Nobody is authenticated.
    Anonymous,
    /// Keys sent encrypted with the server's RSA key, and cipher block chaining: no forward secrecy.
    StaticRsa,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Usual => "the cipher suites that are usual with it",
            Self::Strong => "cipher suites that are safe",
            Self::Rc4 => "cipher suites of RC4 alone",
            Self::TripleDes => "cipher suites of DES and triple DES alone",
            Self::Null => "cipher suites without encryption alone",
            Self::Export => "cipher suites for export alone",
            Self::Anonymous => "anonymous cipher suites alone",
            Self::StaticRsa => "cipher suites of static RSA and CBC alone",
        })
    }
}

impl Family {
    /// Those that a server must not take.
    pub const WEAK: [Self; 6] = [
        Self::Rc4,
        Self::TripleDes,
        Self::Null,
        Self::Export,
        Self::Anonymous,
        Self::StaticRsa,
    ];

    /// The numbers, in the order they are offered.
    pub(super) fn suites(self, version: Version) -> Vec<u16> {
        let chosen = match (self, version) {
            (_, Version::Tls13) => TLS13,
            (Self::Usual | Self::Strong, Version::Tls12) => STRONG,
            (Self::Usual | Self::Strong, _) => OLD,
            (Self::Rc4, _) => RC4,
            (Self::TripleDes, _) => TRIPLE_DES,
            (Self::Null, _) => NULL,
            (Self::Export, _) => EXPORT,
            (Self::Anonymous, _) => ANONYMOUS,
            (Self::StaticRsa, _) => STATIC_RSA,
        };
        chosen.iter().map(|(number, _)| *number).collect()
    }
}

/// What a cipher suite is called; none when it is not one of those that are offered here.
pub(super) fn name(number: u16) -> Option<&'static str> {
    let known = [
        TLS13, STRONG, OLD, RC4, TRIPLE_DES, NULL, EXPORT, ANONYMOUS, STATIC_RSA,
    ];
    let mut known = known.into_iter().flatten();
    known.find(|(one, _)| *one == number).map(|(_, name)| *name)
}

type Suites = &'static [(u16, &'static str)];

const TLS13: Suites = &[
    (0x1301, "TLS_AES_128_GCM_SHA256"),
    (0x1302, "TLS_AES_256_GCM_SHA384"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
];
const STRONG: Suites = &[
    (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
];
/// What servers of TLS 1.0 and 1.1 had.
const OLD: Suites = &[
    (0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
];
const RC4: Suites = &[
    (0x0005, "TLS_RSA_WITH_RC4_128_SHA"),
    (0x0004, "TLS_RSA_WITH_RC4_128_MD5"),
    (0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
    (0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
];
const TRIPLE_DES: Suites = &[
    (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
    (0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA"),
];
const NULL: Suites = &[
    (0x0002, "TLS_RSA_WITH_NULL_SHA"),
    (0x003b, "TLS_RSA_WITH_NULL_SHA256"),
    (0x0001, "TLS_RSA_WITH_NULL_MD5"),
    (0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA"),
    (0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA"),
];
const EXPORT: Suites = &[
    (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
    (0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"),
    (0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
];
const ANONYMOUS: Suites = &[
    (0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA"),
    (0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA"),
    (0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256"),
    (0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"),
    (0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
    (0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"),
    (0x0018, "TLS_DH_anon_WITH_RC4_128_MD5"),
    (0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
];
const STATIC_RSA: Suites = &[
    (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    (0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
];

#[cfg(test)]
mod tests {
    use super::{Family, OLD, STRONG, TLS13, name};
    use crate::http::handshake::Version;

    #[test]
    fn weak_families_hold_nothing_that_is_safe() {
        let strong = |number: &u16| {
            let mut safe = STRONG.iter().chain(TLS13);
            safe.any(|(one, _)| one == number)
        };
        for family in Family::WEAK {
            let suites = family.suites(Version::Tls12);
            assert!(!suites.is_empty() && !suites.iter().any(strong), "{family}");
        }
        assert!(Family::Strong.suites(Version::Tls12).iter().all(strong));
        assert_eq!(Family::Usual.suites(Version::Tls11).len(), OLD.len());
    }

    #[test]
    fn suites_have_one_name() {
        assert_eq!(name(0x0005), Some("TLS_RSA_WITH_RC4_128_SHA"));
        assert_eq!(name(0xfefe), None);
    }
}
