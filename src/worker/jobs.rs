//! Jobs: a few at a time, each again after a pause when it fails, and kept with its reason when it is given up.

use std::collections::HashSet;
use std::io;

use super::bell::Bell;
use super::crew::Crew;
use super::{distribution, pauses};
use crate::clock::MINUTE;
use crate::federation::resolve::{self, JobError};
use crate::federation::softwares;
use crate::id::JobId;
use crate::node::Node;
use crate::store::jobs::{self, Job, Queued};
use crate::store::{QueryResult, Tx};

/// Jobs under way at the same time.
const AT_ONCE: usize = 16;
/// How long a job belongs to whoever claimed it, in milliseconds.
const LEASE: i64 = 5 * MINUTE;
/// What was done.
#[derive(Debug, Default)]
pub(super) struct Performed {
    /// Jobs that were tried.
    pub(super) tried: usize,
    /// Kind and reason of those that were given up.
    pub(super) dead: Vec<(String, String)>,
}

/// Performs jobs whenever the bell rings, until it is time to stop; then lets those under way end.
pub(super) async fn run(node: Node, mut bell: Bell) {
    let mut desk = Desk::new(node);
    loop {
        if let Err(error) = desk.fill().await {
            tracing::error!(%error, "jobs could not be claimed");
        }
        tokio::select! {
            Some((queued, end)) = desk.crew.next() => desk.close(queued, end).await,
            more = bell.ring() => {
                if !more {
                    break;
                }
                desk.may_have_more = true;
            }
        }
    }
    while let Some((queued, end)) = desk.crew.next().await {
        desk.close(queued, end).await;
    }
}

/// Performs every job that is due.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<Performed> {
    let mut desk = Desk::new(node.clone());
    loop {
        desk.may_have_more = true;
        desk.fill().await?;
        let Some((queued, end)) = desk.crew.next().await else {
            return Ok(desk.performed);
        };
        desk.close(queued, end).await;
    }
}

type End = Result<(), JobError>;

/// The jobs in hand.
struct Desk {
    node: Node,
    crew: Crew<Queued, End>,
    in_hand: HashSet<JobId>,
    may_have_more: bool,
    performed: Performed,
}

impl Desk {
    fn new(node: Node) -> Self {
        Self {
            node,
            crew: Crew::new(),
            in_hand: HashSet::new(),
            may_have_more: false,
            performed: Performed::default(),
        }
    }

    async fn fill(&mut self) -> QueryResult<()> {
        let room = AT_ONCE.saturating_sub(self.crew.len());
        if room == 0 || !self.may_have_more {
            return Ok(());
        }
        let limit = i64::try_from(room).unwrap_or(1);
        let claim = move |tx: &mut Tx| {
            let lease_end = tx.now() + LEASE;
            jobs::claim(tx, limit, lease_end)
        };
        let claimed = self.node.db.write(claim).await?;
        self.may_have_more = claimed.len() == room;
        for queued in claimed {
            // A job that takes longer than its lease is claimed again by the one who is at it.
            if self.in_hand.insert(queued.id) {
                let (node, payload) = (self.node.clone(), queued.payload.clone());
                let work = async move { perform(&node, &payload).await };
                self.crew.start(queued, work);
            }
        }
        Ok(())
    }

    /// Writes what became of a job. If that fails, the job is due again when its lease ends.
    async fn close(&mut self, queued: Queued, end: Result<End, String>) {
        self.in_hand.remove(&queued.id);
        self.performed.tried += 1;
        self.may_have_more = true;
        let (id, attempts, kind) = (queued.id, queued.attempts, queued.kind);
        let failure = match end {
            Ok(Ok(())) => None,
            Ok(Err(JobError::Retry(cause))) | Err(cause) => Some((
                pauses::job_due_after(attempts, self.node.clock.now()),
                cause,
            )),
            Ok(Err(JobError::Fail(reason))) => Some((None, reason)),
        };
        if let Some((due, reason)) = &failure {
            tracing::info!(job = id.0, kind, attempts, reason, "a job failed");
            if due.is_none() {
                self.performed.dead.push((kind, reason.clone()));
            }
        }
        let write = move |tx: &mut Tx| match failure {
            None => jobs::finish(tx, id),
            Some((due, reason)) => jobs::retry(tx, id, &reason, due),
        };
        if let Err(error) = self.node.db.write(write).await {
            tracing::error!(job = id.0, %error, "what became of a job could not be written");
        }
    }
}

async fn perform(node: &Node, payload: &str) -> End {
    let job: Job = serde_json::from_str(payload)
        .map_err(|error| JobError::Fail(format!("the job cannot be read: {error}")))?;
    match job {
        Job::Distribute(fact) => distribution::distribute_one(node, fact)
            .await
            .map_err(|error| JobError::Retry(error.to_string())),
        Job::FetchParent { uri } => resolve::fetch_parent(node, &uri).await,
        Job::RefreshAccount { uri } => resolve::refresh_account(node, &uri).await,
        Job::LearnSoftware { domain } => softwares::learn(node, &domain).await,
        Job::RemoveBlobs { keys } => remove_blobs(node, keys).await,
    }
}

async fn remove_blobs(node: &Node, keys: Vec<String>) -> End {
    let blobs = node.blobs.clone();
    let remove = move || {
        // One that cannot be removed does not keep the others.
        let ends: Vec<io::Result<()>> = keys.iter().map(|key| blobs.delete(key)).collect();
        ends.into_iter().collect::<io::Result<()>>()
    };
    match tokio::task::spawn_blocking(remove).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => {
            Err(JobError::Fail(error.to_string()))
        }
        Ok(Err(error)) => Err(JobError::Retry(error.to_string())),
        Err(error) => Err(JobError::Retry(error.to_string())),
    }
}
