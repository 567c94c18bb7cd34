//! How tokens are had: read, overridden, and refused with what to write instead.

use super::{message, parse, variables};
use vitruvian::config::{Credential, LoginAction, Method};

const AUTH: &str = r#"
[target]
url = "https://payer.example/fhir"
[target.auth]
method = "smart-backend"
client_id = "one"
key = "file:one.pem"
algorithm = "ES384"
scope = "system/*.rs"
token_url = "https://login.example/token"
[target.auth.other]
client_id = "two"
secret = "env:TWO"
secret_in = "body"
[target.auth.app]
client_id = "app"
redirect = "http://127.0.0.1:7777/callback"
login = [
    { fill = "username", with = "env:MEMBER" },
    { choose = "who", option = "Ann" },
    { tick = "all" },
    { press = "Approve" },
]
[target.auth.udap]
key = "file:udap.pem"
certificate = "udap.crt"
purpose_of_use = ["urn:oid:1.2.3#X"]
[limits]
allow_private = true
"#;

#[test]
fn how_tokens_are_had_is_read_with_paths_relative_to_the_file() {
    let config = parse(AUTH).unwrap();
    assert!(config.limits.allow_private);
    let auth = config.target.unwrap().auth.unwrap();
    assert_eq!(auth.method, Some(Method::SmartBackend));
    assert_eq!(
        auth.client.key,
        Some(Credential::File("etc/one.pem".into()))
    );
    let other = auth.other.unwrap();
    assert_eq!(other.secret, Some(Credential::Env("TWO".into())));
    let app = auth.app.unwrap();
    let member = Credential::Env("MEMBER".into());
    assert_eq!(app.login[0], LoginAction::Fill("username".into(), member));
    assert_eq!(app.login[3], LoginAction::Press("Approve".into()));
    assert_eq!(auth.udap.unwrap().certificate, Some("etc/udap.crt".into()));
}

#[test]
fn credentials_of_the_file_are_not_sent_to_another_origin() {
    let overridden = |pairs: &[(&str, &str)]| {
        let config = parse(AUTH).unwrap().overridden(variables(pairs).unwrap());
        config.unwrap().target.unwrap()
    };
    let elsewhere = overridden(&[("VITRUVIAN_TARGET_URL", "https://other.example/fhir")]);
    assert_eq!(elsewhere.auth, None);
    let beside = overridden(&[("VITRUVIAN_TARGET_URL", "https://payer.example/r4")]);
    assert!(beside.auth.is_some());
    // A token of the environment stands in for the client of the run, and for no other.
    let given = overridden(&[("VITRUVIAN_TARGET_TOKEN", "given-token")]);
    let auth = given.auth.unwrap();
    assert!(auth.client.key.is_none() && auth.method.is_none() && auth.other.is_some());
}

#[test]
fn mistakes_about_tokens_are_pointed_at_and_no_secret_is_repeated() {
    let head = "[target]\nurl = \"https://a.example\"\n";
    for (text, told) in [
        ("[target.auth]\nclient = \"a\"", "did you mean `client_id`?"),
        (
            "[target.auth]\nmethod = \"smart\"",
            "there is no value `smart`",
        ),
        ("[target.auth]\ntoken_url = \"login\"", "is not a URL"),
        ("[target.auth.app]\nclient_id = \"\"", "must not be empty"),
        (
            "[target.auth.app]\nclient_id = \"a\"\nlogin = [{ press = \"a\", tick = \"b\" }]",
            "an action is one of",
        ),
        ("[target.auth]\nsecret = \"canary\"", "write \"env:NAME\""),
        ("[target.auth]\nkey = \"canary\"", "write \"env:NAME\""),
        (
            "[target.auth.app]\nclient_id = \"a\"\nlogin = [\n{ fill = \"a\", with = \"canary\" },\n]",
            "write \"env:NAME\"",
        ),
    ] {
        let shown = message(&format!("{head}{text}\n"));
        assert!(shown.contains(told) && !shown.contains("canary"), "{shown}");
    }
}
