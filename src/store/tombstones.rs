//! What was deleted or undone, so that it stays so whatever arrives later and in whatever order.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::tombstones;
use super::tx::Tx;

/// Whether this object or activity was deleted or undone; tells by whom.
pub fn find(conn: &mut Conn, uri: &str) -> QueryResult<Option<String>> {
    on!(conn, |c| tombstones::table
        .find(uri)
        .select(tombstones::actor_uri)
        .first(c)
        .optional())
}

/// Remembers that `actor` deleted or undid this.
pub fn insert(tx: &mut Tx, uri: &str, actor_uri: &str) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(tombstones::table)
        .values((
            tombstones::uri.eq(uri),
            tombstones::actor_uri.eq(actor_uri),
            tombstones::created_at.eq(now)
        ))
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Forgets that `actor` deleted or undid this. What another deleted stays so.
pub fn forget(tx: &mut Tx, uri: &str, actor_uri: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        tombstones::table
            .filter(tombstones::uri.eq(uri))
            .filter(tombstones::actor_uri.eq(actor_uri))
    )
    .execute(c))
    .map(drop)
}

/// Forgets what was deleted before `before` (milliseconds) by actors whose ids do not start with `kept`, at most
/// `limit` at a time. Gives the number removed.
pub fn prune(tx: &mut Tx, before: i64, kept: &str, limit: i64) -> QueryResult<usize> {
    let kept = format!("{kept}%");
    on!(&mut **tx, |c| {
        let uris: Vec<String> = tombstones::table
            .filter(tombstones::created_at.lt(before))
            .filter(tombstones::actor_uri.not_like(kept))
            .order(tombstones::created_at.asc())
            .limit(limit)
            .select(tombstones::uri)
            .load(c)?;
        diesel::delete(tombstones::table.filter(tombstones::uri.eq_any(&uris))).execute(c)
    })
}
