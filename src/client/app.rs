//! An app that reads a member's records for them (PDex member-authorized exchange; SMART App Launch).

use super::line::{header, json};
use super::{Brief, Credentials, Line, Trouble, token};
use crate::oauth::Verifier;
use http::header::LOCATION;
use url::Url;
use url::form_urlencoded::Serializer;

/// What the app asks to be allowed.
const SCOPE: &str = "launch/patient openid fhirUser patient/*.rs";
/// What it reads of the member.
const READ: [&str; 5] = [
    "Coverage",
    "Condition",
    "Observation",
    "MedicationRequest",
    "ExplanationOfBenefit",
];

/// Does all that the suite asks of a member's app.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let looked = line.get("/metadata");
    line.ask(looked).await?;
    let Some(patient) = launch(brief, line).await? else {
        return Ok(());
    };
    let request = line.get(&format!("/Patient/{patient}"));
    line.ask(request).await?;
    for kind in READ {
        line.search(&format!("/{kind}?patient={patient}")).await?;
    }
    let request = line.get(&format!("/Patient/{patient}/$everything"));
    line.ask(request).await?;
    Ok(())
}

/// Has the member log in and let the app in, and takes the token. The id of the member's Patient.
async fn launch(brief: &Brief, line: &mut Line<'_>) -> Result<Option<String>, Trouble> {
    let Some(credentials) = &brief.credentials else {
        return Ok(None);
    };
    let Some(redirect) = &credentials.redirect else {
        return Ok(None);
    };
    let discovery = line.get("/.well-known/smart-configuration");
    let configuration = json(&line.ask(discovery).await?);
    let endpoint = |name: &str| configuration[name].as_str().map(str::to_owned);
    let (Some(authorize), Some(exchange)) = (
        endpoint("authorization_endpoint"),
        endpoint("token_endpoint"),
    ) else {
        return Ok(None);
    };
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Trouble::Unable(error.to_string()))?;
    let verifier = Verifier::new(random);
    let query = Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", &credentials.client_id),
            ("redirect_uri", redirect),
            ("scope", SCOPE),
            ("state", &token::unique()?),
            ("aud", &line.base()),
            ("code_challenge", &verifier.challenge()),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let Some(code) = let_in(line, &format!("{authorize}?{query}"), credentials).await? else {
        return Ok(None);
    };
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", redirect),
        ("client_id", &credentials.client_id),
        ("code_verifier", verifier.expose()),
    ];
    let request = token::form(line, &exchange, &form);
    let answer = json(&line.ask(request).await?);
    line.use_token(answer["access_token"].as_str().map(str::to_owned));
    Ok(answer["patient"].as_str().map(str::to_owned))
}

/// What the member does on the pages of the authorization server. The code that the app is sent back with.
async fn let_in(
    line: &mut Line<'_>,
    address: &str,
    credentials: &Credentials,
) -> Result<Option<String>, Trouble> {
    let Some((user, password)) = &credentials.login else {
        return Ok(None);
    };
    let request = line.get(address);
    let page = text(&line.ask(request).await?);
    let (Some(action), Some(transaction)) = (between(&page, "action=\""), hidden(&page)) else {
        return Ok(None);
    };
    let form = [
        ("transaction", transaction.as_str()),
        ("user", user),
        ("password", password.expose()),
    ];
    let request = token::form(line, &action, &form);
    let page = text(&line.ask(request).await?);
    let (Some(action), Some(transaction)) = (between(&page, "action=\""), hidden(&page)) else {
        return Ok(None);
    };
    let form = [("transaction", transaction.as_str()), ("decision", "allow")];
    let request = token::form(line, &action, &form);
    let sent_back = line.ask(request).await?;
    let back = header(&sent_back, LOCATION).and_then(|address| Url::parse(address).ok());
    let code = back.and_then(|address| {
        let mut pairs = address.query_pairs();
        let (_, code) = pairs.find(|(name, _)| name == "code")?;
        Some(code.into_owned())
    });
    Ok(code)
}

fn text(response: &crate::mock::Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

/// What stands after these words, to the next quotation mark.
fn between(page: &str, start: &str) -> Option<String> {
    let (_, rest) = page.split_once(start)?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

fn hidden(page: &str) -> Option<String> {
    between(page, "name=\"transaction\" value=\"")
}
