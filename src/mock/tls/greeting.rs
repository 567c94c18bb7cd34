//! How a connection begins: with a TLS handshake, or with what should not be.

use super::Tls;
use super::hello::ClientHello;
use crate::mock::{Error, Handshake, HandshakeFault};
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How long a handshake may take.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long, and for how many bytes, a refused client is listened to, so that it hears why.
const LINGER: Duration = Duration::from_secs(1);
const MOST_IGNORED: u64 = 64 << 10;
/// The longest ClientHello that is looked at: one record.
const LONGEST_HELLO: usize = 5 + (16 << 10);
/// First byte of a TLS record that holds a handshake.
const HANDSHAKE: u8 = 0x16;

/// What a connection has become.
pub(in crate::mock) enum Begun {
    /// A TLS connection.
    Tls(Box<TlsStream<TcpStream>>),
    /// Plain HTTP, which is answered by mistake.
    Plain(TcpStream),
    /// Nothing: it is closed.
    Over,
}

/// Begins the connections of one server.
pub(in crate::mock) struct Greeting {
    config: Arc<ServerConfig>,
    handshake: Handshake,
}

impl Greeting {
    /// For a server with this TLS that deviates so.
    pub(in crate::mock) fn new(tls: &Tls, handshake: Handshake) -> Result<Self, Error> {
        Ok(Self {
            config: tls.config(&handshake)?,
            handshake,
        })
    }

    /// Does the handshake, in ten seconds at most.
    pub(in crate::mock) async fn begin(&self, stream: TcpStream) -> Begun {
        let begun = timeout(HANDSHAKE_TIME, self.shake(stream)).await;
        begun.unwrap_or(Begun::Over)
    }

    async fn shake(&self, mut stream: TcpStream) -> Begun {
        let mut first = [0];
        match stream.peek(&mut first).await {
            Ok(1) if first[0] == HANDSHAKE => {}
            Ok(1) if self.handshake.commits(HandshakeFault::PlainHttp) => {
                return Begun::Plain(stream);
            }
            Ok(1) => return close(stream).await,
            _ => return Begun::Over,
        }
        if let Some(answer) = self.wrong_answer(&stream).await {
            // Whether it arrives is the client's affair.
            let _ = stream.write_all(&answer).await;
            return close(stream).await;
        }
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        match acceptor.accept(stream).into_fallible().await {
            Ok(stream) => Begun::Tls(Box::new(stream)),
            Err((problem, stream)) => {
                tracing::debug!("handshake failed: {problem}");
                close(stream).await
            }
        }
    }

    /// A ServerHello that should not be sent.
    async fn wrong_answer(&self, stream: &TcpStream) -> Option<Vec<u8>> {
        let old = self.handshake.commits(HandshakeFault::OldVersions);
        let weak = self.handshake.commits(HandshakeFault::WeakCiphers);
        if !old && !weak {
            return None;
        }
        let record = peek_record(stream).await?;
        let hello = ClientHello::parse(&record)?;
        let is_wrong = old && hello.is_old() || weak && hello.is_weak(&self.config);
        is_wrong.then(|| hello.answer())?
    }
}

/// The first record, left where it is.
async fn peek_record(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut buffer = vec![0; LONGEST_HELLO];
    loop {
        let length = stream.peek(&mut buffer).await.ok()?;
        let head: Option<[u8; 5]> = buffer[..length].first_chunk().copied();
        if let Some([.., high, low]) = head {
            let whole = 5 + usize::from(u16::from_be_bytes([high, low]));
            if length >= whole {
                buffer.truncate(whole);
                return Some(buffer);
            }
            if whole > LONGEST_HELLO {
                return None;
            }
        }
        if length == 0 {
            return None;
        }
        // What is there already wakes nobody up again.
        sleep(Duration::from_millis(2)).await;
    }
}

/// Closes a connection so that what was written last arrives: what the client still sends is taken, and ignored.
async fn close(mut stream: TcpStream) -> Begun {
    let ignoring = async {
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(MOST_IGNORED);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    // However that goes, the connection ends.
    let _ = timeout(LINGER, ignoring).await;
    Begun::Over
}
