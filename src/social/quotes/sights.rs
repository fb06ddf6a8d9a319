//! How a quote looks to one viewer: what is stored of it and, where it holds, how the viewer stands to what is quoted.

use std::collections::HashSet;

use crate::id::AccountId;
use crate::social::visibility::Judge;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, QuoteState};

/// How a quote looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The quoted author has not answered.
    Pending,
    /// It holds.
    Accepted,
    /// The quoted author said no.
    Rejected,
    /// The quoted author does not agree any more.
    Revoked,
    /// What was quoted is gone.
    Deleted,
    /// The viewer may not see what is quoted.
    Unauthorized,
    /// The viewer blocks the quoted author.
    BlockedAccount,
    /// The viewer blocks the server of the quoted author.
    BlockedDomain,
    /// The viewer mutes the quoted author.
    MutedAccount,
}

/// How a viewer stands to what is quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and the table names them"
)]
pub struct Look {
    /// They may see it.
    pub may_see: bool,
    /// They block its author.
    pub blocks: bool,
    /// They block its author's server.
    pub shuns: bool,
    /// They mute its author.
    pub mutes: bool,
}

/// How a quote looks; `quoted` is what is quoted, if it is here. None if it is not shown as a quote: one that asks nobody
/// is a link in the text until it holds.
#[must_use]
pub fn judge(
    quote: &Quote,
    quoted: Option<&Status>,
    look: impl Fn(&Status) -> Look,
) -> Option<Sight> {
    let stored = match quote.state {
        QuoteState::Accepted => None,
        _ if quote.is_legacy => return None,
        QuoteState::Pending => Some(Sight::Pending),
        QuoteState::Rejected => Some(Sight::Rejected),
        QuoteState::Revoked => Some(Sight::Revoked),
        QuoteState::Deleted => Some(Sight::Deleted),
    };
    if stored.is_some() {
        return stored;
    }
    let Some(quoted) = quoted else {
        return Some(Sight::Deleted);
    };
    let look = look(quoted);
    Some(if !look.may_see {
        Sight::Unauthorized
    } else if look.blocks {
        Sight::BlockedAccount
    } else if look.shuns {
        Sight::BlockedDomain
    } else if look.mutes {
        Sight::MutedAccount
    } else {
        Sight::Accepted
    })
}

/// How one viewer stands to a page of what is quoted.
pub struct Reader {
    judge: Judge,
    blocks: HashSet<AccountId>,
    shuns: HashSet<AccountId>,
    mutes: HashSet<AccountId>,
}

impl Reader {
    /// Costs seven queries at most, and none where nothing is quoted.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn gather(
        conn: &mut Conn,
        viewer: Option<AccountId>,
        quoted: &[&Status],
        now: i64,
    ) -> QueryResult<Self> {
        let mut authors: Vec<AccountId> = quoted.iter().map(|status| status.account_id).collect();
        authors.sort_unstable();
        authors.dedup();
        let mut reader = Self {
            judge: Judge::gather(conn, viewer, quoted.iter().copied())?,
            blocks: HashSet::new(),
            shuns: HashSet::new(),
            mutes: HashSet::new(),
        };
        if let Some(viewer) = viewer.filter(|_| !authors.is_empty()) {
            let mutes = store::mutes::list_by(conn, viewer, &authors)?;
            reader.mutes = mutes
                .into_iter()
                .filter(|mute| mute.holds(now))
                .map(|mute| mute.target_id)
                .collect();
            reader.blocks = store::blocks::list_by(conn, viewer, &authors)?
                .into_iter()
                .collect();
            reader.shuns = store::user_domain_blocks::list_by(conn, viewer, &authors)?
                .into_iter()
                .collect();
        }
        Ok(reader)
    }

    /// How the viewer stands to one of these.
    #[must_use]
    pub fn look(&self, quoted: &Status) -> Look {
        Look {
            may_see: self.judge.allows(quoted),
            blocks: self.blocks.contains(&quoted.account_id),
            shuns: self.shuns.contains(&quoted.account_id),
            mutes: self.mutes.contains(&quoted.account_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::StatusId;
    use crate::store::{Json, Visibility};

    fn status() -> Status {
        Status {
            id: StatusId(2),
            uri: String::new(),
            url: None,
            account_id: AccountId(1),
            is_local: true,
            visibility: Visibility::Public,
            content: String::new(),
            source: None,
            spoiler: String::new(),
            sensitive: false,
            language: None,
            emojis: Json(Vec::new()),
            in_reply_to_id: None,
            in_reply_to_account_id: None,
            in_reply_to_uri: None,
            conversation_id: 2,
            boost_of_id: None,
            application_id: None,
            replies_count: 0,
            boosts_count: 0,
            favourites_count: 0,
            created_at: 0,
            edited_at: None,
            fetched_at: 0,
        }
    }

    fn quote(state: QuoteState, is_legacy: bool) -> Quote {
        Quote {
            id: 1,
            status_id: StatusId(1),
            quoted_id: Some(StatusId(2)),
            quoted_uri: String::new(),
            state,
            approval_uri: None,
            request_uri: None,
            is_legacy,
            created_at: 0,
        }
    }

    #[test]
    fn what_is_stored_comes_first_and_then_who_looks() {
        let (there, fine) = (
            status(),
            Look {
                may_see: true,
                ..Look::default()
            },
        );
        let all = Look {
            may_see: true,
            blocks: true,
            shuns: true,
            mutes: true,
        };
        for (state, is_legacy, is_there, look, expected) in [
            (QuoteState::Pending, false, true, fine, Some(Sight::Pending)),
            (QuoteState::Pending, true, true, fine, None),
            (
                QuoteState::Rejected,
                false,
                true,
                all,
                Some(Sight::Rejected),
            ),
            (QuoteState::Revoked, false, true, fine, Some(Sight::Revoked)),
            (QuoteState::Deleted, false, true, fine, Some(Sight::Deleted)),
            (
                QuoteState::Accepted,
                false,
                false,
                fine,
                Some(Sight::Deleted),
            ),
            (
                QuoteState::Accepted,
                true,
                true,
                fine,
                Some(Sight::Accepted),
            ),
            (
                QuoteState::Accepted,
                false,
                true,
                Look::default(),
                Some(Sight::Unauthorized),
            ),
            (
                QuoteState::Accepted,
                false,
                true,
                all,
                Some(Sight::BlockedAccount),
            ),
            (
                QuoteState::Accepted,
                false,
                true,
                Look {
                    blocks: false,
                    ..all
                },
                Some(Sight::BlockedDomain),
            ),
            (
                QuoteState::Accepted,
                false,
                true,
                Look {
                    mutes: true,
                    ..fine
                },
                Some(Sight::MutedAccount),
            ),
        ] {
            let quoted = Some(&there).filter(|_| is_there);
            let found = judge(&quote(state, is_legacy), quoted, |_| look);
            assert_eq!(found, expected, "{state:?} {is_legacy} {look:?}");
        }
    }
}
