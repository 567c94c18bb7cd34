//! How a server is reached: which versions of TLS and which cipher suites it takes (NIST SP 800-52r2; HRex, security).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use crate::http::handshake::{Answer, Family, Offer, Version};
use crate::http::{Failure, Request};

super::book::steps! {
    /// Skips unless the base is reached over TLS.
    r"^a server that is reached over TLS$" => over_tls;
    /// Sends a ClientHello that offers these versions, one after the other, until one is taken.
    r"^a client offers (TLS 1\.3 or TLS 1\.2|TLS 1\.3)$" => offer_good;
    /// Sends a ClientHello that offers that version alone.
    r"^a client offers nothing better than (TLS 1\.1|TLS 1\.0|SSL 3\.0)$" => offer_old;
    /// Sends ClientHellos that offer TLS 1.2 with cipher suites of one broken kind each.
    r"^a client offers nothing better than broken ciphers$" => offer_weak;
    /// Some offer was taken.
    r"^the server accepts it$" => accepted;
    /// No offer was taken.
    r"^the server does not accept it$" => not_accepted;
    /// Asks for the member's record without TLS at the port of the base, with the token of the run withheld.
    r"^a client asks without TLS$" => ask_plainly;
    /// Nothing came, or no record.
    r"^the payer tells nothing of a member$" => nothing_told;
}

/// Kinds of cipher suites that nobody should use any more.
const BROKEN: [Family; 5] = [
    Family::Rc4,
    Family::TripleDes,
    Family::Null,
    Family::Export,
    Family::Anonymous,
];

impl World {
    /// Offers one after the other; keeps the answers.
    async fn offer_all(&mut self, offers: Vec<Offer>, is_enough: fn(&Answer) -> bool) -> Outcome {
        self.offered.clear();
        for offer in offers {
            let client = self.target()?.client;
            let offered = client.offer(offer).await;
            self.record(&[offered.captured])?;
            let answer = offered
                .result
                .map_err(|failure| Halt::Error(failure.to_string()))?;
            self.note(format!("{offer}: {answer}"));
            let is_last = is_enough(&answer);
            self.offered.push((offer, answer));
            if is_last {
                break;
            }
        }
        Ok(())
    }
}

async fn over_tls(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.client.base().scheme() {
        "https" => Ok(()),
        _ => Err(Halt::Skip(
            "the base of the target is no https: address: nothing is encrypted".into(),
        )),
    }
}

async fn offer_good(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let newest = Offer::version(Version::Tls13);
    let other = Offer::family(Family::Strong);
    let offers = match arguments.word(1) {
        "TLS 1.3" => vec![newest],
        _ => vec![newest, other],
    };
    world.offer_all(offers, Answer::is_accepted).await
}

async fn offer_old(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let version = match arguments.word(1) {
        "TLS 1.1" => Version::Tls11,
        "TLS 1.0" => Version::Tls10,
        _ => Version::Ssl30,
    };
    world
        .offer_all(vec![Offer::version(version)], Answer::is_accepted)
        .await
}

async fn offer_weak(world: &mut World, _: Arguments<'_>) -> Outcome {
    let offers = BROKEN.map(Offer::family);
    world.offer_all(offers.into(), |_| false).await
}

async fn accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match world.offered.iter().any(|(_, answer)| answer.is_accepted()) {
        true => Ok(()),
        false => {
            let answers: Vec<String> = world
                .offered
                .iter()
                .map(|(offer, answer)| format!("{offer}: {answer}"))
                .collect();
            Err(
                Mismatch::new("a handshake in a version that is safe", answers.join("; "))
                    .at("TLS"),
            )
        }
    };
    world.judge(result)
}

async fn not_accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let taken = world
        .offered
        .iter()
        .filter(|(_, answer)| answer.is_accepted());
    let mismatches = taken.map(|(offer, answer)| {
        Mismatch::new(
            "a refusal of what is not safe",
            format!("{offer}: {answer}"),
        )
        .at("TLS")
    });
    let mismatches: Vec<Mismatch> = mismatches.collect();
    let is_silent = |(_, answer): &&(Offer, Answer)| !answer.is_accepted() && !answer.is_refused();
    if let (true, Some((offer, answer))) =
        (mismatches.is_empty(), world.offered.iter().find(is_silent))
    {
        // Whoever says nothing has not refused.
        return Err(Halt::Skip(format!("{offer}: {answer}")));
    }
    world.judge_each(mismatches)
}

async fn ask_plainly(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut url = world.target()?.client.base().clone();
    let port = url.port_or_known_default();
    if url.set_scheme("http").is_err() || url.set_port(port).is_err() {
        return Err(Halt::Error("the base has no address without TLS".into()));
    }
    let base = url.as_str().trim_end_matches('/');
    // The list of members is worth nothing to ask for without credentials but where nothing is guarded at all; what the
    // server tells of itself is not secret, but comes the same way.
    let request = Request::get(format!("{base}/metadata"))
        .anonymous()
        .unfollowed();
    world.broke_off = None;
    world.tried_from = world.replies.len();
    let sent = world.target()?.client.anonymous().send(request).await;
    world.record(&sent.hops)?;
    match sent.result {
        Ok(reply) => world.keep_reply(reply),
        Err(
            failure @ (Failure::Closed { .. }
            | Failure::Protocol { .. }
            | Failure::Connect { .. }
            | Failure::TimedOut { .. }
            | Failure::Tls { .. }),
        ) => world.broke_off = Some(failure.to_string()),
        Err(failure) => return Err(Halt::Error(failure.to_string())),
    }
    Ok(())
}

async fn nothing_told(world: &mut World, _: Arguments<'_>) -> Outcome {
    if let Some(why) = world.broke_off.take() {
        world.note(why);
        return Ok(());
    }
    let reply = world.reply()?;
    let result = match reply.status {
        300..=499 => Ok(()),
        _ => Err(
            Mismatch::new("nothing, a refusal, or a redirect to TLS", describe(reply))
                .at("HTTP status"),
        ),
    };
    world.judge(result)
}
