//! How far a person has read, remembered for all their programs.

use super::Result;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::markers::Marker;
use crate::store::{self, Conn, QueryResult};

/// A timeline in which a reading position is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeline {
    /// The home timeline; positions are ids of statuses.
    Home,
    /// The notifications; positions are their ids.
    Notifications,
}

impl Timeline {
    /// Its name in rows and for clients.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Notifications => "notifications",
        }
    }

    /// The timeline that this word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Home, Self::Notifications]
            .into_iter()
            .find(|timeline| timeline.word() == word)
    }
}

/// The position of an account in a timeline, if one was ever set.
///
/// # Errors
/// Whatever the database says.
pub fn find(conn: &mut Conn, viewer: AccountId, timeline: Timeline) -> QueryResult<Option<Marker>> {
    let all = store::markers::list(conn, viewer)?;
    Ok(all
        .into_iter()
        .find(|marker| marker.timeline == timeline.word()))
}

/// Sets positions, all or none of them; gives them back as they are now.
///
/// # Errors
/// Whatever the database says.
pub async fn set(
    node: &Node,
    viewer: AccountId,
    positions: Vec<(Timeline, i64)>,
) -> Result<Vec<Marker>> {
    node.db
        .write(move |tx| {
            positions
                .into_iter()
                .map(|(timeline, id)| Ok(store::markers::set(tx, viewer, timeline.word(), id)?))
                .collect()
        })
        .await
}
