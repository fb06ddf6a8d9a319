//! One receipt in work: who sent it, what it says, and how its effects are written.

use super::super::documents::Reject;
use super::super::documents::activities::IncomingActivity;
use super::super::fetch::FetchError;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::receipts::{self, Receipt};
use crate::store::{self, Conn, QueryResult, ReceiptState, Trouble, Tx, receipt_inboxes};

/// Why an activity had no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Without {
    Ignored(String),
    Rejected(String),
    Retry(String),
    Hindered(Trouble),
}

/// What comes of a part of the work; `Err` ends it.
pub(super) type Outcome<T = ()> = Result<T, Without>;

/// `Ignored` with this reason.
pub(super) fn ignored<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Without::Ignored(reason.into()))
}

/// `Rejected` with this reason.
pub(super) fn rejected<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Without::Rejected(reason.into()))
}

impl From<store::Error> for Without {
    fn from(cause: store::Error) -> Self {
        match Trouble::of(&cause) {
            Some(trouble) => Self::Hindered(trouble),
            None => Self::Retry(format!("the database failed: {cause}")),
        }
    }
}

impl From<Reject> for Without {
    fn from(reject: Reject) -> Self {
        Self::Rejected(reject.0)
    }
}

impl From<FetchError> for Without {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Database {
                trouble: Some(trouble),
                ..
            } => Self::Hindered(trouble),
            _ if error.may_pass() => Self::Retry(error.to_string()),
            _ => Self::Ignored(error.to_string()),
        }
    }
}

/// A receipt that is understood, and who sent it.
pub(super) struct Case<'a> {
    pub(super) node: &'a Node,
    pub(super) receipt: &'a Receipt,
    pub(super) actor: Account,
    pub(super) activity: &'a IncomingActivity,
}

impl Case<'_> {
    /// Carries the effects out and ends the receipt, both or neither. What others wait for goes first: people's own
    /// writes, and the taking in of what comes.
    pub(super) async fn write(
        &self,
        effects: impl FnOnce(&mut Tx<'_>) -> QueryResult<()> + Send + 'static,
    ) -> Outcome {
        let lease = self.receipt.lease();
        self.node
            .db
            .write_later(move |tx| -> QueryResult<()> {
                effects(tx)?;
                // If it came through one more inbox meanwhile, it stays due, and is done once more for that one.
                receipts::finish(tx, lease, ReceiptState::Applied, None).map(drop)
            })
            .await?;
        Ok(())
    }

    /// Reads something.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    ) -> Outcome<T> {
        Ok(self.node.db.read(query).await?)
    }

    /// The owners of the personal inboxes that it came through.
    pub(super) async fn owners(&self) -> Outcome<Vec<AccountId>> {
        let receipt = self.receipt.clone();
        self.read(move |conn| receipt_inboxes::list_owners(conn, &receipt))
            .await
    }

    /// The activity's id, or the one that was made for it.
    pub(super) fn uri(&self) -> String {
        self.receipt.activity_uri.clone()
    }
}
