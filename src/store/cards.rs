//! Previews of linked pages.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::cards;
use super::tx::Tx;

/// What is known of a linked page.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cards, treat_none_as_default_value = false)]
pub struct Card {
    /// Its address, without a fragment.
    pub url: String,
    /// Its preview as JSON; none while nothing is known, or if there is nothing to show.
    pub preview: Option<String>,
    /// When it was last decided to fetch it, in milliseconds.
    pub asked_at: i64,
    /// When it was fetched, in milliseconds.
    pub fetched_at: Option<i64>,
    /// How often in a row it could not be fetched.
    pub failures: i64,
}

/// What is known of these pages.
pub fn list(conn: &mut Conn, urls: &[String]) -> QueryResult<Vec<Card>> {
    if urls.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| cards::table
        .filter(cards::url.eq_any(urls))
        .select(Card::as_select())
        .load(c))
}

/// What is known of a page.
pub fn find(conn: &mut Conn, url: &str) -> QueryResult<Option<Card>> {
    on!(conn, |c| cards::table
        .find(url)
        .select(Card::as_select())
        .first(c)
        .optional())
}

/// Notes that a page is to be fetched.
pub fn ask(tx: &mut Tx, url: &str) -> QueryResult<()> {
    let now = tx.now();
    let asked = on!(&mut **tx, |c| diesel::update(cards::table.find(url))
        .set(cards::asked_at.eq(now))
        .execute(c))?;
    if asked > 0 {
        return Ok(());
    }
    let card = Card {
        url: url.to_owned(),
        preview: None,
        asked_at: now,
        fetched_at: None,
        failures: 0,
    };
    on!(&mut **tx, |c| diesel::insert_into(cards::table)
        .values(&card)
        .execute(c))
    .map(drop)
}

/// Keeps what a page says of itself.
pub fn keep(tx: &mut Tx, url: &str, preview: Option<&str>) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(cards::table.find(url))
        .set((
            cards::preview.eq(preview),
            cards::fetched_at.eq(now),
            cards::failures.eq(0),
        ))
        .execute(c))
    .map(drop)
}

/// Notes that a page could not be fetched; what was known of it stays.
pub fn fail(tx: &mut Tx, url: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(cards::table.find(url))
        .set(cards::failures.eq(cards::failures + 1))
        .execute(c))
    .map(drop)
}
