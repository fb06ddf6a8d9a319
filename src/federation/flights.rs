//! One fetch of one thing at a time: whoever needs it meanwhile waits for the same answer, good or bad.
//!
//! The fetch runs within the budget of whoever came first. If that one gives up, the next takes its turn.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::fetch::FetchError;
use crate::node::Node;

type Answer<T> = Option<Result<T, FetchError>>;

/// What is being fetched, by node and id.
#[derive(Debug)]
pub(super) struct Flights<T> {
    under_way: Mutex<HashMap<String, watch::Receiver<Answer<T>>>>,
}

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self {
            under_way: Mutex::default(),
        }
    }
}

enum Seat<T> {
    First(watch::Sender<Answer<T>>),
    Further(watch::Receiver<Answer<T>>),
}

/// Ends a flight, also one that breaks off.
struct Landing<'a, T> {
    flights: &'a Flights<T>,
    place: &'a str,
}

impl<T> Drop for Landing<'_, T> {
    fn drop(&mut self) {
        self.flights.under_way().remove(self.place);
    }
}

/// Nodes of one process do not share what they fetch.
fn place(node: &Node, what: &str) -> String {
    format!("{}\n{what}", node.number)
}

impl<T> Flights<T> {
    fn under_way(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Answer<T>>>> {
        let under_way = self.under_way.lock();
        under_way.unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `what` is being fetched now.
    pub(super) fn has(&self, node: &Node, what: &str) -> bool {
        self.under_way().contains_key(&place(node, what))
    }

    fn board(&self, place: &str) -> Seat<T> {
        let mut under_way = self.under_way();
        if let Some(answer) = under_way.get(place) {
            return Seat::Further(answer.clone());
        }
        let (sender, answer) = watch::channel(None);
        under_way.insert(place.to_owned(), answer);
        Seat::First(sender)
    }
}

impl<T: Clone> Flights<T> {
    /// Fetches `what` by `fetch`, unless somebody is at it.
    ///
    /// # Errors
    /// Those of the fetch, for everybody who waits for it.
    pub(super) async fn join(
        &self,
        node: &Node,
        what: &str,
        fetch: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let place = place(node, what);
        loop {
            match self.board(&place) {
                Seat::First(sender) => {
                    let landing = Landing {
                        flights: self,
                        place: &place,
                    };
                    let end = fetch.await;
                    drop(landing);
                    sender.send_replace(Some(end.clone()));
                    return end;
                }
                Seat::Further(mut answer) => {
                    let end = answer.wait_for(Option::is_some).await;
                    if let Some(end) = end.ok().and_then(|end| end.clone()) {
                        return end;
                    }
                }
            }
        }
    }
}
