//! `vitruvian mock --auth --keys`: who may ask a stand-in for tokens, on paper.

use super::arguments::AuthWay;
use super::keys::KeyFolder;
use super::{Failure, Terminal};
use crate::mock::{BuiltIn, BuiltInClient, Credential, Guard};
use crate::oauth::Jwks;

/// Writes what others need to ask a stand-in for tokens: each client's key or secret, readable by the owner alone,
/// their public keys, the password of the member, and what a `vitruvian.toml` says of it.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(
    folder: &mut KeyFolder,
    built: &BuiltIn,
    auth: AuthWay,
    expired: &str,
) -> Result<(), Failure> {
    let mut keys = Jwks::default();
    for client in &built.clients {
        let id = &client.registered.client_id;
        if let Some(key) = &client.key {
            folder.secret(&format!("{id}.pem"), &key.to_pem())?;
        }
        if let Some(secret) = &client.secret {
            folder.secret(&format!("{id}.secret"), secret.expose())?;
        }
        if !client.certificates.is_empty() {
            let chain: String = client.certificates.iter().map(|one| one.to_pem()).collect();
            folder.public(&format!("{id}-certificates.pem"), &chain)?;
        }
        if let Credential::Keys(own) = &client.registered.credential {
            keys.keys.extend(own.keys.iter().cloned());
        }
    }
    folder.public("jwks.json", &format!("{:#}\n", keys.to_json()))?;
    if let Some(anchor) = Guard::udap_anchor().filter(|_| auth == AuthWay::Udap) {
        folder.public("server-authority.pem", &anchor.to_pem())?;
    }
    if let Some(login) = built.logins.first() {
        folder.secret("member.user", &login.user)?;
        folder.secret("member.password", login.password.expose())?;
    }
    folder.secret("expired.token", expired)?;
    folder.table(configuration(built, auth));
    Ok(())
}

/// Text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A table for a client with a key.
fn client_table(name: &str, client: &BuiltInClient) -> String {
    let registered = &client.registered;
    format!(
        "\n[{name}]\nclient_id = {}\nkey = {}\nalgorithm = \"ES384\"\nkey_id = {}\nscope = {}\n",
        quoted(&registered.client_id),
        quoted(&format!("file:{}.pem", registered.client_id)),
        quoted(&client.key_id),
        quoted(&registered.scope),
    )
}

/// What a configuration says of how tokens are had.
fn configuration(built: &BuiltIn, auth: AuthWay) -> String {
    let mut text = String::new();
    let mut systems = built.clients.iter().filter(|one| one.key.is_some());
    if let Some(main) = systems.next() {
        let method = match auth {
            AuthWay::Smart => "smart-backend",
            AuthWay::Udap => "udap",
        };
        let table = client_table("target.auth", main);
        let expired = "expired = \"file:expired.token\"";
        let first = format!("\n[target.auth]\nmethod = \"{method}\"\n{expired}\n");
        text.push_str(&table.replacen("\n[target.auth]\n", &first, 1));
        if auth == AuthWay::Udap {
            let id = &main.registered.client_id;
            let table = format!(
                "\n[target.auth.udap]\nkey = {}\nalgorithm = \"ES384\"\ncertificate = {}\n\
                 anchors = \"server-authority.pem\"\nissuer = {}\nclient_name = {}\n\
                 contacts = [\"mailto:nobody@payer.example\"]\nscope = {}\n\
                 organization_id = \"https://{id}.example\"\norganization_name = {}\n\
                 purpose_of_use = [\"urn:oid:2.16.840.1.113883.5.8#TREAT\"]\n",
                quoted(&format!("file:{id}.pem")),
                quoted(&format!("{id}-certificates.pem")),
                quoted(&main.uri()),
                quoted(&main.registered.name),
                quoted(&main.registered.scope),
                quoted(&main.registered.name),
            );
            text.push_str(&table);
        }
    }
    let (with_contract, without): (Vec<_>, Vec<_>) =
        systems.partition(|one| one.registered.is_contracted);
    if let Some(other) = with_contract.first() {
        text.push_str(&client_table("target.auth.other", other));
    }
    if let Some(without) = without.first() {
        text.push_str(&client_table("target.auth.uncontracted", without));
    }
    let is_app = |one: &&BuiltInClient| matches!(one.registered.credential, Credential::Public);
    if let Some(app) = built.clients.iter().find(is_app) {
        let registered = &app.registered;
        let redirect = registered.redirect_uris.first();
        let start = "    { fill = \"user\", with = \"file:member.user\" },\n    \
                     { fill = \"password\", with = \"file:member.password\" },\n    \
                     { press = \"Log in\" },\n";
        let table = format!(
            "\n[target.auth.app]\nclient_id = {}\nname = {}\nredirect = {}\nscope = {}\n\
             login = [\n{start}    {{ press = \"Allow\" }},\n]\n\
             refuse = [\n{start}    {{ press = \"Deny\" }},\n]\n\
             less = [\n{start}    {{ tick = \"withhold\" }},\n    {{ press = \"Allow\" }},\n]\n",
            quoted(&registered.client_id),
            quoted(&registered.name),
            quoted(redirect.map_or("", String::as_str)),
            quoted(&registered.scope),
        );
        text.push_str(&table);
    }
    text
}

