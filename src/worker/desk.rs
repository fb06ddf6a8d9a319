//! The received activities in hand: claimed in batches before the hand is empty, applied by a crew, ended in batches.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::crew::Crew;
use super::verdicts::record;
use crate::clock::MINUTE;
use crate::federation::activities::Verdict;
use crate::load::host_of;
use crate::node::Node;
use crate::store::receipts::{self, Receipt};
use crate::store::{self, QueryResult, Trouble, Tx};

/// Activities that are applied at the same time.
const AT_ONCE: usize = 32;
/// Activities in hand, those that wait for an earlier one of their actor included.
const IN_HAND: usize = 128;
/// More are claimed when only so many are left in hand, so that one claim serves many and nobody waits for it.
const FEW: usize = IN_HAND / 2;
/// How long an activity belongs to whoever claimed it, in milliseconds.
const LEASE: i64 = 5 * MINUTE;

/// Something that came to its end.
pub(super) enum News {
    /// An activity, with its verdict or the words of a panic.
    Applied(Receipt, Result<Verdict, String>),
    /// A claim.
    Claimed(QueryResult<Vec<Receipt>>),
    /// The writing of what became of activities, which are given back if that failed.
    Recorded(Result<(), (Ended, store::Error)>),
}

/// What became of activities, to be written.
type Ended = Arc<Vec<(Receipt, Verdict)>>;

/// The activities in hand.
pub(super) struct Desk<A> {
    node: Node,
    apply: A,
    crew: Crew<Receipt, Verdict>,
    in_hand: usize,
    /// Behind the one that is applied or ready, for each actor with one.
    waiting: HashMap<String, VecDeque<Receipt>>,
    /// The first of its actor each, until somebody of the crew is free.
    ready: VecDeque<Receipt>,
    claiming: Option<BoxFuture<'static, QueryResult<Vec<Receipt>>>>,
    asked: usize,
    lease_end: i64,
    /// The ends of the leases of claims of which it is not known whether they were made.
    doubtful: Vec<i64>,
    may_have_more: bool,
    ended: Vec<(Receipt, Verdict)>,
    recording: Option<BoxFuture<'static, Result<(), (Ended, store::Error)>>>,
    /// Nothing could be saved when it was last tried; it is tried again when something may have changed.
    is_troubled: bool,
    tried: usize,
}

