//! What the live page shows, as JSON.

use super::hearing::Hearing;
use crate::config::{Gender, Member};
use crate::steps::Party;
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
    /// Who the client is to be, and whom it asks.
    own: PartyState,
    server: PartyState,
    /// People it may ask about.
    members: Vec<MemberState>,
    script: Vec<DeedState>,
    /// Requests that came, also those that could not be kept.
    heard: usize,
    /// Those that could not be kept.
    lost: usize,
    /// The newest, newest first.
    requests: Vec<RequestState>,
}

#[derive(Debug, Serialize)]
struct PartyState {
    name: String,
    npi: String,
}

#[derive(Debug, Serialize)]
struct MemberState {
    name: String,
    birth_date: Option<String>,
    gender: Option<&'static str>,
    member_id: Option<String>,
    member_system: Option<String>,
    subscriber_id: Option<String>,
    /// What the stand-in makes of them, as members are described: `match`, `no-match`, …
    expect: &'static str,
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
                own: party(&room.brief.own),
                server: party(&room.brief.server),
                members: room.brief.members.iter().filter_map(member).collect(),
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

fn party(party: &Party) -> PartyState {
    PartyState {
        name: party.name.clone(),
        npi: party.npi.clone(),
    }
}

/// A member who can be told from others; none when nothing is known of them.
fn member(member: &Member) -> Option<MemberState> {
    let family = member.family.as_deref()?;
    let card = member.coverage.as_ref();
    let id = card.and_then(|card| card.member_id.as_ref());
    Some(MemberState {
        name: format!("{} {family}", member.given.join(" ")),
        birth_date: member.birth_date.clone(),
        gender: member.gender.map(Gender::as_str),
        member_id: id.map(|id| id.value.clone()),
        member_system: id.map(|id| id.system.clone()),
        subscriber_id: card.and_then(|card| card.subscriber_id.clone()),
        expect: member.expect.as_str(),
    })
}
