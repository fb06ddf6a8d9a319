//! The collections of this node that statuses link to.

use std::collections::HashMap;

use super::{View, collections};
use crate::api::entities::collections::Collection;
use crate::id::{CollectionId, StatusId};
use crate::social;
use crate::store::statuses::Status;
use crate::store::{Conn, QueryResult};
use crate::text::links::list_links;

/// Collections of one status that are shown.
const MOST: usize = 4;

/// The collections that the statuses of a page link to.
#[derive(Debug, Default)]
pub(super) struct TaggedCollections {
    links: HashMap<StatusId, Vec<CollectionId>>,
    known: HashMap<CollectionId, Collection>,
}

impl TaggedCollections {
    /// Looks them up. No query where nothing links to a collection, some four otherwise.
    pub(super) fn load<'s>(
        conn: &mut Conn,
        view: &View,
        statuses: impl Iterator<Item = &'s Status>,
    ) -> QueryResult<Self> {
        let mut links = HashMap::new();
        for status in statuses {
            // Few texts hold this; only those are read as markup.
            if status.content.contains("/collections/") {
                let found = list_links(&status.content);
                let mut ids: Vec<CollectionId> = Vec::new();
                for id in found
                    .iter()
                    .filter_map(|link| view.urls.find_collection(link))
                {
                    if ids.len() < MOST && !ids.contains(&id) {
                        ids.push(id);
                    }
                }
                links.insert(status.id, ids);
            }
        }
        let mut ids: Vec<CollectionId> = links.values().flatten().copied().collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        ids.sort_unstable();
        ids.dedup();
        let shown = social::collections::list(conn, view.viewer, &ids)?;
        let known = collections::page(conn, view, shown)?.into_iter();
        let known = known
            .map(|collection| (collection.id, collection))
            .collect();
        Ok(Self { links, known })
    }

    /// Those that a status links to, in the order of its text.
    pub(super) fn of(&self, status: StatusId) -> Vec<Collection> {
        let ids = self.links.get(&status).into_iter().flatten();
        ids.filter_map(|id| self.known.get(id).cloned()).collect()
    }
}
