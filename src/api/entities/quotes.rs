//! What a status quotes.

use serde::Serialize;

use super::Status;
use crate::id::StatusId;

/// How a quote looks to the viewer.
///
/// Source: <https://docs.joinmastodon.org/entities/Quote/#state>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteState {
    /// The quoted author has not answered yet.
    Pending,
    /// It is shown.
    Accepted,
    /// The quoted author does not want it.
    Rejected,
    /// The quoted author does not want it any more.
    Revoked,
    /// The quoted status is gone.
    Deleted,
    /// The viewer may not see the quoted status.
    Unauthorized,
    /// The viewer blocks the quoted author.
    BlockedAccount,
    /// The viewer blocks the quoted author's server.
    BlockedDomain,
    /// The viewer mutes the quoted author.
    MutedAccount,
}

/// What a status quotes: as a whole or, within a quoted status, by its id.
///
/// Source: <https://docs.joinmastodon.org/entities/Quote/> and <https://docs.joinmastodon.org/entities/ShallowQuote/>
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Quote {
    /// With the quoted status.
    Whole {
        /// How it looks.
        state: QuoteState,
        /// The quoted status, if it is handed over.
        quoted_status: Option<Box<Status>>,
    },
    /// With its id.
    Shallow {
        /// How it looks.
        state: QuoteState,
        /// The quoted status, if it is handed over.
        quoted_status_id: Option<StatusId>,
    },
}

impl Quote {
    /// The quoted status, if it came along.
    #[must_use]
    pub fn status_mut(&mut self) -> Option<&mut Status> {
        match self {
            Self::Whole { quoted_status, .. } => quoted_status.as_deref_mut(),
            Self::Shallow { .. } => None,
        }
    }

    /// The quoted status, if it came along.
    #[must_use]
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Whole { quoted_status, .. } => quoted_status.as_deref(),
            Self::Shallow { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::statuses::tests::plain;
    use super::*;

    #[test]
    fn quotes_have_their_documented_keys() {
        let whole = Quote::Whole {
            state: QuoteState::Accepted,
            quoted_status: Some(Box::new(plain(1))),
        };
        let hidden = Quote::Whole {
            state: QuoteState::BlockedDomain,
            quoted_status: None,
        };
        let shallow = Quote::Shallow {
            state: QuoteState::MutedAccount,
            quoted_status_id: Some(StatusId(1)),
        };
        for (quote, expected) in [
            (
                whole,
                json!({"state": "accepted", "quoted_status": plain(1)}),
            ),
            (
                hidden,
                json!({"state": "blocked_domain", "quoted_status": Value::Null}),
            ),
            (
                shallow,
                json!({"state": "muted_account", "quoted_status_id": "1"}),
            ),
        ] {
            assert_eq!(json!(quote), expected);
        }
    }
}
