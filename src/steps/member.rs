//! Choosing the person a scenario is about.

use super::drive::{Arguments, Halt, Outcome};
use super::{MatchRequest, World};
use crate::config::{Coverage, Expectation, Gender, Member, MemberId};

super::book::steps! {
    /// Chooses a test member the target is expected to match.
    r"^a member the payer knows$" => known;
    /// Chooses a test member and learns the record number: from the configuration, or by a match.
    r"^a member whose records the payer holds$" => on_record;
    /// Chooses a test member and learns the record number, by a match once in a run if need be.
    r"^a member of the payer$" => of_payer;
    /// Chooses the second test member the target is expected to match.
    r"^another member the payer knows$" => another;
    /// Chooses a person the target is expected not to know; invents one when none is configured.
    r"^a person the payer does not know$" => unknown;
    /// Makes up a person whom no other scenario asks about: what is done to them must not be felt elsewhere.
    r"^a made-up person$" => made_up;
    /// Gives the person of the request the card of a test member the target is expected to match.
    r"^the person holds the card of a member the payer knows$" => holds_card;
    /// Chooses a person whose details fit more than one member.
    r"^a person whose details fit more than one member$" => ambiguous;
    /// Chooses a member whose sensitive records the payer cannot keep apart.
    r"^a member whose sensitive records cannot be kept apart$" => inseparable;
    /// Chooses a member who has some sensitive records, which the payer can keep apart.
    r"^a member with sensitive records$" => sensitive;
    /// Chooses the second member who has some sensitive records: what the first consents to is not felt.
    r"^another member with sensitive records$" => another_sensitive;
    /// Chooses a member who has withdrawn consent after an earlier exchange.
    r"^a member who has withdrawn consent$" => revoked;
}

impl World {
    /// Makes `member` the person the scenario is about, with a match request that should succeed.
    pub(super) fn choose(&mut self, member: Member) -> Outcome {
        let context = self.context()?;
        let payer = self.target()?.payer;
        self.request = Some(MatchRequest::new(
            &member,
            &context.requester,
            &payer,
            context.today,
        ));
        self.note(format!("test member {:?}", member.name));
        self.member = Some(member);
        Ok(())
    }

    /// Chooses the `nth` test member the target is expected to match, and learns the record number: from
    /// the configuration, or by a match once in a run.
    pub(super) async fn choose_of_payer(&mut self, nth: usize) -> Outcome {
        self.choose_kind(Expectation::Match, nth)?;
        let member = self.member()?;
        let about = format!("{} {}", self.system()?, member.name);
        let number = match member.patient_id.clone() {
            Some(number) => number,
            None => {
                let context = self.context()?;
                let learn = async {
                    self.confirm_match().await?;
                    let matched = self.last_match()?.clone();
                    self.record_number(&matched).await
                };
                context.memory.record_number(about, learn).await?
            }
        };
        self.known_record = Some(number);
        Ok(())
    }

    /// Chooses the `nth` configured member of this kind, or skips and says what to supply.
    pub(super) fn choose_kind(&mut self, expect: Expectation, nth: usize) -> Outcome {
        let members = self.target()?.members;
        let mut of_kind = members.iter().filter(|member| member.expect == expect);
        match of_kind.nth(nth) {
            Some(member) => self.choose(member.clone()),
            None => Err(Halt::Skip(format!(
                "no test member for it: add {} [[member]] with expect = {:?} to vitruvian.toml",
                if nth == 0 { "a" } else { "another" },
                expect.as_str(),
            ))),
        }
    }
}

async fn known(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Match, 0)
}

async fn on_record(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Match, 0)?;
    world
        .known_record
        .clone_from(&world.member()?.patient_id.clone());
    if world.known_record.is_none() {
        world.confirm_match().await?;
    }
    Ok(())
}

async fn of_payer(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_of_payer(0).await
}

async fn another(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Match, 1)
}

async fn unknown(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.target()?.members;
    let configured = members
        .iter()
        .find(|member| member.expect == Expectation::NoMatch);
    world.choose(configured.cloned().unwrap_or_else(nobody))
}

/// A person no payer knows.
fn nobody() -> Member {
    Member {
        name: "a person made up for this run".into(),
        expect: Expectation::NoMatch,
        patient_id: None,
        group_id: None,
        family: Some("Nowhere-Vitruvian".into()),
        given: vec!["Quillon".into()],
        birth_date: Some("1944-04-04".into()),
        gender: Some(Gender::Male),
        identifiers: Vec::new(),
        coverage: Some(Coverage {
            subscriber_id: Some("VITRUVIAN-NOBODY".into()),
            member_id: Some(MemberId {
                system: "https://nowhere.example/ids/member".into(),
                value: "VITRUVIAN-NOBODY".into(),
            }),
            payor: None,
        }),
        sensitive_records: Vec::new(),
        received_records: Vec::new(),
        oldest_record: None,
    }
}

async fn made_up(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose(Member {
        family: Some("Guessed-Vitruvian".into()),
        given: vec!["Ottokar".into()],
        birth_date: Some("1933-03-03".into()),
        ..nobody()
    })
}

async fn holds_card(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut stranger = world.member()?.clone();
    world.choose_kind(Expectation::Match, 0)?;
    let holder = world.member()?;
    stranger.coverage.clone_from(&holder.coverage);
    stranger.identifiers.clone_from(&holder.identifiers);
    world.choose(stranger)
}

async fn ambiguous(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Ambiguous, 0)
}

async fn inseparable(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::ConsentRefused, 0)
}

async fn sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Sensitive, 0)
}

async fn another_sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Sensitive, 1)
}

async fn revoked(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Revoked, 0)
}
