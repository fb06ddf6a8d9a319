//! Small facts of the node itself, by name.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::settings;
use super::tx::Tx;

/// The value of this name.
pub fn find(conn: &mut Conn, name: &str) -> QueryResult<Option<String>> {
    on!(conn, |c| settings::table
        .find(name)
        .select(settings::value)
        .first(c)
        .optional())
}

/// Sets a value.
pub fn set(tx: &mut Tx, name: &str, value: &str) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::insert_into(settings::table)
        .values((
            settings::name.eq(name),
            settings::value.eq(value),
            settings::updated_at.eq(now)
        ))
        .on_conflict(settings::name)
        .do_update()
        .set((settings::value.eq(value), settings::updated_at.eq(now)))
        .execute(c))
    .map(drop)
}

/// Sets a value that never changes again, unless there is one; gives back the one that counts, whichever process was
/// first.
pub fn set_once(tx: &mut Tx, name: &str, value: &str) -> QueryResult<String> {
    let now = tx.now();
    on!(&mut **tx, |c| {
        diesel::insert_into(settings::table)
            .values((
                settings::name.eq(name),
                settings::value.eq(value),
                settings::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(c)?;
        settings::table.find(name).select(settings::value).first(c)
    })
}

/// Forgets a value.
pub fn delete(tx: &mut Tx, name: &str) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(settings::table.find(name))
        .execute(c))
    .map(drop)
}
