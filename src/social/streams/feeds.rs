//! What a stream can carry, and a directory of who listens to what.

use std::collections::HashMap;

use crate::id::{AccountId, ListId};
use crate::store::timelines::PublicFilter;

/// What a stream carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The viewer's home timeline, and their notifications if the stream may tell them.
    Home {
        /// Whether notifications are among it.
        with_notifications: bool,
    },
    /// The viewer's notifications.
    Notifications,
    /// The public timeline, or a part of it.
    Public(PublicFilter),
    /// Public statuses with a tag.
    Tagged {
        /// The tag's name, normalised.
        name: String,
        /// Only those made here.
        only_local: bool,
    },
    /// One of the viewer's lists.
    List(ListId),
    /// The viewer's conversations.
    Conversations,
}

/// Where a feed is heard: the number of the listener, and of the feed among theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the listener.
    pub listener: usize,
    /// The number of the feed.
    pub feed: usize,
}

/// One ear: whose, and where.
pub(super) type Ear = (AccountId, Place);

/// Who listens to what. Made once for many pieces of news.
#[derive(Debug, Default)]
pub struct Directory {
    pub(super) homes: HashMap<AccountId, Vec<Place>>,
    pub(super) notified: HashMap<AccountId, Vec<Place>>,
    pub(super) conversing: HashMap<AccountId, Vec<Place>>,
    pub(super) public: Vec<(PublicFilter, Ear)>,
    pub(super) tags: HashMap<String, Vec<(bool, Ear)>>,
    pub(super) lists: HashMap<ListId, Vec<Ear>>,
    viewers: Vec<AccountId>,
}

impl Directory {
    /// The directory of these listeners: whose stream it is, and its feeds.
    pub fn of<'f>(listeners: impl Iterator<Item = (AccountId, &'f [Feed])>) -> Self {
        let mut directory = Self::default();
        for (listener, (viewer, feeds)) in listeners.enumerate() {
            directory.viewers.push(viewer);
            for (number, feed) in feeds.iter().enumerate() {
                let place = Place {
                    listener,
                    feed: number,
                };
                directory.add(viewer, feed, place);
            }
        }
        directory.viewers.sort_unstable();
        directory.viewers.dedup();
        directory
    }

    fn add(&mut self, viewer: AccountId, feed: &Feed, place: Place) {
        match feed {
            Feed::Home { with_notifications } => {
                self.homes.entry(viewer).or_default().push(place);
                if *with_notifications {
                    self.notified.entry(viewer).or_default().push(place);
                }
            }
            Feed::Notifications => self.notified.entry(viewer).or_default().push(place),
            Feed::Public(filter) => self.public.push((*filter, (viewer, place))),
            Feed::Tagged { name, only_local } => {
                let ears = self.tags.entry(name.clone()).or_default();
                ears.push((*only_local, (viewer, place)));
            }
            Feed::List(id) => self.lists.entry(*id).or_default().push((viewer, place)),
            Feed::Conversations => self.conversing.entry(viewer).or_default().push(place),
        }
    }

    /// Everybody who listens, each once.
    #[must_use]
    pub fn viewers(&self) -> &[AccountId] {
        &self.viewers
    }

    /// Whether somebody asks whether statuses have files.
    pub(super) fn asks_for_media(&self) -> bool {
        self.public.iter().any(|(filter, _)| filter.only_media)
    }
}
