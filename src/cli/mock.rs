//! `vitruvian mock`: a payer or a provider on this machine.

use super::acquaintances::Acquaintances;
use super::arguments::{AuthWay, MockOptions, Server as Which};
use super::keys::KeyFolder;
use super::mock_clients;
use super::selection::find_fault;
use super::{Exit, Failure, Terminal, console};
use crate::catalog::IgVersion;
use crate::data::Data;
use crate::mock::{BuiltIn, Fault, Guard, Keyring, Payer, Provider, Server, StandIn, Tls};
use crate::session::Protection;
use std::net::{IpAddr, TcpListener};

/// By which the throw-away client is known over TLS.
const CLIENT: &str = "https://client.example/fhir";
/// By which another client is known.
const OTHER: &str = "https://other.example/fhir";
/// Exchanges the mock remembers.
const JOURNAL_LIMIT: usize = 1000;

pub(super) fn mock(
    data: &Data,
    options: &MockOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (name, guides, default): (_, &[&str], _) = match options.server {
        Which::Payer => ("payer", &["pdex", "cdex"], "pdex@2.1.0"),
        Which::Provider => ("provider", &["cdex"], "cdex@2.1.0"),
    };
    let text = options.ig.as_deref().unwrap_or(default);
    let ig: IgVersion = text.parse().map_err(|error| {
        Failure::new(
            format!("--ig {text:?}: {error}"),
            format!("write for example --ig {default}"),
        )
    })?;
    if !guides.contains(&ig.ig.as_str()) {
        return Err(Failure::new(
            format!("the {name} does not follow {ig}"),
            format!("use a version of {}", guides.join(" or ")),
        ));
    }
    let faults = Fault::load_all(data)?;
    let fault = options
        .fault
        .as_ref()
        .map(|fault| find_fault(&faults, fault))
        .transpose()?;
    if let Some(fault) = fault {
        if !fault.is_of(name) {
            return Err(Failure::new(
                format!("{} is no fault of the {name}", fault.name),
                "see `vitruvian list faults`",
            ));
        }
        terminal.tell(&format!("misbehaving on purpose: {}", fault.about));
    }
    let protection = options.protection.protection();
    let built = options.protection.auth;
    let built = built.map(|auth| built_in(data, name, auth)).transpose()?;
    let expired = expired_token()?;
    let guard = built.as_ref().map(|built| {
        let first = built.clients.first();
        let first = first.map_or("", |client| client.registered.client_id.as_str());
        let guard = built.guard.clone().with_mutual_tls(protection.mtls);
        guard.with_expired_token(&expired, first)
    });
    let (stand_in, acquaintances) = stand_in(data, options, &ig, fault, guard)?;
    let listener = bind(options.host, options.port)?;
    let mut folder = options.keys.as_deref().map(KeyFolder::create).transpose()?;
    let tls = tls(
        options.host,
        options.protection.protection(),
        folder.as_mut(),
    )?;
    if let Some(folder) = &mut folder {
        acquaintances.write(data, &ig, folder)?;
    }
    console::block_on(async {
        let server = Server::start(listener, stand_in, JOURNAL_LIMIT, tls).await?;
        let base = server.base_url();
        let has_keys = folder.is_some();
        let guarded = built.as_ref().zip(options.protection.auth);
        if let Some(mut folder) = folder {
            if let Some((built, auth)) = guarded {
                mock_clients::write(&mut folder, built, auth, &expired)?;
            }
            folder.finish(&base, *terminal)?;
        }
        // Whoever waits for this line finds the keys.
        terminal.say(&format!("{name} for {ig} at {base}"));
        if let Some((built, _)) = guarded {
            mock_clients::tell(terminal, &base, built, has_keys);
        }
        terminal.tell("ctrl-C ends it");
        tokio::signal::ctrl_c().await?;
        server.stop().await;
        Ok(Exit::Conformant)
    })?
}

