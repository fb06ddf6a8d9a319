//! Where the database is, and how it is to be opened.

use std::path::PathBuf;

use super::conn::Engine;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file; its folder must exist.
    Sqlite(PathBuf),
    /// A `postgres://` URL.
    Postgres(String),
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub location: Location,
    /// Reader threads, each with its connection.
    pub readers: usize,
    /// Mebibytes of a SQLite file that each connection may hold in memory; PostgreSQL has a cache of its own.
    pub cache_mebibytes: u32,
    /// Tells apart the ids of processes that share the database; its lowest 6 bits count.
    pub lane: u16,
}

/// Why a database could not be opened, as a sentence.
#[derive(Debug)]
pub struct OpenError(pub(super) String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl Location {
    /// Reads `sqlite:PATH`, `postgres://...` or `postgresql://...`.
    ///
    /// # Errors
    /// A sentence that names the accepted forms.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(PathBuf::from(
                path.strip_prefix("//").unwrap_or(path),
            )));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(OpenError(
            "a database is given as sqlite:PATH or postgres://USER@HOST/NAME".to_owned(),
        ))
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }
}
