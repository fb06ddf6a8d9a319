//! For tests: somebody else who writes into a SQLite file and does not end, so that this node cannot.

use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use super::conn::Conn;
use super::db::Db;
use super::tx::Tx;

/// Every write fails with [`super::Trouble::Busy`] until this is dropped.
pub(crate) struct Interloper(#[expect(dead_code, reason = "it holds a lock")] SqliteConnection);

impl Interloper {
    /// Begins a write in the database's file that does not end.
    pub(crate) async fn begin(db: &Db, file: &Path) -> Self {
        let hurry = |tx: &mut Tx| match &mut **tx {
            Conn::Sqlite(c) => c.batch_execute("PRAGMA busy_timeout = 1"),
            Conn::Postgres(_) => panic!("the node is on SQLite"),
        };
        db.write(hurry).await.expect("nobody is in the way yet");
        let opened = SqliteConnection::establish(&file.to_string_lossy());
        let mut connection = opened.expect("the file can be opened");
        connection
            .batch_execute("BEGIN IMMEDIATE")
            .expect("nobody else writes");
        Self(connection)
    }
}
