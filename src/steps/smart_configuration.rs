//! What a server tells of how it gives out tokens (SMART App Launch 2.2, Conformance; UDAP Security, Discovery).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use crate::http::Request;
use serde_json::Value;
use url::Url;

super::book::steps! {
    /// Reads `.well-known/smart-configuration` without credentials; that it comes is judged.
    r"^(?:a client|an app) reads how the payer gives out tokens$" => read;
    /// private_key_jwt is among the methods.
    r"^clients may show who they are by a signature$" => by_signature;
    /// One line of what the document must tell.
    r"^it tells (where tokens are given out|that clients may sign|by which algorithms clients may sign|which scopes there are|that it serves clients with keys of their own|that it serves clients without a user|where members log in|that codes are bound to who asked for them|that apps can be started on their own|that it serves apps|that a member can be chosen|who the user is)$" => tells;
    /// Asks for the documents by which clients learn how to show who they are.
    r"^a client looks for a way to show who it is$" => look;
    /// A SMART configuration, UDAP metadata, or mutual TLS.
    r"^it finds at least one that the guide knows$" => found;
}

/// Where the document of SMART is, below the base.
pub(super) const SMART: &str = ".well-known/smart-configuration";
/// Where the document of UDAP is, below the base.
pub(super) const UDAP: &str = ".well-known/udap";

