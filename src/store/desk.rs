//! Where the lanes of a process ask for their peers, many at a time: what comes while one write is under way goes into
//! the next.

use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::result::{Error, QueryResult};
use tokio::sync::oneshot;

/// What is asked of one peer's lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To have it.
    Take,
    /// To be rid of it.
    Give,
}

/// One request, and where it is answered: whether the lane is the asker's now.
pub(super) struct Request {
    pub(super) peer: i64,
    pub(super) wish: Wish,
    pub(super) answer: oneshot::Sender<Result<bool, Error>>,
}

/// Requests that wait.
#[derive(Default)]
pub(super) struct Desk {
    waiting: Mutex<Vec<Request>>,
    /// Held by whoever writes for all.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl Desk {
    /// Adds a request; its answer comes when somebody has written it.
    pub(super) fn ask(&self, peer: i64, wish: Wish) -> oneshot::Receiver<QueryResult<bool>> {
        let (answer, answered) = oneshot::channel();
        self.lock().push(Request { peer, wish, answer });
        answered
    }

    /// Everything that waits.
    pub(super) fn take_all(&self) -> Vec<Request> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Request>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
