//! A consent that ends while tokens rest on it (HRex `$member-match`, what is kept of a Consent).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use crate::http::Request;
use serde_json::json;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::{Duration, OffsetDateTime};

super::book::steps! {
    /// Ends the consent four seconds from now, by the clock of the payer.
    r"^the consent ends in a few seconds$" => ends;
    /// Skips unless a token limited to the member who was matched last can be had while the consent is in force.
    r"^a client that gets a token for the matched member alone$" => granted;
    /// Waits until the consent has ended by the clock of the payer.
    r"^the consent has ended$" => ended;
    /// Asks for the token once more; the answer is judged.
    r"^the client asks for such a token again$" => ask_again;
}

/// How long the consent is still good for.
const LEFT: Duration = Duration::seconds(4);
/// What `Date` leaves out of a second, and a little.
const MARGIN: Duration = Duration::milliseconds(1500);
/// How far the clocks may be apart.
const APART: Duration = Duration::minutes(5);

/// How far the clock of who has answered is ahead of ours, by its `Date`; nothing when it does not say.
fn ahead(date: &str, now: OffsetDateTime) -> Duration {
    let date = date.replace("GMT", "+0000");
    OffsetDateTime::parse(&date, &Rfc2822).map_or(Duration::ZERO, |at| at - now)
}

async fn ends(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.prepare(Request::get("metadata")).await?;
    let now = world.now();
    let ahead = ahead(world.reply()?.header("date").unwrap_or_default(), now);
    if ahead.abs() > APART {
        return Err(Halt::Skip(
            "the clock of the payer differs from ours by more than five minutes".into(),
        ));
    }
    let end = now + ahead + LEFT;
    let end = end.replace_nanosecond(0).unwrap_or(end);
    let text = end.format(&Rfc3339).unwrap_or_default();
    let provision = world.request()?.provision_mut();
    let period = provision.and_then(|provision| provision.get_mut("period"));
    // A consent that stays in force would be held against the payer.
    let period = period.ok_or_else(|| Halt::Error("the consent says of no time".into()))?;
    period["end"] = json!(text);
    world.lapses_at = Some(end - ahead + MARGIN);
    Ok(())
}

/// The subject of the token: the record of the member who was matched last.
async fn subject(world: &mut World) -> Result<String, Halt> {
    let matched = world.last_match()?.clone();
    world.record_number(&matched).await
}

async fn granted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let subject = subject(world).await?;
    match world.token_about(&subject).await? {
        Ok(_) => Ok(()),
        Err(why) => Err(Halt::Skip(format!(
            "there is no token limited to the matched member: {why}"
        ))),
    }
}

async fn ended(world: &mut World, _: Arguments<'_>) -> Outcome {
    let at = world.lapses_at;
    let at = at.ok_or_else(|| Halt::Error("no consent was made that ends".into()))?;
    let left = (at - world.now()).max(Duration::ZERO);
    let left = left.unsigned_abs().min((LEFT + MARGIN).unsigned_abs());
    world.be_patient(left);
    tokio::time::sleep(left).await;
    Ok(())
}

async fn ask_again(world: &mut World, _: Arguments<'_>) -> Outcome {
    let subject = subject(world).await?;
    world.token_about(&subject).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::ahead;
    use time::Duration;
    use time::macros::datetime;

    #[test]
    fn clocks_are_compared_by_their_date() {
        let now = datetime!(2026-11-22 12:00:00 UTC);
        let told = "Sun, 22 Nov 2026 12:00:07 GMT";
        assert_eq!(ahead(told, now), Duration::seconds(7));
        assert_eq!(ahead("yesterday", now), Duration::ZERO);
    }
}
