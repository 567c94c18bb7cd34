//! A response body that goes wrong on its way.

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Interval;

/// What happens when the bytes to send are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Proper,
    Broken,
    Never,
}

/// A body that may come in pieces, end early, or never end.
#[derive(Debug)]
pub(super) struct WireBody {
    rest: Bytes,
    declared: u64,
    chunk: usize,
    every: Option<Interval>,
    ending: Ending,
    /// Let the head reach the client before the connection breaks.
    has_yielded: bool,
    /// What comes as it happens, instead of all the rest.
    events: Option<Events>,
}

/// What comes as it happens.
struct Events(BoxStream<'static, Bytes>);

impl fmt::Debug for Events {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Events")
    }
}

impl WireBody {
    /// The whole body at once.
    pub(super) fn whole(body: Bytes) -> Self {
        Self {
            declared: body.len() as u64,
            rest: body,
            chunk: usize::MAX,
            every: None,
            ending: Ending::Proper,
            has_yielded: false,
            events: None,
        }
    }

    /// What comes as it happens, until nothing more does.
    pub(super) fn events(events: BoxStream<'static, Bytes>) -> Self {
        Self {
            events: Some(Events(events)),
            ..Self::whole(Bytes::new())
        }
    }

    /// The first `at` bytes, then the connection breaks.
    pub(super) fn truncated(body: Bytes, at: usize) -> Self {
        let whole = Self::whole(body);
        let kept = whole.rest.slice(..at.min(whole.rest.len()));
        Self {
            rest: kept,
            ending: Ending::Broken,
            ..whole
        }
    }

    /// The body in pieces of `chunk` bytes with a pause before each.
    pub(super) fn trickled(body: Bytes, chunk: usize, every: Duration) -> Self {
        let every = tokio::time::interval(every.max(Duration::from_millis(1)));
        Self {
            chunk: chunk.max(1),
            every: Some(every),
            ..Self::whole(body)
        }
    }

    /// Half of the body, then silence.
    pub(super) fn unfinished(body: Bytes) -> Self {
        let whole = Self::whole(body);
        let kept = whole.rest.slice(..whole.rest.len() / 2);
        // An empty body would be complete as soon as its head is sent.
        Self {
            rest: kept,
            declared: whole.declared.max(1),
            ending: Ending::Never,
            ..whole
        }
    }
}

impl http_body::Body for WireBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(Events(events)) = &mut self.events {
            let next = ready!(events.poll_next_unpin(context));
            return Poll::Ready(next.map(|event| Ok(Frame::data(event))));
        }
        if !self.rest.is_empty() {
            if let Some(every) = self.every.as_mut() {
                ready!(every.poll_tick(context));
            }
            let length = self.chunk.min(self.rest.len());
            return Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))));
        }
        match self.ending {
            Ending::Proper => Poll::Ready(None),
            Ending::Never => Poll::Pending,
            Ending::Broken if self.has_yielded => {
                Poll::Ready(Some(Err(io::Error::other("truncated on purpose"))))
            }
            Ending::Broken => {
                self.has_yielded = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.ending == Ending::Proper && self.events.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.events.is_some() {
            return SizeHint::default();
        }
        SizeHint::with_exact(match self.ending {
            Ending::Proper => self.rest.len() as u64,
            _ => self.declared,
        })
    }
}