/// Takes a port.
pub(super) fn bind(host: IpAddr, port: u16) -> Result<TcpListener, Failure> {
    TcpListener::bind((host, port)).map_err(|error| {
        Failure::new(
            format!("cannot listen on {host}:{port}: {error}"),
            "choose another port with --port, or --port 0 for a free one",
        )
    })
}

/// TLS as it was asked for, with what a client needs in the folder.
pub(super) fn tls(
    host: IpAddr,
    protection: Protection,
    folder: Option<&mut KeyFolder>,
) -> Result<Option<Tls>, Failure> {
    if !protection.tls {
        return Ok(None);
    }
    let keys = Keyring::new(&[host], CLIENT)?;
    if let Some(folder) = folder {
        let (certificate, key) = keys.client();
        folder.public("ca.pem", &keys.authority().certificate().to_pem())?;
        folder.public("client.pem", &certificate.to_pem())?;
        folder.secret("client.key", &key.to_pem())?;
        folder.target("ca_file = \"ca.pem\"");
        // A server that asks for no certificate is not to be tried with one.
        if protection.mtls {
            let (other, other_key) = keys.another(OTHER)?;
            folder.public("other.pem", &other.to_pem())?;
            folder.secret("other.key", &other_key.to_pem())?;
            folder.table(
                "[target.tls]\ncertificate = \"client.pem\"\nkey = \"file:client.key\"\n\n\
                 [target.tls.other]\ncertificate = \"other.pem\"\nkey = \"file:other.key\"",
            );
        }
    }
    let tls = if protection.mtls {
        keys.mutual_tls()
    } else {
        keys.tls()
    };
    Ok(Some(tls?))
}

/// The authorization server of a stand-in, with tokens that nobody guesses.
fn built_in(data: &Data, name: &str, auth: AuthWay) -> Result<BuiltIn, Failure> {
    Ok(Guard::built_in(
        data,
        name,
        random()?,
        auth == AuthWay::Udap,
    )?)
}

/// A token that a client is said to have had once.
fn expired_token() -> Result<String, Failure> {
    let letters = random()?.into_iter().take(16);
    Ok(letters.fold("expired-".to_owned(), |text, byte| {
        format!("{text}{byte:02x}")
    }))
}

pub(super) fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(
            format!("there are no random numbers to be had: {error}"),
            "try again on a machine that has some",
        )
    })?;
    Ok(bytes)
}

fn stand_in(
    data: &Data,
    options: &MockOptions,
    ig: &IgVersion,
    fault: Option<&Fault>,
    guard: Option<Guard>,
) -> Result<(Box<dyn StandIn>, Acquaintances), Failure> {
    let today = time::OffsetDateTime::now_utc().date();
    let version = &ig.version.to_string();
    Ok(match options.server {
        Which::Payer => {
            let payer = match ig.ig.as_str() {
                "cdex" => Payer::load_for_cdex(data, version, today)?,
                _ => Payer::load(data, version, today)?,
            };
            let payer = match options.crowd {
                Some(count) => payer.with_crowd(data, count)?,
                None => payer,
            };
            let payer = match guard {
                Some(guard) => payer.with_guard(guard),
                None => payer,
            };
            let known = Acquaintances::of_payer(&payer);
            let payer = match fault {
                Some(fault) => payer.with_fault(fault.clone()),
                None => payer,
            };
            (Box::new(payer), known)
        }
        Which::Provider if options.crowd.is_some() => {
            return Err(Failure::new(
                "--crowd: a provider has no members",
                "leave it out, or stand up a payer",
            ));
        }
        Which::Provider => {
            let provider = Provider::load(data, version, today)?;
            let provider = match guard {
                Some(guard) => provider.with_guard(guard),
                None => provider,
            };
            let known = Acquaintances::of_provider(&provider);
            let provider = match fault {
                Some(fault) => provider.with_fault(fault.clone()),
                None => provider,
            };
            (Box::new(provider), known)
        }
    })
}
