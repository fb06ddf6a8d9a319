//! Which subscriptions want to be told of a notification: what they ask for, and by whose deeds.

use std::collections::{HashMap, HashSet};

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
    // Nobody is told of one deed twice.
    let made: HashMap<AccountId, NotificationId> = made.iter().map(|(id, to)| (*to, *id)).collect();
    let messages: Vec<_> = wishes
        .iter()
        .filter_map(|wish| Some((wish.id, *made.get(&wish.account_id)?)))
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

/// Whether this kind of notification is wanted: there are no words of their own for kinds that few clients know.
pub(super) fn asks_for(alerts: &store::push_subscriptions::Alerts, kind: NotificationKind) -> bool {
    alerts
        .get(kind.common().word())
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::social::tests::nodes::{TestNode, ann, new_node};
    use crate::social::tokens;
    use crate::social::users::{self, NewUser};
    use crate::store::Json;
    use crate::store::notifications::NewNotification;
    use crate::store::push_subscriptions::NewSubscription;

    async fn person(node: &TestNode, name: &str) -> AccountId {
        let new = NewUser {
            username: name.to_owned(),
            email: format!("{name}@example.org"),
            ..ann()
        };
        users::create_local(node, new).await.unwrap().id
    }

    async fn subscribe(node: &TestNode, account: AccountId, policy: PushPolicy) {
        let issued = tokens::create_for(node, account, "Tester", "push").await;
        let new = NewSubscription {
            token_id: issued.unwrap().token.id,
            account_id: account,
            endpoint: "https://push.test/1".into(),
            host: "push.test".into(),
            public_key: String::new(),
            secret: String::new(),
            is_standard: true,
            policy,
            alerts: Json([("mention".to_owned(), true)].into()),
            sealed_token: String::new(),
            created_at: 0,
        };
        let put = move |tx: &mut Tx| store::push_subscriptions::put(tx, &new).map(drop);
        node.db.write(put).await.unwrap();
    }

    /// Tells these people of a mention; gives the number of statements that it took beside making notifications.
    async fn count(node: &TestNode, from: AccountId, recipients: Vec<AccountId>) -> usize {
        let tell = move |tx: &mut Tx| -> QueryResult<usize> {
            let mut made = Vec::new();
            for to in recipients {
                let new = NewNotification {
                    account_id: to,
                    kind: NotificationKind::Mention,
                    from_account_id: from,
                    status_id: None,
                    created_at: tx.now(),
                    group_key: None,
                    place: store::NotificationPlace::Head,
                };
                made.push((store::notifications::insert(tx, &new)?.unwrap(), to));
            }
            let started = tx.count_queries();
            told(tx, NotificationKind::Mention, from, &made)?;
            let all = started.load(Ordering::Relaxed);
            for (_, to) in made {
                store::notifications::clear(tx, to)?;
            }
            Ok(all)
        };
        node.db.write(tell).await.unwrap()
    }

    #[tokio::test]
    async fn the_number_of_queries_does_not_grow_with_the_number_of_people() {
        let node = new_node().await;
        let from = person(&node, "from").await;
        let mut people = Vec::new();
        for name in ["a", "b", "c", "d", "e", "f"] {
            people.push(person(&node, &format!("reader_{name}")).await);
        }
        assert_eq!(count(&node, from, Vec::new()).await, 0);
        assert_eq!(
            count(&node, from, people.clone()).await,
            1,
            "nobody subscribed"
        );
        for policy in [PushPolicy::All, PushPolicy::Nobody] {
            subscribe(&node, people[0], policy).await;
        }
        assert_eq!(count(&node, from, people.clone()).await, 2);
        for (place, policy) in [PushPolicy::Followed, PushPolicy::Follower]
            .iter()
            .cycle()
            .take(5)
            .enumerate()
        {
            subscribe(&node, people[place + 1], *policy).await;
        }
        assert_eq!(count(&node, from, people).await, 4);
    }
}
