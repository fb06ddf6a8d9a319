//! Pictures and recordings of other servers, as people here see them: fetched once for all when the first of them looks,
//! and kept for a while. Nobody's address reaches the other server.
//!
//! What comes is believed in nothing: its kind is read from its first bytes, and it is answered as that kind or not at
//! all. What cannot be fetched is answered at once for a while, and does not load the other server again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use url::Url;

use super::uploads;
use super::workplaces::Spool;
use super::{Error, Result};
use crate::clock::{DAY, HOUR, MINUTE};
use crate::http;
use crate::keys::digests::sha256_hex;
use crate::keys::random;
use crate::media::{self, Container, Kind, Sort};
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::remote_files::{self, RemoteFile};
use crate::store::{self, QueryResult, Tx};
use crate::text::domains::{normalise_domain, turn_round};

/// Files that are fetched at the same time, from all servers.
const AT_ONCE: usize = 16;
/// Of these, from one server.
const PER_HOST: usize = 4;
/// How long a viewer waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a fetch may take.
const DEADLINE: Duration = Duration::from_mins(1);
/// How exactly it is known when a file was asked for, in milliseconds.
const TOUCH_EVERY: i64 = HOUR;
/// How long a failure is remembered at first, in milliseconds; each further one three times as long.
const FIRST_PAUSE: i64 = MINUTE;
/// How long a failure is remembered at most, in milliseconds.
const LONGEST_PAUSE: i64 = DAY;
/// How long failures are kept to count further ones, in milliseconds.
const FAILURES_KEPT: i64 = 7 * DAY;
/// Files that one write forgets at most.
const EVICTED_AT_ONCE: i64 = 100;

/// How a fetch ends for those who wait for it: the key of the blob, or none.
type Landing = Option<Option<String>>;

/// What is being fetched, and from whom, by the number of the node and what it is.
#[derive(Debug)]
struct Desk {
    turns: Semaphore,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    flights: Mutex<HashMap<String, watch::Receiver<Landing>>>,
}

static DESK: LazyLock<Desk> = LazyLock::new(|| Desk {
    turns: Semaphore::new(AT_ONCE),
    hosts: Mutex::default(),
    flights: Mutex::default(),
});

/// The key of the blob that holds what is at `url`, which is fetched if it is not there.
///
/// # Errors
/// [`Error::NotFound`] if there is nothing that can be shown, if the staff does not want files of that server, or if this
/// node asks no other server.
pub async fn find(node: &Node, url: &str) -> Result<String> {
    let hash = sha256_hex(url.as_bytes());
    let url = Url::parse(url).map_err(|_| Error::NotFound)?;
    if is_unwanted(node, &url) {
        return Err(Error::NotFound);
    }
    match look(node, &hash).await? {
        Known::Kept { key, used_at } => {
            if used_at + TOUCH_EVERY < node.clock.now() {
                touch(node, hash).await;
            }
            Ok(key)
        }
        Known::Failed => Err(Error::NotFound),
        Known::Due { .. } => join(node, &url, hash).await,
    }
}

/// Whether the staff decided that no files of this server are shown, whatever was fetched before.
fn is_unwanted(node: &Node, url: &Url) -> bool {
    let decisions = node.bans.get();
    let host = url.host_str().unwrap_or_default();
    decisions.bars(host) || decisions.find(host).rejects_media
}

/// What is known of a file.
enum Known {
    /// It is here.
    Kept {
        /// Its blob.
        key: String,
        /// When it was asked for, about, in milliseconds.
        used_at: i64,
    },
    /// It could not be fetched a short while ago.
    Failed,
    /// It is to be fetched.
    Due {
        /// How often that failed until now.
        failures: i64,
    },
}

async fn look(node: &Node, hash: &str) -> Result<Known> {
    let wanted = hash.to_owned();
    let row = node.db.read(move |conn| remote_files::find(conn, &wanted));
    let row: Option<RemoteFile> = row.await?;
    Ok(match row {
        Some(RemoteFile {
            file_key: Some(key),
            used_at,
            ..
        }) => Known::Kept { key, used_at },
        Some(failed) if failed.retry_at > node.clock.now() => Known::Failed,
        failed => Known::Due {
            failures: failed.map_or(0, |failed| failed.failures),
        },
    })
}

/// That it is not known when a file was asked for is no reason not to show it.
async fn touch(node: &Node, hash: String) {
    let touched = node
        .db
        .write_later(move |tx| remote_files::touch(tx, &hash));
    if let Err(error) = touched.await {
        store::report(&error, "that a file was asked for could not be noted");
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a flight, also one that breaks off: the next who waits takes its turn.
struct Flight<'a> {
    place: &'a str,
    sender: watch::Sender<Landing>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        lock(&DESK.flights).remove(self.place);
    }
}

