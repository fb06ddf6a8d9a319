//! Which status quotes which, and who may quote what. A status quotes one other at most.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::columns::QuoteState;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{accounts, statuses};
use super::schema_quotes::{quote_terms, quotes};
use super::tx::Tx;
use crate::id::{AccountId, StatusId};

/// One status quotes another.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = quotes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Quote {
    /// Pages of the quotes of a status are cut by it, and our authorizations are named by it.
    pub id: i64,
    /// The status that quotes.
    pub status_id: StatusId,
    /// The status that is quoted, as long as it is here.
    pub quoted_id: Option<StatusId>,
    /// The same on the wire.
    pub quoted_uri: String,
    /// Whether its author has agreed.
    pub state: QuoteState,
    /// Where the word of its author is.
    pub approval_uri: Option<String>,
    /// The activity that asked for it.
    pub request_uri: Option<String>,
    /// Whether it was quoted in a way that asks nobody.
    pub is_legacy: bool,
    /// When it became known here, in milliseconds.
    pub created_at: i64,
}

/// How a status may be quoted. The bits are the rules' affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = quote_terms)]
pub struct QuoteTerms {
    /// Which status.
    pub status_id: StatusId,
    /// Who may quote it without asking.
    pub automatic: i16,
    /// Who may after asking.
    pub manual: i16,
    /// How many quotes of it hold.
    pub quotes: i64,
}

/// The quote with this id.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<Quote>> {
    on!(conn, |c| quotes::table
        .find(id)
        .select(Quote::as_select())
        .first(c)
        .optional())
}

/// The quote that a status consists of.
pub fn find_by_status(conn: &mut Conn, status: StatusId) -> QueryResult<Option<Quote>> {
    on!(conn, |c| quotes::table
        .filter(quotes::status_id.eq(status))
        .select(Quote::as_select())
        .first(c)
        .optional())
}

/// The quote that this activity asked for.
pub fn find_by_request(conn: &mut Conn, uri: &str) -> QueryResult<Option<Quote>> {
    on!(conn, |c| quotes::table
        .filter(quotes::request_uri.eq(uri))
        .select(Quote::as_select())
        .first(c)
        .optional())
}

/// The quotes for which this is given as the quoted author's word: forged ones may be among them.
pub fn list_by_approval(conn: &mut Conn, uri: &str, limit: i64) -> QueryResult<Vec<Quote>> {
    on!(conn, |c| quotes::table
        .filter(quotes::approval_uri.eq(uri))
        .order(quotes::id.asc())
        .limit(limit)
        .select(Quote::as_select())
        .load(c))
}

/// What these statuses quote, in no order.
pub fn list(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<Quote>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| quotes::table
        .filter(quotes::status_id.eq_any(ids))
        .select(Quote::as_select())
        .load(c))
}

/// One of the statuses that quote any of these.
pub fn find_quoting(conn: &mut Conn, quoted: &[StatusId]) -> QueryResult<Option<StatusId>> {
    on!(conn, |c| quotes::table
        .filter(quotes::quoted_id.eq_any(quoted))
        .select(quotes::status_id)
        .first(c)
        .optional())
}

/// A page of the quotes of a status that hold.
pub fn page_of(conn: &mut Conn, quoted: StatusId, page: &Page) -> QueryResult<Vec<Quote>> {
    on!(conn, |c| {
        let query = quotes::table
            .filter(quotes::quoted_id.eq(quoted))
            .filter(quotes::state.eq(QuoteState::Accepted))
            .select(Quote::as_select())
            .into_boxed();
        cut!(c, query, quotes::id, page, Quote)
    })
}

