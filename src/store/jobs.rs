//! Work that happens later, or again. Each kind of job has its arm in the worker.

use std::collections::HashSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::conn::{Conn, on};
use super::facts::Fact;
use super::follows::Destination;
use super::letters::Letter;
use super::membership::ALONE;
use super::schema::jobs;
use super::spreads::Spread;
use super::tx::{Event, Tx};
use crate::id::{
    AbsenceId, AccountId, AttachmentId, InboxId, JobId, RefreshId, ScheduledId, StatusId,
};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Make a document of a fact and queue its deliveries.
    Distribute(Fact),
    /// Queue more deliveries of a document that a fact became.
    Spread(Spread),
    /// Fetch what a status replies to, and what that replies to.
    FetchParent {
        /// The parent's id on the wire.
        uri: String,
    },
    /// Fetch a remote actor anew.
    RefreshAccount {
        /// The actor's id on the wire.
        uri: String,
    },
    /// Ask somebody who uses an inbox whether they have another.
    CheckInbox {
        /// The inbox.
        inbox: InboxId,
    },
    /// Plan what is to be pulled after an absence.
    CatchUp {
        /// The absence.
        absence: AbsenceId,
    },
    /// Compare an actor's list of its followers here with what is known here.
    SyncFollowers {
        /// The actor.
        account: AccountId,
    },
    /// Ask another server what it runs.
    LearnSoftware {
        /// Its domain.
        domain: String,
    },
    /// Make what can be shown of an uploaded file.
    ProcessMedia {
        /// The file.
        attachment: AttachmentId,
    },
    /// Look whether the pages that a local profile names link back.
    CheckLinks {
        /// The account.
        account: AccountId,
    },
    /// Let the followers of this node follow where an account moved to.
    CarryFollowers {
        /// The account that moved.
        account: AccountId,
    },
    /// Write to somebody by mail.
    Mail(Letter),
    /// Tell those who took part that a poll has ended.
    ClosePoll {
        /// The status with the poll.
        poll: StatusId,
        /// The end that was meant, in milliseconds: it may have been moved since.
        end: i64,
        /// People up to this one were told already.
        after: Option<AccountId>,
    },
    /// Tell streams and peers how a poll stands.
    TellPoll {
        /// The status with the poll.
        poll: StatusId,
    },
    /// Post what was to be posted at a certain time.
    PublishScheduled {
        /// What.
        scheduled: ScheduledId,
        /// The time that was meant, in milliseconds: it may have been moved since.
        at: i64,
    },
    /// Fetch what an actor has pinned.
    FetchFeatured {
        /// The actor.
        account: AccountId,
    },
    /// Find out whether what a status from elsewhere quotes may be quoted.
    VerifyQuote {
        /// The status.
        status: StatusId,
    },
    /// Fetch the replies to a status of another server.
    FetchReplies {
        /// For whom it is counted; it names the status.
        refresh: RefreshId,
    },
    /// Fetch the preview of a linked page.
    FetchCard {
        /// The page.
        url: String,
        /// A status with the link.
        status: StatusId,
    },
    /// End what follows are left between an account and a domain that it blocks.
    SeverDomain {
        /// The account.
        account: AccountId,
        /// The domain.
        domain: String,
    },
    /// Bring what belongs to a server into accord with what the staff decided of it.
    EnforceHost {
        /// Its domain.
        domain: String,
        /// Under which number people are told of the follows that end.
        severance: i64,
    },
    /// Remove everything that a suspended account posted.
    PurgeAccount {
        /// The account.
        account: AccountId,
    },
    /// Remove files that no row needs any more.
    RemoveBlobs {
        /// Their keys.
        keys: Vec<String>,
    },
    /// Make the keys that accounts from before there were several sorts lack.
    MakeKeys {
        /// The last account that was looked at.
        after: AccountId,
    },
    /// Sort direct statuses from before there were conversations into them.
    SortConversations {
        /// The last that was sorted.
        after: StatusId,
    },
    /// Split the names of accounts and collections from before they were searched into words.
    IndexNames {
        /// The last account whose names were split.
        after: AccountId,
    },
}

impl Job {
    /// The kind of [`Job::Distribute`] and [`Job::Spread`], which are taken in their own way.
    pub const DISTRIBUTE: &'static str = "distribute";
    /// The kind of [`Job::ProcessMedia`], which takes long, so that others do not stand in line behind it.
    pub const PROCESS_MEDIA: &'static str = "process_media";

