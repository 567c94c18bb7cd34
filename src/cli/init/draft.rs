//! The text of a configuration for a server of which only little is known.

use super::sight::{Document, Sight};
use crate::catalog::Ig;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// Longest that words of the server get in a comment.
const LONGEST: usize = 100;

/// What a configuration is drafted from.
pub(super) struct Draft<'a> {
    /// `[target]` with what is known for sure.
    pub(super) target: &'a str,
    pub(super) sight: &'a Sight,
    /// The guides that can be tested.
    pub(super) igs: &'a [Ig],
}

/// `[target]` for this base URL and authority. Neither has been checked.
pub(super) fn target(url: &str, ca_file: Option<&Path>) -> String {
    let mut text = format!("[target]\nurl = {}\n", quoted(url));
    if let Some(path) = ca_file {
        let _ = writeln!(text, "ca_file = {}", quoted(&path.display().to_string()));
    }
    text
}

/// A configuration that can be run as it is, with what to fill in as comments.
pub(super) fn text(draft: &Draft<'_>) -> String {
    let sight = draft.sight;
    let guides = guides(draft);
    let mut text = seen(sight, &guides);
    text.push_str(draft.target);
    if let Some(guide) = guides.first() {
        let _ = writeln!(text, "ig = {}", quoted(guide));
    }
    text.push_str(
        "# npi = \"9999999995\"             # its own number, as it stands in consents\n",
    );
    text.push_str(&tokens(sight));
    if sight.capability.read().is_none_or(is_payer) {
        text.push_str(PAYER);
    }
    text.push_str(MEMBER);
    if sight.capability.read().is_some_and(takes_attachments) {
        text.push_str(ATTACHMENTS);
    }
    text
}

/// What the server showed, as a comment.
fn seen(sight: &Sight, guides: &[String]) -> String {
    let mut text =
        "# Drafted by `vitruvian init` from what the server shows to anybody:\n".to_owned();
    let mut line = |name: &str, said: &str| {
        let _ = writeln!(text, "#   {name:<10} {}", plain(said));
    };
    if let Some(capability) = sight.capability.read() {
        let software = ["name", "version"]
            .into_iter()
            .filter_map(|part| capability["software"][part].as_str())
            .collect::<Vec<_>>()
            .join(" ");
        line(
            "software",
            if software.is_empty() {
                "not said"
            } else {
                &software
            },
        );
        line(
            "FHIR",
            capability["fhirVersion"].as_str().unwrap_or("not said"),
        );
        let none = "none that can be tested here is named; PDex and CDex are tried in their default versions";
        let named = guides.join(", ");
        line("guides", if guides.is_empty() { none } else { &named });
    }
    let documents = [
        ("metadata", &sight.capability),
        ("smart", &sight.smart),
        ("udap", &sight.udap),
    ];
    for (name, document) in documents {
        match (name, document.reason()) {
            (_, Some(reason)) => line(name, &format!("cannot be read: {reason}")),
            ("metadata", None) => {}
            (_, None) => line(name, "is there"),
        }
    }
    text.push('\n');
    text
}

/// The guides that the server says it follows, and that can be tested, newest first.
fn guides(draft: &Draft<'_>) -> Vec<String> {
    let Some(capability) = draft.sight.capability.read() else {
        return Vec::new();
    };
    let named = ["implementationGuide", "instantiates"]
        .into_iter()
        .filter_map(|name| capability[name].as_array())
        .flatten()
        .filter_map(Value::as_str);
    let named: Vec<&str> = named.collect();
    let follows = |ig: &&Ig| {
        let ending = format!("/{}|{}", ig.package, ig.at.version);
        named.iter().any(|canonical| canonical.ends_with(&ending))
    };
    let mut guides: Vec<String> = draft
        .igs
        .iter()
        .filter(follows)
        .map(|ig| ig.at.to_string())
        .collect();
    // PDex before CDex, and of each the newest first.
    guides.sort_by(|one, other| other.cmp(one));
    guides
}

