//! What profiles say besides what stands in the account's row, and how people like to read. Missing rows are the usual.

use diesel::prelude::*;

use super::columns::{Json, MediaDisplay};
use super::conn::{Conn, on};
use super::schema_people::{preferences, profiles};
use super::tx::Tx;
use crate::id::AccountId;

/// What a profile says besides what stands in the account's row.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and profiles are told each by its name"
)]
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = profiles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Profile {
    /// Whose.
    pub account_id: AccountId,
    /// Domains whose pages may name the account as an author.
    pub attribution_domains: Json<Vec<String>>,
    /// Whether the profile has a tab of media.
    pub shows_media: bool,
    /// Whether that tab includes replies.
    pub shows_media_replies: bool,
    /// Whether the profile has a tab of featured things.
    pub shows_featured: bool,
    /// Ids on the wire of the same person's other accounts.
    pub also_known_as: Json<Vec<String>>,
    /// Where the account has moved to.
    pub moved_to_id: Option<AccountId>,
    /// When it moved, in milliseconds.
    pub moved_at: Option<i64>,
    /// When the pages that the fields name are looked at again, in milliseconds.
    pub links_due_at: Option<i64>,
    /// Whether the account remembers somebody who died.
    pub memorial: bool,
}

impl Profile {
    /// What is true of an account that never said anything of it.
    #[must_use]
    pub fn usual(account_id: AccountId) -> Self {
        Self {
            account_id,
            attribution_domains: Json::default(),
            shows_media: true,
            shows_media_replies: true,
            shows_featured: true,
            also_known_as: Json::default(),
            moved_to_id: None,
            moved_at: None,
            links_due_at: None,
            memorial: false,
        }
    }
}

/// How somebody likes to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = preferences)]
pub struct Preferences {
    /// Whose.
    pub account_id: AccountId,
    /// Which media are shown at once.
    pub media_display: MediaDisplay,
    /// Whether content warnings are opened at once.
    pub expands_spoilers: bool,
    /// Whether animations play by themselves.
    pub autoplays: bool,
}

impl Preferences {
    /// What is true of somebody who never said anything of it.
    #[must_use]
    pub fn usual(account_id: AccountId) -> Self {
        Self {
            account_id,
            media_display: MediaDisplay::Default,
            expands_spoilers: false,
            autoplays: false,
        }
    }
}

/// The profile of an account.
pub fn find(conn: &mut Conn, account: AccountId) -> QueryResult<Profile> {
    let found = on!(conn, |c| profiles::table
        .find(account)
        .select(Profile::as_select())
        .first(c)
        .optional())?;
    Ok(found.unwrap_or_else(|| Profile::usual(account)))
}

/// The profiles of these accounts that are not the usual one, in no order.
pub fn list(conn: &mut Conn, accounts: &[AccountId]) -> QueryResult<Vec<Profile>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| profiles::table
        .filter(profiles::account_id.eq_any(accounts))
        .select(Profile::as_select())
        .load(c))
}

/// Writes a profile.
pub fn save(tx: &mut Tx, profile: &Profile) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(profiles::table)
        .values(profile)
        .on_conflict(profiles::account_id)
        .do_update()
        .set(profile)
        .execute(c))
    .map(drop)
}

/// Forgets what a profile says and how its owner likes to read.
pub fn delete(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(profiles::table.find(account))
        .execute(c))?;
    on!(&mut **tx, |c| diesel::delete(
        preferences::table.find(account)
    )
    .execute(c))
    .map(drop)
}

/// The accounts whose fields' pages are due to be looked at by `now` (milliseconds), at most `limit`.
pub fn list_links_due(conn: &mut Conn, now: i64, limit: i64) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| profiles::table
        .filter(profiles::links_due_at.le(now))
        .order(profiles::links_due_at.asc())
        .limit(limit)
        .select(profiles::account_id)
        .load(c))
}

/// Sets when the pages that an account's fields name are looked at again (milliseconds).
pub fn set_links_due(tx: &mut Tx, account: AccountId, due_at: Option<i64>) -> QueryResult<()> {
    let mut profile = find(tx, account)?;
    if profile.links_due_at == due_at {
        return Ok(());
    }
    profile.links_due_at = due_at;
    save(tx, &profile)
}

/// How somebody likes to read.
pub fn find_preferences(conn: &mut Conn, account: AccountId) -> QueryResult<Preferences> {
    let found = on!(conn, |c| preferences::table
        .find(account)
        .select(Preferences::as_select())
        .first(c)
        .optional())?;
    Ok(found.unwrap_or_else(|| Preferences::usual(account)))
}

/// Writes how somebody likes to read.
pub fn save_preferences(tx: &mut Tx, wanted: &Preferences) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(preferences::table)
        .values(wanted)
        .on_conflict(preferences::account_id)
        .do_update()
        .set(wanted)
        .execute(c))
    .map(drop)
}
