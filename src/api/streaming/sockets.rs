//! WebSocket: one connection for many streams, which the client names and leaves as it likes.
//!
//! Source: <https://docs.joinmastodon.org/methods/streaming/#websocket>

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::ResponseError as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, ProtocolError,
    Session,
};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::channels::{Wanted, first_text};
use super::hub::{Line, Seat};
use super::mailbox::End;
use super::replay::{Replay, is_kept};
use crate::api::error::ApiError;
use crate::node::Node;
use crate::social::scopes::Scopes;

/// How often the client is asked whether it is there; one that does not answer until the next time is gone.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Streams of one connection at most.
const MOST_CHANNELS: usize = 50;
/// The longest message that a client may send, in bytes.
pub(super) const LONGEST_MESSAGE: usize = 4 * 1024;

/// One conversation with a client.
pub(super) struct Talk {
    pub(super) node: Node,
    pub(super) session: Session,
    pub(super) messages: AggregatedMessageStream,
    pub(super) seat: Seat,
    pub(super) line: Line,
    pub(super) scopes: Scopes,
}

/// A stream that a client asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// Which.
    pub(super) wanted: Wanted,
    /// The last event of it that the client was told.
    pub(super) last_event_id: Option<i64>,
}

/// What a client says.
#[derive(Debug, Deserialize)]
struct Message {
    #[serde(rename = "type")]
    kind: Value,
    stream: Value,
    #[serde(default)]
    tag: Value,
    #[serde(default)]
    list: Value,
    #[serde(default)]
    only_media: Value,
    #[serde(default)]
    last_event_id: Value,
}

/// Why a conversation ends: with these words, or because nobody is there any more.
enum Over {
    Because(CloseCode, &'static str),
    Gone,
}

impl From<Closed> for Over {
    fn from(_: Closed) -> Self {
        Self::Gone
    }
}

impl From<End> for Over {
    fn from(end: End) -> Self {
        let code = match end {
            End::TooSlow => CloseCode::Again,
            End::NoAccess => CloseCode::Policy,
            End::Stopping => CloseCode::Restart,
        };
        Self::Because(code, end.sentence())
    }
}

impl Talk {
    /// Speaks with the client until one of the two ends it.
    pub(super) async fn run(mut self, first: Option<Asked>) {
        if let Over::Because(code, sentence) = self.converse(first).await {
            let reason = CloseReason {
                code,
                description: Some(sentence.to_owned()),
            };
            // A client that has gone away needs no words.
            let _ = self.session.close(Some(reason)).await;
        }
    }

    async fn converse(&mut self, first: Option<Asked>) -> Over {
        if let Some(asked) = first
            && let Err(over) = self.subscribe(asked).await
        {
            return over;
        }
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_awaited = false;
        loop {
            if let Err(over) = self.step(&mut pings, &mut is_awaited).await {
                return over;
            }
        }
    }

    async fn step(&mut self, pings: &mut Interval, is_awaited: &mut bool) -> Result<(), Over> {
        tokio::select! {
            frame = self.seat.mailbox.next() => self.send(&frame?).await,
            message = self.messages.recv() => {
                *is_awaited = false;
                self.answer(message).await
            }
            _ = pings.tick() => {
                if *is_awaited {
                    return Err(Over::Gone);
                }
                *is_awaited = true;
                Ok(self.session.ping(b"").await?)
            }
        }
    }

    async fn send(&mut self, frame: &Bytes) -> Result<(), Over> {
        let text = String::from_utf8_lossy(frame).into_owned();
        Ok(self.session.text(text).await?)
    }

    async fn answer(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<(), Over> {
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => self.obey(&text).await,
            Some(Ok(AggregatedMessage::Ping(bytes))) => Ok(self.session.pong(&bytes).await?),
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(()),
            Some(Ok(AggregatedMessage::Binary(_))) => Err(Over::Because(
                CloseCode::Unsupported,
                "messages are JSON texts",
            )),
            Some(Ok(AggregatedMessage::Close(_))) => Err(Over::Because(CloseCode::Normal, "")),
            Some(Err(ProtocolError::Overflow)) => {
                Err(Over::Because(CloseCode::Size, "the message is too long"))
            }
            Some(Err(_)) | None => Err(Over::Gone),
        }
    }