/// Who wrote the quotes of a status that hold; of this node alone if `local_only`.
pub fn list_quoters(
    conn: &mut Conn,
    quoted: StatusId,
    local_only: bool,
) -> QueryResult<Vec<AccountId>> {
    on!(conn, |c| {
        let mut query = quotes::table
            .inner_join(statuses::table.on(statuses::id.eq(quotes::status_id)))
            .inner_join(accounts::table.on(accounts::id.eq(statuses::account_id)))
            .filter(quotes::quoted_id.eq(quoted))
            .filter(quotes::state.eq(QuoteState::Accepted))
            .select(statuses::account_id)
            .distinct()
            .into_boxed();
        if local_only {
            query = query.filter(accounts::domain.is_null());
        }
        query.load(c)
    })
}

/// How these statuses may be quoted; those without terms may not.
pub fn list_terms(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<Vec<QuoteTerms>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| quote_terms::table
        .filter(quote_terms::status_id.eq_any(ids))
        .select(QuoteTerms::as_select())
        .load(c))
}

/// Adds a quote. A status that quotes already keeps what it quotes; tells whether it was added.
pub fn insert(tx: &mut Tx, quote: &Quote) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::insert_into(quotes::table)
        .values(quote)
        .on_conflict_do_nothing()
        .execute(c))
    .map(|added| added > 0)
}

/// Writes the whole row of a known quote.
pub fn update(tx: &mut Tx, quote: &Quote) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(quotes::table.find(quote.id))
        .set(quote)
        .execute(c))
    .map(drop)
}

/// Removes a quote.
pub fn delete(tx: &mut Tx, id: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(quotes::table.find(id))
        .execute(c))
    .map(drop)
}

/// Points those that quote `uri` at the status that has come under it; gives them.
pub fn adopt(tx: &mut Tx, uri: &str, quoted: StatusId) -> QueryResult<Vec<Quote>> {
    on!(&mut **tx, |c| diesel::update(
        quotes::table
            .filter(quotes::quoted_id.is_null())
            .filter(quotes::quoted_uri.eq(uri))
    )
    .set(quotes::quoted_id.eq(quoted))
    .returning(Quote::as_returning())
    .get_results(c))
}

/// Sets who may quote a status.
pub fn set_terms(tx: &mut Tx, id: StatusId, automatic: i16, manual: i16) -> QueryResult<()> {
    let row = QuoteTerms {
        status_id: id,
        automatic,
        manual,
        quotes: 0,
    };
    on!(&mut **tx, |c| diesel::insert_into(quote_terms::table)
        .values(&row)
        .on_conflict(quote_terms::status_id)
        .do_update()
        .set((
            quote_terms::automatic.eq(automatic),
            quote_terms::manual.eq(manual)
        ))
        .execute(c))
    .map(drop)
}

/// Adds `by` to the number of quotes that hold.
pub fn add_quotes(tx: &mut Tx, id: StatusId, by: i64) -> QueryResult<()> {
    let row = QuoteTerms {
        status_id: id,
        automatic: 0,
        manual: 0,
        quotes: by.max(0),
    };
    on!(&mut **tx, |c| diesel::insert_into(quote_terms::table)
        .values(&row)
        .on_conflict(quote_terms::status_id)
        .do_update()
        .set(quote_terms::quotes.eq(quote_terms::quotes + by))
        .execute(c))
    .map(drop)
}

/// Takes the quotes that an account wrote off the numbers of those whom it quoted; its statuses are about to go.
pub fn subtract_of(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    let counted: Vec<(Option<StatusId>, i64)> = on!(&mut **tx, |c| quotes::table
        .inner_join(statuses::table.on(statuses::id.eq(quotes::status_id)))
        .filter(statuses::account_id.eq(account))
        .filter(quotes::state.eq(QuoteState::Accepted))
        .group_by(quotes::quoted_id)
        .select((quotes::quoted_id, count_star()))
        .load(c))?;
    let counted: HashMap<StatusId, i64> = counted
        .into_iter()
        .filter_map(|(quoted, count)| Some((quoted?, count)))
        .collect();
    for (quoted, count) in counted {
        add_quotes(tx, quoted, -count)?;
    }
    Ok(())
}
