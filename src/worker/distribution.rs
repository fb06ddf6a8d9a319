//! Facts for other servers, taken strictly in the order in which they happened by one consumer, so that a status is
//! announced before its deletion. Making a document and queueing its deliveries needs no network: it is one write, in
//! which the job ends too. Where there are very many deliveries it is several: what is left takes the job's place, ahead
//! of the facts that came later.

use std::time::{Duration, Instant};

use super::bell::Bell;
use super::pauses;
use crate::federation::outbox;
use crate::node::Node;
use crate::store::jobs::{self, Job, Lease, Queued};
use crate::store::leases::Duty;
use crate::store::{self, Error, QueryResult, Trouble, Tx, spreads};
use crate::urls::Urls;

/// Facts in one write.
const AT_ONCE: i64 = 8;
/// How long one write may go on with the next fact: each may queue hundreds of deliveries, and other writes wait.
const TIME: Duration = Duration::from_millis(10);

/// Distributes whenever the bell rings, until it is time to stop.
pub(super) async fn run(node: Node, mut bell: Bell) {
    while bell.ring().await {
        let done = match node.db.has_duty(Duty::Facts).await {
            Ok(true) => work_off(&node).await.map(drop),
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            store::report(
                &error,
                "facts for other servers could not be distributed yet",
            );
        }
    }
}

/// Distributes every fact that is due; tells how many it took in hand.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<usize> {
    let mut taken = 0;
    loop {
        let urls = node.urls.clone();
        let batch = node
            .db
            .write_later(move |tx| distribute_batch(tx, &urls))
            .await;
        let done = match batch {
            Ok(done) => done,
            // One of them is at fault, or the database: alone each shows which.
            Err(_) => distribute_singly(node).await?,
        };
        if done == 0 {
            return Ok(taken);
        }
        taken += done;
    }
}

fn list_due(tx: &mut Tx) -> QueryResult<Vec<Queued>> {
    let now = tx.now();
    jobs::list_due(tx, Job::DISTRIBUTE, now, AT_ONCE)
}

fn distribute_batch(tx: &mut Tx, urls: &Urls) -> QueryResult<usize> {
    let began = Instant::now();
    let mut done = 0;
    for queued in list_due(tx)? {
        let is_whole = distribute(tx, urls, queued)?;
        done += 1;
        if !is_whole || began.elapsed() > TIME {
            break;
        }
    }
    Ok(done)
}

async fn distribute_singly(node: &Node) -> QueryResult<usize> {
    let mut taken = 0;
    for queued in node.db.write_later(list_due).await? {
        taken += 1;
        let (lease, attempts, urls) = (queued.lease(), queued.attempts + 1, node.urls.clone());
        let done = node.db.write_later(move |tx| distribute(tx, &urls, queued));
        match done.await {
            Ok(true) => {}
            Ok(false) => break,
            // What passes by itself says nothing about the fact.
            Err(error) if Trouble::of(&error).is_some() => return Err(error),
            Err(error) => postpone(node, lease, attempts, error).await?,
        }
    }
    Ok(taken)
}

async fn postpone(node: &Node, lease: Lease, attempts: i64, error: Error) -> QueryResult<()> {
    let (due, error) = (
        pauses::job_due_after(attempts, node.clock.now()),
        error.to_string(),
    );
    tracing::warn!(
        job = lease.id().0,
        attempts,
        error,
        "a fact could not be distributed"
    );
    let postpone = move |tx: &mut Tx| {
        jobs::retry(tx, lease, &error, due)?;
        jobs::count_try(tx, lease.id())
    };
    node.db.write_later(postpone).await
}

/// Ends the job and does it, unless another process has; false if something is left of it.
fn distribute(tx: &mut Tx, urls: &Urls, queued: Queued) -> QueryResult<bool> {
    let job: Job = serde_json::from_str(&queued.payload)
        .map_err(|error| Error::DeserializationError(Box::new(error)))?;
    if !jobs::take(tx, &queued)? {
        return Ok(true);
    }
    match tell(tx, urls, &job)? {
        Some(rest) => jobs::put_back(tx, queued, &rest).map(|()| false),
        None => Ok(true),
    }
}

/// Queues deliveries of a fact; gives what is left of it.
fn tell(tx: &mut Tx, urls: &Urls, job: &Job) -> QueryResult<Option<Job>> {
    let rest = match job {
        Job::Distribute(fact) => outbox::distribute(tx, urls, fact)?,
        Job::Spread(spread) => spreads::go_on(tx, spread)?,
        _ => None,
    };
    Ok(rest.map(Job::Spread))
}

