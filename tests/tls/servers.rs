//! Clients decide whether a server is who it says.

use super::{IpAddr, Ipv4Addr, Tls, TlsProblem, Wanted, ask, key, keyring, payer};
use super::{problem, self_signed, serve, settings};
use time::{Duration, OffsetDateTime};
use vitruvian::mock::{ClientAuth, Keyring};
use vitruvian::signature::{Authority, Usage};

/// TLS with a certificate of this authority that says this.
fn tls(keys: &Keyring, wanted: &Wanted) -> Tls {
    let key = key();
    let issued = keys.authority().issue(wanted, &key).unwrap();
    Tls::new(&[issued], &key, ClientAuth::None).unwrap()
}

fn local() -> Wanted {
    Wanted::server("Example", &[], &[IpAddr::V4(Ipv4Addr::LOCALHOST)])
}

#[tokio::test]
async fn the_metadata_comes_to_who_knows_the_authority() {
    let keys = keyring();
    let server = serve(payer(), &keys.tls().unwrap()).await;
    assert!(server.base_url().starts_with("https://127.0.0.1:"));
    let reply = ask(settings(&server, &keys)).await.unwrap();
    let body = reply.json().unwrap();
    assert_eq!(body["resourceType"], "CapabilityStatement");
    assert!(body.to_string().contains(&server.base_url()));
    let journal = server.journal();
    assert_eq!(journal[0].request.base, server.base_url());
    assert_eq!(journal[0].request.client_certificate, None);

    let mut stranger = settings(&server, &keys);
    stranger.authorities = Vec::new();
    let refused = ask(stranger.clone()).await;
    let text = refused.as_ref().unwrap_err().to_string();
    assert!(text.contains("target.ca_file"), "{text}");
    assert_eq!(problem(refused), TlsProblem::Untrusted);
    stranger.insecure = true;
    assert_eq!(ask(stranger).await.unwrap().status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_certificate_is_named() {
    let keys = keyring();
    let now = OffsetDateTime::now_utc();
    let day = Duration::DAY;
    let named = Wanted::server("Example", &["payer.example"], &[]);
    let no_server = Wanted {
        usage: Usage::Client,
        ..local()
    };
    for (wanted, expected) in [
        (local().valid(now - 3 * day, now - day), TlsProblem::Expired),
        (
            local().valid(now + day, now + 3 * day),
            TlsProblem::NotYetValid,
        ),
        (named, TlsProblem::WrongName),
        (no_server, TlsProblem::BadCertificate),
    ] {
        let server = serve(payer(), &tls(&keys, &wanted)).await;
        let found = problem(ask(settings(&server, &keys)).await);
        assert_eq!(found, expected);
        assert!(server.journal().is_empty());
    }
    let key = key();
    let own = self_signed(&local(), &key).unwrap();
    let tls = Tls::new(&[own], &key, ClientAuth::None).unwrap();
    let server = serve(payer(), &tls).await;
    let found = problem(ask(settings(&server, &keys)).await);
    assert_eq!(found, TlsProblem::Untrusted);
}

#[tokio::test]
async fn a_chain_leads_to_the_authority() {
    let root = Authority::root("Example Root").unwrap();
    let below = root.intermediate("Example Below").unwrap();
    let key = key();
    let issued = below.issue(&local(), &key).unwrap();
    let chain = [issued, below.certificate().clone()];
    let server = serve(payer(), &Tls::new(&chain, &key, ClientAuth::None).unwrap()).await;
    let mut settings = settings(&server, &keyring());
    settings.authorities = vec![root.certificate().der().to_vec()];
    assert_eq!(ask(settings).await.unwrap().status, 200);
}

#[test]
fn a_key_of_somebody_else_is_refused() {
    let keys = keyring();
    let issued = keys.authority().issue(&local(), &key()).unwrap();
    let refused = Tls::new(&[issued], &key(), ClientAuth::None).unwrap_err();
    assert!(refused.to_string().contains("TLS"), "{refused}");
}
