//! Which subscriptions want to be told of a notification: what they ask for, and by whose deeds.

use std::collections::HashSet;

use crate::id::{AccountId, NotificationId};
use crate::store::push_subscriptions::Wish;
use crate::store::{self, Conn, NotificationKind, PushPolicy, QueryResult, Tx};

/// Queues a message for each subscription that wants one of these notifications, which were just made: all are of one
/// kind and caused by one account. Costs one query where nobody has a subscription.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn told(
    tx: &mut Tx,
    kind: NotificationKind,
    from: AccountId,
    made: &[(NotificationId, AccountId)],
) -> QueryResult<()> {
    let recipients: Vec<AccountId> = made.iter().map(|(_, to)| *to).collect();
    let wishes = list_wanting(tx, kind, from, &recipients)?;
    let messages: Vec<_> = made
        .iter()
        .flat_map(|(notification, to)| {
            let theirs = wishes.iter().filter(move |wish| wish.account_id == *to);
            theirs.map(|wish| (wish.id, *notification))
        })
        .collect();
    store::pushes::insert(tx, &messages)
}

/// The subscriptions of these accounts that want to be told when `from` does something of this kind. Costs three queries
/// at most.
fn list_wanting(
    conn: &mut Conn,
    kind: NotificationKind,
    from: AccountId,
    recipients: &[AccountId],
) -> QueryResult<Vec<Wish>> {
    let mut wishes = store::push_subscriptions::list_wishes(conn, recipients)?;
    wishes.retain(|wish| asks_for(&wish.alerts.0, kind));
    let of_policy = |policy| -> Vec<AccountId> {
        let wishes = wishes.iter().filter(|wish| wish.policy == policy);
        wishes.map(|wish| wish.account_id).collect()
    };
    let (by_followed, by_followers) = (
        of_policy(PushPolicy::Followed),
        of_policy(PushPolicy::Follower),
    );
    let mut following = HashSet::new();
    if !by_followed.is_empty() {
        let follows = store::follows::list_of(conn, from, &by_followed)?;
        let accepted = follows.iter().filter(|follow| follow.is_accepted);
        following.extend(accepted.map(|follow| follow.account_id));
    }
    let mut followed = HashSet::new();
    if !by_followers.is_empty() {
        let follows = store::follows::list_by(conn, from, &by_followers)?;
        let accepted = follows.iter().filter(|follow| follow.is_accepted);
        followed.extend(accepted.map(|follow| follow.target_id));
    }
    wishes.retain(|wish| match wish.policy {
        PushPolicy::All => true,
        PushPolicy::Followed => following.contains(&wish.account_id),
        PushPolicy::Follower => followed.contains(&wish.account_id),
        PushPolicy::Nobody => false,
    });
    Ok(wishes)
}

/// Whether this kind of notification is wanted.
pub(super) fn asks_for(alerts: &store::push_subscriptions::Alerts, kind: NotificationKind) -> bool {
    alerts.get(kind.word()).copied().unwrap_or_default()
}