/// What a line of the document is called, which member holds it, and what must be there.
enum Line {
    /// An absolute URL.
    Address(&'static str),
    /// A list with one of these words.
    OneOf(&'static str, &'static [&'static str]),
    /// A list with something in it.
    Filled(&'static str),
}

/// The line that the words of a feature stand for.
fn line(words: &str) -> Line {
    const METHODS: &str = "token_endpoint_auth_methods_supported";
    match words {
        "where tokens are given out" => Line::Address("token_endpoint"),
        "where members log in" => Line::Address("authorization_endpoint"),
        "that clients may sign" => Line::OneOf(METHODS, &["private_key_jwt"]),
        "by which algorithms clients may sign" => Line::OneOf(
            "token_endpoint_auth_signing_alg_values_supported",
            &["RS384", "ES384"],
        ),
        "which scopes there are" => Line::Filled("scopes_supported"),
        "that it serves clients with keys of their own" => {
            Line::OneOf("capabilities", &["client-confidential-asymmetric"])
        }
        "that it serves clients without a user" => {
            Line::OneOf("grant_types_supported", &["client_credentials"])
        }
        "that codes are bound to who asked for them" => {
            Line::OneOf("code_challenge_methods_supported", &["S256"])
        }
        "that apps can be started on their own" => {
            Line::OneOf("capabilities", &["launch-standalone"])
        }
        "that it serves apps" => Line::OneOf(
            "capabilities",
            &[
                "client-public",
                "client-confidential-symmetric",
                "client-confidential-asymmetric",
            ],
        ),
        "that a member can be chosen" => Line::OneOf(
            "capabilities",
            &["permission-patient", "context-standalone-patient"],
        ),
        _ => Line::OneOf("capabilities", &["sso-openid-connect"]),
    }
}

/// What is wrong with a line of the document, if something is.
fn expect_line(document: &Value, line: &Line) -> Result<(), Mismatch> {
    let (name, expected, is_right) = match line {
        Line::Address(name) => {
            let url = document[*name]
                .as_str()
                .and_then(|url| url::Url::parse(url).ok());
            let is_address = url.is_some_and(|url| matches!(url.scheme(), "https" | "http"));
            (name, "an absolute address".to_owned(), is_address)
        }
        Line::OneOf(name, words) => {
            let has = |word: &&str| list(document, name).any(|one| one == *word);
            (name, words.join(" or "), words.iter().any(has))
        }
        Line::Filled(name) => (
            name,
            "something in the list".to_owned(),
            list(document, name).next().is_some(),
        ),
    };
    match is_right {
        true => Ok(()),
        false => Err(Mismatch::new(expected, shown(&document[*name])).at(format!("$.{name}"))),
    }
}

/// The words of a list in the document.
fn list<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
    let all = document[name].as_array().map(Vec::as_slice);
    all.unwrap_or_default().iter().filter_map(Value::as_str)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        other => other.to_string().chars().take(200).collect(),
    }
}

impl World {
    /// Reads a document of the server without credentials; nothing when it is not there.
    pub(super) async fn well_known(&mut self, path: &str) -> Result<Option<Value>, Halt> {
        let request = Request::get(path)
            .header("accept", "application/json")
            .anonymous();
        self.prepare(request).await?;
        let reply = self.reply()?;
        let document = reply.json().ok().filter(|_| reply.status == 200);
        Ok(document.filter(Value::is_object))
    }

    /// What the server tells of how it gives out tokens; asked once in a run.
    pub(super) async fn smart_configuration(&mut self) -> Result<Value, Halt> {
        let context = self.context()?;
        let about = format!("{} {SMART}", self.system()?);
        let learn = async { Ok(self.well_known(SMART).await?.into_iter().collect()) };
        let found = context.memory.answer(about, learn).await?;
        found.into_iter().next().ok_or_else(|| {
            Halt::Skip(
                "the server does not tell how it gives out tokens (smart-configuration)".into(),
            )
        })
    }

    /// Where tokens are given out: as configured, or as the server tells.
    pub(super) async fn token_url(&mut self) -> Result<Url, Halt> {
        let access = self.access()?;
        let mut hops = Vec::new();
        let found = access
            .endpoints(&mut hops)
            .await
            .map(|found| found.token.clone());
        self.record(&hops)?;
        found.map_err(|error| Halt::Skip(error.to_string()))
    }

    /// An address that the server tells; skips when it tells none.
    pub(super) async fn endpoint(&mut self, name: &str) -> Result<Url, Halt> {
        let document = self.smart_configuration().await?;
        let url = document[name].as_str().and_then(|url| Url::parse(url).ok());
        url.ok_or_else(|| {
            Halt::Skip(format!(
                "the server tells no {name} in its smart-configuration"
            ))
        })
    }
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = Request::get(SMART)
        .header("accept", "application/json")
        .anonymous();
    world.send(request).await?;
    let reply = world.reply()?;
    let result = match (reply.status, reply.json()) {
        (200, Ok(document)) if document.is_object() => Ok(()),
        _ => Err(Mismatch::new("a document in JSON (status 200)", describe(reply)).at(SMART)),
    };
    world.judge(result)
}

async fn by_signature(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_line(world, "that clients may sign")
}

async fn tells(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    judge_line(world, arguments.word(1))
}

fn judge_line(world: &mut World, words: &str) -> Outcome {
    let reply = world.reply()?;
    let Ok(document) = reply.json() else {
        return Err(Halt::Skip(
            "the server does not tell how it gives out tokens".into(),
        ));
    };
    let mut result = expect_line(&document, &line(words));
    if words == "that codes are bound to who asked for them"
        && result.is_ok()
        && list(&document, "code_challenge_methods_supported").any(|method| method == "plain")
    {
        result = Err(Mismatch::new("no plain challenges", "plain is among them")
            .at("$.code_challenge_methods_supported"));
    }
    world.judge(result)
}

async fn look(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.records.clear();
    for path in [UDAP, SMART] {
        let found = world.well_known(path).await?;
        world.records.extend(found);
    }
    Ok(())
}

async fn found(world: &mut World, _: Arguments<'_>) -> Outcome {
    let names_tokens = |document: &Value| document["token_endpoint"].is_string();
    let is_told = world.records.iter().any(names_tokens);
    let result = match is_told || world.is_mutual_tls_demanded().await? {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a smart-configuration or UDAP metadata that names a token endpoint, or mutual TLS",
            "none of them",
        )
        .at(".well-known")),
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{expect_line, line};
    use serde_json::json;

    #[test]
    fn lines_are_there_or_not() {
        let document = json!({
            "token_endpoint": "https://payer.example/token",
            "capabilities": ["launch-standalone"],
            "scopes_supported": [],
        });
        let is_right = |words: &str| expect_line(&document, &line(words)).is_ok();
        assert!(is_right("where tokens are given out"));
        assert!(is_right("that apps can be started on their own"));
        assert!(!is_right("where members log in"));
        assert!(!is_right("which scopes there are"));
        assert!(!is_right("who the user is"));
    }
}
