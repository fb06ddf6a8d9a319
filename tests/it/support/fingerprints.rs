//! All that a node stores, as text, so that a test can say that something changed nothing.

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use whimbrel::store::{Conn, QueryResult};

use super::nodes::TestNode;

/// Columns that say when something was used last. Asking is using.
const USES: &[&str] = &["last_used_at", "last_active_at"];

/// Tables that say from where and when people used the node.
const VISITS: &[&str] = &["user_addresses", "user_days"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// The rows of each table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<String, Vec<String>>);

impl Fingerprint {
    /// What a node stores now.
    pub async fn of(node: &TestNode) -> Self {
        let rows = node.node.db.read(take).await;
        Self(rows.expect("the tables are read"))
    }

    /// The rows of some tables without what differs between two runs of one story: ids made here, and ports.
    pub fn story(&self, tables: &[&str]) -> Vec<String> {
        let ids = regex::Regex::new(r"\b\d{15,}\b").expect("an expression");
        let ports = regex::Regex::new(r"localhost:\d+").expect("an expression");
        let mut told = Vec::new();
        for table in tables {
            for row in &self.0[*table] {
                let row = ids.replace_all(row, "#");
                told.push(format!("{table} {}", ports.replace_all(&row, "localhost")));
            }
        }
        told.sort_unstable();
        told
    }

    /// The tables in which a text stands anywhere.
    pub fn tables_with(&self, text: &str) -> Vec<&str> {
        let has = |rows: &[String]| rows.iter().any(|row| row.contains(text));
        let tables = self.0.iter().filter(|(_, rows)| has(rows));
        tables.map(|(table, _)| table.as_str()).collect()
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.0[table].len()
    }

    /// The rows that are in one of both only, each with its table.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (table, rows) in &self.0 {
            let others = &other.0[table];
            let gone = rows.iter().filter(|row| !others.contains(row));
            let new = others.iter().filter(|row| !rows.contains(row));
            found.extend(gone.map(|row| format!("- {table} {row}")));
            found.extend(new.map(|row| format!("+ {table} {row}")));
        }
        found
    }
}

fn lines(conn: &mut Conn, sql: &str) -> QueryResult<Vec<String>> {
    let lines: Vec<Line> = match conn {
        Conn::Sqlite(conn) => sql_query(sql).load(conn)?,
        Conn::Postgres(conn) => sql_query(sql).load(conn)?,
    };
    Ok(lines.into_iter().map(|line| line.line).collect())
}

fn take(conn: &mut Conn) -> QueryResult<BTreeMap<String, Vec<String>>> {
    let is_sqlite = matches!(conn, Conn::Sqlite(_));
    let tables = if is_sqlite {
        "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    } else {
        "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut all = BTreeMap::new();
    let tables = lines(conn, tables)?;
    for table in tables
        .into_iter()
        .filter(|name| !VISITS.contains(&name.as_str()))
    {
        let columns = if is_sqlite {
            format!("SELECT name AS line FROM pragma_table_info('{table}')")
        } else {
            format!(
                "SELECT column_name::text AS line FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            )
        };
        let columns = lines(conn, &columns)?;
        let columns = columns.iter().filter(|name| !USES.contains(&name.as_str()));
        let columns: Vec<String> = columns
            .map(|name| format!("coalesce(cast(\"{name}\" AS text), 'NULL')"))
            .collect();
        let rows = columns.join(" || '|' || ");
        let rows = lines(conn, &format!("SELECT {rows} AS line FROM \"{table}\""))?;
        let mut rows = rows;
        rows.sort_unstable();
        all.insert(table, rows);
    }
    Ok(all)
}
