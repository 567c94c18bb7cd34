//! Times as HTTP writes them.

use time::OffsetDateTime;
use time::macros::format_description;

/// `Sun, 01 Jun 2025 08:00:00 GMT`, for a time in UTC.
pub(super) fn http_date(time: OffsetDateTime) -> Option<String> {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time.format(format).ok()
}
