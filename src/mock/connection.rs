//! One connection of the [`super::Server`]: read within bounds, ask the stand-in, deliver.

use super::house::{Host, House, Lobby, Page, Room};
use super::journal::Journal;
use super::request::BASE_PATH;
use super::wire::WireBody;
use super::{Delivery, Request, Response, StandIn, WireFault};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use http::{HeaderValue, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConnection;
use socket2::{SockRef, Socket};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// The largest body that is read.
const MOST_BODY: usize = 16 << 20;
/// The largest request head.
const MOST_HEAD: usize = 64 << 10;
/// Most deliveries that one request leads to.
const MOST_DELIVERIES: usize = 100;
/// How long a client may take for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a client may take for the body of a request.
const BODY_TIME: Duration = Duration::from_secs(30);

/// An answer that is not HTTP.
const GARBAGE: &[u8] = b"HTP/9 2OO Fine\r\n\x00\xff\r\n\r\n{";

/// What all connections of a server share.
pub(super) struct Shared {
    rooms: Vec<Room>,
    lobby: Option<Box<dyn Lobby>>,
    pub(super) journal: Mutex<Journal>,
    address: SocketAddr,
    started: Instant,
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Shared({})", self.address)
    }
}

impl Shared {
    /// A server's state.
    pub(super) fn new(house: House, journal_limit: usize, address: SocketAddr) -> Self {
        Self {
            rooms: house.rooms,
            lobby: house.lobby,
            journal: Mutex::new(Journal::new(journal_limit)),
            address,
            started: Instant::now(),
        }
    }

    /// Which room a path is in: its index, and its own path before the base.
    fn room_of(&self, path: &str) -> Option<(usize, &str)> {
        let mut rooms = self.rooms.iter().enumerate();
        rooms.find_map(|(index, room)| {
            let prefix = room.prefix.as_str();
            let below = path.strip_prefix(prefix)?.strip_prefix(BASE_PATH)?;
            let is_it = below.is_empty() || below.starts_with('/');
            is_it.then_some((index, prefix))
        })
    }

    fn stand_in(&self, room: usize) -> Option<MutexGuard<'_, Box<dyn StandIn>>> {
        self.rooms.get(room)?.stand_in()
    }

    /// Asks who is in a room, and writes the exchange down.
    async fn answer(self: &Arc<Self>, room: usize, request: Request) -> Response {
        let host = self.rooms.get(room).map(|room| &room.host);
        let (response, outbox) = match host {
            Some(Host::StandIn(stand_in)) => {
                let mut stand_in = stand_in.lock().unwrap_or_else(PoisonError::into_inner);
                let response = stand_in.respond(&request);
                (response, stand_in.outbox())
            }
            Some(Host::Forward(forward)) => (forward.forward(request.clone()).await, Vec::new()),
            None => return nothing_here(),
        };
        if !outbox.is_empty() {
            tokio::spawn(Self::deliver(Arc::downgrade(self), room, outbox));
        }
        self.journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self.started.elapsed(), request, response.clone());
        response
    }

    /// Sends what the stand-in wants sent, one after the other, and what it then wants sent; ends with the server.
    async fn deliver(shared: Weak<Self>, room: usize, outbox: Vec<Delivery>) {
        let mut outbox = VecDeque::from(outbox);
        for _ in 0..MOST_DELIVERIES {
            let Some(delivery) = outbox.pop_front() else {
                return;
            };
            let status = delivery.send().await;
            let Some(shared) = shared.upgrade() else {
                return;
            };
            let Some(mut stand_in) = shared.stand_in(room) else {
                return;
            };
            stand_in.delivered(&delivery.about, status);
            outbox.extend(stand_in.outbox());
        }
    }
}

/// What is known of a connection before its first request.
#[derive(Clone)]
pub(super) struct Line {
    /// `http://host:port` of the server, or `https://`.
    origin: String,
    /// What the client has shown.
    certificate: Option<Bytes>,
    /// A second handle on the socket, for the faults that hyper cannot commit.
    socket: Arc<Socket>,
    /// Whether the connection ends with bytes that are not HTTP.
    is_garbled: Arc<AtomicBool>,
}

impl Line {
    /// A connection without TLS; none when the system refuses.
    pub(super) fn of(stream: &TcpStream, shared: &Shared) -> Option<Self> {
        if let Err(problem) = stream.set_nodelay(true) {
            tracing::debug!("no TCP_NODELAY: {problem}");
        }
        Some(Self {
            origin: format!("http://{}", shared.address),
            certificate: None,
            socket: Arc::new(SockRef::from(stream).try_clone().ok()?),
            is_garbled: Arc::default(),
        })
    }