/// Fetches a file unless somebody is at it; then waits for what comes of it.
async fn join(node: &Node, url: &Url, hash: String) -> Result<String> {
    let place = place_of(node, &hash);
    loop {
        let mut under_way = match board(&place) {
            Seat::Pilot(flight) => {
                let landed = fly(node, url, hash).await;
                flight
                    .sender
                    .send_replace(Some(landed.as_ref().ok().cloned()));
                return landed;
            }
            Seat::Passenger(under_way) => under_way,
        };
        let landed = under_way.wait_for(Option::is_some).await;
        if let Some(landed) = landed.ok().and_then(|landed| landed.clone()) {
            return landed.ok_or(Error::NotFound);
        }
    }
}

/// Nodes of one process do not share what they fetch.
fn place_of(node: &Node, what: &str) -> String {
    format!("{}\n{what}", node.number)
}

/// One's part in a flight.
enum Seat<'a> {
    /// One has to fetch it.
    Pilot(Flight<'a>),
    /// Somebody is at it.
    Passenger(watch::Receiver<Landing>),
}

fn board(place: &str) -> Seat<'_> {
    match lock(&DESK.flights).entry(place.to_owned()) {
        Entry::Occupied(under_way) => Seat::Passenger(under_way.get().clone()),
        Entry::Vacant(vacant) => {
            let (sender, receiver) = watch::channel(None);
            vacant.insert(receiver);
            Seat::Pilot(Flight { place, sender })
        }
    }
}

/// Fetches a file, unless another flight has landed with it since it was looked for.
async fn fly(node: &Node, url: &Url, hash: String) -> Result<String> {
    match look(node, &hash).await? {
        Known::Kept { key, .. } => Ok(key),
        Known::Failed => Err(Error::NotFound),
        Known::Due { failures } => fetch(node, url, hash, failures).await,
    }
}

/// Fetches a file and remembers what came of it.
async fn fetch(node: &Node, url: &Url, hash: String, failures: i64) -> Result<String> {
    if !node.config.federation.enabled {
        return Err(Error::NotFound);
    }
    let busy = || Error::TooMany("Too many files are fetched at the moment".to_owned());
    let host = place_of(node, url.host_str().unwrap_or_default());
    let of_host = lock(&DESK.hosts)
        .entry(host)
        .or_insert_with(|| Arc::new(Semaphore::new(PER_HOST)))
        .clone();
    let took = {
        let turns = async { (of_host.acquire().await, DESK.turns.acquire().await) };
        let _turns = timeout(PATIENCE, turns).await.map_err(|_| busy())?;
        save(node, url).await
    };
    forget_idle_hosts();
    match took {
        Ok((key, bytes)) => {
            keep(node, (url, hash), key.clone(), bytes).await?;
            Ok(key)
        }
        Err(Fault::Ours(error)) => Err(error),
        Err(Fault::Theirs { reason, lasts }) => {
            tracing::debug!(%url, reason, "a file of another server could not be fetched");
            remember(node, (url, hash), failures, lasts).await?;
            Err(Error::NotFound)
        }
    }
}

fn forget_idle_hosts() {
    lock(&DESK.hosts).retain(|_, turns| Arc::strong_count(turns) > 1);
}

/// Why there is no file.
enum Fault {
    /// This node could not take it.
    Ours(Error),
    /// The other server did not give it.
    Theirs {
        reason: String,
        /// Whether asking again soon is of no use.
        lasts: bool,
    },
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Ours(Error::Files(error))
    }
}

impl Fault {
    fn lasting(reason: impl Into<String>) -> Self {
        Self::Theirs {
            reason: reason.into(),
            lasts: true,
        }
    }
}

/// Fetches and stores a file; gives its key and length.
async fn save(node: &Node, url: &Url) -> std::result::Result<(String, i64), Fault> {
    let room = usize::try_from(cap(node)).unwrap_or(usize::MAX);
    let cap = node.config.media.video_size_limit_bytes.min(room);
    let mut spool = Spool::make(node)?;
    let answer = node.http.save(url, cap, DEADLINE, &mut spool).await;
    let answer = answer.map_err(|error| match &error {
        http::Error::TooLarge { .. } => Fault::lasting(error.to_string()),
        _ => Fault::Theirs {
            reason: error.to_string(),
            lasts: error.is_refusal(),
        },
    })?;
    if !answer.is_success() {
        return Err(Fault::Theirs {
            reason: format!("status {}", answer.status),
            lasts: matches!(answer.status, 401 | 403 | 404 | 410 | 451),
        });
    }
    let extension =
        extension_of(&spool)?.ok_or_else(|| Fault::lasting("a kind that is not shown"))?;
    let key = format!("remote/{}.{extension}", random::hex_name());
    uploads::store_file(node, key.clone(), spool.path())
        .await
        .map_err(Fault::Ours)?;
    Ok((key, i64::try_from(spool.length()).unwrap_or(i64::MAX)))
}

