//! The ways in which signers build what they sign: the guide's, and the ones that go wrong.

use super::algorithm::{Algorithm, Form};
use super::carrier::{Carrier, Meta, Removal, Signatures};
use super::certificate::Certificate;
use super::json::{Gaps, Style};

/// A choice: what is done, how it differs from the guide, and which requirement it breaks.
#[derive(Clone, Copy)]
pub(super) struct Choice<T> {
    pub(super) value: T,
    pub(super) told: Option<&'static str>,
    pub(super) breaks: Option<&'static str>,
}

const fn right<T>(value: T) -> Choice<T> {
    Choice {
        value,
        told: None,
        breaks: None,
    }
}

const fn wrong<T>(value: T, told: &'static str, breaks: &'static str) -> Choice<T> {
    Choice {
        value,
        told: Some(told),
        breaks: Some(breaks),
    }
}

/// How the payload is put into the signing input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    Guide,
    Encoded,
    AsItIs,
    Base64,
    Padded,
    Twice,
    Digest,
    HexDigest,
}

/// What surrounds the payload in the signing input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    Guide,
    PayloadAlone,
    PlainHeader,
}

/// Ways to build what is signed.
pub(super) struct Ways<'a> {
    pub(super) contents: Vec<Choice<(Content, Removal)>>,
    pub(super) styles: Vec<Choice<Style>>,
    pub(super) payloads: Vec<Choice<Payload>>,
    pub(super) inputs: Vec<Choice<Input>>,
    pub(super) forms: Vec<Choice<(Algorithm, Form)>>,
    pub(super) keys: Vec<Choice<&'a Certificate>>,
}

/// What is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Content {
    Own,
    Resource,
}

impl<'a> Ways<'a> {
    /// The ways for a carrier, an algorithm and the certificates of a signature.
    pub(super) fn new(
        carrier: Carrier,
        algorithm: Algorithm,
        certificates: &'a [Certificate],
    ) -> Self {
        Self {
            contents: contents(carrier),
            styles: styles(),
            payloads: payloads(),
            inputs: vec![
                right(Input::Guide),
                wrong(
                    Input::PayloadAlone,
                    "the payload is signed alone, without the header",
                    "CDEX-SIG-036",
                ),
                wrong(
                    Input::PlainHeader,
                    "the header is signed as JSON, not as base64url",
                    "CDEX-SIG-036",
                ),
            ],
            forms: forms(algorithm, certificates.first()),
            keys: certificates
                .iter()
                .enumerate()
                .map(|(index, certificate)| match index {
                    0 => right(certificate),
                    _ => wrong(
                        certificate,
                        "the key is that of a later certificate of x5c",
                        "CDEX-SIG-024",
                    ),
                })
                .collect(),
        }
    }
}

fn contents(carrier: Carrier) -> Vec<Choice<(Content, Removal)>> {
    let guide = Removal::GUIDE;
    let stripping = carrier.requirement();
    let signature = |signatures| Removal {
        signatures,
        ..guide
    };
    let own = |removal| (Content::Own, removal);
    let with_id = Removal { id: false, ..guide };
    let with_both = Removal {
        meta: Meta::Kept,
        ..with_id
    };
    let mut found = vec![
        right(own(guide)),
        wrong(own(with_id), "id is kept", stripping),
        wrong(
            own(signature(Signatures::WithoutData)),
            "the signature is kept without its data",
            "CDEX-SIG-011",
        ),
        wrong(
            own(signature(Signatures::EmptyData)),
            "the signature is kept with empty data",
            "CDEX-SIG-011",
        ),
        wrong(
            own(Removal {
                signatures: Signatures::WithoutData,
                ..with_both
            }),
            "only the signature's data is removed, id and meta are kept",
            stripping,
        ),
        wrong(
            own(Removal {
                text: true,
                ..guide
            }),
            "the narrative is removed, too",
            stripping,
        ),
    ];
    if carrier != Carrier::Item {
        let with = |meta| own(Removal { meta, ..guide });
        found.push(wrong(with(Meta::Kept), "meta is kept", stripping));
        found.push(wrong(
            with(Meta::KeptAsSent),
            "meta is kept as it was before versionId and lastUpdated were set",
            stripping,
        ));
        found.push(wrong(own(with_both), "id and meta are kept", stripping));
    }
    if carrier != Carrier::Bundle {
        let extension = [
            (
                Signatures::EmptyArray,
                "the emptied array of extensions is kept",
            ),
            (
                Signatures::OwnRemoved,
                "the other signatures beside it are kept",
            ),
            (
                Signatures::AllBelowRemoved,
                "the signatures of the items below are removed, too",
            ),
        ];
        for (signatures, told) in extension {
            found.push(wrong(own(signature(signatures)), told, "CDEX-SIG-011"));
        }
    }
    if carrier == Carrier::Item {
        let told = "the whole QuestionnaireResponse is signed, not the item";
        let whole = signature(Signatures::AllBelowRemoved);
        found.push(wrong((Content::Resource, whole), told, stripping));
    }
    found
}