/// Distributes one fact in writes of its own.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn distribute_one(node: &Node, job: Job) -> QueryResult<()> {
    let mut left = Some(job);
    while let Some(job) = left {
        let urls = node.urls.clone();
        let tell = move |tx: &mut Tx| tell(tx, &urls, &job);
        left = node.db.write_later(tell).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::clock::{Clock, SECOND};
    use crate::config::Config;
    use crate::id::{AccountId, ActivityId};
    use crate::social::setup;
    use crate::store::deliveries::{self, Delivery};
    use crate::store::facts::Fact;
    use crate::store::follows::Destination;
    use crate::store::{Conn, DeliveryClass, Event, activities, peers};
    use tokio::sync::broadcast::error::RecvError;

    const START: i64 = 1_800_000_000_000;
    const MANY: usize = 1_200;

    async fn open(folder: &Path, now: i64) -> Node {
        let mut config = Config::default();
        config.server.data = folder.to_owned();
        crate::testing::give_database(&mut config).await;
        Node::open(config, Clock::stepped(now)).await.unwrap()
    }

    fn deletion(uri: &str, account: AccountId, hosts: usize) -> Job {
        let place = |host: usize| Destination {
            domain: format!("h{host}.test"),
            inbox_url: format!("https://h{host}.test/inbox"),
        };
        Job::Distribute(Fact::Deleted {
            account,
            uri: uri.to_owned(),
            destinations: (0..hosts).map(place).collect(),
        })
    }

    /// A node that has to tell two facts: the first to many servers, the second to one of them.
    async fn start(folder: &Path) -> Node {
        let node = open(folder, START).await;
        let actor = setup::ensure_node_actor(&node).await.unwrap().id;
        let tell = move |tx: &mut Tx| -> QueryResult<()> {
            tx.queue(&deletion("https://a.test/1", actor, MANY))?;
            tx.queue(&deletion("https://a.test/2", actor, 1))
        };
        node.db.write(tell).await.unwrap();
        node
    }

    async fn waiting(node: &Node) -> usize {
        let count = |c: &mut Conn| deliveries::count(c, None);
        usize::try_from(node.db.read(count).await.unwrap()).unwrap()
    }

    /// What waits for one of the servers, in the order in which it goes out.
    async fn documents_for(node: &Node, domain: &'static str) -> Vec<String> {
        let list = move |c: &mut Conn| -> QueryResult<Vec<String>> {
            let Some(peer) = peers::find_by_domain(c, domain)? else {
                return Ok(Vec::new());
            };
            let place = Delivery::before_all(peer.id, DeliveryClass::Relations);
            let rows = deliveries::list_due(c, place, START, 9)?;
            let ids: Vec<ActivityId> = rows.iter().map(|row| row.delivery.activity_id).collect();
            let mut documents = activities::list(c, &ids)?;
            documents.sort_unstable_by_key(|document| document.id);
            Ok(documents
                .into_iter()
                .map(|document| document.object_uri)
                .collect())
        };
        node.db.read(list).await.unwrap()
    }

    #[tokio::test]
    async fn a_process_that_is_killed_between_two_pieces_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let mut node = start(folder.path()).await;
        for (second, there) in [(1, 500), (2, 1_000)] {
            let urls = node.urls.clone();
            let piece = move |tx: &mut Tx| distribute_batch(tx, &urls);
            assert_eq!(node.db.write_later(piece).await.unwrap(), 1);
            assert_eq!(waiting(&node).await, there);
            assert_eq!(documents_for(&node, "h0.test").await, ["https://a.test/1"]);
            drop(node);
            node = open(folder.path(), START + second * SECOND).await;
        }
        work_off(&node).await.unwrap();
        assert_eq!(waiting(&node).await, MANY + 1);
        let both = ["https://a.test/1", "https://a.test/2"];
        assert_eq!(documents_for(&node, "h0.test").await, both);
        for domain in ["h1.test", "h499.test", "h500.test", "h1199.test"] {
            assert_eq!(documents_for(&node, domain).await, both[..1], "{domain}");
        }
        assert_eq!(node.db.read(activities::count).await.unwrap(), 2);
        assert_eq!(work_off(&node).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_write_of_a_person_comes_between_two_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let node = start(folder.path()).await;
        let mut events = node.db.listen();
        let post = async {
            while !matches!(
                events.recv().await,
                Ok(Event::Peer(_)) | Err(RecvError::Lagged(_))
            ) {}
            let count = |tx: &mut Tx| deliveries::count(tx, None);
            node.db.write(count).await.unwrap()
        };
        let (done, there) = tokio::join!(work_off(&node), post);
        // In the first piece or behind the second, as the threads ran, and before the last.
        assert!((500..=1_000).contains(&there), "{there}");
        assert_eq!(done.unwrap(), 4);
        assert_eq!(waiting(&node).await, MANY + 1);
    }
}
