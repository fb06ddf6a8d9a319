//! The node: handles only, no rules. Everything above takes what it needs from here.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::bans::Bans;
use crate::blobs::{Blobs, BucketSettings};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Client, ClientSettings};
use crate::keys::random;
use crate::load::{Limits, Load, open_files};
use crate::mail::Mail;
use crate::media::{self, Ffmpeg};
use crate::meters::Meters;
use crate::store::{self, Conn, Db, Location};
use crate::urls::Urls;
use crate::wishes::Wishes;

/// Nodes that were opened in this process.
static OPENED: AtomicU64 = AtomicU64::new(0);

/// How many processes that share a database can be told apart by the ids that they make.
const LANES: u16 = 64;

/// The handles of one running node. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Node {
    /// Tells the nodes of one process apart: what is remembered for the whole process is remembered under it. Two
    /// nodes may have one name, and accounts of the same ids.
    pub number: u64,
    /// What the operator set.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// The uploaded files.
    pub blobs: Blobs,
    /// What makes videos and sounds, where it is installed; [`Node::recorder`] tells whether it can.
    ffmpeg: Option<Ffmpeg>,
    /// The outgoing HTTP client.
    pub http: Client,
    /// What sends mail.
    pub mail: Mail,
    /// Where this node's own things are.
    pub urls: Urls,
    /// How much there is to do.
    pub load: Load,
    /// What this process has done so far.
    pub meters: Arc<Meters>,
    /// The filters that were used last.
    pub filters: store::filters::Shelf,
    /// What the staff decided of other servers and of addresses.
    pub bans: Bans,
    /// Links whose previews people here would see.
    pub wishes: Wishes,
}

/// Why a node could not be opened, as a sentence that names what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenError(String);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl Node {
    /// Opens everything that a node needs: makes the data folder if it is missing, brings the database up to
    /// date and starts its threads. Several processes may open one node.
    ///
    /// # Errors
    /// A sentence that says which of them cannot be had and why.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, OpenError> {
        make_folder(&config.server.data)?;
        let bans = Bans::default();
        let settings = client_settings(&config, &bans)?;
        let http = Client::new(settings, clock.clone())
            .map_err(|error| OpenError(format!("the outgoing client cannot start: {error}")))?;
        let blobs = open_blobs(&config)?;
        let ffmpeg = find_ffmpeg(&config)?;
        let mail = Mail::new(&config, clock.clone()).map_err(OpenError)?;
        let settings = store_settings(&config)?;
        let db = Db::open(settings, clock.clone())
            .await
            .map_err(|error| OpenError(error.to_string()))?;
        let urls = make_urls(&config, &db).await?;
        let load = Load::new(load_limits(&config));
        let config = Arc::new(config);
        let meters = Arc::new(Meters::new(clock.now()));
        let node = Self {
            number: OPENED.fetch_add(1, Ordering::Relaxed),
            config,
            clock,
            db,
            blobs,
            ffmpeg,
            http,
            mail,
            urls,
            load,
            meters,
            filters: store::filters::Shelf::default(),
            bans,
            wishes: Wishes::default(),
        };
        node.load_bans().await.map_err(|error| {
            OpenError(format!(
                "what the staff decided of other servers cannot be read: {error}"
            ))
        })?;
        Ok(node)
    }

    /// Takes into memory what the staff decided, if it is not there already. Every process does so when it is told, and
    /// every few seconds unasked.
    ///
    /// # Errors
    /// Whatever the database says; what was decided before goes on holding.
    pub async fn load_bans(&self) -> store::QueryResult<()> {
        let known = self.bans.get().version;
        let is_limited = self.config.federation.limited;
        let load = move |conn: &mut Conn| {
            if known > 0 && store::bans::version(conn)? == known {
                return Ok(None);
            }
            store::bans::load(conn, is_limited).map(Some)
        };
        if let Some(decisions) = self.db.read(load).await? {
            self.bans.replace(decisions);
        }
        Ok(())
    }

    /// What makes videos and sounds; none where it is not installed, cannot do it, or is not wanted.
    #[must_use]
    pub fn recorder(&self) -> Option<&Ffmpeg> {
        self.ffmpeg.as_ref().filter(|ffmpeg| ffmpeg.is_fit())
    }

    /// Finds out whether ffmpeg can do what is asked of it; none where there is none.
    ///
    /// # Errors
    /// A sentence that says what it cannot; then [`Node::recorder`] is none.
    pub async fn examine_ffmpeg(&self) -> Option<Result<(), String>> {
        let ffmpeg = self.ffmpeg.as_ref()?;
        Some(ffmpeg.examine(&self.config.work_folder()).await)
    }
}

/// The name of the key that seals addresses of other servers.
const VEIL: &str = "remote_files_key";

/// Where things are, and how those of other servers are shown.
async fn make_urls(config: &Config, db: &Db) -> Result<Urls, OpenError> {
    let mut urls = Urls::new(&config.server.origin());
    if let (Some(_), Some(base)) = (&config.storage.bucket, &config.storage.public_url) {
        urls = urls.with_files_at(base);
    }
    if config.media.remote_cache_mebibytes == 0 {
        return Ok(urls);
    }
    let known = db.read(|conn| store::settings::find(conn, VEIL)).await;
    let key = match known {
        Ok(None) => {
            let new = random::token();
            db.write(move |tx| store::settings::set_once(tx, VEIL, &new))
                .await
        }
        known => known.map(Option::unwrap_or_default),
    };
    let key = key.map_err(|error: store::Error| OpenError(error.to_string()))?;
    Ok(urls.with_veil(key.as_bytes()))
}

