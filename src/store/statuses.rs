//! Statuses and boosts. A boost is a status of its own that points at the original.

use diesel::prelude::*;

use super::accounts::Emoji;
use super::columns::{Json, Visibility};
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::statuses;
use super::tx::Tx;
use crate::id::{AccountId, ApplicationId, StatusId, first_at};

/// One status or boost.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = statuses, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Status {
    /// Its id here; sorts by when it was made.
    pub id: StatusId,
    /// Its id on the wire.
    pub uri: String,
    /// Its page.
    pub url: Option<String>,
    /// Its author.
    pub account_id: AccountId,
    /// Whether it was made here.
    pub is_local: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// Clean HTML.
    pub content: String,
    /// What a local author wrote.
    pub source: Option<String>,
    /// The content warning, plain text; empty if there is none.
    pub spoiler: String,
    /// Whether its attachments are hidden at first.
    pub sensitive: bool,
    /// An ISO 639 code.
    pub language: Option<String>,
    /// Emoji used in content and warning.
    pub emojis: Json<Vec<Emoji>>,
    /// What it replies to, if that is known here.
    pub in_reply_to_id: Option<StatusId>,
    /// Whom it replies to.
    pub in_reply_to_account_id: Option<AccountId>,
    /// What it replies to, on the wire.
    pub in_reply_to_uri: Option<String>,
    /// The id of the first status of its conversation.
    pub conversation_id: i64,
    /// What it boosts.
    pub boost_of_id: Option<StatusId>,
    /// What it was posted with.
    pub application_id: Option<ApplicationId>,
    /// Replies known here.
    pub replies_count: i64,
    /// Boosts known here.
    pub boosts_count: i64,
    /// Favourites known here.
    pub favourites_count: i64,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it was last edited, in milliseconds.
    pub edited_at: Option<i64>,
    /// When a remote status was last fetched, in milliseconds.
    pub fetched_at: i64,
}

/// The status with this id.
pub fn find(conn: &mut Conn, id: StatusId) -> QueryResult<Option<Status>> {
    on!(conn, |c| statuses::table
        .find(id)
        .select(Status::as_select())
        .first(c)
        .optional())
}

/// The status with this id on the wire.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Status>> {
    on!(conn, |c| statuses::table
        .filter(statuses::uri.eq(uri))
        .select(Status::as_select())
        .first(c)
        .optional())
}

/// The boost of `original` by this account.
pub fn find_boost(
    conn: &mut Conn,
    account: AccountId,
    original: StatusId,
) -> QueryResult<Option<Status>> {
    on!(conn, |c| statuses::table
        .filter(statuses::boost_of_id.eq(original))
        .filter(statuses::account_id.eq(account))
        .select(Status::as_select())
        .first(c)
        .optional())
}

/// The statuses with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Status>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| statuses::table
        .filter(statuses::id.eq_any(ids))
        .select(Status::as_select())
        .load(c))
}

/// Which of these statuses this account has boosted.
pub fn list_boosted(
    conn: &mut Conn,
    account: AccountId,
    ids: &[StatusId],
) -> QueryResult<Vec<StatusId>> {
    let boosted: Vec<Option<StatusId>> = on!(conn, |c| statuses::table
        .filter(statuses::boost_of_id.eq_any(ids))
        .filter(statuses::account_id.eq(account))
        .select(statuses::boost_of_id)
        .load(c))?;
    Ok(boosted.into_iter().flatten().collect())
}

/// Who of `accounts` has boosted which of these statuses: (status, account).
pub fn list_boosters_among(
    conn: &mut Conn,
    accounts: &[AccountId],
    originals: &[StatusId],
) -> QueryResult<Vec<(StatusId, AccountId)>> {
    if originals.is_empty() || accounts.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(Option<StatusId>, AccountId)> = on!(conn, |c| statuses::table
        .filter(statuses::boost_of_id.eq_any(originals))
        .filter(statuses::account_id.eq_any(accounts))
        .select((statuses::boost_of_id, statuses::account_id))
        .load(c))?;
    Ok(found
        .into_iter()
        .filter_map(|(original, account)| Some((original?, account)))
        .collect())
}

/// Who has boosted a status: (boost id, account), all of them.
pub fn list_boosters(
    conn: &mut Conn,
    original: StatusId,
) -> QueryResult<Vec<(StatusId, AccountId)>> {
    on!(conn, |c| statuses::table
        .filter(statuses::boost_of_id.eq(original))
        .select((statuses::id, statuses::account_id))
        .load(c))
}