    /// The same, over TLS.
    pub(super) fn secured(mut self, tls: &ServerConnection) -> Self {
        self.origin = self.origin.replacen("http://", "https://", 1);
        let shown = tls.peer_certificates().and_then(<[_]>::first);
        self.certificate = shown.map(|shown| Bytes::copy_from_slice(shown));
        self
    }
}

/// Serves one connection until it ends or the server stops.
pub(super) fn serve<S>(
    mut stream: S,
    line: Line,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) -> BoxFuture<'static, ()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    Box::pin(async move {
        let is_garbled = Arc::clone(&line.is_garbled);
        let service =
            service_fn(move |request| exchange(request, Arc::clone(&shared), line.clone()));
        let ended = {
            let mut connection = pin!(
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIME)
                    .max_buf_size(MOST_HEAD)
                    .max_header_size(MOST_HEAD)
                    .serve_connection(TokioIo::new(&mut stream), service)
            );
            tokio::select! {
                ended = connection.as_mut() => ended,
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        };
        if let Err(problem) = ended {
            tracing::debug!("connection ended: {problem}");
        }
        if is_garbled.load(Ordering::Relaxed) {
            let writing = async {
                stream.write_all(GARBAGE).await?;
                stream.flush().await
            };
            // Whether it arrives is the client's affair.
            let _ = writing.await;
        }
    })
}

async fn exchange(
    request: http::Request<Incoming>,
    shared: Arc<Shared>,
    line: Line,
) -> io::Result<http::Response<WireBody>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let Some((room, prefix)) = shared.room_of(&path) else {
        let page = shared.lobby.as_ref();
        return match page.and_then(|lobby| lobby.answer(&head.method, &path, &head.headers)) {
            Some(Page::Whole(response)) => deliver(response, &line),
            Some(Page::Events(events)) => Ok(events_of(events)),
            None => deliver(nothing_here(), &line),
        };
    };
    let too_large = body.size_hint().lower() > MOST_BODY as u64;
    let reading = Limited::new(body, MOST_BODY).collect();
    let body = match too_large {
        true => Err((413, "too-long", "the body is too large")),
        false => match tokio::time::timeout(BODY_TIME, reading).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(problem)) if problem.is::<http_body_util::LengthLimitError>() => {
                Err((413, "too-long", "the body is too large"))
            }
            Ok(Err(problem)) => return Err(io::Error::other(problem)),
            Err(_) => Err((408, "timeout", "the body took too long")),
        },
    };
    let (content, refusal) = match body {
        Ok(body) => (body, None),
        Err(refusal) => (Bytes::new(), Some(refusal)),
    };
    let request = Request::arrived(
        head.method,
        &path,
        head.uri.query(),
        head.headers,
        content,
        (&line.origin, prefix),
    );
    let request = request.map(|request| Request {
        client_certificate: line.certificate.clone(),
        ..request
    });
    let response = match (request, refusal) {
        (Some(request), None) => shared.answer(room, request).await,
        (Some(request), Some((status, code, text))) => {
            if let Some(mut stand_in) = shared.stand_in(room) {
                stand_in.turned_away(&request, status);
            }
            Response::refusal(status, code, text)
        }
        (None, _) => nothing_here(),
    };
    if let Some(delay) = response.delay {
        tokio::time::sleep(delay).await;
    }
    deliver(response, &line)
}

fn nothing_here() -> Response {
    Response::refusal(
        404,
        "not-found",
        "nothing is served here; the base is /fhir",
    )
}

/// Events for a browser, for as long as it listens.
fn events_of(events: BoxStream<'static, Bytes>) -> http::Response<WireBody> {
    let mut answer = http::Response::new(WireBody::events(events));
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Turns an answer into what hyper sends, or commits the fault hyper cannot.
fn deliver(response: Response, line: &Line) -> io::Result<http::Response<WireBody>> {
    let Response {
        status,
        headers,
        body,
        wire,
        ..
    } = response;
    let body = match wire {
        None => WireBody::whole(body),
        Some(WireFault::Truncate { at }) => WireBody::truncated(body, at),
        Some(WireFault::Trickle { chunk, every }) => WireBody::trickled(body, chunk, every),
        Some(WireFault::NeverFinish) => WireBody::unfinished(body),
        Some(WireFault::Drop) => return Err(io::Error::other("dropped on purpose")),
        Some(WireFault::Reset) => {
            line.socket.set_linger(Some(Duration::ZERO))?;
            return Err(io::Error::other("reset on purpose"));
        }
        Some(WireFault::Garbage) => {
            line.is_garbled.store(true, Ordering::Relaxed);
            return Err(io::Error::other("garbage on purpose"));
        }
    };
    let mut answer = http::Response::new(body);
    *answer.status_mut() = http::StatusCode::from_u16(status).map_err(io::Error::other)?;
    *answer.headers_mut() = headers;
    Ok(answer)
}
