//! The received activities in hand: claimed in batches before the hand is empty, applied by a crew, ended in batches.

use std::collections::{HashMap, VecDeque};
use std::future::pending;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::crew::Crew;
use super::verdicts::record;
use crate::clock::MINUTE;
use crate::federation::activities::Verdict;
use crate::load::host_of;
use crate::node::Node;
use crate::store::receipts::{self, Receipt};
use crate::store::{self, QueryResult, Tx};

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
    /// The writing of what became of activities.
    Recorded(QueryResult<()>),
}

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
    may_have_more: bool,
    ended: Vec<(Receipt, Verdict)>,
    recording: Option<BoxFuture<'static, QueryResult<()>>>,
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
            may_have_more: false,
            ended: Vec::new(),
            recording: None,
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
    }

    /// Begins to claim more if there may be more and few are left.
    pub(super) fn claim(&mut self) {
        // Activities often need something fetched; where nothing may be (`federation.enabled`) they wait.
        let is_open = self.node.config.federation.enabled;
        if !self.may_have_more || self.claiming.is_some() || self.in_hand > FEW || !is_open {
            return;
        }
        // Whatever is told from now on may come too late for this claim.
        self.may_have_more = false;
        self.asked = IN_HAND - self.in_hand;
        let limit = i64::try_from(self.asked).unwrap_or(1);
        let db = self.node.db.clone();
        let claim = move |tx: &mut Tx| {
            let lease_end = tx.now() + LEASE;
            receipts::claim(tx, limit, lease_end)
        };
        self.claiming = Some(async move { db.write(claim).await }.boxed());
    }

    /// Begins to write what became of those that ended, all in one write. What cannot be written comes back when its
    /// lease ends.
    pub(super) fn record(&mut self) {
        if self.ended.is_empty() || self.recording.is_some() {
            return;
        }
        let (db, ended) = (self.node.db.clone(), std::mem::take(&mut self.ended));
        let write = move |tx: &mut Tx| {
            ended
                .iter()
                .try_for_each(|(receipt, verdict)| record(tx, receipt, verdict))
        };
        self.recording = Some(async move { db.write(write).await }.boxed());
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
                let claimed = claimed?;
                self.may_have_more |= claimed.len() == self.asked;
                self.in_hand += claimed.len();
                for receipt in &claimed {
                    self.node.load.taken(host_of(&receipt.actor_uri));
                }
                for receipt in claimed {
                    self.line_up(receipt);
                }
            }
            News::Recorded(recorded) => recorded?,
        }
        self.start();
        Ok(())
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

    /// Lets those under way end. Those that wait behind others stay rows.
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
