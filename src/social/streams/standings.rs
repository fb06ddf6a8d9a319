//! How many viewers stand to the authors of many statuses, in a fixed number of queries. The rule itself is the one
//! of [`visibility`](crate::social::visibility).

use std::collections::{HashMap, HashSet};

use crate::id::{AccountId, StatusId};
use crate::social::quotes::sights::Look;
use crate::social::visibility::{self, Standing};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult, Visibility};

/// A relation: who, and to whom.
type Pairs = HashSet<(AccountId, AccountId)>;

/// What the relations of many people say.
pub struct Standings {
    /// (author, viewer): the author blocks the viewer; (viewer, author) likewise.
    blocks: Pairs,
    /// (viewer, author): the viewer mutes the author.
    mutes: Pairs,
    /// (viewer, author): the viewer wants no notifications from the author.
    deaf: Pairs,
    /// (viewer, author): the viewer blocks the author's domain.
    shunned: Pairs,
    /// (author, follower), of those who wrote something that not everybody may see.
    followers: Pairs,
    suspended: HashSet<AccountId>,
    /// Those whom only their followers are shown unasked.
    silenced: HashSet<AccountId>,
    addressed: HashSet<(StatusId, AccountId)>,
}

impl Standings {
    /// How `viewers` stand to the authors of these statuses, and to `others`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn gather(
        conn: &mut Conn,
        statuses: &HashMap<StatusId, Status>,
        others: impl Iterator<Item = AccountId>,
        viewers: &[AccountId],
        now: i64,
    ) -> QueryResult<Self> {
        let (mut authors, mut limited, mut limited_ids) = (Vec::new(), Vec::new(), Vec::new());
        for status in statuses.values() {
            authors.push(status.account_id);
            if matches!(status.visibility, Visibility::Private | Visibility::Direct) {
                limited.push(status.account_id);
                limited_ids.push(status.id);
            }
        }
        authors.extend(others);
        for list in [&mut authors, &mut limited] {
            list.sort_unstable();
            list.dedup();
        }
        let silenced = store::standings::list_silenced(conn, &authors)?;
        limited.extend(&silenced);
        // By author and not by viewer: few people are concerned by few authors, however many listen.
        let mut blocks: Pairs = store::blocks::list_all_by(conn, &authors)?
            .into_iter()
            .collect();
        blocks.extend(store::blocks::list_all_of(conn, &authors)?);
        let muted = store::mutes::list_all_of(conn, &authors)?;
        let muted: Vec<_> = muted.iter().filter(|mute| mute.holds(now)).collect();
        let addressed = store::mentions::list(conn, &limited_ids)?;
        Ok(Self {
            blocks,
            mutes: muted
                .iter()
                .map(|mute| (mute.account_id, mute.target_id))
                .collect(),
            deaf: muted
                .iter()
                .filter(|mute| mute.hides_notifications)
                .map(|mute| (mute.account_id, mute.target_id))
                .collect(),
            shunned: store::user_domain_blocks::list_all_of(conn, &authors)?
                .into_iter()
                .collect(),
            followers: store::follows::list_followers_among(conn, &limited, viewers)?
                .into_iter()
                .collect(),
            suspended: store::accounts::list_suspended(conn, &authors)?
                .into_iter()
                .collect(),
            silenced: silenced.into_iter().collect(),
            addressed: addressed
                .into_iter()
                .map(|mention| (mention.status_id, mention.account_id))
                .collect(),
        })
    }

    /// How the viewer stands to what is quoted.
    #[must_use]
    pub fn look(&self, viewer: AccountId, quoted: &Status) -> Look {
        let pair = (viewer, quoted.account_id);
        Look {
            may_see: self.allow(viewer, quoted),
            blocks: self.blocks.contains(&pair),
            shuns: self.shunned.contains(&pair),
            mutes: self.mutes.contains(&pair),
        }
    }

    /// Whether the viewer may see this status.
    pub(super) fn allow(&self, viewer: AccountId, status: &Status) -> bool {
        let author = status.account_id;
        visibility::may_see(
            status.visibility,
            Standing {
                is_author: viewer == author,
                is_follower: self.followers.contains(&(author, viewer)),
                is_addressed: self.addressed.contains(&(status.id, viewer)),
                is_blocked: self.blocks.contains(&(author, viewer)),
                is_author_suspended: self.suspended.contains(&author),
            },
        )
    }

    /// Whether the viewer is shown this author's statuses unasked.
    pub(super) fn is_shown_unasked(&self, viewer: AccountId, author: AccountId) -> bool {
        !self.silenced.contains(&author)
            || viewer == author
            || self.followers.contains(&(author, viewer))
    }

    /// Whether the viewer neither blocks nor mutes this author, nor blocks their domain.
    pub(super) fn is_wanted(&self, viewer: AccountId, author: AccountId) -> bool {
        let pair = (viewer, author);
        ![&self.blocks, &self.mutes, &self.shunned]
            .iter()
            .any(|pairs| pairs.contains(&pair))
    }

    /// Whether the viewer wants to be notified of what this account does.
    pub(super) fn is_heard(&self, viewer: AccountId, from: AccountId) -> bool {
        let pair = (viewer, from);
        ![&self.blocks, &self.deaf, &self.shunned]
            .iter()
            .any(|pairs| pairs.contains(&pair))
    }
}