/// How tokens may be had, as a comment: whatever the server offers.
fn tokens(sight: &Sight) -> String {
    let mut text = String::new();
    let has = |document: &Document, list: &str, word: &str| {
        let list = document.read().and_then(|found| found[list].as_array());
        list.is_some_and(|words| words.iter().any(|said| said == word))
    };
    if has(
        &sight.smart,
        "token_endpoint_auth_methods_supported",
        "private_key_jwt",
    ) {
        text.push_str(BACKEND);
    }
    let has_app = sight
        .smart
        .read()
        .is_some_and(|found| found["authorization_endpoint"].is_string());
    if has_app {
        text.push_str(APP);
    }
    if sight.udap.read().is_some() {
        text.push_str(UDAP);
    }
    if text.is_empty() {
        text.push_str("# token = \"env:TARGET_TOKEN\"       # or \"file:PATH\"; a token never stands in this file\n");
        return text;
    }
    format!("\n# The server offers tokens in these ways; docs/authorization.md tells more.\n{text}")
}

fn is_payer(capability: &Value) -> bool {
    let serves = |kind: &str| resources(capability).any(|resource| resource["type"] == kind);
    serves("ExplanationOfBenefit") || serves("Coverage")
}

fn takes_attachments(capability: &Value) -> bool {
    let rest = capability["rest"].as_array().into_iter().flatten();
    let of_server = rest
        .filter_map(|rest| rest["operation"].as_array())
        .flatten();
    let of_types = resources(capability)
        .filter_map(|resource| resource["operation"].as_array())
        .flatten();
    of_server
        .chain(of_types)
        .any(|operation| operation["name"] == "submit-attachment")
}

fn resources(capability: &Value) -> impl Iterator<Item = &Value> {
    let rest = capability["rest"].as_array().into_iter().flatten();
    rest.filter_map(|rest| rest["resource"].as_array())
        .flatten()
}

/// A TOML string. What JSON escapes, TOML escapes in the same way.
fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Words of the server on one line of a comment, without what could end it or turn it round.
fn plain(text: &str) -> String {
    let is_plain = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(is_plain).take(LONGEST).collect()
}

const BACKEND: &str = r#"# [target.auth]                    # SMART Backend Services
# method = "smart-backend"
# client_id = "vitruvian"
# key = "file:client-key.pem"
# scope = "system/*.rs"
"#;

const APP: &str = r#"# [target.auth.app]                # SMART App Launch: `vitruvian login` lets a member in, or name a login script
# client_id = "vitruvian-app"
# scope = "openid offline_access patient/*.rs"
# redirect = "http://127.0.0.1:7777/callback"
"#;

const UDAP: &str = r#"# [target.auth.udap]               # with method = "udap" in [target.auth]
# key = "file:udap-key.pem"
# certificate = "udap-chain.pem"
# client_name = "Vitruvian"
# contacts = ["mailto:tests@example.org"]
# scope = "system/*.rs"
"#;

const PAYER: &str = r#"
# [requester]                      # who asks: the new payer, as the payer knows it
# npi = "7777777773"
# name = "Example Harbor Health Plan"

# [provider]                       # who asks in the provider's place: somebody who treats the member
# npi = "3333333334"
"#;

const MEMBER: &str = r#"
# Test members: people whom the server knows, or must not know. Without them, most scenarios are skipped.
# [[member]]
# name = "Ann"                     # what reports call this person
# expect = "match"                 # or no-match, ambiguous, consent-refused, sensitive, revoked, no-data
# family = "Example"
# given = ["Ann"]
# birth_date = "1974-12-25"
# gender = "female"
# patient_id = "123"               # the number of the record, where it is known
# [member.coverage]
# subscriber_id = "S-1"
# member_id = { system = "https://payer.example/ids/member", value = "M-1" }
"#;

