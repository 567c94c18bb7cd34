//! What a stand-in does wrong in the handshake is found out, and nothing else is.

use super::{
    Client, Server, Wanted, ask, identity, key, keyring, payer, self_signed, serve, settings,
};
use std::collections::BTreeMap;
use vitruvian::data::Data;
use vitruvian::http::handshake::{Answer, Family, Offer, Version};
use vitruvian::http::{Request, Settings};
use vitruvian::mock::{Applies, Change, Fault, HandshakeFault, Keyring, Payer, Provider, StandIn};

fn fault(stand_in: &str, wrong: HandshakeFault) -> Fault {
    Fault {
        name: format!("{stand_in}/test"),
        about: "does the handshake wrong".into(),
        applies: Applies::default(),
        change: vec![Change::Handshake(wrong)],
        breaks: vec!["PDEX-CAP-006".into()],
        spares: BTreeMap::new(),
        tampers: false,
    }
}

fn faulty(wrong: HandshakeFault) -> Box<dyn StandIn> {
    let today = time::OffsetDateTime::now_utc().date();
    let payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
    Box::new(payer.with_fault(fault("payer", wrong)))
}

async fn stand_up(wrong: HandshakeFault, keys: &Keyring) -> (Server, Settings) {
    let server = serve(faulty(wrong), &keys.mutual_tls().unwrap()).await;
    let settings = settings(&server, keys);
    (server, settings)
}

/// What is accepted of everything that is offered.
async fn taken(settings: Settings) -> Vec<String> {
    let client = Client::new(settings).unwrap();
    let mut taken = Vec::new();
    let offers = Version::ALL.map(Offer::version).into_iter();
    for offer in offers.chain(Family::WEAK.map(Offer::family)) {
        match client.offer(offer).await.result.unwrap() {
            Answer::Accepted { version, .. } => {
                assert_eq!(version, offer.version);
                taken.push(offer.to_string());
            }
            other => assert!(other.is_refused(), "{offer}: {other}"),
        }
    }
    taken
}

fn offers(offers: impl IntoIterator<Item = Offer>) -> Vec<String> {
    offers.into_iter().map(|offer| offer.to_string()).collect()
}

#[tokio::test]
async fn each_fault_of_versions_and_ciphers_shows_in_its_probes_alone() {
    let keys = keyring();
    let good = offers([Version::Tls12, Version::Tls13].map(Offer::version));
    let all = offers(Version::ALL.map(Offer::version));
    let weak = offers(Family::WEAK.map(Offer::family));
    for (wrong, expected) in [
        (HandshakeFault::OldVersions, all),
        (HandshakeFault::WeakCiphers, [good.clone(), weak].concat()),
        (HandshakeFault::NoTls13, good[..1].to_vec()),
        (HandshakeFault::AnyClientCertificate, good.clone()),
        (HandshakeFault::NoClientCertificateNeeded, good.clone()),
        (HandshakeFault::PlainHttp, good),
    ] {
        let (_server, mut settings) = stand_up(wrong, &keys).await;
        assert_eq!(taken(settings.clone()).await, expected, "{wrong:?}");
        settings.identity = Some(identity(keys.client()));
        assert_eq!(ask(settings).await.unwrap().status, 200, "{wrong:?}");
    }
}

#[tokio::test]
async fn clients_are_let_in_that_should_not_be() {
    let keys = keyring();
    let key = key();
    let own = self_signed(&Wanted::client("Example", super::URI), &key).unwrap();
    for (wrong, stranger, nobody) in [
        (HandshakeFault::AnyClientCertificate, true, false),
        (HandshakeFault::NoClientCertificateNeeded, false, true),
        (HandshakeFault::OldVersions, false, false),
    ] {
        let (server, mut settings) = stand_up(wrong, &keys).await;
        assert_eq!(ask(settings.clone()).await.is_ok(), nobody, "{wrong:?}");
        settings.identity = Some(identity((&own, &key)));
        assert_eq!(ask(settings).await.is_ok(), stranger, "{wrong:?}");
        let journal = server.journal();
        let shown = journal
            .iter()
            .find_map(|entry| entry.request.client_certificate.as_deref());
        assert_eq!(shown, stranger.then(|| own.der()), "{wrong:?}");
    }
}

#[tokio::test]
async fn plain_http_is_answered_where_it_should_not_be() {
    let keys = keyring();
    let (server, mut settings) = stand_up(HandshakeFault::PlainHttp, &keys).await;
    settings.base = server
        .base_url()
        .replacen("https", "http", 1)
        .parse()
        .unwrap();
    let client = Client::new(settings).unwrap();
    let reply = client.send(Request::get("metadata")).await.result.unwrap();
    assert_eq!(reply.json().unwrap()["resourceType"], "CapabilityStatement");
    assert!(server.journal()[0].request.base.starts_with("http://"));
}

#[test]
fn faults_are_written_in_kebab_case_and_belong_to_a_stand_in() {
    #[derive(serde::Deserialize)]
    struct File {
        change: Vec<Change>,
    }
    let text = "change = [{ handshake = 'old-versions' }, { handshake = 'weak-ciphers' }, \
                { handshake = 'any-client-certificate' }, { handshake = 'plain-http' }, \
                { handshake = 'no-client-certificate-needed' }, { handshake = 'no-tls-1-3' }]";
    let file: File = toml::from_str(text).unwrap();
    assert_eq!(file.change.len(), 6);
    assert!(fault("payer", HandshakeFault::PlainHttp).is_in_handshake());

    let today = time::OffsetDateTime::now_utc().date();
    let provider = Provider::load(&Data::Embedded, "2.1.0", today).unwrap();
    let commits = |fault| {
        let stand_in = provider.clone().with_fault(fault);
        stand_in.handshake().commits(HandshakeFault::PlainHttp)
    };
    assert!(commits(fault("provider", HandshakeFault::PlainHttp)));
    assert!(!commits(fault("payer", HandshakeFault::PlainHttp)));
    assert_eq!(payer().handshake(), vitruvian::mock::Handshake::default());
}
