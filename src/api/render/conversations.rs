//! Conversations by direct statuses.
//!
//! Source: <https://docs.joinmastodon.org/entities/Conversation/>

use std::collections::HashMap;

use super::{View, accounts, only, statuses};
use crate::api::entities;
use crate::id::{AccountId, StatusId};
use crate::social::visibility::keep_visible;
use crate::store::conversations::Conversation;
use crate::store::{self, Conn, QueryResult};

/// The viewer's conversations, in their order. Costs a fixed number of queries, whatever the length of the page.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    rows: &[Conversation],
) -> QueryResult<Vec<entities::conversations::Conversation>> {
    let people = load_people(conn, view, rows)?;
    let ids: Vec<StatusId> = rows.iter().map(|row| row.last_status_id).collect();
    let found = store::statuses::list(conn, &ids)?;
    let found = keep_visible(conn, view.viewer, found)?;
    let mut statuses: HashMap<StatusId, entities::Status> = statuses::page(conn, view, found)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    Ok(rows
        .iter()
        .map(|row| with(row, &people, statuses.remove(&row.last_status_id)))
        .collect())
}

/// One conversation.
///
/// # Errors
/// Whatever the database says.
pub fn single(
    conn: &mut Conn,
    view: &View,
    row: Conversation,
) -> QueryResult<entities::conversations::Conversation> {
    only(page(conn, view, &[row])?)
}

/// Those who are in these conversations.
///
/// # Errors
/// Whatever the database says.
pub fn load_people(
    conn: &mut Conn,
    view: &View,
    rows: &[Conversation],
) -> QueryResult<HashMap<AccountId, entities::Account>> {
    let mut ids: Vec<AccountId> = rows.iter().flat_map(participants).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = accounts::by_ids(conn, view, &ids)?.into_iter();
    Ok(people.map(|account| (account.id, account)).collect())
}

/// The others of a conversation; whoever talks to nobody is alone.
fn participants(row: &Conversation) -> Vec<AccountId> {
    if row.participants.0.is_empty() {
        return vec![row.account_id];
    }
    row.participants.0.iter().copied().map(AccountId).collect()
}

/// A conversation with these people and this status.
#[must_use]
pub(in crate::api) fn with(
    row: &Conversation,
    people: &HashMap<AccountId, entities::Account>,
    last_status: Option<entities::Status>,
) -> entities::conversations::Conversation {
    let named = participants(row).into_iter();
    entities::conversations::Conversation {
        id: row.id,
        unread: row.is_unread,
        accounts: named.filter_map(|id| people.get(&id).cloned()).collect(),
        last_status,
    }
}
