//! The same statuses for many viewers: rendered once, with what each viewer has done with them added.
//!
//! What depends on the viewer of a status is a handful of marks, and those of most viewers are equal: whoever writes
//! statuses for many can write one text for all with the same [`Marked`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::quotes::{Aspect, Quotes, shows};
use super::{View, filters, reactions, statuses};
use crate::api::entities;
use crate::api::entities::approvals::Verdict;
use crate::api::entities::filters::FilterResult;
use crate::api::entities::quotes::{Quote, QuoteState};
use crate::api::entities::statuses::StatusViewer;
use crate::id::{AccountId, StatusId};
use crate::social::streams::Standings;
use crate::store::filters::Rules;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};
use crate::text::sieves::Reading;

/// Statuses as everybody sees them, and the marks that some viewers have set.
pub struct Crowd {
    neutral: HashMap<StatusId, entities::Status>,
    /// With what is quoted.
    rows: HashMap<StatusId, Status>,
    quotes: Quotes,
    /// How the viewers stand to what is quoted, if anything is.
    standings: Option<Standings>,
    favourites: HashSet<(StatusId, AccountId)>,
    boosts: HashSet<(StatusId, AccountId)>,
    bookmarks: HashSet<(StatusId, AccountId)>,
    choices: HashMap<(StatusId, AccountId), u64>,
    /// With what they react: a bit for each place in the list of reactions.
    reactions: HashMap<(StatusId, AccountId), u64>,
    pins: HashSet<StatusId>,
    /// (conversation, account): the account mutes the conversation.
    muted: HashSet<(i64, AccountId)>,
    rules: HashMap<AccountId, Arc<Rules>>,
    readings: HashMap<StatusId, Reading>,
    now: i64,
}

/// What one viewer has to do with a status, or with what it repeats, and with what that quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marked {
    own: Marks,
    quoted: Marks,
    /// How the quote looks to the viewer.
    quote: Option<QuoteState>,
    /// How what is quoted quotes.
    inner: Option<QuoteState>,
}

/// What one viewer has to do with one status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a key of the documented entity"
)]
struct Marks {
    is_favourite: bool,
    is_boosted: bool,
    is_bookmarked: bool,
    may_be_pinned: bool,
    is_pinned: bool,
    is_muted: bool,
    is_author: bool,
    /// What the viewer chose in its poll: a bit for each place.
    choices: u64,
    /// With what the viewer reacts: a bit for each place.
    reactions: u64,
    /// Whether the viewer may quote it.
    verdict: Option<Verdict>,
}

/// Which of a viewer's filters match a status, and what it quotes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filtered {
    own: Vec<FilterResult>,
    quoted: Vec<FilterResult>,
}

impl Filtered {
    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.quoted.is_empty()
    }
}