fn styles() -> Vec<Choice<Style>> {
    let canonical = "CDEX-SIG-012";
    let sorted = Style {
        sorted: true,
        ..Style::WRITTEN
    };
    let style = |style, told| wrong(style, told, canonical);
    vec![
        right(Style::CANONICAL),
        style(
            sorted,
            "numbers keep the digits they were written with (1.00, not 1)",
        ),
        style(
            Style {
                ecmascript_numbers: true,
                ..Style::WRITTEN
            },
            "members stay in the order they were written in",
        ),
        style(
            Style::WRITTEN,
            "the JSON stays as it was written, but for the blanks",
        ),
        style(
            Style::READABLE,
            "the JSON is indented by two blanks, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Lines(4),
                ..Style::WRITTEN
            },
            "the JSON is indented by four blanks, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ..Style::WRITTEN
            },
            "the JSON has a blank after commas and colons, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ..sorted
            },
            "the JSON is sorted, with a blank after commas and colons",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, with blanks, and characters beyond ASCII are escaped",
        ),
        style(
            Style {
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, and characters beyond ASCII are escaped",
        ),
    ]
}

fn payloads() -> Vec<Choice<Payload>> {
    let input = |payload, told| wrong(payload, told, "CDEX-SIG-036");
    vec![
        right(Payload::Guide),
        input(
            Payload::Encoded,
            "the payload is base64url although b64 is false",
        ),
        input(
            Payload::AsItIs,
            "the payload is signed as it is, not as base64url",
        ),
        input(
            Payload::Base64,
            "the payload is plain base64, not base64url",
        ),
        input(Payload::Padded, "the payload is base64url with padding"),
        input(Payload::Twice, "the payload is base64url twice over"),
        input(
            Payload::Digest,
            "the payload is the SHA-256 of the JSON, not the JSON",
        ),
        input(
            Payload::HexDigest,
            "the payload is the SHA-256 of the JSON in hexadecimal digits, not the JSON",
        ),
    ]
}

fn forms(algorithm: Algorithm, signer: Option<&Certificate>) -> Vec<Choice<(Algorithm, Form)>> {
    let mut found = vec![right((algorithm, Form::Jose))];
    let kind = signer.and_then(|signer| signer.key().kind());
    let kind = kind.unwrap_or(algorithm.kind());
    if algorithm.encoding().is_none() {
        let told = "the signature is ASN.1, not two numbers of fixed length (RFC 7518, 3.4)";
        found.push(wrong((algorithm, Form::Asn1), told, "CDEX-SIG-008"));
        // A curve goes with one algorithm.
        if kind == algorithm.kind() {
            return found;
        }
    }
    let others = Algorithm::ALL
        .into_iter()
        .filter(|other| *other != algorithm && other.kind() == kind);
    let told = |other| match other {
        Algorithm::Rs256 => "the algorithm is RS256, not the one that alg names",
        Algorithm::Rs384 => "the algorithm is RS384, not the one that alg names",
        Algorithm::Rs512 => "the algorithm is RS512, not the one that alg names",
        Algorithm::Ps256 => "the algorithm is PS256, not the one that alg names",
        Algorithm::Ps384 => "the algorithm is PS384, not the one that alg names",
        Algorithm::Es256 => "the algorithm is ES256, not the one that alg names",
        Algorithm::Es384 => "the algorithm is ES384, not the one that alg names",
        Algorithm::Ps512 => "the algorithm is PS512, not the one that alg names",
    };
    found.extend(others.map(|other| wrong((other, Form::Jose), told(other), "CDEX-SIG-008")));
    found
}