    /// The inboxes that it names.
    fn destinations(&mut self) -> Vec<&mut Vec<Destination>> {
        match self {
            Self::Distribute(
                Fact::Deleted { destinations, .. }
                | Fact::Unboosted { destinations, .. }
                | Fact::QuoteRevoked { destinations, .. }
                | Fact::Returned { destinations, .. }
                | Fact::Reported { destinations, .. },
            ) => vec![destinations],
            Self::Spread(spread) => spread.destinations().into(),
            _ => Vec::new(),
        }
    }

    /// The kind's name, for listings.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Distribute(_) | Self::Spread(_) => Self::DISTRIBUTE,
            Self::FetchParent { .. } => "fetch_parent",
            Self::RefreshAccount { .. } => "refresh_account",
            Self::CheckInbox { .. } => "check_inbox",
            Self::CatchUp { .. } => "catch_up",
            Self::SyncFollowers { .. } => "sync_followers",
            Self::LearnSoftware { .. } => "learn_software",
            Self::ProcessMedia { .. } => Self::PROCESS_MEDIA,
            Self::CheckLinks { .. } => "check_links",
            Self::CarryFollowers { .. } => "carry_followers",
            Self::Mail(_) => "mail",
            Self::ClosePoll { .. } => "close_poll",
            Self::TellPoll { .. } => "tell_poll",
            Self::PublishScheduled { .. } => "publish_scheduled",
            Self::FetchFeatured { .. } => "fetch_featured",
            Self::VerifyQuote { .. } => "verify_quote",
            Self::FetchReplies { .. } => "fetch_replies",
            Self::FetchCard { .. } => "fetch_card",
            Self::SeverDomain { .. } => "sever_domain",
            Self::EnforceHost { .. } => "enforce_host",
            Self::PurgeAccount { .. } => "purge_account",
            Self::RemoveBlobs { .. } => "remove_blobs",
            Self::MakeKeys { .. } => "make_keys",
            Self::SortConversations { .. } => "sort_conversations",
            Self::IndexNames { .. } => "index_names",
        }
    }

    /// Whether nobody waits for it, so that it is put off while the node is busy.
    #[must_use]
    pub fn is_background(&self) -> bool {
        matches!(
            self,
            Self::FetchParent { .. }
                | Self::RefreshAccount { .. }
                | Self::CheckInbox { .. }
                | Self::SyncFollowers { .. }
                | Self::LearnSoftware { .. }
                | Self::CheckLinks { .. }
                | Self::CarryFollowers { .. }
                | Self::FetchFeatured { .. }
                | Self::VerifyQuote { .. }
                | Self::FetchCard { .. }
                | Self::PurgeAccount { .. }
                | Self::RemoveBlobs { .. }
                | Self::MakeKeys { .. }
                | Self::SortConversations { .. }
                | Self::IndexNames { .. }
        )
    }
}

/// A job in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub struct Queued {
    /// Its id.
    pub id: JobId,
    /// The kind's name.
    pub kind: String,
    /// The job as JSON.
    pub payload: String,
    /// When it is to be done, in milliseconds.
    pub due_at: i64,
    /// Tries so far.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// Whether it was given up.
    pub is_dead: bool,
    /// When it was queued, in milliseconds.
    pub created_at: i64,
    /// Whether nobody waits for it.
    pub is_background: bool,
}

/// The right of whoever claimed a job to say what became of it. It is lost when the job is claimed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    id: JobId,
    attempts: i64,
    due_at: i64,
}

impl Queued {
    /// The lease with which this job was claimed.
    #[must_use]
    pub fn lease(&self) -> Lease {
        Lease {
            id: self.id,
            attempts: self.attempts,
            due_at: self.due_at,
        }
    }
}

impl Lease {
    /// The job.
    #[must_use]
    pub fn id(self) -> JobId {
        self.id
    }
}

/// The job that a lease is about, as long as it holds.
macro_rules! leased {
    ($lease:expr) => {
        jobs::table
            .find($lease.id)
            .filter(jobs::attempts.eq($lease.attempts))
            .filter(jobs::due_at.eq($lease.due_at))
    };
}

impl Tx<'_> {
    /// Queues a job that leaves with this commit.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn queue(&mut self, job: &Job) -> QueryResult<()> {
        self.queue_at(job, self.now())
    }

    /// Queues a job that is not done before the instant `due_at` (milliseconds). It leaves with this commit.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn queue_at(&mut self, job: &Job, due_at: i64) -> QueryResult<()> {
        let now = self.now();
        let row = Queued {
            id: JobId(self.new_id()),
            kind: job.kind().to_owned(),
            payload: payload_of(job)?,
            due_at: due_at.max(now),
            attempts: 0,
            last_error: None,
            is_dead: false,
            created_at: now,
            is_background: job.is_background(),
        };
        on!(&mut **self, |c| diesel::insert_into(jobs::table)
            .values(&row)
            .execute(c))?;
        self.tell(Event::Jobs);
        Ok(())
    }
}

