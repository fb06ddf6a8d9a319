//! Links whose previews somebody would see if they were here: noted while a page is rendered, taken by the worker. What
//! is lost in a stop is wished for again by the next who looks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::id::StatusId;

/// Wishes that wait at most; whatever more there is waits for the next who looks.
const MOST: usize = 500;

/// The wishes of one node in this process. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Wishes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<BTreeMap<String, StatusId>>,
    news: Notify,
}

impl Wishes {
    /// Wishes for the preview of a link, which this status has.
    pub fn add(&self, url: &str, status: StatusId) {
        let mut waiting = self.waiting();
        if waiting.len() < MOST && !waiting.contains_key(url) {
            waiting.insert(url.to_owned(), status);
            self.0.news.notify_one();
        }
    }

    /// Takes all wishes: links, each with the status in which somebody saw it first.
    #[must_use]
    pub fn take(&self) -> Vec<(String, StatusId)> {
        std::mem::take(&mut *self.waiting()).into_iter().collect()
    }

    /// Waits until there may be wishes.
    pub async fn wait(&self) {
        self.0.news.notified().await;
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<String, StatusId>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wish_is_one_for_all_who_look() {
        let wishes = Wishes::default();
        for status in 1..=3 {
            wishes.add("https://a.example/", StatusId(status));
        }
        wishes.wait().await;
        assert_eq!(
            wishes.take(),
            [("https://a.example/".to_owned(), StatusId(1))]
        );
        for number in 0..2 * MOST {
            wishes.add(&number.to_string(), StatusId(1));
        }
        assert_eq!(wishes.take().len(), MOST);
        assert_eq!(wishes.take(), []);
    }
}
