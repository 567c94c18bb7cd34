//! Stand-ins and clients know each other over TLS; what is wrong with a certificate is said, and nothing secret with it.

mod clients;
mod faults;
mod hostile;
mod issued;
mod probes;
mod servers;

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::Duration;
use time::OffsetDateTime;
use url::Url;
use vitruvian::data::Data;
use vitruvian::http::{Client, Failure, Identity, Reply, Request, Settings, TlsProblem};
use vitruvian::mock::{Keyring, Payer, Server, StandIn, Tls};
use vitruvian::signature::{Certificate, Kind, PrivateKey, Request as Wanted, self_signed};

const URI: &str = "https://client.example/fhir";

fn payer() -> Box<dyn StandIn> {
    let today = OffsetDateTime::now_utc().date();
    Box::new(Payer::load(&Data::Embedded, "2.1.0", today).unwrap())
}

async fn serve(stand_in: Box<dyn StandIn>, tls: &Tls) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    Server::start(listener, stand_in, 100, Some(tls.clone()))
        .await
        .unwrap()
}

fn keyring() -> Keyring {
    Keyring::new(&[], URI).unwrap()
}

fn settings(server: &Server, keys: &Keyring) -> Settings {
    let mut settings = Settings::new(Url::parse(&server.base_url()).unwrap());
    settings.authorities = vec![keys.authority().certificate().der().to_vec()];
    settings.request_timeout = Duration::from_secs(10);
    settings
}

fn identity((certificate, key): (&Certificate, &PrivateKey)) -> Identity {
    Identity::from_der(&[certificate.der().to_vec()], key.to_pkcs8()).unwrap()
}

fn key() -> PrivateKey {
    PrivateKey::generate(Kind::P256).unwrap()
}

async fn ask(settings: Settings) -> Result<Reply, Failure> {
    let client = Client::new(settings).unwrap();
    client.send(Request::get("metadata")).await.result
}

fn problem(result: Result<Reply, Failure>) -> TlsProblem {
    match result {
        Err(Failure::Tls { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

/// Says why a test did not look at anything.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skip(why: &str) {
    eprintln!("skipped: {why}");
}
