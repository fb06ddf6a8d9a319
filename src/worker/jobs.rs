//! Jobs: a few at a time, each again after a pause when it fails, and kept with its reason when it is given up.

use std::collections::HashSet;
use std::io;

use super::bell::Bell;
use super::crew::Crew;
use super::{absences, distribution, pauses};
use crate::clock::MINUTE;
use crate::federation::overload;
use crate::federation::quotes;
use crate::federation::resolve::{self, JobError};
use crate::federation::{featured, links, moves, replies};
use crate::federation::{softwares, synchronization};
use crate::id::{JobId, ScheduledId, StatusId};
use crate::load::Level;
use crate::mail;
use crate::node::Node;
use crate::social::moderation::sweeps;
use crate::social::polls::endings;
use crate::social::statuses::schedule;
use crate::social::{
    self, conversations, letters, names, previews, recordings, user_domain_blocks,
};
use crate::store::jobs::{self, Job, Lease, Queued};
use crate::store::{self, QueryResult, Trouble, Tx};

/// Jobs under way at the same time.
const AT_ONCE: usize = 16;
/// Of these, jobs that nobody waits for: the rest is kept for those that somebody waits for.
const IN_BACKGROUND: usize = 12;
/// While the node is busy, one claim in so many still takes work in the background, so that it never rests for good.
const ONE_IN: usize = 16;
/// Uploads that are worked on at the same time; how many programs run of these is a setting.
const UPLOADS_AT_ONCE: usize = 4;
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
pub(super) async fn run(node: Node, bell: Bell) {
    keep_at(Desk::new(node), bell).await;
}

/// Works on uploads as [`run`] does on all other jobs: they take long, and nobody shall stand in line behind them.
pub(super) async fn run_uploads(node: Node, bell: Bell) {
    keep_at(Desk::for_uploads(node), bell).await;
}

async fn keep_at(mut desk: Desk, mut bell: Bell) {
    loop {
        if let Err(error) = desk.fill().await {
            store::report(&error, "jobs could not be claimed");
        }
        tokio::select! {
            Some((queued, end)) = desk.crew.next() => desk.close(queued, end).await,
            more = bell.ring() => {
                if !more {
                    break;
                }
                desk.expect_more();
            }
        }
    }
    while desk.close_next().await {}
}

/// Performs every job that is due.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off(node: &Node) -> QueryResult<Performed> {
    let mut others = clear(Desk::new(node.clone())).await?;
    let uploads = clear(Desk::for_uploads(node.clone())).await?;
    others.tried += uploads.tried;
    others.dead.extend(uploads.dead);
    Ok(others)
}

async fn clear(mut desk: Desk) -> QueryResult<Performed> {
    loop {
        desk.expect_more();
        desk.fill().await?;
        if !desk.close_next().await {
            return Ok(desk.performed);
        }
    }
}

type End = Result<(), JobError>;

/// The jobs in hand.
pub(super) struct Desk {
    node: Node,
    is_for_uploads: bool,
    crew: Crew<Queued, End>,
    in_hand: HashSet<JobId>,
    in_background: usize,
    /// Claims so far.
    claims: usize,
    may_have_more: bool,
    /// What became of jobs, to be written.
    ended: Vec<Ended>,
    /// The ends of the leases of claims of which it is not known whether they were made.
    doubtful: Vec<i64>,
    performed: Performed,
}

/// What became of a job.
#[derive(Clone)]
struct Ended {
    job: Lease,
    what: Became,
}

#[derive(Clone)]
enum Became {
    Done,
    /// It is tried again at this instant (milliseconds), or never.
    Failed(Option<i64>, String),
    /// This node's own database stood in the way.
    Hindered,
}

impl Ended {
    fn write(&self, tx: &mut Tx) -> QueryResult<()> {
        match &self.what {
            Became::Done => jobs::finish(tx, self.job.id()),
            Became::Failed(due, reason) => jobs::retry(tx, self.job, reason, *due),
            Became::Hindered => jobs::give_back(tx, self.job, tx.now() + pauses::OF_TROUBLES),
        }
    }
}

impl Desk {
    pub(super) fn new(node: Node) -> Self {
        Self {
            node,
            is_for_uploads: false,
            crew: Crew::new(),
            in_hand: HashSet::new(),
            in_background: 0,
            claims: 0,
            may_have_more: false,
            ended: Vec::new(),
            doubtful: Vec::new(),
            performed: Performed::default(),
        }
    }

    /// For work on uploads alone.
    pub(super) fn for_uploads(node: Node) -> Self {
        Self {
            is_for_uploads: true,
            ..Self::new(node)
        }
    }

    /// There may be something to claim.
    pub(super) fn expect_more(&mut self) {
        self.may_have_more = true;
    }

