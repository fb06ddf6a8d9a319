//! Files of other servers that are kept here for a while, and what could not be fetched.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::{remote_files, remote_usage};
use super::tx::Tx;

/// The one row of the sum.
const SUM: i16 = 1;

/// A file of another server, or the memory that it could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = remote_files, treat_none_as_default_value = false)]
pub struct RemoteFile {
    /// The hash of its address.
    pub url_hash: String,
    /// Its blob; none if it could not be fetched.
    pub file_key: Option<String>,
    /// Its length.
    pub bytes: i64,
    /// How often in a row it could not be fetched.
    pub failures: i64,
    /// Until when it is not fetched again, in milliseconds.
    pub retry_at: i64,
    /// When it was fetched, in milliseconds.
    pub fetched_at: i64,
    /// When it was asked for, in milliseconds; not to the minute.
    pub used_at: i64,
    /// From which server, its name as [`turn_round`](crate::text::domains::turn_round) gives it; none if that is not
    /// known.
    pub host: Option<String>,
}

/// What is known of a file.
pub fn find(conn: &mut Conn, url_hash: &str) -> QueryResult<Option<RemoteFile>> {
    on!(conn, |c| remote_files::table
        .find(url_hash)
        .select(RemoteFile::as_select())
        .first(c)
        .optional())
}

/// Puts a row into the place of the one before, whose blob is given back for removal.
pub fn put(tx: &mut Tx, row: &RemoteFile) -> QueryResult<Option<String>> {
    let former = find(tx, &row.url_hash)?;
    on!(&mut **tx, |c| diesel::delete(
        remote_files::table.find(&row.url_hash)
    )
    .execute(c))?;
    on!(&mut **tx, |c| diesel::insert_into(remote_files::table)
        .values(row)
        .execute(c))?;
    let freed = former.as_ref().map_or(0, |former| former.bytes);
    add(tx, row.bytes - freed)?;
    let key = former.and_then(|former| former.file_key);
    Ok(key.filter(|key| row.file_key.as_ref() != Some(key)))
}

/// Notes the present as the time at which somebody last wanted a file.
pub fn touch(tx: &mut Tx, url_hash: &str) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        remote_files::table.find(url_hash)
    )
    .set(remote_files::used_at.eq(now))
    .execute(c))
    .map(drop)
}

/// Forgets a file, if this is still its blob.
pub fn forget(tx: &mut Tx, url_hash: &str, key: &str) -> QueryResult<()> {
    let known = find(tx, url_hash)?.filter(|row| row.file_key.as_deref() == Some(key));
    let Some(row) = known else { return Ok(()) };
    on!(&mut **tx, |c| diesel::delete(
        remote_files::table.find(url_hash)
    )
    .execute(c))?;
    add(tx, -row.bytes)
}

/// How many bytes all files have together.
pub fn sum(conn: &mut Conn) -> QueryResult<i64> {
    on!(conn, |c| remote_usage::table
        .find(SUM)
        .select(remote_usage::bytes)
        .first(c))
}

fn add(tx: &mut Tx, bytes: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(remote_usage::table.find(SUM))
        .set(remote_usage::bytes.eq(remote_usage::bytes + bytes))
        .execute(c))
    .map(drop)
}

/// Forgets files until all together have at most `cap` bytes, those first that were not asked for longest; `limit` at
/// most. Gives back their blobs for removal.
pub fn evict(tx: &mut Tx, cap: i64, limit: i64) -> QueryResult<Vec<String>> {
    let mut excess = sum(tx)? - cap;
    if excess <= 0 {
        return Ok(Vec::new());
    }
    let oldest: Vec<RemoteFile> = on!(&mut **tx, |c| remote_files::table
        .filter(remote_files::file_key.is_not_null())
        .order(remote_files::used_at.asc())
        .limit(limit)
        .select(RemoteFile::as_select())
        .load(c))?;
    let mut freed = 0;
    let (mut hashes, mut keys) = (Vec::new(), Vec::new());
    for row in oldest {
        if excess <= 0 {
            break;
        }
        excess -= row.bytes;
        freed += row.bytes;
        hashes.push(row.url_hash);
        keys.extend(row.file_key);
    }
    on!(&mut **tx, |c| diesel::delete(
        remote_files::table.filter(remote_files::url_hash.eq_any(&hashes))
    )
    .execute(c))?;
    add(tx, -freed)?;
    Ok(keys)
}

/// Forgets up to `limit` failures from before `before` (milliseconds); tells how many.
pub fn prune_failures(tx: &mut Tx, before: i64, limit: i64) -> QueryResult<usize> {
    let old: Vec<String> = on!(&mut **tx, |c| remote_files::table
        .filter(remote_files::file_key.is_null())
        .filter(remote_files::fetched_at.lt(before))
        .order(remote_files::fetched_at.asc())
        .limit(limit)
        .select(remote_files::url_hash)
        .load(c))?;
    on!(&mut **tx, |c| diesel::delete(
        remote_files::table.filter(remote_files::url_hash.eq_any(&old))
    )
    .execute(c))
}
