//! Accounts, here and elsewhere, and their counts.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::account_words;
use super::columns::{AccountKind, Json};
use super::conn::{Conn, on};
use super::schema::{account_counts, accounts, statuses};
use super::tx::Tx;
use crate::id::AccountId;
use crate::text::names::words_of;

/// One account. Local accounts have no `domain`.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = accounts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Account {
    /// Its id here.
    pub id: AccountId,
    /// `name` or `name@domain`, in lower case; unique.
    pub handle: String,
    /// The name as its owner writes it.
    pub username: String,
    /// The server's domain in lower case; none for local accounts.
    pub domain: Option<String>,
    /// The actor's id on the wire.
    pub uri: String,
    /// The profile page.
    pub url: String,
    /// What it stands for.
    pub kind: AccountKind,
    /// Plain text.
    pub display_name: String,
    /// Clean HTML.
    pub note: String,
    /// What a local owner wrote.
    pub note_source: String,
    /// The rows of the profile's table.
    pub fields: Json<Vec<Field>>,
    /// Emoji used in name, note and fields.
    pub emojis: Json<Vec<Emoji>>,
    /// A blob key (local) or a URL (remote).
    pub avatar: Option<String>,
    /// What the avatar shows, in words.
    pub avatar_alt: String,
    /// A blob key (local) or a URL (remote).
    pub header: Option<String>,
    /// What the header shows, in words.
    pub header_alt: String,
    /// Whether follows wait for approval.
    pub locked: bool,
    /// Whether directories may list it; none if its owner never said.
    pub discoverable: Option<bool>,
    /// Whether search may find its posts.
    pub indexable: bool,
    /// Whether lists of its follows are hidden.
    pub hides_collections: bool,
    /// Where activities for it are posted.
    pub inbox_url: String,
    /// Its server's inbox for everybody.
    pub shared_inbox_url: Option<String>,
    /// Its outbox.
    pub outbox_url: Option<String>,
    /// The collection that stands for its followers in addresses.
    pub followers_url: Option<String>,
    /// Whom it follows.
    pub following_url: Option<String>,
    /// Its pinned statuses.
    pub featured_url: Option<String>,
    /// When it came to be, in milliseconds.
    pub created_at: i64,
    /// When its profile last changed, in milliseconds.
    pub updated_at: i64,
    /// When a remote account was last fetched, in milliseconds.
    pub fetched_at: i64,
    /// Since when it is suspended, in milliseconds.
    pub suspended_at: Option<i64>,
}

/// One row of a profile's table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Plain text.
    pub name: String,
    /// Clean HTML.
    pub value: String,
    /// What a local owner wrote.
    #[serde(default)]
    pub source: String,
    /// When the link back was seen, in milliseconds.
    #[serde(default)]
    pub verified_at: Option<i64>,
}

/// A custom emoji as used in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Without colons.
    pub shortcode: String,
    /// The picture.
    pub url: String,
    /// Its first frame, if it is known to be animated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still: Option<String>,
}

/// How much an account has of each thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_counts)]
pub struct Counts {
    /// Statuses that it posted.
    pub statuses: i64,
    /// Accounts that follow it.
    pub followers: i64,
    /// Accounts that it follows.
    pub following: i64,
    /// When it last posted, in milliseconds.
    pub last_status_at: Option<i64>,
}

impl Account {
    /// Whether it lives on this node.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.domain.is_none()
    }

    /// `name` for local accounts, `name@domain` for remote ones, as clients show it.
    #[must_use]
    pub fn acct(&self) -> String {
        match &self.domain {
            None => self.username.clone(),
            Some(domain) => format!("{}@{domain}", self.username),
        }
    }

    /// The inbox that serves everybody on its server, or its own where there is none.
    #[must_use]
    pub fn best_inbox(&self) -> &str {
        self.shared_inbox_url.as_deref().unwrap_or(&self.inbox_url)
    }
}

/// The account with this id.
pub fn find(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Account>> {
    on!(conn, |c| accounts::table
        .find(id)
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// The account with this handle (lower case).
pub fn find_by_handle(conn: &mut Conn, handle: &str) -> QueryResult<Option<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::handle.eq(handle))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// The accounts with these handles (lower case), in no order.
pub fn list_by_handles(conn: &mut Conn, handles: &[String]) -> QueryResult<Vec<Account>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| accounts::table
        .filter(accounts::handle.eq_any(handles))
        .select(Account::as_select())
        .load(c))
}

/// The account whose actor has this id on the wire.
pub fn find_by_uri(conn: &mut Conn, uri: &str) -> QueryResult<Option<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::uri.eq(uri))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// The account whose followers this collection stands for.
pub fn find_by_followers_url(conn: &mut Conn, url: &str) -> QueryResult<Option<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::followers_url.eq(url))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// The account whose profile page or actor id this is.
pub fn find_by_url(conn: &mut Conn, url: &str) -> QueryResult<Option<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::url.eq(url))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// The accounts with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Account>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| accounts::table
        .filter(accounts::id.eq_any(ids))
        .select(Account::as_select())
        .load(c))
}

/// Local accounts of people, oldest first.
pub fn list_local(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::domain.is_null())
        .filter(accounts::kind.ne(AccountKind::Application))
        .order(accounts::id.asc())
        .limit(limit)
        .select(Account::as_select())
        .load(c))
}

/// Accounts whose handle begins with `prefix` (lower case), in the order of their handles.
pub fn list_by_beginning(conn: &mut Conn, prefix: &str, limit: i64) -> QueryResult<Vec<AccountId>> {
    // A range instead of LIKE: the unique index serves it on both databases.
    let end = format!("{prefix}\u{10FFFF}");
    on!(conn, |c| accounts::table
        .filter(accounts::handle.ge(prefix))
        .filter(accounts::handle.lt(&end))
        .order(accounts::handle.asc())
        .limit(limit)
        .select(accounts::id)
        .load(c))
}

