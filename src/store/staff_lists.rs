//! Short lists that the staff keeps: allowed servers, and who may not sign up. All have the same queries.

use diesel::prelude::*;

use super::columns::IpSeverity;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{canonical_email_blocks, email_domain_blocks, host_allows, ip_blocks};
use super::tx::Tx;

macro_rules! staff_list {
    ($(#[$doc:meta])* $module:ident, $table:ident, $key:ident, $Row:ident) => {
        $(#[$doc])*
        pub mod $module {
            use super::*;

            /// The row with this id.
            pub fn find(conn: &mut Conn, id: i64) -> QueryResult<Option<$Row>> {
                on!(conn, |c| $table::table
                    .find(id)
                    .select($Row::as_select())
                    .first(c)
                    .optional())
            }

            /// The rows of these names, in no order.
            pub fn list_of(conn: &mut Conn, names: &[&str]) -> QueryResult<Vec<$Row>> {
                on!(conn, |c| $table::table
                    .filter($table::$key.eq_any(names))
                    .select($Row::as_select())
                    .load(c))
            }

            /// Every row, by its name.
            pub fn list(conn: &mut Conn) -> QueryResult<Vec<$Row>> {
                on!(conn, |c| $table::table
                    .order($table::$key.asc())
                    .select($Row::as_select())
                    .load(c))
            }

            /// A page of them.
            pub fn page(conn: &mut Conn, page: &Page) -> QueryResult<Vec<$Row>> {
                on!(conn, |c| {
                    let query = $table::table.select($Row::as_select()).into_boxed();
                    cut!(c, query, $table::id, page, $Row)
                })
            }

            /// Adds a row, or writes a known one.
            pub fn save(tx: &mut Tx, row: &$Row) -> QueryResult<()> {
                on!(&mut **tx, |c| diesel::insert_into($table::table)
                    .values(row)
                    .on_conflict($table::id)
                    .do_update()
                    .set(row)
                    .execute(c))
                .map(drop)
            }

            /// Removes a row.
            pub fn delete(tx: &mut Tx, id: i64) -> QueryResult<()> {
                on!(&mut **tx, |c| diesel::delete($table::table.find(id)).execute(c)).map(drop)
            }
        }
    };
}

/// A server that a node in limited federation talks with.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = host_allows)]
pub struct HostAllow {
    /// Its id.
    pub id: i64,
    /// In lower case, ASCII, without a port; unique.
    pub domain: String,
    /// When it was allowed, in milliseconds.
    pub created_at: i64,
}

/// A domain whose e-mail addresses may not sign up.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = email_domain_blocks)]
pub struct EmailDomainBlock {
    /// Its id.
    pub id: i64,
    /// In lower case, ASCII; unique. It covers what lies below it.
    pub domain: String,
    /// Whether they may ask, and the staff decides.
    pub allow_with_approval: bool,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// One e-mail address that may not sign up, whoever owns it.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = canonical_email_blocks)]
pub struct CanonicalEmailBlock {
    /// Its id.
    pub id: i64,
    /// SHA-256 of the address in its plainest form, in hex; unique.
    pub digest: String,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

/// Addresses from which people may do less.
#[derive(
    Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable, AsChangeset,
)]
#[diesel(table_name = ip_blocks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct IpBlock {
    /// Its id.
    pub id: i64,
    /// An address, or a range of them; unique.
    pub network: String,
    /// What they may not do.
    pub severity: IpSeverity,
    /// For the staff.
    pub comment: String,
    /// When it ends, in milliseconds.
    pub expires_at: Option<i64>,
    /// When it was made, in milliseconds.
    pub created_at: i64,
}

staff_list! {
    /// Servers that a node in limited federation talks with.
    host_allow_rows, host_allows, domain, HostAllow
}
staff_list! {
    /// Domains whose e-mail addresses may not sign up.
    email_domain_rows, email_domain_blocks, domain, EmailDomainBlock
}
staff_list! {
    /// E-mail addresses that may not sign up.
    canonical_email_rows, canonical_email_blocks, digest, CanonicalEmailBlock
}
staff_list! {
    /// Addresses from which people may do less.
    ip_rows, ip_blocks, network, IpBlock
}
