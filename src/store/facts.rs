//! What other servers are to hear of. A fact is written with what caused it, in the same commit; the servers'
//! door makes a document and deliveries of it. Facts about things that are gone carry what the document needs.

use serde::{Deserialize, Serialize};

use super::follows::Destination;
use super::reactions::ReactionEmoji;
use crate::id::{AccountId, StatusId};

/// Something that happened here and concerns other servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A local account posted a status.
    Posted {
        /// The status.
        status: StatusId,
    },
    /// A local account edited a status.
    Edited {
        /// The status.
        status: StatusId,
    },
    /// The numbers of a local poll changed, or it ended.
    PollChanged {
        /// The status with the poll.
        status: StatusId,
    },
    /// A local account chose one option of a remote poll.
    Voted {
        /// Who voted.
        account: AccountId,
        /// The status with the poll.
        status: StatusId,
        /// The text of the option.
        option: String,
        /// The vote on the wire.
        uri: String,
    },
    /// A local account pinned a status of its own.
    Pinned {
        /// Its author.
        account: AccountId,
        /// The status.
        status: StatusId,
    },
    /// A local account pins a status of its own no longer.
    Unpinned {
        /// Its author.
        account: AccountId,
        /// The status.
        status: StatusId,
    },
    /// A local account quotes a remote status, and its author is asked.
    QuoteRequested {
        /// The status that quotes.
        status: StatusId,
    },
    /// A remote account asked to quote a local status, and is answered.
    QuoteAnswered {
        /// The quoted author.
        account: AccountId,
        /// Who asked.
        requester: AccountId,
        /// The request on the wire.
        uri: String,
        /// What is quoted, on the wire.
        quoted_uri: String,
        /// What quotes, on the wire.
        quoting_uri: String,
        /// Where the consent can be read; none if there is none.
        result: Option<String>,
    },
    /// Of a local status, what it quotes holds now or not any more, or who may quote it.
    QuoteChanged {
        /// The status.
        status: StatusId,
    },
    /// A local account does not agree any more with being quoted.
    QuoteRevoked {
        /// The quoted author.
        account: AccountId,
        /// Where the consent could be read.
        uri: String,
        /// What quotes, on the wire.
        quoting_uri: String,
        /// What is quoted, on the wire.
        quoted_uri: String,
        /// Who may have it.
        destinations: Vec<Destination>,
    },
    /// A local account deleted a status.
    Deleted {
        /// Its author.
        account: AccountId,
        /// The status on the wire.
        uri: String,
        /// Who had it.
        destinations: Vec<Destination>,
    },
    /// A local account boosted a status.
    Boosted {
        /// The boost.
        boost: StatusId,
    },
    /// A local account took a boost back.
    Unboosted {
        /// Who boosted.
        account: AccountId,
        /// The boost on the wire.
        uri: String,
        /// The original on the wire.
        original_uri: String,
        /// Who had the boost.
        destinations: Vec<Destination>,
    },
    /// A local account likes a remote status.
    Liked {
        /// Who likes.
        account: AccountId,
        /// The Like on the wire.
        uri: String,
        /// The status.
        status: StatusId,
    },
    /// A local account took a like back.
    Unliked {
        /// Who liked.
        account: AccountId,
        /// The Like on the wire.
        uri: String,
        /// The status.
        status: StatusId,
    },
    /// A local account reacts to a remote status with an emoji.
    Reacted {
        /// Who reacts.
        account: AccountId,
        /// The Like on the wire.
        uri: String,
        /// The status.
        status: StatusId,
        /// With what.
        emoji: ReactionEmoji,
    },
    /// A local account took a reaction back.
    Unreacted {
        /// Who reacted.
        account: AccountId,
        /// The Like on the wire.
        uri: String,
        /// The status.
        status: StatusId,
        /// With what.
        emoji: ReactionEmoji,
    },
    /// A local account asks to follow a remote one.
    Followed {
        /// Who follows.
        account: AccountId,
        /// Whom.
        target: AccountId,
        /// The Follow on the wire.
        uri: String,
    },
    /// A local account follows a remote one no longer.
    Unfollowed {
        /// Who followed.
        account: AccountId,
        /// Whom.
        target: AccountId,
        /// The Follow on the wire.
        uri: String,
    },
    /// A local account lets a remote one follow.
    Accepted {
        /// Who is followed.
        account: AccountId,
        /// Who follows.
        follower: AccountId,
        /// The Follow on the wire.
        uri: String,
    },
    /// A local account does not let a remote one follow, or no longer.
    Rejected {
        /// Who is not followed.
        account: AccountId,
        /// Who asked.
        follower: AccountId,
        /// The Follow on the wire.
        uri: String,
    },
    /// A local account blocks a remote one.
    Blocked {
        /// Who blocks.
        account: AccountId,
        /// Whom.
        target: AccountId,
        /// The Block on the wire.
        uri: String,
    },
    /// A local account took a block back.
    Unblocked {
        /// Who blocked.
        account: AccountId,
        /// Whom.
        target: AccountId,
        /// The Block on the wire.
        uri: String,
    },
    /// A local account was deleted; its row and key stay until everybody knows.
    AccountDeleted {
        /// The account.
        account: AccountId,
    },
    /// This node was away, or a peer was, and speaks to these inboxes again: servers that gave up on it notice.
    Returned {
        /// Who speaks: somebody whom they know.
        account: AccountId,
        /// The inboxes.
        destinations: Vec<Destination>,
    },
    /// A local account moved to another; its profile says where.
    Moved {
        /// The account.
        account: AccountId,
    },
    /// Somebody here reported an account of another server, whose staff is told.
    Reported {
        /// The report.
        report: i64,
        /// Who is told.
        destinations: Vec<Destination>,
    },
    /// A local account changed its profile.
    ProfileChanged {
        /// The account.
        account: AccountId,
    },
}
