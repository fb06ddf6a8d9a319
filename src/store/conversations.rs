//! Conversations by direct statuses, as each of those in them who is here has them.

use diesel::dsl::max;
use diesel::prelude::*;

use super::columns::{Json, Visibility};
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{status_mentions, statuses};
use super::schema_attention::{conversation_statuses, conversations};
use super::tx::Tx;
use crate::id::{AccountId, ConversationId, StatusId};

/// One conversation as one of those in it has it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = conversations)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who has it.
    pub account_id: AccountId,
    /// The thread of its statuses.
    pub thread_id: i64,
    /// The ids of the others in it, in order.
    pub participants: Json<Vec<i64>>,
    /// The newest of its statuses; lists are paged by it.
    pub last_status_id: StatusId,
    /// Whether something in it was not read yet.
    pub is_unread: bool,
}

/// A status of a conversation: whose conversation with whom it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Who has the conversation.
    pub account: AccountId,
    /// The others in it, in order.
    pub participants: Vec<AccountId>,
    /// The thread.
    pub thread: i64,
    /// The status.
    pub status: StatusId,
    /// Whether it is still to be read; if it is not, what came before was read too.
    pub is_unread: bool,
}

/// A page of an account's conversations, those with the newest statuses first.
pub fn page(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Vec<Conversation>> {
    on!(conn, |c| {
        let query = conversations::table
            .filter(conversations::account_id.eq(account))
            .select(Conversation::as_select())
            .into_boxed();
        cut!(c, query, conversations::last_status_id, page, Conversation)
    })
}

/// A conversation, if this account has it.
pub fn find_own(
    conn: &mut Conn,
    account: AccountId,
    id: ConversationId,
) -> QueryResult<Option<Conversation>> {
    on!(conn, |c| conversations::table
        .find(id)
        .filter(conversations::account_id.eq(account))
        .select(Conversation::as_select())
        .first(c)
        .optional())
}

/// The conversations with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[ConversationId]) -> QueryResult<Vec<Conversation>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| conversations::table
        .filter(conversations::id.eq_any(ids))
        .select(Conversation::as_select())
        .load(c))
}

/// Adds a status to a conversation, which may be new; gives its id unless it had the status already.
pub fn add(tx: &mut Tx, part: &Part) -> QueryResult<Option<ConversationId>> {
    let participants = Json(part.participants.iter().map(|id| id.0).collect::<Vec<_>>());
    let fresh = Conversation {
        id: ConversationId(tx.new_id()),
        account_id: part.account,
        thread_id: part.thread,
        participants,
        last_status_id: part.status,
        is_unread: part.is_unread,
    };
    on!(&mut **tx, |c| diesel::insert_into(conversations::table)
        .values(&fresh)
        .on_conflict_do_nothing()
        .execute(c))?;
    let known = find(tx, part.account, part.thread, &fresh.participants)?;
    let Some(known) = known else { return Ok(None) };
    let added = on!(&mut **tx, |c| diesel::insert_into(
        conversation_statuses::table
    )
    .values((
        conversation_statuses::conversation_id.eq(known.id),
        conversation_statuses::status_id.eq(part.status)
    ))
    .on_conflict_do_nothing()
    .execute(c))?;
    if added == 0 {
        return Ok(None);
    }
    on!(&mut **tx, |c| diesel::update(
        conversations::table.find(known.id)
    )
    .set((
        conversations::last_status_id.eq(known.last_status_id.max(part.status)),
        conversations::is_unread.eq(part.is_unread),
    ))
    .execute(c))?;
    Ok(Some(known.id))
}

fn find(
    conn: &mut Conn,
    account: AccountId,
    thread: i64,
    participants: &Json<Vec<i64>>,
) -> QueryResult<Option<Conversation>> {
    on!(conn, |c| conversations::table
        .filter(conversations::account_id.eq(account))
        .filter(conversations::thread_id.eq(thread))
        .filter(conversations::participants.eq(participants))
        .select(Conversation::as_select())
        .first(c)
        .optional())
}

/// Notes whether a conversation of this account was read; tells whether there is such a one.
pub fn set_unread(
    tx: &mut Tx,
    account: AccountId,
    id: ConversationId,
    is_unread: bool,
) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::update(
        conversations::table
            .filter(conversations::id.eq(id))
            .filter(conversations::account_id.eq(account))
    )
    .set(conversations::is_unread.eq(is_unread))
    .execute(c))
    .map(|changed| changed > 0)
}