/// Takes up to `limit` due jobs other than [`Job::Distribute`] and [`Job::ProcessMedia`], oldest first, of those that
/// somebody waits for or of those in the background, and leaves them to the caller until `lease_end` (milliseconds), when
/// they are due again if nothing became of them.
pub fn claim(
    tx: &mut Tx,
    is_background: bool,
    limit: i64,
    lease_end: i64,
) -> QueryResult<Vec<Queued>> {
    let now = tx.now();
    if limit <= 0 {
        return Ok(Vec::new());
    }
    let due: Vec<JobId> = on!(&mut **tx, |c| jobs::table
        .filter(jobs::is_dead.eq(false))
        .filter(jobs::is_background.eq(is_background))
        .filter(jobs::due_at.le(now))
        .filter(jobs::kind.ne_all([Job::DISTRIBUTE, Job::PROCESS_MEDIA]))
        .order((jobs::due_at.asc(), jobs::id.asc()))
        .limit(limit)
        .select(jobs::id)
        .load(c))?;
    hand_over(tx, &due, lease_end)
}

/// Takes up to `limit` due jobs of one kind as [`claim`] does.
pub fn claim_kind(tx: &mut Tx, kind: &str, limit: i64, lease_end: i64) -> QueryResult<Vec<Queued>> {
    let now = tx.now();
    let due: Vec<JobId> = list_due(tx, kind, now, limit.max(0))?
        .into_iter()
        .map(|queued| queued.id)
        .collect();
    hand_over(tx, &due, lease_end)
}

fn hand_over(tx: &mut Tx, due: &[JobId], lease_end: i64) -> QueryResult<Vec<Queued>> {
    let (now, process) = (tx.now(), tx.claimant());
    if due.is_empty() {
        return Ok(Vec::new());
    }
    on!(&mut **tx, |c| {
        diesel::update(
            jobs::table
                .filter(jobs::id.eq_any(due))
                .filter(jobs::due_at.le(now)),
        )
        .set((
            jobs::due_at.eq(lease_end),
            jobs::attempts.eq(jobs::attempts + 1),
            jobs::claimed_by.eq(process),
        ))
        .returning(Queued::as_returning())
        .get_results(c)
    })
}

/// Up to `limit` due jobs of one kind, in the order in which they were queued.
pub fn list_due(conn: &mut Conn, kind: &str, now: i64, limit: i64) -> QueryResult<Vec<Queued>> {
    on!(conn, |c| jobs::table
        .filter(jobs::is_dead.eq(false))
        .filter(jobs::due_at.le(now))
        .filter(jobs::kind.eq(kind))
        .order(jobs::id.asc())
        .limit(limit)
        .select(Queued::as_select())
        .load(c))
}

/// Removes a job for whoever does it in this very transaction; tells whether it was still there, and as it was read.
pub fn take(tx: &mut Tx, queued: &Queued) -> QueryResult<bool> {
    on!(&mut **tx, |c| diesel::delete(
        jobs::table
            .find(queued.id)
            .filter(jobs::payload.eq(&queued.payload))
    )
    .execute(c))
    .map(|taken| taken > 0)
}

/// Puts what is left of a job that was taken in this very transaction into its place.
pub fn put_back(tx: &mut Tx, taken: Queued, rest: &Job) -> QueryResult<()> {
    let row = Queued {
        payload: payload_of(rest)?,
        attempts: 0,
        last_error: None,
        ..taken
    };
    on!(&mut **tx, |c| diesel::insert_into(jobs::table)
        .values(&row)
        .execute(c))
    .map(drop)
}

fn payload_of(job: &Job) -> QueryResult<String> {
    serde_json::to_string(job)
        .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))
}

/// What is still to be told to the inbox `former` will be told to another one, which serves the same people now.
pub(super) fn follow_move(tx: &mut Tx, former: &str, new: &Destination) -> QueryResult<()> {
    // A `_` or `%` of the address finds more rows than those that name it, which then stay as they are.
    let pattern = format!("%{}%", former.replace('\\', ""));
    let naming: Vec<(JobId, String)> = on!(&mut **tx, |c| jobs::table
        .filter(jobs::kind.eq(Job::DISTRIBUTE))
        .filter(jobs::payload.like(&pattern))
        .select((jobs::id, jobs::payload))
        .load(c))?;
    for (id, payload) in naming {
        let Ok(mut job) = serde_json::from_str::<Job>(&payload) else {
            continue;
        };
        for destinations in job.destinations() {
            redirect(destinations, former, new);
        }
        let payload = payload_of(&job)?;
        on!(&mut **tx, |c| diesel::update(jobs::table.find(id))
            .set(jobs::payload.eq(&payload))
            .execute(c))?;
    }
    Ok(())
}

