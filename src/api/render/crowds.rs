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
    choices: HashMap<(StatusId, AccountId), u64>,
    pins: HashSet<StatusId>,
    /// (conversation, account): the account mutes the conversation.
    muted: HashSet<(i64, AccountId)>,
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
    is_pinned: bool,
    is_muted: bool,
    is_author: bool,
    /// What the viewer chose in its poll: a bit for each place.
    choices: u64,
}

impl Crowd {
    /// These statuses for these viewers. Costs twenty-three queries at most, whatever their numbers.
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
        let with_poll = |status: &&entities::Status| status.poll.is_some();
        let polls: Vec<StatusId> = page.iter().filter(with_poll).map(|one| one.id).collect();
        let threads: Vec<i64> = rows.values().map(|row| row.conversation_id).collect();
        let rules = store::filters::load(conn, &view.filters, viewers)?;
        let read = page.iter().filter(|_| !rules.is_empty());
        Ok(Self {
            pins: store::pins::list_pinned(conn, &ids)?.into_iter().collect(),
            muted: store::conversation_mutes::list_of(conn, &threads)?
                .into_iter()
                .collect(),
            choices: load_choices(conn, viewers, &polls)?,
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
            is_pinned: self.pins.contains(&meant.id),
            is_muted: self.muted.contains(&(meant.conversation_id, viewer)),
            is_author: meant.account_id == viewer,
            choices: self.choices.get(&key).copied().unwrap_or_default(),
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
            marked.vote(original.poll.as_mut());
            status.viewer = Some(marked.keys(false));
        } else {
            status.viewer = Some(marked.keys(true));
            marked.vote(status.poll.as_mut());
        }
        Some(status)
    }
}

/// What these viewers chose in these polls.
fn load_choices(
    conn: &mut Conn,
    viewers: &[AccountId],
    polls: &[StatusId],
) -> QueryResult<HashMap<(StatusId, AccountId), u64>> {
    let mut choices = HashMap::new();
    for vote in store::polls::list_votes(conn, viewers, polls)? {
        let key = (vote.status_id, vote.account_id);
        let bit = u32::try_from(vote.position).ok();
        let bit = bit.and_then(|place| 1_u64.checked_shl(place));
        *choices.entry(key).or_default() |= bit.unwrap_or_default();
    }
    Ok(choices)
}

impl Marked {
    fn vote(self, poll: Option<&mut entities::Poll>) {
        if let Some(poll) = poll {
            poll.voted = Some(self.is_author || self.choices > 0);
            let chosen = (0..u64::BITS).filter(|place| self.choices & (1 << place) > 0);
            poll.own_votes = Some(chosen.collect());
        }
    }

    /// A boost itself cannot be pinned.
    fn keys(self, is_meant: bool) -> StatusViewer {
        StatusViewer {
            favourited: self.is_favourite,
            reblogged: self.is_boosted,
            muted: self.is_muted,
            bookmarked: self.is_bookmarked,
            pinned: (is_meant && self.may_be_pinned).then_some(self.is_pinned),
            filtered: Vec::new(),
        }
    }
}