impl Crowd {
    /// These statuses for these viewers. Costs forty-seven queries at most, whatever their numbers, and thirty where nothing
    /// is quoted.
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
        let named = rows.values().cloned().collect();
        let aspect = Aspect::Everybody;
        let (page, quotes) = statuses::page_for(conn, &everybody, aspect, named, viewers)?;
        let standings = gather(conn, &quotes, viewers, view.now)?;
        let mut rows = rows;
        for quoted in quotes.quoted() {
            rows.entry(quoted.id).or_insert_with(|| quoted.clone());
        }
        let counted = |count: fn(&Status) -> i64| {
            let some = rows.values().filter(move |row| count(row) > 0);
            some.map(|row| row.id).collect::<Vec<_>>()
        };
        let favoured = counted(|row| row.favourites_count);
        let boosted = counted(|row| row.boosts_count);
        let ids: Vec<StatusId> = rows.keys().copied().collect();
        let with_poll = |status: &&entities::Status| status.poll.is_some();
        let inner = page.iter().filter_map(entities::Status::quoted);
        let shown = page.iter().chain(inner);
        let polls: Vec<StatusId> = shown.filter(with_poll).map(|one| one.id).collect();
        let threads: Vec<i64> = rows.values().map(|row| row.conversation_id).collect();
        let reblogs = page.iter().filter_map(|status| status.reblog.as_deref());
        let inner = page.iter().filter_map(entities::Status::quoted);
        let everything = page.iter().chain(reblogs).chain(inner);
        let reactions = reactions::load_places(conn, view, viewers, everything)?;
        let rules = store::filters::load(conn, &view.filters, viewers)?;
        let inner = page.iter().filter_map(entities::Status::quoted);
        let read = page.iter().chain(inner).filter(|_| !rules.is_empty());
        Ok(Self {
            pins: store::pins::list_pinned(conn, &ids)?.into_iter().collect(),
            muted: store::conversation_mutes::list_of(conn, &threads)?
                .into_iter()
                .collect(),
            choices: load_choices(conn, viewers, &polls)?,
            reactions,
            readings: read
                .map(|status| (status.id, filters::read(status)))
                .collect(),
            rules,
            quotes,
            standings,
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
        let quoted = self.quotes.target(meant.id);
        let inner = quoted.and_then(|quoted| self.quote(viewer, quoted.id));
        let quoted = quoted.map(|quoted| self.own(viewer, quoted));
        Some(Marked {
            own: self.own(viewer, meant),
            quoted: quoted.unwrap_or_default(),
            quote: self.quote(viewer, meant.id),
            inner,
        })
    }

    fn own(&self, viewer: AccountId, status: &Status) -> Marks {
        let key = (status.id, viewer);
        Marks {
            is_favourite: self.favourites.contains(&key),
            is_boosted: self.boosts.contains(&key),
            is_bookmarked: self.bookmarks.contains(&key),
            may_be_pinned: status.account_id == viewer && status.visibility != Visibility::Direct,
            is_pinned: self.pins.contains(&status.id),
            is_muted: self.muted.contains(&(status.conversation_id, viewer)),
            is_author: status.account_id == viewer,
            choices: self.choices.get(&key).copied().unwrap_or_default(),
            reactions: self.reactions.get(&key).copied().unwrap_or_default(),
            verdict: Some(self.quotes.verdict(Some(viewer), status)),
        }
    }

    /// How a status quotes for a viewer.
    fn quote(&self, viewer: AccountId, id: StatusId) -> Option<QuoteState> {
        let standings = self.standings.as_ref();
        self.quotes.state(id, |quoted| {
            standings.map_or_else(Default::default, |known| known.look(viewer, quoted))
        })
    }

    /// Which of a viewer's filters match a status.
    #[must_use]
    pub fn filtered(&self, viewer: AccountId, id: StatusId) -> Filtered {
        let (Some(rules), Some(status)) = (self.rules.get(&viewer), self.neutral.get(&id)) else {
            return Filtered::default();
        };
        let found = |status: &entities::Status, id: StatusId| {
            let reading = self.readings.get(&id);
            reading.map(|reading| filters::matches(rules, status, reading, self.now))
        };
        let quoted = status.quoted();
        Filtered {
            own: found(status, id).unwrap_or_default(),
            quoted: quoted
                .and_then(|quoted| found(quoted, quoted.id))
                .unwrap_or_default(),
        }
    }

    /// A status for a viewer with these marks whose filters match like this; none if it cannot be shown.
    #[must_use]
    pub fn filtered_status(
        &self,
        id: StatusId,
        marked: Marked,
        filtered: &Filtered,
    ) -> Option<entities::Status> {
        let mut status = self.status(id, marked)?;
        filters::set(&mut status, &filtered.own);
        if let Some(quoted) = status.quoted_mut() {
            filters::set(quoted, &filtered.quoted);
        }
        Some(status)
    }

    /// A status for a viewer with these marks; none if it cannot be shown.
    #[must_use]
    pub fn status(&self, id: StatusId, marked: Marked) -> Option<entities::Status> {
        let mut status = self.neutral.get(&id)?.clone();
        if let Some(original) = &mut status.reblog {
            marked.set(original);
            status.viewer = Some(marked.own.keys(false));
        } else {
            marked.set(&mut status);
        }
        Some(status)
    }
}

/// How these viewers stand to what is quoted, if anything is.
fn gather(
    conn: &mut Conn,
    quotes: &Quotes,
    viewers: &[AccountId],
    now: i64,
) -> QueryResult<Option<Standings>> {
    let inner = quotes.all_quoted();
    if inner.is_empty() {
        return Ok(None);
    }
    Standings::gather(conn, inner, std::iter::empty(), viewers, now).map(Some)
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
    fn set(self, status: &mut entities::Status) {
        self.own.set(status);
        let Some(seen) = self.quote else {
            // Of whom it is not known how they stand to it, nobody is shown anything.
            status.quote = None;
            return;
        };
        let Some(quote) = &mut status.quote else {
            return;
        };
        if let Quote::Whole {
            state,
            quoted_status,
        } = quote
        {
            *state = seen;
            if !shows(seen) {
                *quoted_status = None;
            }
        }
        let Some(quoted) = quote.status_mut() else {
            return;
        };
        self.quoted.set(quoted);
        let inner = (&mut quoted.quote, self.inner);
        if let (
            Some(Quote::Shallow {
                state,
                quoted_status_id,
            }),
            Some(seen),
        ) = inner
        {
            *state = seen;
            quoted_status_id.take_if(|_| !shows(seen));
        }
    }
}

impl Marks {
    fn set(self, status: &mut entities::Status) {
        status.viewer = Some(self.keys(true));
        self.vote(status.poll.as_mut());
        for (place, reaction) in status.reactions.0.iter_mut().enumerate() {
            reaction.me = place < 64 && self.reactions & (1 << place) > 0;
        }
        if let Some(verdict) = self.verdict {
            status.quote_approval.current_user = verdict;
        }
    }

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
