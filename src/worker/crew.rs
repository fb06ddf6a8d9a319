//! Tasks, each with what it works on. A panic ends one task only, and it is known which.

use std::collections::HashMap;

use tokio::task::{Id, JoinSet};

/// Tasks that work on a `K` each and end in a `T`. Dropping the crew ends them.
pub(super) struct Crew<K, T> {
    tasks: JoinSet<T>,
    items: HashMap<Id, K>,
}

impl<K, T: Send + 'static> Crew<K, T> {
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            items: HashMap::new(),
        }
    }

    /// How many are at work.
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Lets one begin.
    pub(super) fn start(&mut self, item: K, work: impl Future<Output = T> + Send + 'static) {
        let task = self.tasks.spawn(work);
        self.items.insert(task.id(), item);
    }

    /// The next that ends, or the words of its panic; none when nobody is at work. May be dropped and called again.
    pub(super) async fn next(&mut self) -> Option<(K, Result<T, String>)> {
        loop {
            let (id, end) = match self.tasks.join_next_with_id().await? {
                Ok((id, end)) => (id, Ok(end)),
                Err(error) => (error.id(), Err(format!("it broke off: {error}"))),
            };
            if let Some(item) = self.items.remove(&id) {
                return Some((item, end));
            }
        }
    }
}
