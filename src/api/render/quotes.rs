//! What the statuses of one page quote, and who may quote them.
//!
//! A quoted status is shown with its own quote by id alone, so two levels are read and no more.
//!
//! Source: <https://docs.joinmastodon.org/entities/Quote/>

use std::collections::{HashMap, HashSet};

use super::View;
use crate::api::entities::approvals::{Approval, Audience, Verdict};
use crate::api::entities::quotes::QuoteState;
use crate::id::{AccountId, StatusId};
use crate::social::quotes::policies::{self, Groups, Policy, Quoter};
use crate::social::quotes::sights::{self, Look, Reader, Sight};
use crate::store::quotes::{Quote, QuoteTerms};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};

/// How much of what is quoted is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// What the viewer is shown.
    Viewer,
    /// What the viewer, who quotes, needs to write it anew: whatever became of the quote.
    Draft,
    /// Everything that holds, for many viewers: what each is shown is found out later.
    Everybody,
}

/// The quotes of one page of statuses.
pub struct Quotes {
    rows: HashMap<StatusId, Quote>,
    quoted: HashMap<StatusId, Status>,
    first: Vec<StatusId>,
    aspect: Aspect,
    reader: Option<Reader>,
    terms: HashMap<StatusId, QuoteTerms>,
    /// (who is followed, who follows), of authors whose policies ask for it.
    follows: HashSet<(AccountId, AccountId)>,
}

/// How a quote looks, and what is quoted, if it is handed over.
pub type Seen<'a> = (QuoteState, Option<&'a Status>);

impl Quotes {
    /// What these statuses quote, for these viewers. Costs fourteen queries at most, and three where nothing is quoted and
    /// no policy asks who follows whom.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn load(
        conn: &mut Conn,
        view: &View,
        aspect: Aspect,
        statuses: &[&Status],
        viewers: &[AccountId],
    ) -> QueryResult<Self> {
        let ids: Vec<StatusId> = statuses.iter().map(|status| status.id).collect();
        let (mut rows, first) = level(conn, &ids)?;
        let first_ids: Vec<StatusId> = first.iter().map(|status| status.id).collect();
        let (inner, second) = level(conn, &first_ids)?;
        rows.extend(inner);
        let quoted: Vec<Status> = first.into_iter().chain(second).collect();
        let reader = match aspect {
            Aspect::Everybody => None,
            Aspect::Viewer | Aspect::Draft => {
                let quoted: Vec<&Status> = quoted.iter().collect();
                Some(Reader::gather(conn, view.viewer, &quoted, view.now)?)
            }
        };
        let shown: Vec<&Status> = statuses.iter().copied().chain(&quoted).collect();
        let (terms, follows) = load_terms(conn, &shown, viewers)?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.status_id, row)).collect(),
            quoted: quoted.into_iter().map(|one| (one.id, one)).collect(),
            first: first_ids,
            aspect,
            reader,
            terms,
            follows,
        })
    }

    /// What is quoted by the statuses of the page themselves, each once.
    pub fn quoted(&self) -> impl Iterator<Item = &Status> {
        self.first.iter().filter_map(|id| self.quoted.get(id))
    }

    /// All that is quoted, also by what is quoted.
    #[must_use]
    pub fn all_quoted(&self) -> &HashMap<StatusId, Status> {
        &self.quoted
    }

    /// What a status quotes, if it is there, whoever may see it.
    #[must_use]
    pub fn target(&self, id: StatusId) -> Option<&Status> {
        self.quoted.get(&self.rows.get(&id)?.quoted_id?)
    }

    /// How a status quotes; none if it does not.
    #[must_use]
    pub fn seen(&self, id: StatusId) -> Option<Seen<'_>> {
        let look = |quoted: &Status| self.look(quoted);
        let state = self.state(id, look)?;
        let quoted = self.target(id);
        let shown = quoted.filter(|quoted| match self.aspect {
            Aspect::Viewer | Aspect::Everybody => shows(state),
            Aspect::Draft => self.look(quoted).may_see,
        });
        Some((state, shown))
    }

    /// How a status quotes for somebody who looks like this; none if it does not.
    #[must_use]
    pub fn state(&self, id: StatusId, look: impl Fn(&Status) -> Look) -> Option<QuoteState> {
        let row = self.rows.get(&id)?;
        sights::judge(row, self.target(id), look).map(state)
    }

    fn look(&self, quoted: &Status) -> Look {
        let everything = Look {
            may_see: true,
            ..Look::default()
        };
        let reader = self.reader.as_ref();
        reader.map_or(everything, |reader| reader.look(quoted))
    }

    /// How many quotes of a status hold.
    #[must_use]
    pub fn count(&self, id: StatusId) -> i64 {
        self.terms.get(&id).map_or(0, |terms| terms.quotes.max(0))
    }

    /// Who may quote a status, and whether the viewer may.
    #[must_use]
    pub fn approval(&self, viewer: Option<AccountId>, status: &Status) -> Approval {
        let policy = self.policy(status.id);
        Approval {
            automatic: audiences(policy.automatic),
            manual: audiences(policy.manual),
            current_user: self.verdict(viewer, status),
        }
    }

    /// Whether a viewer may quote a status; nobody quotes a boost.
    #[must_use]
    pub fn verdict(&self, viewer: Option<AccountId>, status: &Status) -> Verdict {
        let author = status.account_id;
        let quoter = viewer.map(|viewer| Quoter {
            is_author: viewer == author,
            is_follower: self.follows.contains(&(author, viewer)),
            is_followed: self.follows.contains(&(viewer, author)),
        });
        let quoter = quoter.filter(|_| status.boost_of_id.is_none());
        match policies::judge(status.visibility, self.policy(status.id), quoter) {
            policies::Verdict::Automatic => Verdict::Automatic,
            policies::Verdict::Manual => Verdict::Manual,
            policies::Verdict::Unknown => Verdict::Unknown,
            policies::Verdict::Denied => Verdict::Denied,
        }
    }

    fn policy(&self, id: StatusId) -> Policy {
        self.terms.get(&id).map(Policy::from).unwrap_or_default()
    }
}

