//! The node: handles only, no rules. Everything above takes what it needs from here.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Client, ClientSettings};
use crate::keys::random;
use crate::store::{Db, Location, Settings};
use crate::urls::Urls;

/// The handles of one running node. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Node {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// The files.
    pub blobs: Blobs,
    /// The outgoing HTTP client.
    pub http: Client,
    /// Where this node's own things are.
    pub urls: Urls,
}

/// Why a node could not be opened, as a sentence.
#[derive(Debug)]
pub struct OpenError(String);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl Node {
    /// Opens the data folder, the database and the files, and brings the database up to date.
    ///
    /// # Errors
    /// A sentence that says which of them is not usable, and why.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, OpenError> {
        let failed = |error: &dyn fmt::Display| OpenError(error.to_string());
        make_private_folder(&config.server.data)?;
        let location =
            Location::parse(config.database_url().expose()).map_err(|error| failed(&error))?;
        let settings = Settings {
            location,
            readers: usize::from(config.database.readers),
            lane: u16::try_from(random::below(64)).unwrap_or(0),
        };
        let db = Db::open(settings, clock.clone())
            .await
            .map_err(|error| failed(&error))?;
        let folder = config.media_folder();
        let blobs = Blobs::folder(&folder).map_err(|error| {
            OpenError(format!(
                "the media folder {} is not usable: {error}",
                folder.display()
            ))
        })?;
        let http = Client::new(client_settings(&config)?, clock.clone())
            .map_err(|error| failed(&error))?;
        let urls = Urls::new(&config.server.origin());
        Ok(Self {
            config: Arc::new(config),
            clock,
            db,
            blobs,
            http,
            urls,
        })
    }
}

/// The data folder holds keys and passwords: only the node's own user may look inside.
fn make_private_folder(folder: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| {
            OpenError(format!(
                "the data folder {} could not be made: {error}",
                folder.display()
            ))
        })
}

fn client_settings(config: &Config) -> Result<ClientSettings, OpenError> {
    let mut settings = ClientSettings {
        user_agent: format!(
            "Whimbrel/{} (+{}/)",
            env!("CARGO_PKG_VERSION"),
            config.server.origin()
        ),
        allow_http: config.federation.allow_http,
        allow_private_addresses: config.federation.allow_private_addresses,
        ..ClientSettings::default()
    };
    for path in &config.federation.extra_root_certificates {
        let pem = fs::read(path).map_err(|error| {
            OpenError(format!(
                "the certificate {} could not be read: {error}",
                path.display()
            ))
        })?;
        settings.extra_root_certificates.push(pem);
    }
    Ok(settings)
}
