//! From whom people want to be notified, and what becomes of the rest: shown, put aside until they say, or never made.

use super::Result;
use crate::clock::DAY;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::notification_policies::Policy;
use crate::store::statuses::Status;
use crate::store::{self, Conn, NotificationKind, QueryResult, Role, Treatment, Tx, Visibility};

/// How long an account is new, in milliseconds.
const NEW_FOR: i64 = 30 * DAY;
/// How long somebody must have followed to count as a follower, in milliseconds.
const FOLLOWER_AFTER: i64 = 3 * DAY;
/// Requests that a summary counts at most.
const COUNTED_REQUESTS: i64 = 100;
/// Notifications that a summary counts at most.
const COUNTED_NOTIFICATIONS: i64 = 1_000;

/// What is to be changed of a policy. What is none stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Of those whom they do not follow.
    pub not_following: Option<Treatment>,
    /// Of those who do not follow them, or only since a few days.
    pub not_followers: Option<Treatment>,
    /// Of accounts that are new.
    pub new_accounts: Option<Treatment>,
    /// Of direct statuses that answer nothing of theirs.
    pub private_mentions: Option<Treatment>,
    /// Of those whom the staff has limited.
    pub limited_accounts: Option<Treatment>,
}

/// How much waits for a word of its recipient, as far as it is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Senders, a hundred at most.
    pub requests: i64,
    /// Their notifications, a thousand at most.
    pub notifications: i64,
}

/// What somebody who never said anything wants: to hear everybody, but those whom the staff has limited.
fn initial(account: AccountId) -> Policy {
    Policy {
        account_id: account,
        not_following: Treatment::Accept,
        not_followers: Treatment::Accept,
        new_accounts: Treatment::Accept,
        private_mentions: Treatment::Accept,
        limited_accounts: Treatment::Filter,
    }
}

/// The policy of an account, and how much waits.
///
/// # Errors
/// Whatever the database says.
pub fn find(conn: &mut Conn, viewer: AccountId) -> QueryResult<(Policy, Summary)> {
    let policy = store::notification_policies::find(conn, viewer)?;
    let summary = Summary {
        requests: store::notification_requests::count(conn, viewer, COUNTED_REQUESTS)?,
        notifications: store::notifications::count_filtered(conn, viewer, COUNTED_NOTIFICATIONS)?,
    };
    Ok((policy.unwrap_or_else(|| initial(viewer)), summary))
}

/// Changes the policy of an account. What was told or put aside stays where it is.
///
/// # Errors
/// Whatever the database says.
pub async fn update(node: &Node, viewer: AccountId, change: Change) -> Result<()> {
    node.db
        .write(move |tx| {
            let known = store::notification_policies::find(tx, viewer)?;
            let old = known.unwrap_or_else(|| initial(viewer));
            let new = Policy {
                account_id: viewer,
                not_following: change.not_following.unwrap_or(old.not_following),
                not_followers: change.not_followers.unwrap_or(old.not_followers),
                new_accounts: change.new_accounts.unwrap_or(old.new_accounts),
                private_mentions: change.private_mentions.unwrap_or(old.private_mentions),
                limited_accounts: change.limited_accounts.unwrap_or(old.limited_accounts),
            };
            Ok(store::notification_policies::upsert(tx, new)?)
        })
        .await
}

/// What a sender is to a recipient, as far as a policy asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and the policy names them"
)]
struct Sender {
    is_followed: bool,
    is_follower: bool,
    is_new: bool,
    /// The staff has limited it.
    is_limited: bool,
    /// It is told of a direct status that answers nothing.
    intrudes: bool,
}

/// The strictest treatment of all that a policy says of such a sender.
fn treat(policy: &Policy, sender: Sender) -> Treatment {
    [
        (!sender.is_followed, policy.not_following),
        (!sender.is_follower, policy.not_followers),
        (sender.is_new && !sender.is_followed, policy.new_accounts),
        (
            sender.is_limited && !sender.is_followed,
            policy.limited_accounts,
        ),
        (
            sender.intrudes && !sender.is_followed,
            policy.private_mentions,
        ),
    ]
    .into_iter()
    .filter_map(|(applies, treatment)| applies.then_some(treatment))
    .max()
    .unwrap_or(Treatment::Accept)
}

