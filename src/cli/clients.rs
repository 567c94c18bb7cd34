//! `vitruvian mock --auth`: who may ask a stand-in for tokens, told and written down.

use super::keys::KeyFolder;
use super::{Failure, Terminal};
use crate::mock::{BuiltIn, BuiltInClient, Credential, Guard};
use crate::oauth::Jwks;

/// Writes what others need to ask for tokens: each client's key or secret, readable by the owner alone, their public
/// keys, the password of a member, and the tables of the configuration that use them.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(folder: &mut KeyFolder, built: &BuiltIn) -> Result<(), Failure> {
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
    if let Some(anchor) = Guard::udap_anchor().filter(|_| built.anchor.is_some()) {
        folder.public("server-authority.pem", &anchor.to_pem())?;
    }
    if let Some(login) = built.logins.first() {
        folder.secret("member.user", &login.user)?;
        folder.secret("member.password", login.password.expose())?;
    }
    for table in tables(built) {
        folder.table(table);
    }
    Ok(())
}

/// Text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A table for a client with a key; `method` is how the client of the run has its tokens.
fn client_table(name: &str, method: Option<&str>, client: &BuiltInClient) -> String {
    let id = &client.registered.client_id;
    let method = method.map_or_else(String::new, |way| format!("method = \"{way}\"\n"));
    format!(
        "[{name}]\n{method}client_id = {}\nkey = {}\nalgorithm = \"ES384\"\nkey_id = {}\n\
         scope = \"system/*.rs\"",
        quoted(id),
        quoted(&format!("file:{id}.pem")),
        quoted(&client.key_id),
    )
}

/// The tables below `[target]`.
fn tables(built: &BuiltIn) -> Vec<String> {
    let mut tables = Vec::new();
    let mut systems = built.clients.iter().filter(|one| one.key.is_some());
    if let Some(main) = systems.next() {
        let method = match built.anchor {
            Some(_) => "udap",
            None => "smart-backend",
        };
        tables.push(client_table("target.auth", Some(method), main));
        tables.extend(built.anchor.as_ref().map(|_| udap_table(main)));
    }
    let (contracted, uncontracted): (Vec<_>, Vec<_>) =
        systems.partition(|one| one.registered.is_contracted);
    for (name, found) in [("other", contracted), ("uncontracted", uncontracted)] {
        let name = format!("target.auth.{name}");
        tables.extend(found.first().map(|one| client_table(&name, None, one)));
    }
    let is_app = |one: &&BuiltInClient| matches!(one.registered.credential, Credential::Public);
    tables.extend(built.clients.iter().find(is_app).map(app_table));
    tables
}

/// A client that makes itself known by its certificate.
fn udap_table(client: &BuiltInClient) -> String {
    let id = &client.registered.client_id;
    let name = quoted(&client.registered.name);
    format!(
        "[target.auth.udap]\nkey = {}\nalgorithm = \"ES384\"\ncertificate = {}\n\
         anchors = \"server-authority.pem\"\nissuer = {}\nclient_name = {name}\n\
         contacts = [\"mailto:nobody@payer.example\"]\nscope = \"system/*.rs\"\n\
         organization_id = {}\norganization_name = {name}\n\
         purpose_of_use = [\"urn:oid:2.16.840.1.113883.5.8#TREAT\"]",
        quoted(&format!("file:{id}.pem")),
        quoted(&format!("{id}-certificates.pem")),
        quoted(&client.uri()),
        quoted(&format!("https://{id}.example")),
    )
}

/// An app, and how a member lets it in.
fn app_table(app: &BuiltInClient) -> String {
    let redirect = app.registered.redirect_uris.first();
    format!(
        "[target.auth.app]\nclient_id = {}\nredirect = {}\n\
         scope = \"launch/patient openid fhirUser offline_access patient/*.rs\"\nlogin = [\n\
         \x20   {{ fill = \"user\", with = \"file:member.user\" }},\n\
         \x20   {{ fill = \"password\", with = \"file:member.password\" }},\n\
         \x20   {{ press = \"Log in\" }},\n    {{ press = \"Allow\" }},\n]",
        quoted(&app.registered.client_id),
        quoted(redirect.map_or("", String::as_str)),
    )
}

/// Tells whoever stands the stand-in up who may ask, and where.
pub(super) fn tell(terminal: Terminal, base: &str, built: &BuiltIn) {
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
}

#[cfg(test)]
mod tests {
    use super::{KeyFolder, tables, write};
    use crate::data::Data;
    use crate::mock::Guard;

    #[test]
    fn keys_are_written_for_their_owner_alone() {
        let built = Guard::built_in(&Data::Embedded, "payer", [1; 32], true).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut written = KeyFolder::create(folder.path()).unwrap();
        write(&mut written, &built).unwrap();
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
    fn the_configuration_is_read_and_holds_no_secret() {
        for (stand_in, has_udap) in [("payer", false), ("provider", true)] {
            let built = Guard::built_in(&Data::Embedded, stand_in, [1; 32], has_udap).unwrap();
            let text = format!(
                "[target]\nurl = \"http://127.0.0.1:1/fhir\"\n\n{}\n",
                tables(&built).join("\n\n")
            );
            let read: toml::Table = toml::from_str(&text).unwrap();
            let auth: crate::config::Auth = read["target"]["auth"].clone().try_into().unwrap();
            assert_eq!(auth.client.client_id, "harbor-system");
            assert_eq!(auth.app.map(|app| app.login.len()), Some(4));
            assert_eq!(auth.udap.is_some(), has_udap);
            assert!(!text.contains("PRIVATE KEY") && !text.contains("plain-to-see"));
        }
    }
}
