//! Hashtags and the statuses that carry them. Names are normalised by the caller, without `#`.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{status_tags, tags};
use super::tx::Tx;
use crate::id::{StatusId, TagId};

/// The tag of this name.
pub fn find(conn: &mut Conn, name: &str) -> QueryResult<Option<TagId>> {
    on!(conn, |c| tags::table
        .filter(tags::name.eq(name))
        .select(tags::id)
        .first(c)
        .optional())
}

/// Tags whose name begins with `prefix`, in the order of their names.
pub fn search(
    conn: &mut Conn,
    prefix: &str,
    limit: i64,
    offset: i64,
) -> QueryResult<Vec<(TagId, String)>> {
    let end = format!("{prefix}\u{10FFFF}");
    on!(conn, |c| tags::table
        .filter(tags::name.ge(prefix))
        .filter(tags::name.lt(&end))
        .order(tags::name.asc())
        .limit(limit)
        .offset(offset)
        .select((tags::id, tags::name))
        .load(c))
}

/// The tags of these statuses.
pub fn list(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<(StatusId, String)>> {
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| status_tags::table
        .inner_join(tags::table.on(tags::id.eq(status_tags::tag_id)))
        .filter(status_tags::status_id.eq_any(statuses))
        .order((status_tags::status_id.asc(), status_tags::tag_id.asc()))
        .select((status_tags::status_id, tags::name))
        .load(c))
}

/// The tags of these statuses with their ids, one for each use.
pub fn list_named(conn: &mut Conn, statuses: &[StatusId]) -> QueryResult<Vec<(TagId, String)>> {
    on!(conn, |c| status_tags::table
        .inner_join(tags::table.on(tags::id.eq(status_tags::tag_id)))
        .filter(status_tags::status_id.eq_any(statuses))
        .select((tags::id, tags::name))
        .load(c))
}

/// The ids of a status's tags.
pub fn list_ids(conn: &mut Conn, status: StatusId) -> QueryResult<Vec<TagId>> {
    on!(conn, |c| status_tags::table
        .filter(status_tags::status_id.eq(status))
        .order(status_tags::tag_id.asc())
        .select(status_tags::tag_id)
        .load(c))
}

/// The names of these tags.
pub fn list_names(conn: &mut Conn, ids: &[TagId]) -> QueryResult<Vec<(TagId, String)>> {
    on!(conn, |c| tags::table
        .filter(tags::id.eq_any(ids))
        .select((tags::id, tags::name))
        .load(c))
}

/// The tag of this name, made if nobody used it yet.
pub fn ensure(tx: &mut Tx, name: &str) -> QueryResult<TagId> {
    on!(&mut **tx, |c| diesel::insert_into(tags::table)
        .values(tags::name.eq(name))
        .on_conflict_do_nothing()
        .execute(c))?;
    on!(&mut **tx, |c| tags::table
        .filter(tags::name.eq(name))
        .select(tags::id)
        .first(c))
}

/// Replaces the tags of a status by these.
pub fn set(tx: &mut Tx, status: StatusId, names: &[String]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        status_tags::table.filter(status_tags::status_id.eq(status))
    )
    .execute(c))?;
    if names.is_empty() {
        return Ok(());
    }
    let new: Vec<_> = names.iter().map(|name| tags::name.eq(name)).collect();
    on!(&mut **tx, |c| diesel::insert_into(tags::table)
        .values(&new)
        .on_conflict_do_nothing()
        .execute(c))?;
    let ids: Vec<TagId> = on!(&mut **tx, |c| tags::table
        .filter(tags::name.eq_any(names))
        .select(tags::id)
        .load(c))?;
    let links: Vec<_> = ids
        .into_iter()
        .map(|tag| {
            (
                status_tags::tag_id.eq(tag),
                status_tags::status_id.eq(status),
            )
        })
        .collect();
    on!(&mut **tx, |c| diesel::insert_into(status_tags::table)
        .values(&links)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}
