//! A client under test, heard out.

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use std::time::Duration;

/// Exchanges recorded as the evidence of what was heard.
const MOST_RECORDED: usize = 2_000;
/// A day: whoever listens ends it much earlier.
const LONG: Duration = Duration::from_secs(86_400);

/// Noted, after their number, of what was heard and kept.
pub const HEARD: &str = " requests heard";
/// Noted, after their number, of what was heard and not kept.
pub const NOT_KEPT: &str = " more requests answered, and not kept";
/// Noted where a conversation was ended from outside: what the client would have done next is unknown.
pub const BROKEN_OFF: &str = "the conversation was ended before the client had ended it";

super::book::steps! {
    /// Listens until the conversation is over, and records it as it goes on.
    r"^the (?:new payer|provider|member's app|payer|hospital) has said all it has to say$" => listen;
    /// Everything on the client's list was done; skips and says what was not.
    r"^it has done all it was asked to do$" => all_done;
    /// No request was turned away unread, for its size or its slowness.
    r"^all of it could be heard$" => all_heard;
}

async fn listen(world: &mut World, _: Arguments<'_>) -> Outcome {
    let conversation = world.conversation()?;
    world.be_patient(LONG);
    let mut progress = conversation.watch();
    let mut recorded = 0;
    loop {
        let (_, is_over) = *progress.borrow_and_update();
        for heard in conversation.heard_from(recorded) {
            if recorded < MOST_RECORDED {
                world.cite(&heard)?;
            }
            recorded += 1;
        }
        if is_over || progress.changed().await.is_err() {
            break;
        }
    }
    world.note(format!("{recorded}{HEARD}"));
    let lost = conversation.lost();
    if lost > 0 {
        world.note(format!("{lost}{NOT_KEPT}"));
    }
    if conversation.was_broken_off() {
        world.note(BROKEN_OFF);
    }
    if recorded > MOST_RECORDED {
        world.note(format!("the first {MOST_RECORDED} of them are shown here"));
    }
    if recorded == 0 {
        return Err(Halt::Skip(
            "nothing was heard: point the client at the base URL, and let it do what it was asked to".to_owned(),
        ));
    }
    Ok(())
}

async fn all_done(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (context, system) = (world.context()?, world.system()?);
    let heard = world.conversation()?.heard();
    let wanted = context.scripts.get(&system);
    let wanted = wanted.map(Vec::as_slice).unwrap_or_default();
    let is_done = |deed: &super::Wanted| heard.iter().any(|one| deed.is_done_by(one));
    // By what is to be seen, and not by its words: those name people, and are replaced in the evidence.
    let open: Vec<String> = wanted
        .iter()
        .enumerate()
        .filter(|(_, deed)| !is_done(deed))
        .map(|(index, deed)| {
            let method = deed.seen.method.as_deref().unwrap_or("any request");
            let path = deed.seen.path.join(" or ");
            let is_tried = heard.iter().any(|one| deed.seen.fits(&one.request));
            let refused = if is_tried { ", refused so far" } else { "" };
            format!("{} ({method} {path}{refused})", index + 1)
        })
        .collect();
    world.note(format!(
        "{} of {} things done",
        wanted.len() - open.len(),
        wanted.len()
    ));
    match open.is_empty() {
        true => Ok(()),
        false => Err(Halt::Skip(format!(
            "of what it was asked to do, not done: {}",
            open.join(", ")
        ))),
    }
}

async fn all_heard(world: &mut World, _: Arguments<'_>) -> Outcome {
    let conversation = world.conversation()?;
    let (lost, turned) = (conversation.lost(), conversation.turned_away());
    let mut unheard = Vec::new();
    if let Some(first) = turned.first() {
        unheard.push(format!(
            "{} {} and {} more were turned away unread (status {})",
            first.method,
            first.path,
            turned.len() - 1,
            first.status
        ));
    }
    if lost > 0 {
        unheard.push(format!("{lost} requests were answered and not kept"));
    }
    match unheard.is_empty() {
        true => Ok(()),
        false => Err(Halt::Error(format!(
            "{}: what they held cannot be judged",
            unheard.join("; ")
        ))),
    }
}
