//! Who signs for the stand-ins: one for the whole process, so that others can be told whom to trust.

use crate::signature::{AuthorityError, Signatory};
use std::sync::OnceLock;

/// Who signs for the stand-ins of this process: throw-away keys, made when they are first asked for.
///
/// # Errors
/// When no keys can be made.
pub fn signatory() -> Result<&'static Signatory, AuthorityError> {
    static MADE: OnceLock<Result<Signatory, AuthorityError>> = OnceLock::new();
    MADE.get_or_init(|| Signatory::new("Example Authority"))
        .as_ref()
        .map_err(Clone::clone)
}
