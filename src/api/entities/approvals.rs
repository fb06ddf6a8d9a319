//! Who may quote a status or feature an account.

use serde::Serialize;

/// A group of people that a policy admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    Public,
    /// Those who follow the author.
    Followers,
    /// Those whom the author follows.
    Following,
    /// Somebody whom this node has no word for.
    UnsupportedPolicy,
}

/// What a policy means for the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Allowed at once.
    Automatic,
    /// Allowed after the author has agreed.
    Manual,
    /// Not allowed.
    Denied,
    /// The author has said nothing that this node understands.
    Unknown,
    /// The author's server has said nothing about it.
    Missing,
}

/// A policy and what it means for the viewer: `quote_approval` of a status, `feature_approval` of an account.
///
/// Source: <https://docs.joinmastodon.org/entities/QuoteApproval/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Who is admitted without being asked about.
    pub automatic: Vec<Audience>,
    /// Who is admitted after the author has agreed.
    pub manual: Vec<Audience>,
    /// What that means for the viewer.
    pub current_user: Verdict,
}

impl Approval {
    /// The policy that admits everybody.
    #[must_use]
    pub fn open(is_viewer_known: bool) -> Self {
        Self {
            automatic: vec![Audience::Public],
            manual: Vec::new(),
            current_user: if is_viewer_known {
                Verdict::Automatic
            } else {
                Verdict::Denied
            },
        }
    }

    /// The policy that was never told.
    #[must_use]
    pub fn missing() -> Self {
        Self {
            current_user: Verdict::Missing,
            ..Self::denied()
        }
    }

    /// The policy that admits nobody.
    #[must_use]
    pub fn denied() -> Self {
        Self {
            automatic: Vec::new(),
            manual: Vec::new(),
            current_user: Verdict::Denied,
        }
    }
}
