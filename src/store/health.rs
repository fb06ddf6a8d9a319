//! What the database says of itself, for whoever looks after the node.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::conn::Conn;

diesel::define_sql_function! {
    /// The version of the library.
    fn sqlite_version() -> Text;
}

diesel::define_sql_function! {
    /// One setting of the server.
    fn current_setting(name: Text) -> Text;
}

/// The version of the database program, such as `3.50.4`.
///
/// # Errors
/// Whatever the database says.
pub fn version(conn: &mut Conn) -> QueryResult<String> {
    match conn {
        Conn::Sqlite(c) => diesel::select(sqlite_version()).first(c),
        Conn::Postgres(c) => diesel::select(current_setting("server_version")).first(c),
    }
}