    /// Waits until one of those in hand comes to its end; false when there is none.
    pub(super) async fn close_next(&mut self) -> bool {
        let Some((queued, end)) = self.crew.next().await else {
            return false;
        };
        self.close(queued, end).await;
        true
    }

    /// Takes more in hand if there may be more, unless not even what became of others can be written.
    pub(super) async fn fill(&mut self) -> QueryResult<()> {
        let at_once = if self.is_for_uploads {
            UPLOADS_AT_ONCE
        } else {
            AT_ONCE
        };
        let room = at_once.saturating_sub(self.crew.len());
        if room == 0 || !self.may_have_more {
            return Ok(());
        }
        self.may_have_more = false;
        self.write_ended().await?;
        for queued in self.claim(room).await? {
            // A job that takes longer than its lease is claimed again by the one who is at it.
            if self.in_hand.insert(queued.id) {
                self.in_background += usize::from(queued.is_background);
                let (node, payload) = (self.node.clone(), queued.payload.clone());
                let work = async move { perform(&node, &payload).await };
                self.crew.start(queued, work);
            }
        }
        Ok(())
    }

    async fn claim(&mut self, room: usize) -> QueryResult<Vec<Queued>> {
        self.claims += 1;
        let (_, level) = overload::measure(&self.node).await;
        let background = if takes_background(level, self.claims) {
            IN_BACKGROUND.saturating_sub(self.in_background)
        } else {
            0
        };
        let lease_end = self.node.clock.now() + LEASE;
        let doubtful = self.doubtful.clone();
        let is_for_uploads = self.is_for_uploads;
        let claim = move |tx: &mut Tx| -> QueryResult<(Vec<Queued>, bool)> {
            for lease_end in doubtful {
                jobs::take_back(tx, lease_end)?;
            }
            if is_for_uploads {
                let claimed = jobs::claim_kind(tx, Job::PROCESS_MEDIA, number(room), lease_end)?;
                let may_have_more = claimed.len() == room;
                return Ok((claimed, may_have_more));
            }
            let mut claimed = jobs::claim(tx, false, number(room), lease_end)?;
            let left = room.saturating_sub(claimed.len()).min(background);
            let further = jobs::claim(tx, true, number(left), lease_end)?;
            let may_have_more = claimed.len() == room || (left > 0 && further.len() == left);
            claimed.extend(further);
            Ok((claimed, may_have_more))
        };
        let claimed = self.node.db.write(claim).await;
        if let Err(error) = &claimed
            && Trouble::of(error) == Some(Trouble::Unsure)
        {
            self.doubtful.push(lease_end);
        }
        let (claimed, may_have_more) = claimed?;
        self.doubtful.clear();
        self.may_have_more = may_have_more;
        Ok(claimed)
    }

    /// Takes note of what became of a job.
    async fn close(&mut self, queued: Queued, end: Result<End, String>) {
        self.in_hand.remove(&queued.id);
        self.in_background -= usize::from(queued.is_background);
        self.performed.tried += 1;
        let job = queued.lease();
        let (id, attempts, kind) = (queued.id, queued.attempts, queued.kind);
        let what = match end {
            Ok(Ok(())) => Became::Done,
            Ok(Err(JobError::Retry(cause))) | Err(cause) => Became::Failed(
                pauses::job_due_after(attempts, self.node.clock.now()),
                cause,
            ),
            Ok(Err(JobError::Fail(reason))) => Became::Failed(None, reason),
            Ok(Err(JobError::Hindered(_))) => Became::Hindered,
        };
        if let Became::Failed(due, reason) = &what {
            tracing::info!(job = id.0, kind, attempts, reason, "a job failed");
            if due.is_none() {
                self.performed.dead.push((kind, reason.clone()));
            }
        }
        // What was hindered is taken up again with the next ring of the bell.
        self.may_have_more |= !matches!(what, Became::Hindered);
        self.ended.push(Ended { job, what });
        if let Err(error) = self.write_ended().await {
            let what = format!("what became of the job {id} could not be written");
            store::report(&error, &what);
        }
    }

    /// Writes what became of jobs. What cannot be written for the moment is kept; any other failure lets their leases
    /// end.
    async fn write_ended(&mut self) -> QueryResult<()> {
        if self.ended.is_empty() {
            return Ok(());
        }
        let ended = self.ended.clone();
        let write = move |tx: &mut Tx| ended.iter().try_for_each(|ended| ended.write(tx));
        let written = self.node.db.write(write).await;
        let passes = |error: &store::Error| Trouble::of(error).is_some();
        if !written.as_ref().is_err_and(passes) {
            self.ended.clear();
        }
        written
    }
}

