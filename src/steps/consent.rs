//! The member's consent inside a match request.

use super::World;
use super::bulk_request::ConsentTerms;
use super::drive::{Arguments, Outcome};
use serde_json::json;

super::book::steps! {
    /// Ends the consent a month before today.
    r"^the consent ended last month$" => ended;
    /// Starts the consent a month after today.
    r"^the consent only starts next month$" => not_started;
    /// Names another organisation as the recipient (actor IRCP).
    r"^the consent names another payer as recipient$" => other_recipient;
    /// Points the consent at somebody else than the member of the request.
    r"^the consent is about somebody else$" => other_subject;
    /// Marks the consent as no longer active.
    r"^the consent is no longer active$" => inactive;
    /// Turns the consent into a refusal to share.
    r"^the consent forbids the exchange$" => forbids;
    /// Sets a policy that is neither of the two HRex defines.
    r"^the consent follows a policy the payer cannot know$" => unknown_policy;
    /// Sets the policy to regular: nothing sensitive may be shared.
    r"^the consent leaves out sensitive data$" => regular;
    /// Sets the policy to sensitive: everything may be shared.
    r"^the consent covers sensitive data too$" => everything;
}

/// Writes the terms into the consent of the request.
fn say(world: &mut World, terms: ConsentTerms) -> Outcome {
    let today = world.context()?.today;
    terms.apply(world.request()?, today);
    Ok(())
}

async fn ended(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::Ended)
}

async fn not_started(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::NotStarted)
}

async fn other_recipient(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::ForAnotherPayer)
}

async fn other_subject(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::OfSomebodyElse)
}

async fn inactive(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::Inactive)
}

async fn forbids(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::Forbidding)
}

async fn unknown_policy(world: &mut World, _: Arguments<'_>) -> Outcome {
    if let Some(consent) = world.request()?.resource_mut("Consent") {
        consent["policy"] = json!([{"uri": "https://new-payer.example/policies/our-own"}]);
    }
    Ok(())
}

async fn regular(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::RegularOnly)
}

async fn everything(world: &mut World, _: Arguments<'_>) -> Outcome {
    say(world, ConsentTerms::Everything)
}