fn redirect(destinations: &mut Vec<Destination>, former: &str, new: &Destination) {
    for destination in destinations.iter_mut() {
        if destination.inbox_url == former {
            *destination = new.clone();
        }
    }
    let mut urls = HashSet::new();
    destinations.retain(|destination| urls.insert(destination.inbox_url.clone()));
}

/// Counts a try of a job that was not claimed.
pub fn count_try(tx: &mut Tx, id: JobId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(jobs::table.find(id))
        .set(jobs::attempts.eq(jobs::attempts + 1))
        .execute(c))
    .map(drop)
}

/// Makes due at once what this process had claimed before it ended. What another one claimed stays its own.
pub fn release(tx: &mut Tx) -> QueryResult<()> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        jobs::table
            .filter(jobs::claimed_by.eq_any([process, ALONE]))
            .filter(jobs::is_dead.eq(false))
    )
    .set((jobs::due_at.eq(now), jobs::claimed_by.eq(None::<i64>)))
    .execute(c))
    .map(drop)
}

/// Takes back a claim of which it is not known whether it was made: what it may have taken, with this end of its lease
/// (milliseconds), is due at once, as if it had not been tried.
pub fn take_back(tx: &mut Tx, lease_end: i64) -> QueryResult<()> {
    let (now, process) = (tx.now(), tx.claimant());
    on!(&mut **tx, |c| diesel::update(
        jobs::table
            .filter(jobs::claimed_by.eq(process))
            .filter(jobs::is_dead.eq(false))
            .filter(jobs::due_at.eq(lease_end))
    )
    .set((
        jobs::due_at.eq(now),
        jobs::attempts.eq(jobs::attempts - 1),
        jobs::claimed_by.eq(None::<i64>),
    ))
    .execute(c))
    .map(drop)
}

/// Makes a job due at `due_at` (milliseconds), as if it had not been tried, if its lease holds: what stood in the way was
/// this node's own.
pub fn give_back(tx: &mut Tx, lease: Lease, due_at: i64) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(leased!(lease))
        .set((
            jobs::due_at.eq(due_at),
            jobs::attempts.eq(jobs::attempts - 1),
            jobs::claimed_by.eq(None::<i64>),
        ))
        .execute(c))
    .map(drop)
}

/// Ends a job that is done.
pub fn finish(tx: &mut Tx, id: JobId) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::delete(jobs::table.find(id))
        .execute(c))
    .map(drop)
}

/// Lets a job be tried again at `due_at` (milliseconds), or keeps it as given up if there is no such time; if its lease
/// holds.
pub fn retry(tx: &mut Tx, lease: Lease, error: &str, due_at: Option<i64>) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::update(leased!(lease))
        .set((
            jobs::last_error.eq(error),
            jobs::is_dead.eq(due_at.is_none()),
            jobs::due_at.eq(due_at.unwrap_or(0)),
            jobs::claimed_by.eq(None::<i64>),
        ))
        .execute(c))
    .map(drop)
}

/// When the next job is due, in milliseconds.
pub fn next_due(conn: &mut Conn) -> QueryResult<Option<i64>> {
    on!(conn, |c| jobs::table
        .filter(jobs::is_dead.eq(false))
        .order(jobs::due_at.asc())
        .select(jobs::due_at)
        .first(c)
        .optional())
}

/// Jobs that were given up, newest first.
pub fn list_dead(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Queued>> {
    list(conn, true, limit)
}

/// Jobs that were given up, or those that are still to be done, newest first.
pub fn list(conn: &mut Conn, is_dead: bool, limit: i64) -> QueryResult<Vec<Queued>> {
    on!(conn, |c| jobs::table
        .filter(jobs::is_dead.eq(is_dead))
        .order(jobs::id.desc())
        .limit(limit)
        .select(Queued::as_select())
        .load(c))
}

/// Makes a job due at once that was given up, as if it had never been tried; tells whether it was there.
pub fn revive(tx: &mut Tx, id: JobId) -> QueryResult<bool> {
    let now = tx.now();
    let revived = on!(&mut **tx, |c| diesel::update(
        jobs::table
            .filter(jobs::id.eq(id))
            .filter(jobs::is_dead.eq(true))
    )
    .set((
        jobs::is_dead.eq(false),
        jobs::attempts.eq(0_i64),
        jobs::last_error.eq(None::<String>),
        jobs::due_at.eq(now),
    ))
    .execute(c))?;
    if revived > 0 {
        tx.tell(Event::Jobs);
    }
    Ok(revived > 0)
}
