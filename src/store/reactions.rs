//! Who reacts to which status with which emoji.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::conn::{Conn, on};
use super::schema::reactions;
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One reaction.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reactions, treat_none_as_default_value = false)]
pub struct Reaction {
    /// Emoji are shown in the order of their first use.
    pub id: i64,
    /// Who reacts.
    pub account_id: AccountId,
    /// To what.
    pub status_id: StatusId,
    /// With what: an emoji of Unicode, or the shortcode of a custom one.
    pub name: String,
    /// The picture of another server's custom emoji.
    pub url: Option<String>,
    /// The activity's id on the wire.
    pub uri: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

impl Reaction {
    /// With what.
    #[must_use]
    pub fn emoji(&self) -> ReactionEmoji {
        ReactionEmoji {
            name: self.name.clone(),
            url: self.url.clone(),
        }
    }
}

/// What people react with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReactionEmoji {
    /// An emoji of Unicode, or the shortcode of a custom one, which alone is ASCII.
    pub name: String,
    /// The picture of another server's custom emoji.
    pub url: Option<String>,
}

/// How many people react to a status with one emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The status.
    pub status_id: StatusId,
    /// The emoji.
    pub emoji: ReactionEmoji,
    /// How many people.
    pub count: i64,
}

/// What an account reacts to a status with, the first reaction first.
pub fn list_by(
    conn: &mut Conn,
    account: AccountId,
    status: StatusId,
) -> QueryResult<Vec<Reaction>> {
    let mut found: Vec<Reaction> = on!(conn, |c| reactions::table
        .filter(reactions::account_id.eq(account))
        .filter(reactions::status_id.eq(status))
        .select(Reaction::as_select())
        .load(c))?;
    found.sort_unstable_by_key(|reaction| reaction.id);
    Ok(found)
}

/// Reactions by any of these accounts to any of these statuses, the first one first.
pub fn list_among(
    conn: &mut Conn,
    accounts: &[AccountId],
    statuses: &[StatusId],
) -> QueryResult<Vec<Reaction>> {
    if statuses.is_empty() || accounts.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Reaction> = on!(conn, |c| reactions::table
        .filter(reactions::account_id.eq_any(accounts))
        .filter(reactions::status_id.eq_any(statuses))
        .select(Reaction::as_select())
        .load(c))?;
    found.sort_unstable_by_key(|reaction| reaction.id);
    Ok(found)
}

/// Reactions to a status with one emoji, `limit` at most, the newest first.
pub fn list_with(
    conn: &mut Conn,
    status: StatusId,
    emoji: &ReactionEmoji,
    limit: i64,
) -> QueryResult<Vec<Reaction>> {
    on!(conn, |c| {
        let query = reactions::table
            .filter(reactions::status_id.eq(status))
            .filter(reactions::name.eq(&emoji.name))
            .order(reactions::id.desc())
            .select(Reaction::as_select())
            .limit(limit)
            .into_boxed();
        match &emoji.url {
            Some(url) => query.filter(reactions::url.eq(url)).load(c),
            None => query.filter(reactions::url.is_null()).load(c),
        }
    })
}

/// An account's reaction with this id on the wire.
pub fn find_by_uri(
    conn: &mut Conn,
    account: AccountId,
    uri: &str,
) -> QueryResult<Option<Reaction>> {
    on!(conn, |c| reactions::table
        .filter(reactions::uri.eq(uri))
        .filter(reactions::account_id.eq(account))
        .select(Reaction::as_select())
        .first(c)
        .optional())
}

/// Status, name and picture of an emoji, how often it is used, and its first reaction.
type TallyRow = (StatusId, String, Option<String>, i64, Option<i64>);

/// How people react to these statuses, each emoji in the order of its first use. Reads their reactions in an index.
pub fn list_tallies(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<Tally>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<TallyRow> = on!(conn, |c| reactions::table
        .filter(reactions::status_id.eq_any(statuses))
        .group_by((reactions::status_id, reactions::name, reactions::url))
        .select((
            reactions::status_id,
            reactions::name,
            reactions::url,
            count_star(),
            min(reactions::id),
        ))
        .load(c))?;
    rows.sort_by_key(|(.., first)| *first);
    Ok(rows
        .into_iter()
        .map(|(status_id, name, url, count, _)| Tally {
            status_id,
            emoji: ReactionEmoji { name, url },
            count,
        })
        .collect())
}

/// Adds a reaction unless there is the same; tells whether it was added.
pub fn insert(tx: &mut Tx, reaction: &Reaction) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(reactions::table)
        .values(reaction)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Removes a reaction; tells whether it was there.
pub fn delete(tx: &mut Tx, id: i64) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(reactions::table.find(id))
        .execute(c))
    .map(|removed| removed > 0)
}
