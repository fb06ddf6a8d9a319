//! One errand at a peer: its requests are counted, kept within the budget, made one after the other and not too fast.

use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use url::Url;

use super::super::documents::Document;
use super::super::documents::collections::IncomingCollection;
use super::super::documents::notes::IncomingNote;
use super::super::fetch::{FetchError, Reach};
use super::super::notes;
use super::super::remote_collections::collection;
use super::super::remote_notes::known_status;
use super::turns;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::fanout::Arrival;
use crate::social::statuses::receive;
use crate::store::absences::{Absence, Gain, Host};
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Trouble};

/// How long a server is left alone after a request.
const BREATH: Duration = Duration::from_millis(250);

/// How fast requests follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// With a pause after each, as strangers' servers deserve.
    Polite,
    /// At once, for closed networks.
    Brisk,
}

/// Why an errand was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setback {
    /// The peer cannot be reached, or wants to be left alone; another time may work.
    Later {
        /// What happened.
        why: String,
        /// How long it wants to be left alone, in milliseconds.
        pause: Option<i64>,
    },
    /// This cannot be had, now or later.
    Never(String),
    /// The peer was asked as often as it may be.
    Spent,
    /// This node's own database stood in the way, which says nothing about the peer.
    Hindered(Trouble),
}

impl From<store::Error> for Setback {
    fn from(cause: store::Error) -> Self {
        FetchError::from(cause).into()
    }
}

impl From<FetchError> for Setback {
    fn from(error: FetchError) -> Self {
        let why = error.to_string();
        match error {
            FetchError::Database {
                trouble: Some(trouble),
                ..
            } => Self::Hindered(trouble),
            _ if error.may_pass() => Self::Later { why, pause: None },
            _ => Self::Never(why),
        }
    }
}

/// One errand.
pub(super) struct Errand<'a> {
    pub(super) node: &'a Node,
    pub(super) absence: &'a Absence,
    pub(super) gain: Gain,
    left: i64,
    pace: Pace,
}

impl<'a> Errand<'a> {
    pub(super) fn new(node: &'a Node, absence: &'a Absence, host: &Host, pace: Pace) -> Self {
        Self {
            node,
            absence,
            gain: Gain::default(),
            left: host.budget - host.requests,
            pace,
        }
    }

    /// Waits until it is this errand's turn to ask the server of `url`.
    async fn begin(&self, url: &str) -> Result<OwnedMutexGuard<()>, Setback> {
        if self.gain.requests >= self.left {
            return Err(Setback::Spent);
        }
        let server = Url::parse(url).ok();
        let server = server.as_ref().and_then(Url::host_str).unwrap_or_default();
        Ok(turns::take(self.node, server).await)
    }

    /// Counts what was asked, and gives the turn away after a pause.
    async fn end(&mut self, turn: OwnedMutexGuard<()>, requests: i64) {
        self.gain.requests += requests;
        if requests > 0 && self.pace == Pace::Polite {
            tokio::time::sleep(BREATH).await;
        }
        drop(turn);
    }

    /// A collection or one page of it.
    pub(super) async fn page(
        &mut self,
        url: &str,
        signs: Option<AccountId>,
    ) -> Result<IncomingCollection, Setback> {
        let reach = Reach::late(self.node, signs);
        let turn = self.begin(url).await?;
        let found = collection(&reach, url).await;
        self.end(turn, 1).await;
        found.map_err(|error| postponed(error, &reach))
    }

    /// A document by its id.
    pub(super) async fn document(
        &mut self,
        id: &str,
        signs: Option<AccountId>,
    ) -> Result<Document, Setback> {
        let reach = Reach::late(self.node, signs);
        let turn = self.begin(id).await?;
        let found = reach.document(id).await;
        self.end(turn, i64::from(reach.requests())).await;
        found.map_err(|error| postponed(error, &reach))
    }

    /// A status by its id, known or fetched.
    pub(super) async fn status(&mut self, uri: &str) -> Result<Status, Setback> {
        let key = uri.to_owned();
        let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &key);
        if let Some(known) = self.node.db.read(look).await? {
            return Ok(known);
        }
        let reach = Reach::late(self.node, None);
        let turn = self.begin(uri).await?;
        let found = known_status(&reach, uri).await;
        self.end(turn, i64::from(reach.requests())).await;
        found.map_err(|error| postponed(error, &reach))
    }

    /// Stores a status that is not known yet.
    pub(super) async fn keep(&mut self, note: IncomingNote) -> Result<(), Setback> {
        let reach = Reach::late(self.node, None);
        let stored = notes::store(&reach, note).await;
        // Whoever it names and is not known yet was asked for.
        self.gain.requests += i64::from(reach.requests());
        stored?;
        self.gain.recovered += 1;
        Ok(())
    }

    /// Brings a status that is known up to what its author says now, if that is newer.
    pub(super) async fn revise(
        &mut self,
        author: &Account,
        note: IncomingNote,
    ) -> Result<(), Setback> {
        let uri = note.id.clone();
        let look = move |conn: &mut Conn| store::statuses::find_by_uri(conn, &uri);
        let Some(known) = self.node.db.read(look).await? else {
            return Ok(());
        };
        let is_theirs = known.account_id == author.id && known.boost_of_id.is_none();
        if !is_theirs || note.in_reply_to != known.in_reply_to_uri {
            return Ok(());
        }
        let reach = Reach::late(self.node, None);
        let circle = notes::gather(&reach, &note).await?;
        self.gain.requests += i64::from(reach.requests());
        let remote = notes::shape(&self.node.bans, note, author, circle);
        self.node
            .db
            .write(move |tx| receive::receive_edit(tx, &known, &remote, Arrival::Late))
            .await?;
        Ok(())
    }
}

fn postponed(error: FetchError, reach: &Reach<'_>) -> Setback {
    match Setback::from(error) {
        Setback::Later { why, .. } => Setback::Later {
            why,
            pause: reach.pause(),
        },
        other => other,
    }
}
