//! The same statuses for many viewers: rendered once, with what each viewer has done with them added.
//!
//! What depends on the viewer of a status is a handful of marks, and those of most viewers are equal: whoever writes
//! statuses for many can write one text for all with the same [`Marked`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{View, filters, statuses};
use crate::api::entities;
use crate::api::entities::filters::FilterResult;
use crate::api::entities::statuses::StatusViewer;
use crate::id::{AccountId, StatusId};
use crate::store::filters::Rules;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};
use crate::text::sieves::Reading;

/// Statuses as everybody sees them, and the marks that some viewers have set.
pub struct Crowd {
    neutral: HashMap<StatusId, entities::Status>,
    rows: HashMap<StatusId, Status>,
    favourites: HashSet<(StatusId, AccountId)>,
    boosts: HashSet<(StatusId, AccountId)>,
    bookmarks: HashSet<(StatusId, AccountId)>,
    rules: HashMap<AccountId, Arc<Rules>>,
    readings: HashMap<StatusId, Reading>,
    now: i64,
}

/// What one viewer has to do with a status, or with what it repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the documented entity"
)]
pub struct Marked {
    is_favourite: bool,
    is_boosted: bool,
    is_bookmarked: bool,
    may_be_pinned: bool,
}

impl Crowd {
    /// These statuses for these viewers. Costs eighteen queries at most, whatever their numbers.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn load(
        conn: &mut Conn,
        view: &View,
        rows: HashMap<StatusId, Status>,
        viewers: &[AccountId],
    ) -> QueryResult<Self> {
        let everybody = View {
            viewer: None,
            ..view.clone()
        };
        let page = statuses::page(conn, &everybody, rows.values().cloned().collect())?;
        let counted = |count: fn(&Status) -> i64| {
            let some = rows.values().filter(move |row| count(row) > 0);
            some.map(|row| row.id).collect::<Vec<_>>()
        };
        let favoured = counted(|row| row.favourites_count);
        let boosted = counted(|row| row.boosts_count);
        let ids: Vec<StatusId> = rows.keys().copied().collect();
        let rules = store::filters::load(conn, &view.filters, viewers)?;
        let read = page.iter().filter(|_| !rules.is_empty());
        Ok(Self {
            readings: read
                .map(|status| (status.id, filters::read(status)))
                .collect(),
            rules,
            now: view.now,
            neutral: page.into_iter().map(|status| (status.id, status)).collect(),
            favourites: store::favourites::list_among(conn, viewers, &favoured)?
                .into_iter()
                .collect(),
            boosts: store::statuses::list_boosters_among(conn, viewers, &boosted)?
                .into_iter()
                .collect(),
            bookmarks: store::bookmarks::list_all(conn, &ids)?
                .into_iter()
                .collect(),
            rows,
        })
    }

    /// What a viewer has to do with a status; none if the status is not among these.
    #[must_use]
    pub fn marks(&self, viewer: AccountId, id: StatusId) -> Option<Marked> {
        let row = self.rows.get(&id)?;
        let meant = match row.boost_of_id {
            Some(original) => self.rows.get(&original)?,
            None => row,
        };
        let key = (meant.id, viewer);
        Some(Marked {
            is_favourite: self.favourites.contains(&key),
            is_boosted: self.boosts.contains(&key),
            is_bookmarked: self.bookmarks.contains(&key),
            may_be_pinned: meant.account_id == viewer && meant.visibility != Visibility::Direct,
        })
    }

    /// Which of a viewer's filters match a status.
    #[must_use]
    pub fn filtered(&self, viewer: AccountId, id: StatusId) -> Vec<FilterResult> {
        let (rules, reading) = (self.rules.get(&viewer), self.readings.get(&id));
        match (rules, reading, self.neutral.get(&id)) {
            (Some(rules), Some(reading), Some(status)) => {
                filters::matches(rules, status, reading, self.now)
            }
            _ => Vec::new(),
        }
    }

    /// A status for a viewer with these marks whose filters match like this; none if it cannot be shown.
    #[must_use]
    pub fn filtered_status(
        &self,
        id: StatusId,
        marked: Marked,
        filtered: &[FilterResult],
    ) -> Option<entities::Status> {
        let mut status = self.status(id, marked)?;
        filters::set(&mut status, filtered);
        Some(status)
    }

    /// A status for a viewer with these marks; none if it cannot be shown.
    #[must_use]
    pub fn status(&self, id: StatusId, marked: Marked) -> Option<entities::Status> {
        let mut status = self.neutral.get(&id)?.clone();
        if let Some(original) = &mut status.reblog {
            original.viewer = Some(marked.keys(true));
            status.viewer = Some(marked.keys(false));
        } else {
            status.viewer = Some(marked.keys(true));
        }
        Some(status)
    }
}

impl Marked {
    /// A boost itself cannot be pinned.
    fn keys(self, is_meant: bool) -> StatusViewer {
        StatusViewer {
            favourited: self.is_favourite,
            reblogged: self.is_boosted,
            muted: false,
            bookmarked: self.is_bookmarked,
            pinned: (is_meant && self.may_be_pinned).then_some(false),
            filtered: Vec::new(),
        }
    }
}
