//! The thread that hears what other processes on the same PostgreSQL database tell.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{broadcast, oneshot};
use tokio_postgres::AsyncMessage;

use super::conn::block_on;
use super::connect::{Messages, open_session};
use super::line::pause;
use super::location::OpenError;
use super::messages::{self, CHANNEL, Message};
use super::tx::Event;

/// What the listener needs.
pub(super) struct Listener {
    pub(super) url: String,
    /// The token of this process, whose own words it does not repeat.
    pub(super) own: u64,
    pub(super) events: broadcast::Sender<Event>,
}

impl Listener {
    /// Begins to listen.
    ///
    /// # Errors
    /// A sentence that says why there is no connection.
    pub(super) fn open(&self) -> Result<Session, OpenError> {
        block_on(self.connect())
    }

    /// Tells what it hears until `end` is dropped; connects anew when its connection breaks.
    pub(super) fn run(&self, session: Session, mut end: oneshot::Receiver<()>) {
        block_on(async {
            let mut session = session;
            loop {
                tokio::select! {
                    () = self.repeat(&mut session) => {}
                    _ = &mut end => return,
                }
                session = tokio::select! {
                    again = self.connect_again() => again,
                    _ = &mut end => return,
                };
                // What was told meanwhile is lost, so everybody looks.
                let _ = self.events.send(Event::Missed);
            }
        });
    }

    /// Tells what it hears until the connection ends.
    async fn repeat(&self, session: &mut Session) {
        while let Some(Ok(message)) = session.messages.next().await {
            let AsyncMessage::Notification(told) = message else {
                continue;
            };
            match messages::decode(self.own, told.payload()) {
                Message::Own => {}
                Message::Everything => drop(self.events.send(Event::Missed)),
                Message::Events(events) => {
                    for event in events {
                        let _ = self.events.send(event);
                    }
                }
            }
        }
    }

    async fn connect(&self) -> Result<Session, OpenError> {
        let (client, mut messages) = open_session(&self.url).await?;
        let name = session_name(self.own);
        let listen = format!("LISTEN {CHANNEL}; SET application_name = '{name}'");
        {
            let mut listening = std::pin::pin!(client.batch_execute(&listen));
            loop {
                tokio::select! {
                    done = &mut listening => {
                        done.map_err(|error| OpenError(error.to_string()))?;
                        break;
                    }
                    Some(_) = messages.next() => {}
                    else => return Err(OpenError("PostgreSQL closed the connection".to_owned())),
                }
            }
        }
        Ok(Session {
            _client: client,
            messages,
        })
    }

    async fn connect_again(&self) -> Session {
        let mut failures = 0_u32;
        loop {
            match self.connect().await {
                Ok(session) => return session,
                Err(error) => {
                    tracing::debug!(%error, "what other processes tell cannot be heard");
                    let wait: Duration = pause(failures);
                    tokio::time::sleep(wait).await;
                    failures = failures.saturating_add(1);
                }
            }
        }
    }
}

/// How a process names the session in which it listens: as long as the session is there, so is the process.
pub(super) fn session_name(token: u64) -> String {
    format!("whimbrel {token:x}")
}

/// A connection that listens.
pub(super) struct Session {
    /// Held: without it the session ends.
    _client: tokio_postgres::Client,
    messages: Messages,
}