    async fn obey(&mut self, text: &str) -> Result<(), Over> {
        let Ok(message) = serde_json::from_str::<Message>(text) else {
            let sentence = "A message is a JSON object with type and stream";
            return self.refuse(&ApiError::bad_request(sentence)).await;
        };
        let asked = message.asked();
        match message.kind.as_str() {
            Some("subscribe") => self.subscribe(asked).await,
            Some("unsubscribe") => self.unsubscribe(&asked).await,
            _ => {
                let sentence = "The type of a message is subscribe or unsubscribe";
                self.refuse(&ApiError::bad_request(sentence)).await
            }
        }
    }

    async fn subscribe(&mut self, asked: Asked) -> Result<(), Over> {
        let viewer = self.line.viewer;
        let channel = match asked.wanted.admit(&self.node, viewer, &self.scopes).await {
            Ok(channel) => channel,
            Err(error) => return self.refuse(&error).await,
        };
        if self.seat.channels() >= MOST_CHANNELS {
            let sentence = "This connection has as many streams as one may have";
            return self.refuse(&ApiError::bad_request(sentence)).await;
        }
        let Some(position) = self.seat.add(channel.clone()) else {
            return Ok(());
        };
        let Some(id) = asked.last_event_id else {
            return Ok(());
        };
        let mut replay = Replay::new(&self.line, channel, id, position);
        match is_kept(&self.node, id).await {
            Ok(true) => {}
            Ok(false) => self.refuse(&ApiError::gone()).await?,
            Err(error) => return Err(broken(&error)),
        }
        loop {
            match replay.next(&self.node).await {
                Ok(None) => return Ok(()),
                Ok(Some(frames)) => {
                    for frame in frames {
                        self.send(&frame).await?;
                    }
                }
                Err(error) => return Err(broken(&error)),
            }
        }
    }

    async fn unsubscribe(&mut self, asked: &Asked) -> Result<(), Over> {
        match asked.wanted.open(&self.scopes) {
            Ok(channel) => {
                self.seat.remove(&channel.label);
                Ok(())
            }
            Err(error) => self.refuse(&error).await,
        }
    }

    /// Tells what is wrong with a message; the conversation goes on.
    async fn refuse(&mut self, error: &ApiError) -> Result<(), Over> {
        let status = error.status_code().as_u16();
        let frame = json!({ "error": error.sentence(), "status": status });
        Ok(self.session.text(frame.to_string()).await?)
    }
}

fn broken(error: &crate::store::Error) -> Over {
    tracing::error!(%error, "a stream cannot be told what it missed");
    Over::from(End::Stopping)
}

impl Message {
    fn asked(&self) -> Asked {
        let is_true = |value: &Value| {
            *value == Value::Bool(true) || matches!(value.as_str(), Some("true" | "1"))
        };
        Asked {
            wanted: Wanted {
                stream: first_text(&self.stream).unwrap_or_default(),
                tag: first_text(&self.tag),
                list: first_text(&self.list),
                only_media: is_true(&self.only_media),
            },
            last_event_id: first_text(&self.last_event_id).and_then(|id| id.parse().ok()),
        }
    }
}

/// The body of the answer: whoever reads it drives the conversation, which ends with the connection.
pub(super) struct Driven {
    talk: Option<LocalBoxFuture<'static, ()>>,
    frames: BoxBody,
}

impl Driven {
    pub(super) fn by(talk: LocalBoxFuture<'static, ()>, frames: BoxBody) -> Self {
        Self {
            talk: Some(talk),
            frames,
        }
    }
}

impl MessageBody for Driven {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.frames.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        if let Some(talk) = &mut this.talk
            && talk.as_mut().poll(context).is_ready()
        {
            this.talk = None;
        }
        Pin::new(&mut this.frames).poll_next(context)
    }
}
