//! Received activities: different actors at the same time, one actor's in the order in which they came. One that fails
//! never stops the others: it is tried again for about a day, then kept with its reason.

use std::collections::{HashMap, HashSet, VecDeque};

use super::bell::Bell;
use super::crew::Crew;
use super::pauses;
use crate::clock::MINUTE;
use crate::federation::activities::Verdict;
use crate::id::ReceiptId;
use crate::node::Node;
use crate::store::receipts::{self, Receipt};
use crate::store::{self, QueryResult, ReceiptState, Tx};

/// Activities that are applied at the same time.
const AT_ONCE: usize = 32;
/// Activities in hand, those that wait for an earlier one of their actor included.
const IN_HAND: usize = 128;
/// How long an activity belongs to whoever claimed it, in milliseconds.
const LEASE: i64 = 5 * MINUTE;
/// Applies activities whenever the bell rings, until it is time to stop; then lets those under way end.
pub(super) async fn run<A, V>(node: Node, mut bell: Bell, apply: A)
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    let mut desk = Desk::new(node, apply);
    loop {
        if let Err(error) = desk.fill().await {
            store::report(&error, "received activities could not be claimed");
        }
        tokio::select! {
            Some((receipt, end)) = desk.crew.next() => desk.close(receipt, end).await,
            more = bell.ring() => {
                if !more {
                    break;
                }
                desk.may_have_more = true;
            }
        }
    }
    // Those that wait behind others stay rows.
    desk.waiting.clear();
    while let Some((receipt, end)) = desk.crew.next().await {
        desk.close(receipt, end).await;
    }
}

/// Applies every activity that is due; tells how many were tried.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn work_off<A, V>(node: &Node, apply: A) -> QueryResult<usize>
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    let mut desk = Desk::new(node.clone(), apply);
    loop {
        desk.may_have_more = true;
        desk.fill().await?;
        let Some((receipt, end)) = desk.crew.next().await else {
            return Ok(desk.tried);
        };
        desk.close(receipt, end).await;
    }
}

/// The activities in hand.
struct Desk<A> {
    node: Node,
    apply: A,
    crew: Crew<Receipt, Verdict>,
    in_hand: HashSet<ReceiptId>,
    /// Behind the one that is applied, for each actor with one.
    waiting: HashMap<String, VecDeque<Receipt>>,
    may_have_more: bool,
    tried: usize,
}

impl<A, V> Desk<A>
where
    A: Fn(Node, Receipt) -> V,
    V: Future<Output = Verdict> + Send + 'static,
{
    fn new(node: Node, apply: A) -> Self {
        Self {
            node,
            apply,
            crew: Crew::new(),
            in_hand: HashSet::new(),
            waiting: HashMap::new(),
            may_have_more: false,
            tried: 0,
        }
    }

    async fn fill(&mut self) -> QueryResult<()> {
        let room = AT_ONCE
            .saturating_sub(self.crew.len())
            .min(IN_HAND.saturating_sub(self.in_hand.len()));
        // Activities often need something fetched; where nothing may be (`federation.enabled`) they wait.
        let is_open = self.node.config.federation.enabled;
        if room == 0 || !self.may_have_more || !is_open {
            return Ok(());
        }
        let limit = i64::try_from(room).unwrap_or(1);
        let claim = move |tx: &mut Tx| {
            let lease_end = tx.now() + LEASE;
            receipts::claim(tx, limit, lease_end)
        };
        let claimed = self.node.db.write(claim).await?;
        self.may_have_more = claimed.len() == room;
        for receipt in claimed {
            // What takes longer than its lease is claimed again by the one who is at it.
            if !self.in_hand.insert(receipt.id) {
                continue;
            }
            match self.waiting.get_mut(&receipt.actor_uri) {
                Some(waiting) => waiting.push_back(receipt),
                None => self.start(receipt),
            }
        }
        Ok(())
    }

    fn start(&mut self, receipt: Receipt) {
        self.waiting.entry(receipt.actor_uri.clone()).or_default();
        let work = (self.apply)(self.node.clone(), receipt.clone());
        self.crew.start(receipt, work);
    }

    /// Writes what became of an activity and lets the actor's next begin.
    async fn close(&mut self, receipt: Receipt, end: Result<Verdict, String>) {
        self.tried += 1;
        let verdict = end.unwrap_or_else(Verdict::Retry);
        let (id, attempts) = (receipt.id, receipt.attempts);
        let write = move |tx: &mut Tx| record(tx, id, attempts, verdict);
        if let Err(error) = self.node.db.write(write).await {
            let what = format!("what became of the receipt {id} could not be written");
            store::report(&error, &what);
        }
        self.in_hand.remove(&id);
        let next = self
            .waiting
            .get_mut(&receipt.actor_uri)
            .and_then(VecDeque::pop_front);
        match next {
            Some(next) => self.start(next),
            None => drop(self.waiting.remove(&receipt.actor_uri)),
        }
    }
}

fn record(tx: &mut Tx, id: ReceiptId, attempts: i64, verdict: Verdict) -> QueryResult<()> {
    match verdict {
        // It ended in the transaction of its effects.
        Verdict::Applied => Ok(()),
        Verdict::Ignored(reason) => receipts::finish(tx, id, ReceiptState::Ignored, Some(&reason)),
        Verdict::Rejected(reason) => {
            tracing::info!(receipt = id.0, reason, "a received activity is rejected");
            receipts::finish(tx, id, ReceiptState::Rejected, Some(&reason))
        }
        Verdict::Retry(cause) => {
            if let Some(due) = pauses::receipt_due_after(attempts, tx.now()) {
                return receipts::retry(tx, id, &cause, due);
            }
            tracing::warn!(receipt = id.0, cause, "a received activity is given up");
            receipts::finish(tx, id, ReceiptState::Failed, Some(&cause))
        }
    }
}
