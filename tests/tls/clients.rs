//! Servers decide whether a client is who it says.

use super::{Client, Identity, Request, TlsProblem, URI, Wanted, ask, identity, key, keyring};
use super::{payer, problem, self_signed, serve, settings};
use time::{Duration, OffsetDateTime};
use vitruvian::http::Failure;
use vitruvian::mock::{ClientAuth, Keyring};
use vitruvian::signature::Authority;

fn wanted() -> Wanted {
    Wanted::client("Example Client", URI)
}

/// Clients that have no business with this authority, and what is wrong with them.
fn strangers(keys: &Keyring) -> Vec<(&'static str, Identity)> {
    let key = key();
    let now = OffsetDateTime::now_utc();
    let day = Duration::DAY;
    let issued = |wanted: &Wanted| keys.authority().issue(wanted, &key).unwrap();
    let foreign = Authority::root("Example Stranger").unwrap();
    [
        ("self-signed", self_signed(&wanted(), &key).unwrap()),
        ("foreign", foreign.issue(&wanted(), &key).unwrap()),
        ("expired", issued(&wanted().valid(now - 3 * day, now - day))),
        (
            "not yet valid",
            issued(&wanted().valid(now + day, now + 3 * day)),
        ),
        (
            "for servers",
            issued(&Wanted::server("Example", &["client.example"], &[])),
        ),
    ]
    .map(|(name, certificate)| (name, identity((&certificate, &key))))
    .into()
}

#[tokio::test]
async fn a_required_certificate_is_demanded_and_verified() {
    let keys = keyring();
    let server = serve(payer(), &keys.mutual_tls().unwrap()).await;
    let settings = settings(&server, &keys);
    let nobody = ask(settings.clone()).await;
    assert!(
        nobody
            .as_ref()
            .is_err_and(Failure::may_be_refused_certificate),
        "{nobody:?}"
    );
    assert_eq!(problem(nobody), TlsProblem::CertificateDemanded);

    let client = Client::new(settings).unwrap();
    let known = client.with_identity(Some(identity(keys.client()))).unwrap();
    let reply = known.send(Request::get("metadata")).await.result.unwrap();
    assert_eq!(reply.status, 200);
    let shown = server.journal()[0].request.client_certificate.clone();
    assert_eq!(shown.as_deref(), Some(keys.client().0.der()));

    for (name, stranger) in strangers(&keys) {
        let client = client.with_identity(Some(stranger)).unwrap();
        let refused = client.send(Request::get("metadata")).await;
        let text = refused.result.as_ref().unwrap_err().to_string();
        assert!(text.contains("target.tls.certificate"), "{name}: {text}");
        assert_eq!(refused.hops[0].error.as_deref(), Some(text.as_str()));
        let found = problem(refused.result);
        assert_eq!(found, TlsProblem::CertificateRefused, "{name}");
    }
    assert_eq!(server.journal().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn an_optional_certificate_may_be_left_out_but_not_be_wrong() {
    let keys = keyring();
    let anchors = vec![keys.authority().certificate().clone()];
    let tls = keys.tls_for(ClientAuth::Optional(anchors)).unwrap();
    let server = serve(payer(), &tls).await;
    let settings = settings(&server, &keys);
    assert_eq!(ask(settings.clone()).await.unwrap().status, 200);
    let client = Client::new(settings).unwrap();
    for (name, stranger) in strangers(&keys) {
        let client = client.with_identity(Some(stranger)).unwrap();
        let refused = client.send(Request::get("metadata")).await.result;
        assert_eq!(problem(refused), TlsProblem::CertificateRefused, "{name}");
    }
    let known = client.with_identity(Some(identity(keys.client()))).unwrap();
    assert!(known.send(Request::get("metadata")).await.result.is_ok());
    let shown: Vec<bool> = server
        .journal()
        .iter()
        .map(|entry| entry.request.client_certificate.is_some())
        .collect();
    assert_eq!(shown, [false, true]);
}

#[tokio::test]
async fn our_certificate_is_shown_to_the_origin_of_the_base_alone() {
    let keys = keyring();
    let anchors = vec![keys.authority().certificate().clone()];
    let tls = keys.tls_for(ClientAuth::Optional(anchors)).unwrap();
    let (ours, other) = (serve(payer(), &tls).await, serve(payer(), &tls).await);
    let mut settings = settings(&ours, &keys);
    settings.identity = Some(identity(keys.client()));
    let client = Client::new(settings).unwrap();
    for url in [ours.base_url(), other.base_url()] {
        let sent = client.send(Request::get(format!("{url}/metadata"))).await;
        assert_eq!(sent.result.unwrap().status, 200);
    }
    let shown = |server: &super::Server| server.journal()[0].request.client_certificate.is_some();
    assert!(shown(&ours) && !shown(&other));
}
