//! Brings a database to the newest schema. The two folders hold the same numbers and names.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs every migration that the database lacks; tells their names.
///
/// # Errors
/// The migration that failed and what the database said, as a sentence.
pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>, String> {
    let names = match conn {
        Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|done| names(&done)),
        Conn::Postgres(c) => {
            use diesel::connection::SimpleConnection;
            // Two processes may start at once: the second waits here and then finds nothing left to do.
            c.batch_execute("SELECT pg_advisory_lock(7205759403792793)")
                .map_err(|error| error.to_string())?;
            let done = c.run_pending_migrations(POSTGRES).map(|done| names(&done));
            c.batch_execute("SELECT pg_advisory_unlock(7205759403792793)")
                .map_err(|error| error.to_string())?;
            done
        }
    };
    names.map_err(|error| error.to_string())
}

fn names(done: &[impl ToString]) -> Vec<String> {
    done.iter().map(ToString::to_string).collect()
}