/// Accounts of people in the order of their ids, after this one.
pub fn list_after(conn: &mut Conn, after: AccountId, limit: i64) -> QueryResult<Vec<Account>> {
    on!(conn, |c| accounts::table
        .filter(accounts::id.gt(after))
        .order(accounts::id.asc())
        .limit(limit)
        .select(Account::as_select())
        .load(c))
}

/// Splits the names of an account into the words by which it is found.
pub fn index_names(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    let words = match account.kind {
        AccountKind::Application => Vec::new(),
        _ => words_of(&[&account.username, &account.display_name]),
    };
    account_words::set(tx, account.id, &words)
}

/// Adds an account with empty counts.
pub fn insert(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(accounts::table)
        .values(account)
        .execute(c))?;
    on!(&mut **tx, |c| diesel::insert_into(account_counts::table)
        .values((account_counts::account_id.eq(account.id), Counts::default()))
        .execute(c))?;
    index_names(tx, account)
}

/// Writes the whole row of a known account.
pub fn update(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        accounts::table.find(account.id)
    )
    .set(account)
    .execute(c))?;
    index_names(tx, account)
}

/// Removes an account and everything that hangs on it.
pub fn delete(tx: &mut Tx, id: AccountId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(accounts::table.find(id))
        .execute(c))
    .map(drop)
}

/// The counts of these accounts, in no order.
pub fn list_counts(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<(AccountId, Counts)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_counts::table
        .filter(account_counts::account_id.eq_any(ids))
        .select((account_counts::account_id, Counts::as_select()))
        .load(c))
}

/// Adds `by` to the number of an account's statuses; a new status also sets when it last posted.
pub fn add_statuses(
    tx: &mut Tx,
    id: AccountId,
    by: i64,
    posted_at: Option<i64>,
) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        account_counts::table.find(id)
    )
    .set(account_counts::statuses.eq(account_counts::statuses + by))
    .execute(c))?;
    if let Some(instant) = posted_at {
        on!(&mut **tx, |c| diesel::update(
            account_counts::table.find(id)
        )
        .filter(
            account_counts::last_status_at
                .is_null()
                .or(account_counts::last_status_at.lt(instant))
        )
        .set(account_counts::last_status_at.eq(instant))
        .execute(c))?;
    }
    Ok(())
}

/// After a status of this instant (milliseconds) went, the account's last one is the newest that is left.
pub fn forget_status_at(tx: &mut Tx, id: AccountId, instant: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| {
        let is_last = account_counts::table
            .find(id)
            .filter(account_counts::last_status_at.eq(instant))
            .count()
            .get_result::<i64>(c)?;
        if is_last == 0 {
            return Ok(());
        }
        let newest: Option<i64> = statuses::table
            .filter(statuses::account_id.eq(id))
            .order(statuses::id.desc())
            .select(statuses::created_at)
            .first(c)
            .optional()?;
        diesel::update(account_counts::table.find(id))
            .set(account_counts::last_status_at.eq(newest))
            .execute(c)
            .map(drop)
    })
}

/// Adds `by` to the number of an account's followers.
pub fn add_followers(tx: &mut Tx, id: AccountId, by: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        account_counts::table.find(id)
    )
    .set(account_counts::followers.eq(account_counts::followers + by))
    .execute(c))?;
    let followers: Option<i64> = on!(&mut **tx, |c| account_counts::table
        .find(id)
        .select(account_counts::followers)
        .first(c)
        .optional())?;
    match followers {
        // Most follows change nothing about how far somebody reaches.
        Some(now) if account_words::reach_of(now) != account_words::reach_of(now - by) => {
            account_words::note_followers(tx, id, now)
        }
        _ => Ok(()),
    }
}

/// Adds `by` to the number of accounts that an account follows.
pub fn add_following(tx: &mut Tx, id: AccountId, by: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        account_counts::table.find(id)
    )
    .set(account_counts::following.eq(account_counts::following + by))
    .execute(c))
    .map(drop)
}

/// Sets what a remote server tells of its own account's numbers.
pub fn set_counts(tx: &mut Tx, id: AccountId, counts: Counts) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(
        account_counts::table.find(id)
    )
    .set((
        account_counts::statuses.eq(counts.statuses),
        account_counts::followers.eq(counts.followers),
        account_counts::following.eq(counts.following),
    ))
    .execute(c))?;
    account_words::note_followers(tx, id, counts.followers)
}

/// Which of these accounts are suspended.
pub fn list_suspended(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<AccountId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| accounts::table
        .filter(accounts::id.eq_any(ids))
        .filter(accounts::suspended_at.is_not_null())
        .select(accounts::id)
        .load(c))
}

/// Before an account goes: those whom it follows lose a follower, and those who follow it follow one less.
pub fn subtract_follows_of(tx: &mut Tx, id: AccountId) -> QueryResult<()> {
    use super::schema::follows;
    on!(&mut **tx, |c| {
        let followed = follows::table
            .filter(follows::account_id.eq(id))
            .filter(follows::is_accepted.eq(true))
            .select(follows::target_id);
        diesel::update(account_counts::table.filter(account_counts::account_id.eq_any(followed)))
            .set(account_counts::followers.eq(account_counts::followers - 1))
            .execute(c)?;
        let following = follows::table
            .filter(follows::target_id.eq(id))
            .filter(follows::is_accepted.eq(true))
            .select(follows::account_id);
        diesel::update(account_counts::table.filter(account_counts::account_id.eq_any(following)))
            .set(account_counts::following.eq(account_counts::following - 1))
            .execute(c)
    })
    .map(drop)
}
