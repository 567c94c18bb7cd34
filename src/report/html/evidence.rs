//! Steps and exchanges of all attempts, packed: JSON, deflated, base64. Short keys, because there are
//! many; bodies once each, by index.

use super::attempt::Attempt;
use super::bodies::{Bodies, PackedBody};
use crate::evidence::Run;
use crate::report::Error;
use crate::report::case::Case;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, write::DeflateEncoder};
use serde::Serialize;
use std::io::Write as _;

/// Most bytes of one body in the page: in scenarios that did not pass, and in those that did. The next
/// pair is used when the pair before makes too much. The JSON report has all that was stored.
const BODY_LIMITS: [(usize, usize); 5] = [
    (32 << 10, 32 << 10),
    (32 << 10, 4 << 10),
    (16 << 10, 1 << 10),
    (4 << 10, 256),
    (1 << 10, 0),
];
/// So much is not even compressed to see whether it becomes small enough.
const UNPACKED_LIMIT: usize = 64 << 20;

/// Packs the evidence of all cases into about `budget` bytes by cutting bodies. Places in the list are
/// those of the cases and their attempts.
pub(super) fn pack(run: &Run, cases: &[Case<'_>], budget: usize) -> Result<String, Error> {
    let mut packed = String::new();
    for (place, limits) in BODY_LIMITS.into_iter().enumerate() {
        let json = unpacked(run, cases, limits)?;
        let is_last = place + 1 == BODY_LIMITS.len();
        if json.len() > UNPACKED_LIMIT && !is_last {
            continue;
        }
        // Compressed in one go: serialising straight into the encoder is many times slower.
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(&json)?;
        packed = STANDARD.encode(encoder.finish()?);
        if packed.len() <= budget {
            break;
        }
    }
    Ok(packed)
}

fn unpacked(run: &Run, cases: &[Case<'_>], limits: (usize, usize)) -> Result<Vec<u8>, Error> {
    let mut bodies = Bodies::default();
    let cases: Vec<Vec<Attempt<'_>>> = cases
        .iter()
        .map(|case| {
            let attempts = case.attempts.iter();
            attempts
                .map(|attempt| Attempt::new(run, attempt, &mut bodies))
                .collect()
        })
        .collect();
    Ok(serde_json::to_vec(&Packed {
        bodies: bodies.packed(limits),
        cases,
    })?)
}

#[derive(Serialize)]
struct Packed<'run> {
    bodies: Vec<PackedBody<'run>>,
    cases: Vec<Vec<Attempt<'run>>>,
}
