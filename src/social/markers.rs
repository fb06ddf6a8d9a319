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

/// The positions of an account in these timelines, as far as they were ever set. The position in the
/// notifications is always one: at least one client cannot do without it.
///
/// # Errors
/// Whatever the database says.
pub fn list(
    conn: &mut Conn,
    viewer: AccountId,
    timelines: &[Timeline],
) -> QueryResult<Vec<Marker>> {
    let mut set = store::markers::list(conn, viewer)?;
    set.retain(|marker| {
        timelines
            .iter()
            .any(|asked| asked.word() == marker.timeline)
    });
    let word = Timeline::Notifications.word();
    let lacks_told = !set.iter().any(|marker| marker.timeline == word);
    if timelines.contains(&Timeline::Notifications) && lacks_told {
        set.push(Marker {
            account_id: viewer,
            timeline: word.to_owned(),
            last_read_id: 0,
            version: 0,
            updated_at: 0,
        });
    }
    Ok(set)
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