/// A page of the boosts of a status.
pub fn page_boosts(conn: &mut Conn, original: StatusId, page: &Page) -> QueryResult<Vec<Status>> {
    on!(conn, |c| {
        let query = statuses::table
            .filter(statuses::boost_of_id.eq(original))
            .select(Status::as_select())
            .into_boxed();
        cut!(c, query, statuses::id, page, Status)
    })
}

/// Replies that wait for their parent, now that the status with this wire id is known.
pub fn list_waiting_for(conn: &mut Conn, parent_uri: &str) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| statuses::table
        .filter(statuses::in_reply_to_id.is_null())
        .filter(statuses::in_reply_to_uri.eq(parent_uri))
        .select(statuses::id)
        .load(c))
}

/// How many local statuses there are.
pub fn count_local(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| statuses::table
        .filter(statuses::is_local.eq(true))
        .count()
        .get_result(c))
}

/// How many local statuses were made from `from` to before `to` (milliseconds).
pub fn count_local_between(conn: &mut Conn, from: i64, to: i64) -> QueryResult<i64> {
    // Ids are instants, so only these weeks are looked at.
    let (first, end) = (StatusId(first_at(from)), StatusId(first_at(to)));
    on!(conn, |c| statuses::table
        .filter(statuses::id.ge(first))
        .filter(statuses::id.lt(end))
        .filter(statuses::is_local.eq(true))
        .count()
        .get_result(c))
}

/// Tries within one millisecond before the next one is taken.
const TRIES_PER_MILLISECOND: i64 = 32;

/// A free id for a status that was made elsewhere at `millis`. Where an instant is crowded, it is a little later.
pub fn new_id_at(tx: &mut Tx, millis: i64) -> QueryResult<StatusId> {
    let mut tries = 0;
    loop {
        let id = StatusId(tx.propose_id_at(millis + tries / TRIES_PER_MILLISECOND));
        let taken: Option<StatusId> = on!(&mut **tx, |c| statuses::table
            .find(id)
            .select(statuses::id)
            .first(c)
            .optional())?;
        if taken.is_none() {
            return Ok(id);
        }
        tries += 1;
    }
}

/// Adds a status.
pub fn insert(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(statuses::table)
        .values(status)
        .execute(c))
    .map(drop)
}

/// Writes the whole row of a known status.
pub fn update(tx: &mut Tx, status: &Status) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        statuses::table.find(status.id)
    )
    .set(status)
    .execute(c))
    .map(drop)
}

/// Hangs a waiting reply onto its parent.
pub fn set_parent(tx: &mut Tx, id: StatusId, parent: &Status) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(statuses::table.find(id))
        .set((
            statuses::in_reply_to_id.eq(parent.id),
            statuses::in_reply_to_account_id.eq(parent.account_id),
            statuses::conversation_id.eq(parent.conversation_id),
        ))
        .execute(c))
    .map(drop)
}

/// Removes a status with its boosts, mentions, favourites, notifications and places in timelines.
pub fn delete(tx: &mut Tx, id: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(statuses::table.find(id))
        .execute(c))
    .map(drop)
}

/// Adds `by` to the number of replies.
pub fn add_replies(tx: &mut Tx, id: StatusId, by: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(statuses::table.find(id))
        .set(statuses::replies_count.eq(statuses::replies_count + by))
        .execute(c))
    .map(drop)
}

/// Adds `by` to the number of boosts.
pub fn add_boosts(tx: &mut Tx, id: StatusId, by: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(statuses::table.find(id))
        .set(statuses::boosts_count.eq(statuses::boosts_count + by))
        .execute(c))
    .map(drop)
}

/// Adds `by` to the number of favourites.
pub fn add_favourites(tx: &mut Tx, id: StatusId, by: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(statuses::table.find(id))
        .set(statuses::favourites_count.eq(statuses::favourites_count + by))
        .execute(c))
    .map(drop)
}

/// Replies to a status that is about to go no longer point at it; its wire id stays with them.
pub fn orphan_replies(tx: &mut Tx, id: StatusId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        statuses::table.filter(statuses::in_reply_to_id.eq(id))
    )
    .set(statuses::in_reply_to_id.eq(None::<StatusId>))
    .execute(c))
    .map(drop)
}

/// Moves everything of one conversation into another.
pub fn move_conversation(tx: &mut Tx, from: i64, to: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        statuses::table.filter(statuses::conversation_id.eq(from))
    )
    .set(statuses::conversation_id.eq(to))
    .execute(c))
    .map(drop)
}
