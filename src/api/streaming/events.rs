//! Server-sent events: one stream as an answer without an end.
//!
//! Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::web::{Bytes, BytesMut};
use futures_util::stream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::hub::Seat;
use super::mailbox::End;
use super::replay::Replay;
use crate::node::Node;

/// How often a quiet stream says that it is there.
const THUMP_EVERY: Duration = Duration::from_secs(15);
/// Bytes that are sent at once, about.
const CHUNK: usize = 16 * 1024;
/// The id with which a reader that was told nothing yet may come back.
pub(super) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks proxies to pass on what comes as it comes.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// One reader's stream.
struct Events {
    node: Node,
    seat: Seat,
    opening: Option<&'static str>,
    replay: Option<Replay>,
    thump: Interval,
    has_ended: bool,
}

/// The answer that is one reader's stream. `id` is where it begins.
pub(super) fn answer(
    node: Node,
    seat: Seat,
    id: i64,
    replay: Option<Replay>,
    has_lost: bool,
) -> HttpResponse {
    let mut thump = interval_at(Instant::now() + THUMP_EVERY, THUMP_EVERY);
    thump.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let opening = if has_lost {
        ":)\n:some events are not known any more\n"
    } else {
        ":)\n"
    };
    let events = Events {
        node,
        seat,
        opening: Some(opening),
        replay,
        thump,
        has_ended: false,
    };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((NO_BUFFERING, "no"))
        .insert_header((LAST_EVENT_ID, id.to_string()))
        .streaming(stream::unfold(events, Events::next))
}

impl Events {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.has_ended {
            return None;
        }
        let bytes = match self.opening.take() {
            Some(opening) => Bytes::from_static(opening.as_bytes()),
            None => self.wait().await,
        };
        Some((Ok(bytes), self))
    }

    /// The next bytes: what was missed, then what happens.
    async fn wait(&mut self) -> Bytes {
        while let Some(replay) = &mut self.replay {
            match replay.next(&self.node).await {
                Ok(Some(frames)) if frames.is_empty() => {}
                Ok(Some(frames)) => return Bytes::from(frames.concat()),
                Ok(None) => self.replay = None,
                Err(error) => {
                    tracing::error!(%error, "a stream cannot be told what it missed");
                    return self.end(End::Stopping);
                }
            }
        }
        tokio::select! {
            frame = self.seat.mailbox.next() => match frame {
                Ok(frame) => self.gather(frame),
                Err(end) => self.end(end),
            },
            _ = self.thump.tick() => Bytes::from_static(b":thump\n"),
        }
    }

    /// A frame together with those that wait behind it: one write for all.
    fn gather(&mut self, frame: Bytes) -> Bytes {
        self.thump.reset();
        let more = self.seat.mailbox.take(CHUNK.saturating_sub(frame.len()));
        if more.is_empty() {
            return frame;
        }
        let size = more.iter().map(Bytes::len).sum::<usize>() + frame.len();
        let mut all = BytesMut::with_capacity(size);
        all.extend_from_slice(&frame);
        for frame in more {
            all.extend_from_slice(&frame);
        }
        all.freeze()
    }

    fn end(&mut self, end: End) -> Bytes {
        self.has_ended = true;
        Bytes::from(format!(":{}\n", end.sentence()))
    }
}