/// The ending of a file of its kind; none for kinds that are not shown. That a picture is not too large is looked at too,
/// since it is shown to many.
fn extension_of(spool: &Spool) -> std::result::Result<Option<&'static str>, Fault> {
    let head = spool.head()?;
    Ok(match media::sniff(&head) {
        Some(Sort::Image(Kind::Jpeg)) => Some("jpg"),
        Some(Sort::Image(Kind::Png)) => Some("png"),
        Some(Sort::Image(Kind::Gif)) => Some("gif"),
        Some(Sort::Image(Kind::WebP)) => Some("webp"),
        Some(Sort::Container(container)) => Some(match container {
            Container::Mp4 => "mp4",
            Container::Matroska => "webm",
            Container::Ogg => "ogg",
            Container::Mp3 => "mp3",
            Container::Flac => "flac",
            Container::Wav => "wav",
            Container::Aac => "aac",
            Container::Avif => "avif",
            Container::Gif => "gif",
        }),
        Some(Sort::Heic) | None => None,
    })
}

/// Writes that a file is there, and lets others go where there is no room for it.
async fn keep(node: &Node, (url, hash): (&Url, String), key: String, bytes: i64) -> Result<()> {
    let cap = cap(node);
    let (kept, host) = (key.clone(), server_of(url));
    let write = move |tx: &mut Tx| {
        let row = RemoteFile {
            url_hash: hash,
            file_key: Some(key),
            bytes,
            failures: 0,
            retry_at: 0,
            fetched_at: tx.now(),
            used_at: tx.now(),
            host,
        };
        let former = remote_files::put(tx, &row)?;
        let mut keys = remote_files::evict(tx, cap, EVICTED_AT_ONCE)?;
        keys.extend(former);
        remove(tx, keys)
    };
    let written = node.db.write(write).await.map_err(Error::from);
    if let Err(error) = &written {
        uploads::undo(node, vec![kept], error).await;
    }
    written
}

/// The server of an address, as rows have it.
fn server_of(url: &Url) -> Option<String> {
    let host = normalise_domain(url.host_str()?).ok()?;
    Some(turn_round(&host))
}

fn cap(node: &Node) -> i64 {
    let mebibytes = node.config.media.remote_cache_mebibytes;
    i64::try_from(mebibytes.saturating_mul(1 << 20)).unwrap_or(i64::MAX)
}

fn remove(tx: &mut Tx, keys: Vec<String>) -> QueryResult<()> {
    if keys.is_empty() {
        return Ok(());
    }
    tx.queue(&Job::RemoveBlobs { keys })
}

/// Forgets a file whose blob is not there any more, so that it is fetched again.
///
/// # Errors
/// Whatever the database says.
pub async fn forget(node: &Node, url: &str, key: String) -> Result<()> {
    let hash = sha256_hex(url.as_bytes());
    let forget = move |tx: &mut Tx| remote_files::forget(tx, &hash, &key);
    Ok(node.db.write_later(forget).await?)
}

/// Writes that there is no file, and until when nobody asks again.
async fn remember(
    node: &Node,
    (url, hash): (&Url, String),
    failures: i64,
    lasts: bool,
) -> Result<()> {
    let host = server_of(url);
    let pause = if lasts {
        LONGEST_PAUSE
    } else {
        pause_after(failures)
    };
    let write = move |tx: &mut Tx| {
        let row = RemoteFile {
            url_hash: hash,
            file_key: None,
            bytes: 0,
            failures: failures + 1,
            retry_at: tx.now() + pause,
            fetched_at: tx.now(),
            used_at: tx.now(),
            host,
        };
        let former = remote_files::put(tx, &row)?;
        remove(tx, former.into_iter().collect())
    };
    Ok(node.db.write_later(write).await?)
}

fn pause_after(failures: i64) -> i64 {
    let times = 3_i64.saturating_pow(u32::try_from(failures).unwrap_or(u32::MAX));
    FIRST_PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

/// Brings what is kept below its size, which may have been made smaller, and forgets old failures; tells how many rows
/// one piece of work removed, none when there is nothing left to do.
///
/// # Errors
/// Whatever the database says.
pub fn tidy(tx: &mut Tx, node: &Node) -> QueryResult<usize> {
    let keys = remote_files::evict(tx, cap(node), EVICTED_AT_ONCE)?;
    let evicted = keys.len();
    remove(tx, keys)?;
    let before = tx.now() - FAILURES_KEPT;
    Ok(evicted + remote_files::prune_failures(tx, before, EVICTED_AT_ONCE)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_remembered_longer_and_longer() {
        for (failures, expected) in [
            (0, MINUTE),
            (1, 3 * MINUTE),
            (4, 81 * MINUTE),
            (7, LONGEST_PAUSE),
            (i64::MAX, LONGEST_PAUSE),
        ] {
            assert_eq!(pause_after(failures), expected, "{failures}");
        }
    }
}
