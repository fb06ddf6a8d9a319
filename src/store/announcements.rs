//! What the staff tells everybody on this node, who has read it, and how people react.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::accounts::Emoji;
use super::columns::Json;
use super::conn::{Conn, on};
use super::schema::{announcement_dismissals, announcement_reactions, announcements};
use super::tx::Tx;
use crate::id::{AccountId, AnnouncementId};

/// One announcement.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = announcements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Announcement {
    /// Its id.
    pub id: AnnouncementId,
    /// As typed.
    pub text: String,
    /// Clean HTML.
    pub content: String,
    /// What the text names.
    pub named: Json<Named>,
    /// Whether the instants stand for whole days.
    pub all_day: bool,
    /// When what it tells of begins, in milliseconds.
    pub starts_at: Option<i64>,
    /// When what it tells of ends, in milliseconds; it is shown until then.
    pub ends_at: Option<i64>,
    /// When it is to be published, in milliseconds.
    pub scheduled_at: Option<i64>,
    /// Since when it is shown, in milliseconds; none while it is not.
    pub published_at: Option<i64>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
    /// When it last changed, in milliseconds.
    pub updated_at: i64,
}

/// What the text of an announcement names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Accounts.
    pub accounts: Vec<i64>,
    /// Hashtags, normalised.
    pub tags: Vec<String>,
    /// Statuses, by their address.
    pub statuses: Vec<i64>,
    /// Custom emoji.
    pub emojis: Vec<Emoji>,
}

/// How many people reacted to an announcement with one emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// To which announcement.
    pub announcement_id: AnnouncementId,
    /// The emoji, or the shortcode of a custom one.
    pub name: String,
    /// How many people.
    pub count: i64,
}

/// The one with this id.
pub fn find(conn: &mut Conn, id: AnnouncementId) -> QueryResult<Option<Announcement>> {
    on!(conn, |c| announcements::table
        .find(id)
        .select(Announcement::as_select())
        .first(c)
        .optional())
}

/// Those with these ids.
pub fn list(conn: &mut Conn, ids: &[AnnouncementId]) -> QueryResult<Vec<Announcement>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| announcements::table
        .filter(announcements::id.eq_any(ids))
        .select(Announcement::as_select())
        .load(c))
}

/// Those that are shown, the oldest first, at most `limit`.
pub fn list_published(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Announcement>> {
    on!(conn, |c| announcements::table
        .filter(announcements::published_at.is_not_null())
        .order(announcements::published_at.asc())
        .limit(limit)
        .select(Announcement::as_select())
        .load(c))
}

/// The newest of all, at most `limit`.
pub fn list_newest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Announcement>> {
    on!(conn, |c| announcements::table
        .order(announcements::id.desc())
        .limit(limit)
        .select(Announcement::as_select())
        .load(c))
}

/// Those whose time to be published has come.
pub fn list_due(conn: &mut Conn, now: i64, limit: i64) -> QueryResult<Vec<Announcement>> {
    on!(conn, |c| announcements::table
        .filter(announcements::scheduled_at.le(now))
        .filter(announcements::published_at.is_null())
        .limit(limit)
        .select(Announcement::as_select())
        .load(c))
}

/// Those that are shown although what they tell of has begun to end.
pub fn list_ending(conn: &mut Conn, now: i64, limit: i64) -> QueryResult<Vec<Announcement>> {
    on!(conn, |c| announcements::table
        .filter(announcements::ends_at.le(now))
        .filter(announcements::published_at.is_not_null())
        .limit(limit)
        .select(Announcement::as_select())
        .load(c))
}

/// Adds one.
pub fn insert(tx: &mut Tx, announcement: &Announcement) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(announcements::table)
        .values(announcement)
        .execute(c))
    .map(drop)
}

/// Writes one as it is now. Other processes wait with theirs until this write has ended.
pub fn update(tx: &mut Tx, announcement: &Announcement) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        announcements::table.find(announcement.id)
    )
    .set(announcement)
    .execute(c))
    .map(drop)
}

/// Removes one, with everything that hangs on it.
pub fn delete(tx: &mut Tx, id: AnnouncementId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(announcements::table.find(id))
        .execute(c))
    .map(drop)
}

/// Which of these somebody has read.
pub fn list_dismissed(
    conn: &mut Conn,
    account: AccountId,
    ids: &[AnnouncementId],
) -> QueryResult<Vec<AnnouncementId>> {
    on!(conn, |c| announcement_dismissals::table
        .filter(announcement_dismissals::account_id.eq(account))
        .filter(announcement_dismissals::announcement_id.eq_any(ids))
        .select(announcement_dismissals::announcement_id)
        .load(c))
}

/// Notes that somebody has read one.
pub fn dismiss(tx: &mut Tx, account: AccountId, id: AnnouncementId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(
        announcement_dismissals::table
    )
    .values((
        announcement_dismissals::account_id.eq(account),
        announcement_dismissals::announcement_id.eq(id),
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(drop)
}

/// How people react to these, each emoji in the order of its first use.
pub fn list_tallies(conn: &mut Conn, ids: &[AnnouncementId]) -> QueryResult<Vec<Tally>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<(AnnouncementId, String, i64, Option<i64>)> =
        on!(conn, |c| announcement_reactions::table
            .filter(announcement_reactions::announcement_id.eq_any(ids))
            .group_by((
                announcement_reactions::announcement_id,
                announcement_reactions::name,
            ))
            .select((
                announcement_reactions::announcement_id,
                announcement_reactions::name,
                count_star(),
                min(announcement_reactions::id),
            ))
            .load(c))?;
    rows.sort_by_key(|(_, _, _, first)| *first);
    Ok(rows
        .into_iter()
        .map(|(announcement_id, name, count, _)| Tally {
            announcement_id,
            name,
            count,
        })
        .collect())
}

/// With what somebody reacts to these.
pub fn list_reactions_by(
    conn: &mut Conn,
    account: AccountId,
    ids: &[AnnouncementId],
) -> QueryResult<Vec<(AnnouncementId, String)>> {
    on!(conn, |c| announcement_reactions::table
        .filter(announcement_reactions::account_id.eq(account))
        .filter(announcement_reactions::announcement_id.eq_any(ids))
        .select((
            announcement_reactions::announcement_id,
            announcement_reactions::name,
        ))
        .load(c))
}

/// Adds a reaction; tells whether it is new.
pub fn react(tx: &mut Tx, id: AnnouncementId, account: AccountId, name: &str) -> QueryResult<bool> {
    let row = tx.new_id();
    on!(&mut **tx, |c| diesel::insert_into(
        announcement_reactions::table
    )
    .values((
        announcement_reactions::id.eq(row),
        announcement_reactions::announcement_id.eq(id),
        announcement_reactions::account_id.eq(account),
        announcement_reactions::name.eq(name),
    ))
    .on_conflict_do_nothing()
    .execute(c))
    .map(|added| added > 0)
}

/// Takes a reaction back; tells whether there was one.
pub fn unreact(
    tx: &mut Tx,
    id: AnnouncementId,
    account: AccountId,
    name: &str,
) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        announcement_reactions::table
            .filter(announcement_reactions::announcement_id.eq(id))
            .filter(announcement_reactions::account_id.eq(account))
            .filter(announcement_reactions::name.eq(name))
    )
    .execute(c))
    .map(|removed| removed > 0)
}
