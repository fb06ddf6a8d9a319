//! The words of the names of collections that searches show.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema_people::collection_words;
use super::tx::Tx;
use crate::id::CollectionId;

#[derive(Insertable)]
#[diesel(table_name = collection_words, treat_none_as_default_value = false)]
struct Row<'w> {
    collection_id: CollectionId,
    word: &'w str,
}

/// Writes the words of a collection.
pub fn set(tx: &mut Tx, id: CollectionId, words: &[String]) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(
        collection_words::table.filter(collection_words::collection_id.eq(id))
    )
    .execute(c))?;
    if words.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row> = words
        .iter()
        .map(|word| Row {
            collection_id: id,
            word,
        })
        .collect();
    on!(&mut **tx, |c| diesel::insert_into(collection_words::table)
        .values(&rows)
        .execute(c))
    .map(drop)
}

/// Collections with a word that begins like this, in the order of the words, at most `limit`; one may come several
/// times.
pub fn list(conn: &mut Conn, beginning: &str, limit: i64) -> QueryResult<Vec<CollectionId>> {
    let end = format!("{beginning}\u{10FFFF}");
    on!(conn, |c| collection_words::table
        .filter(collection_words::word.ge(beginning))
        .filter(collection_words::word.lt(&end))
        .order((
            collection_words::word.asc(),
            collection_words::collection_id.asc()
        ))
        .limit(limit)
        .select(collection_words::collection_id)
        .load(c))
}

/// Those of these collections that have a word that begins like this, in no order.
pub fn keep(
    conn: &mut Conn,
    ids: &[CollectionId],
    beginning: &str,
) -> QueryResult<Vec<CollectionId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let end = format!("{beginning}\u{10FFFF}");
    on!(conn, |c| collection_words::table
        .filter(collection_words::collection_id.eq_any(ids))
        .filter(collection_words::word.ge(beginning))
        .filter(collection_words::word.lt(&end))
        .select(collection_words::collection_id)
        .distinct()
        .load(c))
}