const ATTACHMENTS: &str = r#"
# [attachments]                    # what documentation it waits for (CDex)
# [[attachments.claim]]
# name = "a claim without its notes"
# use = "claim"                    # or "preauthorization"
# member_id = { system = "https://payer.example/ids/member", value = "M-1" }
# service_date = "2026-03-31"
"#;

#[cfg(test)]
mod tests {
    use super::{Draft, target, text};
    use crate::catalog::Catalog;
    use crate::cli::init::sight::{Document, Sight};
    use crate::config::Config;
    use crate::data::Data;
    use serde_json::{Value, json};
    use std::path::Path;

    fn drafted(capability: Value, smart: Option<Value>) -> String {
        let catalog = Catalog::load(&Data::default()).unwrap();
        let sight = Sight {
            capability: Document::Read(capability),
            smart: smart.map_or_else(
                || Document::Refused("the answer is 404".into()),
                Document::Read,
            ),
            udap: Document::Refused("the answer is 404".into()),
        };
        text(&Draft {
            target: &target("https://payer.example/fhir", None),
            sight: &sight,
            igs: catalog.igs(),
        })
    }

    /// The same with everything that is offered as a comment switched on.
    fn uncommented(text: &str) -> String {
        let settings = text
            .lines()
            .filter_map(|line| match line.strip_prefix("# ") {
                Some(setting) if setting.starts_with('[') || setting.contains(" = ") => {
                    Some(setting)
                }
                Some(_) => None,
                None => Some(line),
            });
        let settings = settings.filter(|line| !line.starts_with('#'));
        settings.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_offered_can_be_taken() {
        let capability = json!({
            "fhirVersion": "4.0.1",
            "implementationGuide": [
                "http://hl7.org/fhir/us/davinci-pdex/ImplementationGuide/hl7.fhir.us.davinci-pdex|2.2.0",
                "http://hl7.org/fhir/us/davinci-cdex/ImplementationGuide/hl7.fhir.us.davinci-cdex|2.1.0",
            ],
            "rest": [{"resource": [{"type": "Coverage"}], "operation": [{"name": "submit-attachment"}]}],
        });
        let smart = json!({
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "authorization_endpoint": "https://payer.example/authorize",
        });
        let draft = drafted(capability, Some(smart));
        let plain = Config::parse(&draft, Path::new("drafted")).unwrap();
        assert_eq!(plain.target.unwrap().ig.as_deref(), Some("pdex@2.2.0"));
        assert!(draft.contains("pdex@2.2.0, cdex@2.1.0"), "{draft}");
        let all = uncommented(&draft);
        let full = Config::parse(&all, Path::new("drafted"))
            .unwrap_or_else(|error| panic!("{error}\n{all}"));
        let auth = full.target.unwrap().auth.unwrap();
        assert!(auth.method.is_some() && auth.app.is_some(), "{all}");
        assert_eq!(full.members.len(), 1);
        assert_eq!(full.attachments.claims.len(), 1);
    }

    #[test]
    fn what_is_not_offered_is_not_suggested() {
        let draft = drafted(json!({"rest": [{"resource": [{"type": "Task"}]}]}), None);
        for absent in ["[target.auth", "[requester]", "[attachments]", "ig ="] {
            assert!(!draft.contains(absent), "{absent}: {draft}");
        }
        assert!(draft.contains("# token ="), "{draft}");
    }

    #[test]
    fn words_of_the_server_stay_a_comment() {
        let words = "x\n[target.tls]\ninsecure = true\r\u{202e}\u{7f}";
        let draft = drafted(
            json!({"software": {"name": words}, "fhirVersion": words}),
            None,
        );
        let config = Config::parse(&draft, Path::new("drafted")).unwrap();
        assert!(!config.target.unwrap().tls.insecure);
        assert!(
            draft.lines().all(|line| !line.starts_with("[target.tls]")),
            "{draft}"
        );
    }
}