/// Removes a conversation of this account; tells whether there was such a one. Its statuses stay.
pub fn delete(tx: &mut Tx, account: AccountId, id: ConversationId) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        conversations::table
            .filter(conversations::id.eq(id))
            .filter(conversations::account_id.eq(account))
    )
    .execute(c))
    .map(|removed| removed > 0)
}

/// The conversations that have a status.
pub fn list_with(conn: &mut Conn, status: StatusId) -> QueryResult<Vec<ConversationId>> {
    on!(conn, |c| conversation_statuses::table
        .filter(conversation_statuses::status_id.eq(status))
        .select(conversation_statuses::conversation_id)
        .load(c))
}

/// The conversations that have statuses of an author.
pub fn list_with_author(conn: &mut Conn, author: AccountId) -> QueryResult<Vec<ConversationId>> {
    on!(conn, |c| conversation_statuses::table
        .inner_join(statuses::table.on(statuses::id.eq(conversation_statuses::status_id)))
        .filter(statuses::account_id.eq(author))
        .filter(statuses::visibility.eq(Visibility::Direct))
        .select(conversation_statuses::conversation_id)
        .distinct()
        .load(c))
}

/// Finds out the newest status of these conversations after some have gone; those without any go too.
pub fn mend(tx: &mut Tx, ids: &[ConversationId]) -> QueryResult<()> {
    for id in ids {
        let newest: Option<StatusId> = on!(&mut **tx, |c| conversation_statuses::table
            .filter(conversation_statuses::conversation_id.eq(*id))
            .select(max(conversation_statuses::status_id))
            .first(c))?;
        on!(&mut **tx, |c| match newest {
            Some(newest) => diesel::update(conversations::table.find(*id))
                .set(conversations::last_status_id.eq(newest))
                .execute(c),
            None => diesel::delete(conversations::table.find(*id)).execute(c),
        })?;
    }
    Ok(())
}

/// The conversations of the thread `from` belong to the thread `to` from now on, and become one with those of the same
/// people there.
pub fn move_thread(tx: &mut Tx, from: i64, to: i64) -> QueryResult<()> {
    let moved: Vec<Conversation> = on!(&mut **tx, |c| conversations::table
        .filter(conversations::thread_id.eq(from))
        .select(Conversation::as_select())
        .load(c))?;
    for one in moved {
        let Some(known) = find(tx, one.account_id, to, &one.participants)? else {
            on!(&mut **tx, |c| diesel::update(
                conversations::table.find(one.id)
            )
            .set(conversations::thread_id.eq(to))
            .execute(c))?;
            continue;
        };
        // A status is in one thread, so none is in both.
        on!(&mut **tx, |c| diesel::update(
            conversation_statuses::table.filter(conversation_statuses::conversation_id.eq(one.id))
        )
        .set(conversation_statuses::conversation_id.eq(known.id))
        .execute(c))?;
        let is_unread = known.is_unread || one.is_unread;
        set_unread(tx, known.account_id, known.id, is_unread)?;
        delete(tx, one.account_id, one.id)?;
        mend(tx, &[known.id])?;
    }
    Ok(())
}

/// Whether an account has written a direct status in a thread that addresses another.
pub fn has_written(
    conn: &mut Conn,
    thread: i64,
    author: AccountId,
    to: AccountId,
) -> QueryResult<bool> {
    use diesel::dsl::{exists, select};
    on!(conn, |c| select(exists(
        statuses::table
            .inner_join(status_mentions::table.on(status_mentions::status_id.eq(statuses::id)))
            .filter(statuses::conversation_id.eq(thread))
            .filter(statuses::account_id.eq(author))
            .filter(statuses::visibility.eq(Visibility::Direct))
            .filter(status_mentions::account_id.eq(to))
    ))
    .get_result(c))
}

/// The direct statuses behind `after`, oldest first, at most `limit`.
pub fn list_direct(conn: &mut Conn, after: StatusId, limit: i64) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| statuses::table
        .filter(statuses::visibility.eq(Visibility::Direct))
        .filter(statuses::boost_of_id.is_null())
        .filter(statuses::id.gt(after))
        .order(statuses::id.asc())
        .limit(limit)
        .select(statuses::id)
        .load(c))
}
