//! A look into the node's database from outside, in plain SQL that both databases understand.

use std::path::Path;

use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A connection of our own to the node's database.
pub enum Rows {
    /// A file.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Postgres(tokio_postgres::Client),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Rows {
    /// Opens the file of a node's data folder.
    pub fn sqlite(folder: &Path) -> Self {
        let file = folder.join("whimbrel.db");
        let mut connection = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
        diesel::sql_query("PRAGMA busy_timeout = 10000")
            .execute(&mut connection)
            .unwrap();
        Self::Sqlite(connection)
    }

    /// Connects to a server.
    pub async fn postgres(url: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::task::spawn(connection);
        Self::Postgres(client)
    }

    /// The texts that a query gives; it calls its one column `value`.
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => {
                let rows: Vec<Row> = diesel::sql_query(sql)
                    .load(connection)
                    .unwrap_or_else(|error| panic!("{sql}: {error}"));
                rows.into_iter().map(|row| row.value).collect()
            }
            Self::Postgres(client) => {
                let messages = client.simple_query(sql).await;
                let messages = messages.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
                let rows = messages.into_iter().filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => row.get("value").map(str::to_owned),
                    _ => None,
                });
                rows.collect()
            }
        }
    }

    /// How many rows `rest` of a `SELECT count(*) rest` finds.
    pub async fn count(&mut self, rest: &str) -> usize {
        let sql = format!("SELECT CAST(count(*) AS TEXT) AS value {rest}");
        self.texts(&sql).await[0].parse().unwrap()
    }

    /// Runs a statement.
    pub async fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(connection) => {
                diesel::sql_query(sql).execute(connection).unwrap();
            }
            Self::Postgres(client) => client.batch_execute(sql).await.unwrap(),
        }
    }
}
