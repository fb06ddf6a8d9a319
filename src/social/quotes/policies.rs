//! Who may quote a status. The table is pure; what an author says of statuses elsewhere is believed until they are asked.

use crate::id::AccountId;
use crate::store::quotes::QuoteTerms;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, QuotePolicy, Tx, Visibility};

/// Groups of people, as a policy names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups(i16);

impl Groups {
    /// No group.
    pub const NOBODY: Self = Self(0);
    /// Everybody.
    pub const PUBLIC: Self = Self(1);
    /// Those who follow the author.
    pub const FOLLOWERS: Self = Self(2);
    /// Those whom the author follows.
    pub const FOLLOWING: Self = Self(4);
    /// Somebody else, whom this node does not tell apart.
    pub const OTHERS: Self = Self(8);

    /// The groups that these bits stand for.
    #[must_use]
    pub fn from_bits(bits: i16) -> Self {
        Self(bits)
    }

    /// The bits that stand for them.
    #[must_use]
    pub fn bits(self) -> i16 {
        self.0
    }

    /// These groups and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether any of those is among these.
    #[must_use]
    pub fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

/// Who may quote a status besides its author.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Without asking.
    pub automatic: Groups,
    /// After asking.
    pub manual: Groups,
}

impl From<QuotePolicy> for Policy {
    fn from(word: QuotePolicy) -> Self {
        let automatic = match word {
            QuotePolicy::Public => Groups::PUBLIC,
            QuotePolicy::Followers => Groups::FOLLOWERS,
            QuotePolicy::Nobody => Groups::NOBODY,
        };
        Self {
            automatic,
            manual: Groups::NOBODY,
        }
    }
}

impl From<&QuoteTerms> for Policy {
    fn from(terms: &QuoteTerms) -> Self {
        Self {
            automatic: Groups::from_bits(terms.automatic),
            manual: Groups::from_bits(terms.manual),
        }
    }
}

impl Policy {
    /// Whether it depends on who follows whom.
    #[must_use]
    pub fn asks_for_follows(self) -> bool {
        let all = self.automatic.and(self.manual);
        all.has(Groups::FOLLOWERS.and(Groups::FOLLOWING))
    }
}

/// What a policy means for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may quote.
    Automatic,
    /// They may ask.
    Manual,
    /// They may ask: the policy names people whom this node does not tell apart.
    Unknown,
    /// They may not.
    Denied,
}

/// How somebody who wants to quote stands to the author.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quoter {
    /// They wrote it themselves.
    pub is_author: bool,
    /// They follow the author.
    pub is_follower: bool,
    /// The author follows them.
    pub is_followed: bool,
}

/// What a policy means for somebody who may see the status; none is a stranger, who quotes nothing.
#[must_use]
pub fn judge(visibility: Visibility, policy: Policy, quoter: Option<Quoter>) -> Verdict {
    let Some(quoter) = quoter.filter(|_| visibility != Visibility::Direct) else {
        return Verdict::Denied;
    };
    if quoter.is_author {
        return Verdict::Automatic;
    }
    if visibility == Visibility::Private {
        return Verdict::Denied;
    }
    let admits = |groups: Groups| {
        groups.has(Groups::PUBLIC)
            || (quoter.is_follower && groups.has(Groups::FOLLOWERS))
            || (quoter.is_followed && groups.has(Groups::FOLLOWING))
    };
    if admits(policy.automatic) {
        Verdict::Automatic
    } else if admits(policy.manual) {
        Verdict::Manual
    } else if policy.automatic.and(policy.manual).has(Groups::OTHERS) {
        Verdict::Unknown
    } else {
        Verdict::Denied
    }
}

/// What an author's policy means for this account, which may see the status. Whoever blocks the author quotes nothing of
/// theirs.
///
/// # Errors
/// Whatever the database says.
pub fn find_verdict(conn: &mut Conn, viewer: AccountId, status: &Status) -> QueryResult<Verdict> {
    let author = status.account_id;
    if store::blocks::find(conn, viewer, author)?.is_some()
        || store::blocks::find(conn, author, viewer)?.is_some()
        || !store::user_domain_blocks::list_by(conn, author, &[viewer])?.is_empty()
    {
        return Ok(Verdict::Denied);
    }
    let terms = store::quotes::list_terms(conn, &[status.id])?;
    let follows = store::follows::find(conn, viewer, author)?;
    let followed = store::follows::find(conn, author, viewer)?;
    let quoter = Quoter {
        is_author: viewer == author,
        is_follower: follows.is_some_and(|follow| follow.is_accepted),
        is_followed: followed.is_some_and(|follow| follow.is_accepted),
    };
    let policy = terms.first().map(Policy::from).unwrap_or_default();
    Ok(judge(status.visibility, policy, Some(quoter)))
}

