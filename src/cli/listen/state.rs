//! What the live page shows, as JSON.

use super::hearing::Hearing;
use serde::Serialize;

/// Requests that are shown, the newest.
const SHOWN: usize = 50;

/// One client: what it has done, and what it is still to do.
#[derive(Debug, Serialize)]
pub(super) struct State {
    client: String,
    over: bool,
    rooms: Vec<RoomState>,
}

/// One of its roles.
#[derive(Debug, Serialize)]
struct RoomState {
    role: String,
    /// Path of its base below the server.
    base: String,
    script: Vec<DeedState>,
    /// Requests that came, also those that could not be kept.
    heard: usize,
    /// Those that could not be kept.
    lost: usize,
    /// The newest, newest first.
    requests: Vec<RequestState>,
}

#[derive(Debug, Serialize)]
struct DeedState {
    say: String,
    done: bool,
}

#[derive(Debug, Serialize)]
struct RequestState {
    number: usize,
    /// Seconds since the beginning.
    at: String,
    method: String,
    path: String,
    status: u16,
}

impl State {
    /// As it is now.
    pub(super) fn of(hearing: &Hearing) -> Self {
        let rooms = hearing.rooms.iter().map(|room| {
            let heard = room.conversation.heard();
            let is_done =
                |deed: &crate::steps::Wanted| heard.iter().any(|one| deed.is_done_by(one));
            RoomState {
                role: room.role.clone(),
                base: format!("{}/fhir", room.prefix),
                script: room
                    .script
                    .iter()
                    .map(|deed| DeedState {
                        say: deed.say.clone(),
                        done: is_done(deed),
                    })
                    .collect(),
                heard: room.conversation.watch().borrow().0,
                lost: room.conversation.lost(),
                requests: heard
                    .iter()
                    .rev()
                    .take(SHOWN)
                    .map(|one| RequestState {
                        number: one.number + 1,
                        at: format!("{:.1}", one.at.as_secs_f64()),
                        method: one.request.method.to_string(),
                        // Values of a query may name people.
                        path: one.request.path.clone(),
                        status: one.response.status,
                    })
                    .collect(),
            }
        });
        Self {
            client: hearing.name().to_owned(),
            over: hearing.is_over(),
            rooms: rooms.collect(),
        }
    }

    /// As JSON.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
