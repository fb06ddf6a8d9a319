//! What streams tell of announcements: rendered for everybody, as they stand when they are told.

use std::collections::HashMap;

use crate::api::entities::announcements::{Announcement, Reaction, ReactionNews};
use crate::api::render::{View, announcements};
use crate::id::AnnouncementId;
use crate::social::streams::{Tiding, What};
use crate::store::{self, Conn, QueryResult};

/// The announcements of a batch of news, and how people react to them.
#[derive(Default)]
pub(super) struct Notices {
    pub(super) announcements: HashMap<AnnouncementId, Announcement>,
    reactions: HashMap<AnnouncementId, Vec<Reaction>>,
}

impl Notices {
    /// Those that are told of. Costs nothing where there are none.
    ///
    /// # Errors
    /// Whatever the database says.
    pub(super) fn load(conn: &mut Conn, view: &View, tidings: &[Tiding]) -> QueryResult<Self> {
        let mut announced: Vec<AnnouncementId> = Vec::new();
        let mut reacted: Vec<AnnouncementId> = Vec::new();
        for tiding in tidings {
            match &tiding.what {
                What::Announced(id) => announced.push(*id),
                What::Reacted(id, _) => reacted.push(*id),
                _ => {}
            }
        }
        if announced.is_empty() && reacted.is_empty() {
            return Ok(Self::default());
        }
        let mut rows = store::announcements::list(conn, &announced)?;
        // What was withdrawn meanwhile is told of next.
        rows.retain(|row| row.published_at.is_some());
        let page = announcements::page(conn, view, rows)?;
        Ok(Self {
            announcements: page.into_iter().map(|one| (one.id, one)).collect(),
            reactions: announcements::load_reactions(conn, view, &reacted)?,
        })
    }

    /// How many people react with this emoji: none when it was the last who took it back.
    pub(super) fn reaction(&self, id: AnnouncementId, name: &str) -> ReactionNews {
        let known = self.reactions.get(&id).into_iter().flatten();
        let reaction = known.clone().find(|reaction| reaction.name == name);
        let reaction = reaction.cloned().unwrap_or_else(|| Reaction {
            name: name.to_owned(),
            count: 0,
            me: None,
            url: None,
            static_url: None,
        });
        ReactionNews {
            reaction,
            announcement_id: id,
        }
    }
}