/// What these statuses quote, with the rows of what is quoted.
fn level(conn: &mut Conn, ids: &[StatusId]) -> QueryResult<(Vec<Quote>, Vec<Status>)> {
    let rows = store::quotes::list(conn, ids)?;
    let mut quoted: Vec<StatusId> = rows.iter().filter_map(|row| row.quoted_id).collect();
    quoted.sort_unstable();
    quoted.dedup();
    let quoted = store::statuses::list(conn, &quoted)?;
    Ok((rows, quoted))
}

type Terms = (
    HashMap<StatusId, QuoteTerms>,
    HashSet<(AccountId, AccountId)>,
);

fn load_terms(conn: &mut Conn, statuses: &[&Status], viewers: &[AccountId]) -> QueryResult<Terms> {
    let ids: Vec<StatusId> = statuses.iter().map(|status| status.id).collect();
    let terms: HashMap<StatusId, QuoteTerms> = store::quotes::list_terms(conn, &ids)?
        .into_iter()
        .map(|terms| (terms.status_id, terms))
        .collect();
    let asks = |status: &&&Status| {
        let terms = terms.get(&status.id);
        terms.is_some_and(|terms| Policy::from(terms).asks_for_follows())
    };
    let asking = statuses.iter().filter(asks);
    let mut authors: Vec<AccountId> = asking.map(|status| status.account_id).collect();
    authors.sort_unstable();
    authors.dedup();
    let mut follows: HashSet<_> = store::follows::list_followers_among(conn, &authors, viewers)?
        .into_iter()
        .collect();
    follows.extend(store::follows::list_followers_among(
        conn, viewers, &authors,
    )?);
    Ok((terms, follows))
}

fn audiences(groups: Groups) -> Vec<Audience> {
    [
        (Groups::PUBLIC, Audience::Public),
        (Groups::FOLLOWERS, Audience::Followers),
        (Groups::FOLLOWING, Audience::Following),
        (Groups::OTHERS, Audience::UnsupportedPolicy),
    ]
    .into_iter()
    .filter_map(|(group, word)| groups.has(group).then_some(word))
    .collect()
}

fn state(sight: Sight) -> QuoteState {
    match sight {
        Sight::Pending => QuoteState::Pending,
        Sight::Accepted => QuoteState::Accepted,
        Sight::Rejected => QuoteState::Rejected,
        Sight::Revoked => QuoteState::Revoked,
        Sight::Deleted => QuoteState::Deleted,
        Sight::Unauthorized => QuoteState::Unauthorized,
        Sight::BlockedAccount => QuoteState::BlockedAccount,
        Sight::BlockedDomain => QuoteState::BlockedDomain,
        Sight::MutedAccount => QuoteState::MutedAccount,
    }
}

/// Whether what is quoted is handed over to whom it looks like this: clients cover what the viewer does not want.
#[must_use]
pub fn shows(state: QuoteState) -> bool {
    matches!(
        state,
        QuoteState::Accepted
            | QuoteState::BlockedAccount
            | QuoteState::BlockedDomain
            | QuoteState::MutedAccount
    )
}
