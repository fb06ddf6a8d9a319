//! Where unit tests keep their data: SQLite in the node's data folder, or, when `WHIMBREL_TEST_DATABASE` names a
//! PostgreSQL server (`tests/with-postgres cargo test --lib`), a database there for each data folder.

use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use crate::config::Config;
use crate::keys::digests::sha256_hex;

/// Gives a node that is about to be opened the database that belongs to its data folder.
#[expect(
    clippy::disallowed_methods,
    reason = "the connection's end is awaited below"
)]
pub(crate) async fn give_database(config: &mut Config) {
    let Some(server) = std::env::var_os("WHIMBREL_TEST_DATABASE") else {
        return;
    };
    let server = server.into_string().expect("a URL is text");
    let folder = config.server.data.to_string_lossy();
    let name = format!("unit_{}", &sha256_hex(folder.as_bytes())[..32]);
    let connected = tokio_postgres::connect(&server, NoTls).await;
    let (client, connection) = connected.expect("the server answers");
    let driver = tokio::task::spawn(connection);
    let made = client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .await;
    let is_there =
        |error: &tokio_postgres::Error| error.code() == Some(&SqlState::DUPLICATE_DATABASE);
    assert!(made.as_ref().err().is_none_or(is_there), "{made:?}");
    drop(client);
    driver
        .await
        .expect("the connection ends")
        .expect("and ends well");
    let url = server.replace("/postgres?", &format!("/{name}?"));
    config.database.url = Some(url.parse().expect("a database URL"));
    config.database.connections = 3;
}
