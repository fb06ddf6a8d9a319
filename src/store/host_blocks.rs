//! Servers that the node talks with less, or not at all.

use diesel::prelude::*;

use super::columns::HostSeverity;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::host_blocks;
use super::tx::Tx;

/// One block; it covers what lies below its domain.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = host_blocks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct HostBlock {
    /// Its id.
    pub id: i64,
    /// In lower case, ASCII, without a port; unique.
    pub domain: String,
    /// How little.
    pub severity: HostSeverity,
    /// Whether pictures and files from there are not shown.
    pub reject_media: bool,
    /// Whether reports from there are not taken.
    pub reject_reports: bool,
    /// Whether people are shown only a part of the domain.
    pub obfuscate: bool,
    /// For the staff.
    pub private_comment: Option<String>,
    /// For everybody.
    pub public_comment: Option<String>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// The block with this id.
pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<HostBlock>> {
    on!(conn, |c| host_blocks::table
        .find(id)
        .select(HostBlock::as_select())
        .first(c)
        .optional())
}

/// The block that covers a domain: of those of these domains, the longest. The first is the domain itself.
pub fn find_covering(conn: &mut Conn, lineage: &[&str]) -> QueryResult<Option<HostBlock>> {
    let found: Vec<HostBlock> = on!(conn, |c| host_blocks::table
        .filter(host_blocks::domain.eq_any(lineage))
        .select(HostBlock::as_select())
        .load(c))?;
    Ok(found.into_iter().max_by_key(|block| block.domain.len()))
}

/// Every block, by domain.
pub fn list(conn: &mut Conn) -> QueryResult<Vec<HostBlock>> {
    on!(conn, |c| host_blocks::table
        .order(host_blocks::domain.asc())
        .select(HostBlock::as_select())
        .load(c))
}

/// A page of them.
pub fn page(conn: &mut Conn, page: &Page) -> QueryResult<Vec<HostBlock>> {
    on!(conn, |c| {
        let query = host_blocks::table
            .select(HostBlock::as_select())
            .into_boxed();
        cut!(c, query, host_blocks::id, page, HostBlock)
    })
}

/// Adds a block, or writes the row of a known one.
pub fn save(tx: &mut Tx, block: &HostBlock) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(host_blocks::table)
        .values(block)
        .on_conflict(host_blocks::id)
        .do_update()
        .set(block)
        .execute(c))
    .map(drop)
}

/// Removes a block.
pub fn delete(tx: &mut Tx, id: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(host_blocks::table.find(id))
        .execute(c))
    .map(drop)
}