impl<A, V> Desk<A>
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    pub(super) fn new(node: Node, apply: A) -> Self {
        Self {
            node,
            apply,
            crew: Crew::new(),
            in_hand: 0,
            waiting: HashMap::new(),
            ready: VecDeque::new(),
            claiming: None,
            asked: 0,
            lease_end: 0,
            doubtful: Vec::new(),
            may_have_more: false,
            ended: Vec::new(),
            recording: None,
            is_troubled: false,
            tried: 0,
        }
    }

    /// How many were tried so far.
    pub(super) fn tried(&self) -> usize {
        self.tried
    }

    /// There may be something to claim.
    pub(super) fn expect_more(&mut self) {
        self.may_have_more = true;
        self.is_troubled = false;
    }

    /// Begins to claim more if there may be more and few are left.
    pub(super) fn claim(&mut self) {
        // Activities often need something fetched; where nothing may be (`federation.enabled`) they wait.
        let is_open = self.node.config.federation.enabled;
        let is_behind = self.is_troubled || self.ended.len() >= IN_HAND;
        let is_free = self.claiming.is_none() && self.in_hand <= FEW && !is_behind;
        if !self.may_have_more || !is_free || !is_open {
            return;
        }
        // Whatever is told from now on may come too late for this claim.
        self.may_have_more = false;
        self.asked = IN_HAND - self.in_hand;
        let limit = i64::try_from(self.asked).unwrap_or(1);
        self.lease_end = self.node.clock.now() + LEASE;
        let (db, lease_end) = (self.node.db.clone(), self.lease_end);
        let doubtful = self.doubtful.clone();
        let claim = move |tx: &mut Tx| {
            for lease_end in doubtful {
                receipts::take_back(tx, lease_end)?;
            }
            receipts::claim(tx, limit, lease_end)
        };
        self.claiming = Some(async move { db.write_later(claim).await }.boxed());
    }

    /// Begins to write what became of those that ended, all in one write.
    pub(super) fn record(&mut self) {
        if self.ended.is_empty() || self.recording.is_some() || self.is_troubled {
            return;
        }
        let ended = Arc::new(std::mem::take(&mut self.ended));
        let (db, written) = (self.node.db.clone(), ended.clone());
        let write = move |tx: &mut Tx| {
            written
                .iter()
                .try_for_each(|(receipt, verdict)| record(tx, receipt, verdict))
        };
        let recording = async move { db.write_later(write).await.map_err(|error| (ended, error)) };
        self.recording = Some(recording.boxed());
    }

    /// The next that comes to its end; none when nothing is under way. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Option<News> {
        let Self {
            crew,
            claiming,
            recording,
            ..
        } = self;
        if crew.len() == 0 && claiming.is_none() && recording.is_none() {
            return None;
        }
        tokio::select! {
            Some((receipt, end)) = crew.next() => Some(News::Applied(receipt, end)),
            claimed = end_of(claiming) => Some(News::Claimed(claimed)),
            recorded = end_of(recording) => Some(News::Recorded(recorded)),
        }
    }

    /// Takes note of what came to its end, and lets begin what waited for it.
    ///
    /// # Errors
    /// Whatever the database says of a claim or record.
    pub(super) fn take(&mut self, news: News) -> QueryResult<()> {
        match news {
            News::Applied(receipt, end) => self.put_down(receipt, end),
            News::Claimed(claimed) => {
                let claimed = claimed.inspect_err(|error| self.doubt(error))?;
                self.doubtful.clear();
                self.may_have_more |= claimed.len() == self.asked;
                self.in_hand += claimed.len();
                for receipt in &claimed {
                    self.node.load.taken(host_of(&receipt.actor_uri));
                }
                for receipt in claimed {
                    self.line_up(receipt);
                }
            }
            News::Recorded(Ok(())) => {}
            News::Recorded(Err((ended, error))) => return Err(self.keep(&ended, error)),
        }
        self.start();
        Ok(())
    }

    /// A claim failed: perhaps only its answer was lost.
    fn doubt(&mut self, error: &store::Error) {
        self.is_troubled = Trouble::of(error).is_some();
        if Trouble::of(error) == Some(Trouble::Unsure) {
            self.doubtful.push(self.lease_end);
        }
    }

    /// What became of these could not be written. If that passes, it is written then; else their leases end.
    fn keep(&mut self, ended: &Ended, error: store::Error) -> store::Error {
        if Trouble::of(&error).is_some() {
            self.is_troubled = true;
            self.ended.extend(ended.iter().cloned());
        }
        error
    }

    /// One that is in hand already came through one more inbox, or took longer than its lease: it is done once more
    /// after itself.
    fn line_up(&mut self, receipt: Receipt) {
        if let Some(waiting) = self.waiting.get_mut(&receipt.actor_uri) {
            waiting.push_back(receipt);
        } else {
            self.waiting
                .insert(receipt.actor_uri.clone(), VecDeque::new());
            self.ready.push_back(receipt);
        }
    }

    fn start(&mut self) {
        while self.crew.len() < AT_ONCE
            && let Some(receipt) = self.ready.pop_front()
        {
            let work = (self.apply)(self.node.clone(), receipt.clone());
            self.crew.start(receipt, work);
        }
    }

    fn put_down(&mut self, receipt: Receipt, end: Result<Verdict, String>) {
        self.tried += 1;
        self.in_hand = self.in_hand.saturating_sub(1);
        let next = self.waiting.get_mut(&receipt.actor_uri);
        match next.and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back(next),
            None => drop(self.waiting.remove(&receipt.actor_uri)),
        }
        match end.unwrap_or_else(Verdict::Retry) {
            // It ended in the transaction of its effects.
            Verdict::Applied => {}
            verdict => self.ended.push((receipt, verdict)),
        }
    }

    /// Lets those under way end. Those that wait behind others stay rows, and so does what nothing can be written of now.
    pub(super) async fn close(mut self) {
        self.waiting.clear();
        self.ready.clear();
        self.claiming = None;
        loop {
            self.record();
            let Some(news) = self.next().await else {
                return;
            };
            if let Err(error) = self.take(news) {
                store::report(&error, "what became of an activity could not be written");
            }
        }
    }
}

async fn end_of<T>(under_way: &mut Option<BoxFuture<'static, T>>) -> T {
    let Some(future) = under_way else {
        return pending().await;
    };
    let end = future.await;
    *under_way = None;
    end
}