/// Opens the store of uploaded files.
fn open_blobs(config: &Config) -> Result<Blobs, OpenError> {
    let storage = &config.storage;
    if let Some(bucket) = &storage.bucket {
        let settings = BucketSettings {
            bucket: bucket.clone(),
            region: storage.region.clone(),
            endpoint: storage.endpoint.clone(),
            access_key: storage.access_key.clone().unwrap_or_default(),
            secret_key: storage
                .secret_key
                .as_ref()
                .map_or_else(String::new, |key| key.expose().to_owned())
                .into(),
            is_path_style: storage.path_style,
        };
        return Blobs::bucket(settings).map_err(|error| {
            OpenError(format!(
                "the bucket of uploaded files cannot be used: {error}; see the section storage"
            ))
        });
    }
    let media = config.media_folder();
    Blobs::folder(&media).map_err(|error| {
        let media = media.display();
        OpenError(format!(
            "the folder of uploaded files, {media}, cannot be used: {error}; \
             media.folder names another"
        ))
    })
}

/// Finds ffmpeg; one that is set must be there.
fn find_ffmpeg(config: &Config) -> Result<Option<Ffmpeg>, OpenError> {
    let media = &config.media;
    let Some(path) = media.find_ffmpeg() else {
        return Ok(None);
    };
    let number = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
    let limits = media::Limits {
        seconds: media.ffmpeg_seconds,
        memory: media.ffmpeg_memory_mebibytes.saturating_mul(1 << 20),
        output: number(media.video_size_limit_bytes).saturating_mul(4),
        matrix: media.video_pixel_limit,
        frame_rate: media.video_frame_rate_limit,
        at_once: media.ffmpeg_at_once,
    };
    match Ffmpeg::at(&path, limits) {
        Ok(ffmpeg) => Ok(Some(ffmpeg)),
        Err(error) if media.ffmpeg.is_some() => Err(OpenError(format!(
            "videos and sounds cannot be taken: {error}; media.ffmpeg names another ffmpeg, \
             media.recordings = false does without"
        ))),
        Err(error) => {
            tracing::warn!(error, "no videos and sounds are taken");
            Ok(None)
        }
    }
}

/// Makes the data folder, for nobody else to look into.
fn make_folder(folder: &Path) -> Result<(), OpenError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        let folder = folder.display();
        OpenError(format!(
            "the data folder {folder} cannot be made: {error}; --data (or server.data) names another"
        ))
    })
}

fn client_settings(config: &Config, bans: &Bans) -> Result<ClientSettings, OpenError> {
    let files = config.federation.extra_root_certificates.iter();
    let certificates = files.map(|path| {
        std::fs::read(path)
            .map_err(|error| OpenError(format!("{} cannot be read: {error}", path.display())))
    });
    Ok(ClientSettings {
        user_agent: format!(
            "Whimbrel/{} (+{}/)",
            env!("CARGO_PKG_VERSION"),
            config.server.origin()
        ),
        allow_http: config.federation.allow_http,
        allow_private_addresses: config.federation.allow_private_addresses,
        extra_ports: config.server.port().into_iter().collect(),
        extra_root_certificates: certificates.collect::<Result<_, _>>()?,
        bans: bans.clone(),
        kept_connections: open_files::for_kept_connections(),
        ..ClientSettings::default()
    })
}

fn load_limits(config: &Config) -> Limits {
    let number = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
    Limits {
        backlog: number(config.federation.inbox_backlog_limit),
        backlog_per_host: number(config.federation.inbox_backlog_per_host),
        in_flight: number(config.federation.inbox_in_flight),
        body_bytes: number(config.federation.inbox_memory_mebibytes).saturating_mul(1 << 20),
    }
}

fn store_settings(config: &Config) -> Result<store::Settings, OpenError> {
    let url = config.database_url();
    let location = Location::parse(url.expose()).map_err(|error| OpenError(error.to_string()))?;
    // On PostgreSQL one connection writes.
    let readers = match location {
        Location::Sqlite(_) => config.database.readers,
        Location::Postgres(_) => config.database.connections.saturating_sub(1),
    };
    Ok(store::Settings {
        location,
        readers,
        cache_mebibytes: config.database.cache_mebibytes,
        lane: guest_lane(),
    })
}

/// A lane for the ids of a process that is not registered, such as a command, or a server before it is.
fn guest_lane() -> u16 {
    let guests = LANES - store::FIRST_GUEST;
    let drawn = u16::try_from(random::below(guests.into())).unwrap_or_default();
    store::FIRST_GUEST + drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data: &Path) -> Config {
        let mut config = Config::default();
        config.server.data = data.to_owned();
        config
    }

    #[tokio::test]
    async fn a_node_is_opened_twice_on_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&folder.path().join("deep/data"));
        let first = Node::open(config.clone(), Clock::real()).await.unwrap();
        assert!(!first.db.migrated().is_empty());
        let second = Node::open(config, Clock::real()).await.unwrap();
        assert!(second.db.migrated().is_empty());
        assert_eq!(second.urls.origin(), "http://localhost:8080");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_data_folder_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        make_folder(&data).unwrap();
        let mode = std::fs::metadata(&data).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[tokio::test]
    async fn what_cannot_be_had_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let error = Node::open(config(&file.join("data")), Clock::real())
            .await
            .err()
            .unwrap();
        assert!(error.to_string().contains("--data"), "{error}");
        let mut config = config(folder.path());
        config.media.folder = Some(file.join("media"));
        let error = Node::open(config.clone(), Clock::real())
            .await
            .err()
            .unwrap();
        assert!(error.to_string().contains("media.folder"), "{error}");
        config.media.folder = None;
        config.media.ffmpeg = Some(file.join("ffmpeg"));
        let error = Node::open(config, Clock::real()).await.err().unwrap();
        assert!(error.to_string().contains("media.ffmpeg"), "{error}");
    }
}
