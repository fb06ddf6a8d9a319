//! What became of deliveries, kept for people after the delivery itself is gone.
//!
//! A document lives on without its body as long as its outcomes are shown: it is settled when nobody waits for it any
//! more, and forgotten some time later (see `activities`).

use diesel::prelude::*;

use super::columns::OutcomeState;
use super::conn::{Conn, on};
use super::deliveries::{self, Delivery};
use super::schema::{accounts, activities, deliveries as waiting, outcomes, peers};
use super::tx::Tx;
use crate::id::{AccountId, ActivityId, InboxId};

/// Documents of which nobody asks what became of them.
const WITHOUT_OUTCOMES: [&str; 2] = ["Like", "Block"];
/// Rows of one insert: each has six parameters.
const ROWS_AT_ONCE: usize = 500;
/// Documents about one thing that are looked at, the newest first.
const MOST_MESSAGES: i64 = 100;

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = outcomes, treat_none_as_default_value = false)]
pub struct Outcome {
    /// The document.
    pub activity_id: ActivityId,
    /// The peer that it was for.
    pub peer_id: i64,
    /// The inbox.
    pub inbox_id: InboxId,
    /// What became of it.
    pub state: OutcomeState,
    /// When, in milliseconds.
    pub at: i64,
    /// Why, in words of the peer or of this node.
    pub reason: Option<String>,
}

impl Outcome {
    /// What became of `delivery` at the instant `at` (milliseconds).
    #[must_use]
    pub fn of(delivery: Delivery, state: OutcomeState, at: i64, reason: Option<String>) -> Self {
        Self {
            activity_id: delivery.activity_id,
            peer_id: delivery.peer_id,
            inbox_id: delivery.inbox_id,
            state,
            at,
            reason,
        }
    }
}

/// One document about a thing.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Message {
    /// Its id.
    pub id: ActivityId,
    /// Its type: Create, Update, ...
    pub kind: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// How far one document has come at one inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The document.
    pub activity_id: ActivityId,
    /// The inbox.
    pub inbox_id: InboxId,
    /// The peer.
    pub peer_id: i64,
    /// The peer's domain.
    pub domain: String,
    /// What became of it; none while it waits.
    pub state: Option<OutcomeState>,
}

/// A delivery that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = waiting)]
pub struct Waiting {
    /// The peer.
    pub peer_id: i64,
    /// The document.
    pub activity_id: ActivityId,
    /// The inbox.
    pub inbox_id: InboxId,
    /// When it was last tried in vain, or until when it is set aside, in milliseconds; 0 if it was never tried.
    pub due_at: i64,
    /// How often the peer said no to it while it took others.
    pub refusals: i64,
}

