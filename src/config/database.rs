//! The `database` section, and the database's address with its password kept out of sight.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::given::Given;
use super::rules::between;
use super::setting::{Mismatch, Setting, quote, read_text};
use super::table::section;

section! {
    /// Where posts are kept: SQLite inside the node, or a PostgreSQL server.
    pub struct Database in database {
        /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. When not set: the file whimbrel.db in the
        /// data folder.
        pub url: Option<DatabaseUrl> = None => "\"postgres://whimbrel:password@localhost/whimbrel\"";

        /// Threads that read from SQLite, each with its own connection; one more writes.
        pub readers: usize [between(1, 64)] = 4;

        /// Connections to PostgreSQL.
        pub connections: usize [between(2, 500)] = 10;

        /// Seconds without a sign of life after which a process that shares the PostgreSQL database is taken for
        /// dead, and others take over its work. Signs are given every 5 seconds, or four times in this time.
        pub process_timeout_seconds: u32 [between(1, 3600)] = 20;

        /// Mebibytes of the database that each SQLite connection may hold in memory.
        pub cache_mebibytes: u32 [between(1, 65536)] = 16;
    }
}

/// The address of a database. Its password is shown neither by `Debug` nor by `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

/// A text that is no address of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDatabaseUrl;

impl DatabaseUrl {
    /// The address of a SQLite file.
    #[must_use]
    pub fn sqlite(path: &Path) -> Self {
        Self(format!("sqlite:{}", path.display()))
    }

    /// The whole address, password included: for connecting only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the address is that of a PostgreSQL server.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.0.starts_with("postgres://") || self.0.starts_with("postgresql://")
    }

    /// The path of the SQLite file; `None` for PostgreSQL.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&str> {
        let path = self.0.strip_prefix("sqlite:")?;
        Some(path.strip_prefix("//").unwrap_or(path))
    }

    /// The address with `***` in place of passwords. What is not understood is hidden, too.
    fn masked(&self) -> String {
        if !self.is_postgres() {
            return self.0.clone();
        }
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let rest = match rest.rsplit_once('@') {
            Some((login, place)) => match login.split_once(':') {
                Some((user, _)) => format!("{user}:***@{place}"),
                None => rest.to_owned(),
            },
            None => rest.to_owned(),
        };
        match rest.split_once('?') {
            Some((place, query)) if query.contains("password") => format!("{scheme}://{place}?***"),
            _ => format!("{scheme}://{rest}"),
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = NoDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Self(text.to_owned());
        let is_file = url.sqlite_path().is_some_and(|path| !path.is_empty());
        let is_server = url.is_postgres() && !text.ends_with("://");
        if is_file || is_server {
            Ok(url)
        } else {
            Err(NoDatabaseUrl)
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({:?})", self.masked())
    }
}

impl Setting for DatabaseUrl {
    const SECRET: bool = true;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        let expected = "\"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/NAME\"";
        read_text(given, expected, |text| text.parse().ok())
    }

    fn to_toml(&self) -> String {
        quote(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        let table = [
            ("sqlite:data/whimbrel.db", Some("data/whimbrel.db")),
            (
                "sqlite:///var/lib/whimbrel.db",
                Some("/var/lib/whimbrel.db"),
            ),
            ("sqlite:/var/lib/whimbrel.db", Some("/var/lib/whimbrel.db")),
            ("postgres://localhost/w", None),
            ("postgresql:///w?host=/run/postgresql", None),
        ];
        for (text, path) in table {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.sqlite_path(), path, "{text}");
            assert_eq!(url.is_postgres(), path.is_none(), "{text}");
        }
        for text in [
            "",
            "sqlite:",
            "sqlite://",
            "postgres://",
            "mysql://localhost/w",
            "whimbrel.db",
        ] {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(NoDatabaseUrl), "{text}");
        }
    }

    #[test]
    fn keeps_passwords_out_of_sight() {
        let table = [
            "postgres://user:hidden@localhost/w",
            "postgres://user:hid@den@localhost/w",
            "postgres://user:hidden/den@localhost/w",
            "postgres://user:hidden?den@localhost/w",
            "postgres://localhost/w?user=a&password=hidden",
        ];
        for text in table {
            let url: DatabaseUrl = text.parse().unwrap();
            let shown = format!("{url} {url:?}");
            assert!(
                shown.contains("***") && shown.contains("localhost"),
                "{shown}"
            );
            assert!(!shown.contains("hid") && !shown.contains("den"), "{shown}");
            assert_eq!(url.expose(), text);
        }
        let open: DatabaseUrl = "postgres://user@localhost/w".parse().unwrap();
        assert_eq!(open.to_string(), "postgres://user@localhost/w");
    }
}