/// Whether this claim, counted from the first, takes work in the background too.
fn takes_background(level: Level, claims: usize) -> bool {
    level == Level::Calm || claims.is_multiple_of(ONE_IN)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

async fn perform(node: &Node, payload: &str) -> End {
    let job: Job = serde_json::from_str(payload)
        .map_err(|error| JobError::Fail(format!("the job cannot be read: {error}")))?;
    match job {
        Job::Distribute(_) | Job::Spread(_) => distribution::distribute_one(node, job)
            .await
            .map_err(JobError::from),
        Job::FetchParent { uri } => resolve::fetch_parent(node, &uri).await,
        Job::RefreshAccount { uri } => resolve::refresh_account(node, &uri).await,
        Job::CheckInbox { inbox } => moves::check(node, inbox).await,
        Job::CatchUp { absence } => Ok(absences::plan(node, absence).await?),
        Job::SyncFollowers { account } => synchronization::check(node, account).await,
        Job::LearnSoftware { domain } => softwares::learn(node, &domain).await,
        Job::ProcessMedia { attachment } => {
            recordings::process(node, attachment).await.map_err(sort)
        }
        Job::CarryFollowers { account } => Ok(social::moves::carry_followers(node, account).await?),
        Job::CheckLinks { account } => links::check(node, account).await,
        Job::Mail(letter) => letters::send(node, letter).await.map_err(unsent),
        Job::ClosePoll { poll, end, after } => Ok(endings::close(node, poll, end, after).await?),
        Job::TellPoll { poll } => Ok(endings::tell(node, poll).await?),
        Job::PublishScheduled { scheduled, at } => publish_scheduled(node, scheduled, at).await,
        Job::FetchFeatured { account } => featured::fetch(node, account).await,
        Job::VerifyQuote { status } => quotes::verify(node, status).await,
        Job::FetchReplies { refresh } => replies::fetch(node, refresh).await,
        Job::FetchCard { url, status } => fetch_card(node, url, status).await,
        Job::SeverDomain { account, domain } => {
            let sever = move |tx: &mut Tx| user_domain_blocks::sever(tx, account, &domain);
            Ok(node.db.write_later(sever).await?)
        }
        Job::EnforceHost { domain, severance } => {
            Ok(sweeps::enforce_host(node, &domain, severance).await?)
        }
        Job::PurgeAccount { account } => Ok(sweeps::purge_account(node, account).await?),
        Job::RemoveBlobs { keys } => remove_blobs(node, keys).await,
        Job::MakeKeys { after } => social::keys::make_missing(node, after).await.map_err(sort),
        Job::SortConversations { after } => Ok(conversations::sort_old(node, after).await?),
        Job::IndexNames { after } => Ok(names::index(node, after).await?),
    }
}

/// Fetches the preview of a page, and makes known whom it names as its author: without that the preview is as good.
async fn fetch_card(node: &Node, url: String, status: StatusId) -> End {
    let fetched = previews::fetch(node, &url).await;
    if let Some(creator) = fetched.creator() {
        // Who cannot be found is not shown; whether it worked shows in what is rendered.
        let _ = resolve::handle(node, &creator).await;
    }
    Ok(previews::keep(node, url, status, fetched).await?)
}

/// What cannot be posted is kept with the reason by the rule.
async fn publish_scheduled(node: &Node, id: ScheduledId, at: i64) -> End {
    let look = node.db.read(move |conn| schedule::find_text(conn, id, at));
    if let Some(text) = look.await.map_err(refusal)? {
        resolve::mentions(node, &text).await;
        schedule::fire(node, id, at).await.map_err(refusal)?;
    }
    Ok(())
}

fn refusal(error: social::Error) -> JobError {
    match error {
        social::Error::Internal(error) => error.into(),
        other => JobError::Fail(other.to_string()),
    }
}

/// What a rule that failed means for its job.
fn sort(error: social::Error) -> JobError {
    match error {
        social::Error::Internal(error) => error.into(),
        other => JobError::Retry(other.to_string()),
    }
}

/// What becomes of a letter that could not be sent.
fn unsent(unsent: letters::Unsent) -> JobError {
    match unsent {
        letters::Unsent::Database(cause) => cause.into(),
        letters::Unsent::Mail(mail::Error::Failed(cause)) => JobError::Retry(cause),
        letters::Unsent::Mail(mail::Error::Refused(reason)) => JobError::Fail(reason),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_in_the_background_waits_but_not_for_ever() {
        for (level, taken) in [
            (Level::Calm, 64),
            (Level::Busy, 4),
            (Level::Strained, 4),
            (Level::Full, 4),
        ] {
            let claims = (1..=64).filter(|claims| takes_background(level, *claims));
            assert_eq!(claims.count(), taken, "{level:?}");
        }
    }
}
