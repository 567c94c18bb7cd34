//! When a client has been heard out.

use super::hearing::Hearing;
use crate::cli::Terminal;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How often it is looked at what has come.
const LOOK: Duration = Duration::from_millis(100);

/// How long is listened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Without anything coming, since the last request.
    pub(super) quiet: Duration,
    /// The same, once everything is done that was asked for.
    pub(super) settled: Duration,
    /// In all.
    pub(super) most: Duration,
}

/// Waits until a client has been heard out, and ends its conversations. Says what is done as it is done.
pub(super) async fn await_end(hearing: &Hearing, patience: Patience, terminal: Terminal) {
    let began = Instant::now();
    let mut last = (0, Instant::now());
    let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
    loop {
        let count: usize = hearing
            .rooms
            .iter()
            .map(|room| room.conversation.watch().borrow().0)
            .sum();
        if count != last.0 {
            last = (count, Instant::now());
            tell(hearing, &mut told, terminal);
        }
        if hearing.is_over() {
            return;
        }
        let deeds: usize = hearing.rooms.iter().map(|room| room.script.len()).sum();
        let is_done = deeds > 0 && told.len() == deeds;
        let quiet = last.1.elapsed();
        let why = if is_done && quiet >= patience.settled {
            "all is done that was asked for"
        } else if count > 0 && quiet >= patience.quiet {
            "nothing has come for a while"
        } else if began.elapsed() >= patience.most {
            "the time is over"
        } else {
            let again = hearing.finish.notified();
            // Either way it is looked again.
            let _ = tokio::time::timeout(LOOK, again).await;
            continue;
        };
        terminal.tell(&format!("{}: {why}", hearing.name()));
        match began.elapsed() >= patience.most {
            true => hearing.break_off(),
            false => hearing.end(),
        }
    }
}

/// Says which deeds have been done since this was last said.
fn tell(hearing: &Hearing, told: &mut BTreeSet<(usize, usize)>, terminal: Terminal) {
    for (room_index, room) in hearing.rooms.iter().enumerate() {
        let heard = room.conversation.heard();
        for (index, deed) in room.script.iter().enumerate() {
            let is_new = !told.contains(&(room_index, index));
            if is_new && heard.iter().any(|one| deed.is_done_by(one)) {
                told.insert((room_index, index));
                terminal.tell(&format!("{}: done: {}", hearing.name(), deed.say));
            }
        }
    }
}