/// Tells whoever stands the stand-in up who may ask, and where.
pub(super) fn tell(terminal: &Terminal, base: &str, built: &BuiltIn, has_keys: bool) {
    terminal.say(&format!(
        "tokens at {base}/auth/token, offered at {base}/.well-known/smart-configuration"
    ));
    if built.anchor.is_some() {
        terminal.say(&format!("UDAP is offered at {base}/.well-known/udap"));
    }
    for client in &built.clients {
        let registered = &client.registered;
        let proof = match &registered.credential {
            Credential::Keys(_) => "signs with ES384",
            Credential::Secret(_) => "has a secret",
            Credential::Certified(_) => "has a certificate",
            Credential::Public => "is a public app",
        };
        let contract = match registered.is_contracted {
            true => "",
            false => ", has no contract",
        };
        terminal.say(&format!(
            "client {} {proof}{contract} ({})",
            registered.client_id, registered.name
        ));
    }
    for login in &built.logins {
        let patients = login.patients.join(" and ");
        // Not a secret: it opens synthetic records only.
        terminal.say(&format!(
            "user {} with password {} sees {patients}",
            login.user,
            login.password.expose()
        ));
    }
    if !has_keys {
        terminal.tell("name a folder with --keys to have the clients' keys");
    }
}

#[cfg(test)]
mod tests {
    use super::{configuration, write};
    use crate::cli::arguments::AuthWay;
    use crate::cli::keys::KeyFolder;
    use crate::data::Data;
    use crate::mock::Guard;

    #[test]
    fn keys_are_written_for_their_owner_alone() {
        let built = Guard::built_in(&Data::Embedded, "payer", [1; 32], true).unwrap();
        let folder = tempfile::tempdir().unwrap();
        // Twice: what is there is replaced.
        for _ in 0..2 {
            let mut written = KeyFolder::create(folder.path()).unwrap();
            write(&mut written, &built, AuthWay::Udap, "expired-1").unwrap();
        }
        let key = folder.path().join("harbor-system.pem");
        let text = std::fs::read_to_string(&key).unwrap();
        assert!(crate::signature::PrivateKey::parse(&text).is_ok());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&key).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let chain = std::fs::read_to_string(folder.path().join("harbor-system-certificates.pem"));
        assert_eq!(chain.unwrap().matches("BEGIN CERTIFICATE").count(), 2);
    }

    #[test]
    fn the_configuration_is_toml_and_holds_no_secret() {
        for (stand_in, auth) in [("payer", AuthWay::Smart), ("provider", AuthWay::Udap)] {
            let built = Guard::built_in(&Data::Embedded, stand_in, [1; 32], auth == AuthWay::Udap);
            let built = built.unwrap();
            let text = configuration(&built, auth);
            let read: toml::Table = toml::from_str(&text).unwrap();
            assert_eq!(
                read["target"]["auth"]["client_id"].as_str(),
                Some("harbor-system")
            );
            assert_eq!(
                read["target"]["auth"]["app"]["login"]
                    .as_array()
                    .map(Vec::len),
                Some(4)
            );
            assert!(!text.contains("PRIVATE KEY") && !text.contains("plain-to-see"));
        }
    }
}