/// Adds what became of deliveries, of those documents of which people want to know it.
pub fn insert(tx: &mut Tx, ended: &[Outcome]) -> QueryResult<()> {
    use diesel::dsl::{exists, not};
    if ended.is_empty() {
        return Ok(());
    }
    let ids: Vec<ActivityId> = ended.iter().map(|outcome| outcome.activity_id).collect();
    // News about an account itself, such as its profile, are no posts; a document may have been forgotten meanwhile.
    let kept: Vec<ActivityId> = on!(&mut **tx, |c| activities::table
        .filter(activities::id.eq_any(&ids))
        .filter(activities::kind.ne_all(WITHOUT_OUTCOMES))
        .filter(not(exists(
            accounts::table
                .filter(accounts::id.eq(activities::account_id))
                .filter(accounts::uri.eq(activities::object_uri))
        )))
        .select(activities::id)
        .load(c))?;
    let rows: Vec<&Outcome> = ended
        .iter()
        .filter(|outcome| kept.contains(&outcome.activity_id))
        .collect();
    for part in rows.chunks(ROWS_AT_ONCE) {
        on!(&mut **tx, |c| diesel::insert_into(outcomes::table)
            .values(part.to_vec())
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// The documents of these types that an account sent about one thing since `since` (milliseconds), newest first.
pub fn list_messages(
    conn: &mut Conn,
    account: AccountId,
    object_uri: &str,
    kinds: &[&str],
    since: i64,
) -> QueryResult<Vec<Message>> {
    on!(conn, |c| activities::table
        .filter(activities::object_uri.eq(object_uri))
        .filter(activities::account_id.eq(account))
        .filter(activities::kind.eq_any(kinds))
        .filter(activities::created_at.ge(since))
        .order(activities::id.desc())
        .limit(MOST_MESSAGES)
        .select((activities::id, activities::kind, activities::created_at))
        .load(c))
}

/// How far these documents have come, in no order: a row for each document and inbox.
pub fn list_marks(conn: &mut Conn, ids: &[ActivityId]) -> QueryResult<Vec<Mark>> {
    type Row = (ActivityId, InboxId, i64, String);
    let ended: Vec<(Row, OutcomeState)> = on!(conn, |c| outcomes::table
        .inner_join(peers::table.on(peers::id.eq(outcomes::peer_id)))
        .filter(outcomes::activity_id.eq_any(ids))
        .select((
            (
                outcomes::activity_id,
                outcomes::inbox_id,
                outcomes::peer_id,
                peers::domain
            ),
            outcomes::state
        ))
        .load(c))?;
    let waits: Vec<Row> = on!(conn, |c| waiting::table
        .inner_join(peers::table.on(peers::id.eq(waiting::peer_id)))
        .filter(waiting::activity_id.eq_any(ids))
        .select((
            waiting::activity_id,
            waiting::inbox_id,
            waiting::peer_id,
            peers::domain
        ))
        .load(c))?;
    let mark = |(activity_id, inbox_id, peer_id, domain): Row, state| Mark {
        activity_id,
        inbox_id,
        peer_id,
        domain,
        state,
    };
    let ended = ended.into_iter().map(|(row, state)| mark(row, Some(state)));
    Ok(ended
        .chain(waits.into_iter().map(|row| mark(row, None)))
        .collect())
}

/// What became of these documents at these peers.
pub fn list(conn: &mut Conn, ids: &[ActivityId], peers: &[i64]) -> QueryResult<Vec<Outcome>> {
    on!(conn, |c| outcomes::table
        .filter(outcomes::activity_id.eq_any(ids))
        .filter(outcomes::peer_id.eq_any(peers))
        .select(Outcome::as_select())
        .load(c))
}

/// Which of these documents wait for these peers.
pub fn list_waiting(
    conn: &mut Conn,
    ids: &[ActivityId],
    peers: &[i64],
) -> QueryResult<Vec<Waiting>> {
    on!(conn, |c| waiting::table
        .filter(waiting::activity_id.eq_any(ids))
        .filter(waiting::peer_id.eq_any(peers))
        .select(Waiting::as_select())
        .load(c))
}

/// Ends up to `limit` deliveries of documents made before `horizon` (milliseconds), oldest first: of those that are kept
/// long if `outlives`, else of the others. Gives their number.
pub fn expire(tx: &mut Tx, outlives: bool, horizon: i64, limit: i64) -> QueryResult<usize> {
    let late: Vec<Delivery> = on!(&mut **tx, |c| waiting::table
        .inner_join(activities::table.on(activities::id.eq(waiting::activity_id)))
        .filter(activities::outlives.eq(outlives))
        .filter(activities::created_at.lt(horizon))
        .filter(activities::delivered_at.is_null())
        .order(activities::created_at.asc())
        .limit(limit)
        .select(Delivery::as_select())
        .load(c))?;
    end(tx, &late, OutcomeState::Expired, None)
}

/// Ends up to `limit` deliveries to a peer, oldest first, as refused for this reason; gives their number.
pub fn drop_backlog(tx: &mut Tx, peer: i64, reason: &str, limit: i64) -> QueryResult<usize> {
    let backlog: Vec<Delivery> = on!(&mut **tx, |c| waiting::table
        .filter(waiting::peer_id.eq(peer))
        .order((
            waiting::class.asc(),
            waiting::activity_id.asc(),
            waiting::inbox_id.asc(),
        ))
        .limit(limit)
        .select(Delivery::as_select())
        .load(c))?;
    end(tx, &backlog, OutcomeState::Refused, Some(reason))
}

/// Removes deliveries and remembers what became of them; gives their number.
pub fn end(
    tx: &mut Tx,
    ended: &[Delivery],
    state: OutcomeState,
    reason: Option<&str>,
) -> QueryResult<usize> {
    remember(tx, ended, state, reason)?;
    deliveries::remove(tx, ended)?;
    Ok(ended.len())
}

/// Remembers what became of deliveries that are removed in the same write.
pub(super) fn remember(
    tx: &mut Tx,
    ended: &[Delivery],
    state: OutcomeState,
    reason: Option<&str>,
) -> QueryResult<()> {
    let now = tx.now();
    let rows: Vec<Outcome> = ended
        .iter()
        .map(|delivery| Outcome::of(*delivery, state, now, reason.map(str::to_owned)))
        .collect();
    insert(tx, &rows)
}

/// How many outcomes are kept.
pub fn count(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| outcomes::table.count().get_result(c))
}