/// Sets who may quote a status of this node. What not everybody may see is quoted by nobody else.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn set_own(
    tx: &mut Tx,
    status: &Status,
    chosen: QuotePolicy,
) -> QueryResult<()> {
    set(tx, status, Policy::from(own(status.visibility, chosen)))
}

/// Sets who may quote a status that is new here: nothing is said of it yet.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn begin(tx: &mut Tx, status: &Status, policy: Policy) -> QueryResult<()> {
    if policy == Policy::default() {
        return Ok(());
    }
    let (automatic, manual) = (policy.automatic.bits(), policy.manual.bits());
    store::quotes::set_terms(tx, status.id, automatic, manual)
}

/// The policy that a post with this visibility gets.
#[must_use]
pub fn own(visibility: Visibility, chosen: QuotePolicy) -> QuotePolicy {
    match visibility {
        Visibility::Public | Visibility::Unlisted => chosen,
        Visibility::Private | Visibility::Direct => QuotePolicy::Nobody,
    }
}

/// Sets who may quote a status. Nobody is what a status without terms says.
///
/// # Errors
/// Whatever the database says.
pub(in crate::social) fn set(tx: &mut Tx, status: &Status, policy: Policy) -> QueryResult<()> {
    let known = store::quotes::list_terms(tx, &[status.id])?;
    let known = known.first().map(Policy::from).unwrap_or_default();
    if known == policy {
        return Ok(());
    }
    let (automatic, manual) = (policy.automatic.bits(), policy.manual.bits());
    store::quotes::set_terms(tx, status.id, automatic, manual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Automatic, Denied, Manual, Unknown};
    use Visibility::{Direct, Private, Public, Unlisted};

    #[test]
    fn the_table_of_who_quotes_what() {
        let stranger = Quoter::default();
        let author = Quoter {
            is_author: true,
            ..stranger
        };
        let follower = Quoter {
            is_follower: true,
            ..stranger
        };
        let friend = Quoter {
            is_followed: true,
            ..stranger
        };
        let policy = |automatic, manual| Policy { automatic, manual };
        let nobody = Groups::NOBODY;
        let everybody = policy(Groups::PUBLIC, nobody);
        let followers = policy(Groups::FOLLOWERS, Groups::PUBLIC);
        let following = policy(Groups::FOLLOWING, nobody);
        let others = policy(Groups::OTHERS, Groups::FOLLOWERS);
        for (visibility, policy, quoter, expected) in [
            (Public, everybody, Some(stranger), Automatic),
            (Unlisted, everybody, Some(stranger), Automatic),
            (Public, everybody, None, Denied),
            (Private, everybody, Some(follower), Denied),
            (Private, policy(nobody, nobody), Some(author), Automatic),
            (Direct, everybody, Some(author), Denied),
            (Public, policy(nobody, nobody), Some(follower), Denied),
            (Public, policy(nobody, nobody), Some(author), Automatic),
            (Public, followers, Some(follower), Automatic),
            (Public, followers, Some(stranger), Manual),
            (Public, following, Some(friend), Automatic),
            (Public, following, Some(follower), Denied),
            (Public, others, Some(stranger), Unknown),
            (Public, others, Some(follower), Manual),
        ] {
            let found = judge(visibility, policy, quoter);
            assert_eq!(found, expected, "{visibility:?} {policy:?} {quoter:?}");
        }
    }

    #[test]
    fn what_is_not_for_everybody_is_quoted_by_nobody_else() {
        for (visibility, expected) in [
            (Public, QuotePolicy::Followers),
            (Unlisted, QuotePolicy::Followers),
            (Private, QuotePolicy::Nobody),
            (Direct, QuotePolicy::Nobody),
        ] {
            assert_eq!(own(visibility, QuotePolicy::Followers), expected);
        }
    }
}
