//! Hashtags with their use of late, and what the viewer has to do with them.
//!
//! Source: <https://docs.joinmastodon.org/entities/Tag/>

use std::collections::{HashMap, HashSet};

use super::View;
use crate::api::entities::{Date, FeaturedTag, Tag, TagUse};
use crate::clock::{DAY, SECOND};
use crate::id::{AccountId, TagId, made_at};
use crate::social::tags::{DAYS, Named, day_of, known_name};
use crate::store::{self, Conn, QueryResult, featured_tags};

/// These tags, in their order. Costs three queries.
///
/// # Errors
/// Whatever the database says.
pub fn page(conn: &mut Conn, view: &View, tags: Vec<Named>) -> QueryResult<Vec<Tag>> {
    let ids: Vec<TagId> = tags.iter().map(|(id, _)| *id).collect();
    let today = day_of(view.now);
    let mut uses: HashMap<(TagId, i64), (i64, i64)> = HashMap::new();
    for found in store::tag_uses::list(conn, &ids, today - DAYS + 1)? {
        let counts = (found.uses.unwrap_or(0), found.accounts);
        uses.insert((found.tag_id, found.day), counts);
    }
    let (mut followed, mut featured) = (HashSet::new(), HashSet::new());
    if let Some(viewer) = view.viewer {
        followed.extend(store::tag_follows::list_among(conn, viewer, &ids)?);
        let own = featured_tags::list(conn, viewer)?;
        featured.extend(own.into_iter().map(|own| own.tag_id));
    }
    let history = |id: TagId| {
        let days = (0..DAYS).map(|back| today - back);
        days.map(|day| {
            let (uses, accounts) = uses.get(&(id, day)).copied().unwrap_or_default();
            TagUse {
                day: day * (DAY / SECOND),
                uses,
                accounts,
            }
        })
        .collect()
    };
    Ok(tags
        .into_iter()
        .map(|(id, name)| Tag {
            id,
            url: view.urls.tag(&name),
            name,
            history: history(id),
            following: view.viewer.map(|_| followed.contains(&id)),
            featuring: view.viewer.map(|_| featured.contains(&id)),
        })
        .collect())
}

/// The hashtags on the profile of `account`, in their order. Costs one query.
///
/// # Errors
/// Whatever the database says.
pub fn featured(
    conn: &mut Conn,
    view: &View,
    account: AccountId,
    tags: Vec<featured_tags::FeaturedTag>,
) -> QueryResult<Vec<FeaturedTag>> {
    let ids: Vec<TagId> = tags.iter().map(|featured| featured.tag_id).collect();
    let uses: HashMap<TagId, (i64, Option<i64>)> = featured_tags::list_uses(conn, account, &ids)?
        .into_iter()
        .map(|(tag, count, newest)| (tag, (count, newest)))
        .collect();
    Ok(tags
        .into_iter()
        .map(|featured| {
            let (count, newest) = uses.get(&featured.tag_id).copied().unwrap_or_default();
            FeaturedTag {
                id: featured.id.to_string(),
                url: view.urls.tag(&known_name(&featured)),
                name: featured.name,
                statuses_count: count,
                last_status_at: newest.map(|id| Date(made_at(id))),
            }
        })
        .collect())
}