/// What becomes of a notification that `from` causes for `to`, with the status if it is addressed to them.
pub(super) fn judge(
    tx: &mut Tx,
    to: AccountId,
    from: AccountId,
    kind: NotificationKind,
    addressing: Option<&Status>,
) -> QueryResult<Treatment> {
    if !is_filterable(kind) {
        return Ok(Treatment::Accept);
    }
    let is_limited = store::standings::is_silenced(tx, from)?;
    let policy = match store::notification_policies::find(tx, to)? {
        Some(policy) => policy,
        None if is_limited => initial(to),
        // Whoever never said anything accepts everybody else: nothing more is asked.
        None => return Ok(Treatment::Accept),
    };
    let Some(sender) = store::accounts::find(tx, from)? else {
        return Ok(Treatment::Drop);
    };
    if store::notification_policies::is_permitted(tx, to, from)? || is_staff(tx, &sender)? {
        return Ok(Treatment::Accept);
    }
    let now = tx.now();
    let follow = store::follows::find(tx, to, from)?;
    let follow_back = store::follows::find(tx, from, to)?;
    let is_direct = |status: &&Status| status.visibility == Visibility::Direct;
    let intrudes = match addressing.filter(is_direct) {
        Some(status) if kind == NotificationKind::Mention => {
            let thread = status.conversation_id;
            !store::conversations::has_written(tx, thread, to, from)?
        }
        _ => false,
    };
    let facts = Sender {
        is_followed: follow.is_some_and(|follow| follow.is_accepted),
        is_follower: follow_back
            .is_some_and(|follow| follow.is_accepted && follow.created_at <= now - FOLLOWER_AFTER),
        is_new: sender.created_at > now - NEW_FOR,
        is_limited,
        intrudes,
    };
    Ok(treat(&policy, facts))
}

/// Whether a policy is asked: not for what one asked for oneself, and not for what the node has to say.
fn is_filterable(kind: NotificationKind) -> bool {
    matches!(
        kind,
        NotificationKind::Mention
            | NotificationKind::Boost
            | NotificationKind::Follow
            | NotificationKind::FollowRequest
            | NotificationKind::Favourite
            | NotificationKind::Reaction
            | NotificationKind::Quote
    )
}

/// Whoever runs the node must be able to reach people.
fn is_staff(tx: &mut Tx, from: &Account) -> QueryResult<bool> {
    if !from.is_local() {
        return Ok(false);
    }
    let user = store::users::find(tx, from.id)?;
    Ok(user.is_some_and(|user| user.role >= Role::Moderator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_of_what_applies_counts() {
        let policy = Policy {
            not_following: Treatment::Filter,
            new_accounts: Treatment::Drop,
            ..initial(AccountId(1))
        };
        let stranger = Sender::default();
        let friend = Sender {
            is_followed: true,
            is_new: true,
            ..stranger
        };
        let newcomer = Sender {
            is_new: true,
            ..stranger
        };
        for (sender, expected) in [
            (stranger, Treatment::Filter),
            (friend, Treatment::Accept),
            (newcomer, Treatment::Drop),
        ] {
            assert_eq!(treat(&policy, sender), expected, "{sender:?}");
        }
        let policy = Policy {
            not_followers: Treatment::Filter,
            private_mentions: Treatment::Drop,
            ..initial(AccountId(1))
        };
        let follower = Sender {
            is_follower: true,
            ..stranger
        };
        let intruder = Sender {
            intrudes: true,
            ..follower
        };
        for (sender, expected) in [
            (stranger, Treatment::Filter),
            (follower, Treatment::Accept),
            (intruder, Treatment::Drop),
            (friend, Treatment::Filter),
        ] {
            assert_eq!(treat(&policy, sender), expected, "{sender:?}");
        }
    }
}
