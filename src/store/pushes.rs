//! Messages that are still to be sent by Web Push. A row goes with its notification, as with its subscription.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::membership::ALONE;
use super::schema_attention::{push_subscriptions, pushes};
use super::tx::{Event, Tx};
use crate::id::{NotificationId, PushId, SubscriptionId};

/// Rows that one statement inserts: SQLite binds at most 32,766 values.
const AT_ONCE: usize = 4_000;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pushes, treat_none_as_default_value = false)]
pub struct Push {
    /// Its id.
    pub id: PushId,
    /// Where it goes.
    pub subscription_id: SubscriptionId,
    /// What it tells.
    pub notification_id: NotificationId,
    /// When it is to be sent; once claimed, when the claim ends. In milliseconds.
    pub due_at: i64,
    /// Tries so far.
    pub attempts: i64,
    /// When it was queued, in milliseconds.
    pub created_at: i64,
}

/// Queues messages that leave with this commit, each once.
pub fn insert(tx: &mut Tx, messages: &[(SubscriptionId, NotificationId)]) -> QueryResult<()> {
    let now = tx.now();
    let rows: Vec<Push> = messages
        .iter()
        .map(|(subscription, notification)| Push {
            id: PushId(tx.new_id()),
            subscription_id: *subscription,
            notification_id: *notification,
            due_at: now,
            attempts: 0,
            created_at: now,
        })
        .collect();
    for part in rows.chunks(AT_ONCE) {
        on!(&mut **tx, |c| diesel::insert_into(pushes::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    if !rows.is_empty() {
        tx.tell(Event::Jobs);
    }
    Ok(())
}

/// Up to `limit` due messages with the hosts that they go to, oldest first, but none to these hosts.
pub fn list_due(
    conn: &mut Conn,
    now: i64,
    except: &[String],
    limit: i64,
) -> QueryResult<Vec<(PushId, String)>> {
    on!(conn, |c| pushes::table
        .inner_join(
            push_subscriptions::table.on(push_subscriptions::id.eq(pushes::subscription_id)),
        )
        .filter(pushes::due_at.le(now))
        .filter(push_subscriptions::host.ne_all(except))
        .order((pushes::due_at.asc(), pushes::id.asc()))
        .limit(limit)
        .select((pushes::id, push_subscriptions::host))
        .load(c))
}

/// Takes those of these messages that are still due, and leaves them to the caller until `lease_end` (milliseconds), when
/// they are due again if nothing became of them.
pub fn claim(tx: &mut Tx, ids: &[PushId], lease_end: i64) -> QueryResult<Vec<Push>> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        pushes::table
            .filter(pushes::id.eq_any(ids))
            .filter(pushes::due_at.le(now))
    )
    .set((
        pushes::due_at.eq(lease_end),
        pushes::attempts.eq(pushes::attempts + 1),
        pushes::claimed_by.eq(process),
    ))
    .returning(Push::as_returning())
    .get_results(c))
}

/// Ends a message: it was sent, or nobody wants it any more.
pub fn finish(tx: &mut Tx, id: PushId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(pushes::table.find(id))
        .execute(c))
    .map(drop)
}

/// Lets a message be tried again at `due_at` (milliseconds), if it was not claimed again meanwhile. If `counts` is false,
/// it is as if it had not been tried.
pub fn retry(tx: &mut Tx, claimed: &Push, due_at: i64, counts: bool) -> QueryResult<()> {
    let attempts = claimed.attempts - i64::from(!counts);
    on!(&mut **tx, |c| diesel::update(
        pushes::table
            .find(claimed.id)
            .filter(pushes::attempts.eq(claimed.attempts))
            .filter(pushes::due_at.eq(claimed.due_at))
    )
    .set((
        pushes::due_at.eq(due_at),
        pushes::attempts.eq(attempts),
        pushes::claimed_by.eq(None::<i64>),
    ))
    .execute(c))
    .map(drop)
}

/// Makes due at once what this process had claimed before it ended. What another one claimed stays its own.
pub fn release(tx: &mut Tx) -> QueryResult<()> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        pushes::table.filter(pushes::claimed_by.eq_any([process, ALONE]))
    )
    .set((pushes::due_at.eq(now), pushes::claimed_by.eq(None::<i64>)))
    .execute(c))
    .map(drop)
}

/// How many messages are still to be sent.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| pushes::table.count().get_result(c))
}
