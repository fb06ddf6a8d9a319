//! The words of the names of accounts, by which people are found, and how far each account reaches.
//!
//! Rows of one reach lie together, ordered by their words. So the accounts with the most followers among those with a
//! word are found by a few steps in one index, however many accounts there are.

use std::collections::HashSet;

use diesel::prelude::*;

use super::columns::AccountKind;
use super::conn::{Conn, on};
use super::schema::{account_counts, accounts, follows};
use super::schema_people::account_words;
use super::tx::Tx;
use crate::id::AccountId;

/// The farthest reach: a million followers and more.
const FARTHEST: i16 = 7;

#[derive(Insertable)]
#[diesel(table_name = account_words, treat_none_as_default_value = false)]
struct Row<'w> {
    account_id: AccountId,
    word: &'w str,
    reach: i16,
}

/// What decides where an account stands among those that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub id: AccountId,
    /// How many accounts follow it.
    pub followers: i64,
    /// When it last posted, in milliseconds.
    pub last_status_at: Option<i64>,
}

/// How far somebody reaches with this many followers: the number of its digits, at most 7; 0 for nobody.
#[must_use]
pub fn reach_of(followers: i64) -> i16 {
    let digits = followers.checked_ilog10().map_or(0, |power| power + 1);
    i16::try_from(digits).map_or(FARTHEST, |digits| digits.min(FARTHEST))
}

/// Writes the words of an account, if they are others than before.
pub(super) fn set(tx: &mut Tx, id: AccountId, words: &[String]) -> QueryResult<()> {
    let known: Vec<String> = on!(&mut **tx, |c| account_words::table
        .filter(account_words::account_id.eq(id))
        .select(account_words::word)
        .load(c))?;
    let known: HashSet<&str> = known.iter().map(String::as_str).collect();
    if known == words.iter().map(String::as_str).collect() {
        return Ok(());
    }
    on!(&mut **tx, |c| diesel::delete(
        account_words::table.filter(account_words::account_id.eq(id))
    )
    .execute(c))?;
    if words.is_empty() {
        return Ok(());
    }
    let followers: Option<i64> = on!(&mut **tx, |c| account_counts::table
        .find(id)
        .select(account_counts::followers)
        .first(c)
        .optional())?;
    let reach = reach_of(followers.unwrap_or(0));
    let rows: Vec<Row> = words
        .iter()
        .map(|word| Row {
            account_id: id,
            word,
            reach,
        })
        .collect();
    on!(&mut **tx, |c| diesel::insert_into(account_words::table)
        .values(&rows)
        .execute(c))
    .map(drop)
}

/// Notes how many followers an account has now.
pub(super) fn note_followers(tx: &mut Tx, id: AccountId, followers: i64) -> QueryResult<()> {
    let reach = reach_of(followers);
    on!(&mut **tx, |c| diesel::update(
        account_words::table
            .filter(account_words::account_id.eq(id))
            .filter(account_words::reach.ne(reach))
    )
    .set(account_words::reach.eq(reach))
    .execute(c))
    .map(drop)
}

/// Accounts with a word that begins like this, each once, those that reach farther first, at most `limit`. Of the last
/// reach that there is room for, only the first in the order of the alphabet.
pub fn list(conn: &mut Conn, beginning: &str, limit: usize) -> QueryResult<Vec<AccountId>> {
    let end = end_of(beginning);
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    for reach in (0..=FARTHEST).rev() {
        let room = i64::try_from(limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
        if room == 0 {
            break;
        }
        let ids: Vec<AccountId> = on!(conn, |c| account_words::table
            .filter(account_words::reach.eq(reach))
            .filter(account_words::word.ge(beginning))
            .filter(account_words::word.lt(&end))
            .order((account_words::word.asc(), account_words::account_id.asc()))
            .limit(room)
            .select(account_words::account_id)
            .load(c))?;
        found.extend(ids.into_iter().filter(|id| known.insert(*id)));
    }
    Ok(found)
}

/// Of those whom an account follows, those with a word that begins like this, each once, at most `limit`.
pub fn list_followed(
    conn: &mut Conn,
    follower: AccountId,
    beginning: &str,
    limit: i64,
) -> QueryResult<Vec<AccountId>> {
    let end = end_of(beginning);
    on!(conn, |c| follows::table
        .inner_join(account_words::table.on(account_words::account_id.eq(follows::target_id)))
        .filter(follows::account_id.eq(follower))
        .filter(follows::is_accepted.eq(true))
        .filter(account_words::word.ge(beginning))
        .filter(account_words::word.lt(&end))
        .select(follows::target_id)
        .distinct()
        .limit(limit)
        .load(c))
}

/// Those of these accounts that have a word that begins like this, in no order.
pub fn keep(conn: &mut Conn, ids: &[AccountId], beginning: &str) -> QueryResult<Vec<AccountId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let end = end_of(beginning);
    on!(conn, |c| account_words::table
        .filter(account_words::account_id.eq_any(ids))
        .filter(account_words::word.ge(beginning))
        .filter(account_words::word.lt(&end))
        .select(account_words::account_id)
        .distinct()
        .load(c))
}

/// What decides the order of these accounts; those that no search shows are left out.
pub fn weigh(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<Found>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(AccountId, i64, Option<i64>)> = on!(conn, |c| account_counts::table
        .inner_join(accounts::table.on(accounts::id.eq(account_counts::account_id)))
        .filter(account_counts::account_id.eq_any(ids))
        .filter(accounts::suspended_at.is_null())
        .filter(accounts::kind.ne(AccountKind::Application))
        .select((
            account_counts::account_id,
            account_counts::followers,
            account_counts::last_status_at,
        ))
        .load(c))?;
    let found = |(id, followers, last_status_at)| Found {
        id,
        followers,
        last_status_at,
    };
    Ok(rows.into_iter().map(found).collect())
}

/// What comes after all words that begin like this.
fn end_of(beginning: &str) -> String {
    format!("{beginning}\u{10FFFF}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_is_the_number_of_digits() {
        for (followers, reach) in [
            (-1, 0),
            (0, 0),
            (1, 1),
            (9, 1),
            (10, 2),
            (999_999, 6),
            (1_000_000, 7),
            (i64::MAX, 7),
        ] {
            assert_eq!(reach_of(followers), reach, "{followers}");
        }
    }
}
