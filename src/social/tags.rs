//! Hashtags that people follow and feature, and how much hashtags are used.

use std::collections::HashSet;

use super::slices::Slice;
use super::{Error, Result};
use crate::clock::DAY;
use crate::id::{AccountId, StatusId, TagId};
use crate::node::Node;
use crate::store::featured_tags::FeaturedTag;
use crate::store::tag_follows::TagFollow;
use crate::store::timelines::ProfileFilter;
use crate::store::{self, Conn, Page, QueryResult, Tx, Visibility};
use crate::text::scan::normalise_hashtag;

/// Most hashtags on one profile.
pub const MOST_FEATURED: usize = 10;
/// How many of somebody's statuses are looked through for hashtags to suggest.
const LOOKED_THROUGH: i64 = 200;
/// Most hashtags that are suggested.
const MOST_SUGGESTED: usize = 10;
/// Over how many days the use of hashtags is told, today included.
pub const DAYS: i64 = 7;

/// A tag with its name; the id 0 stands for one that nobody used yet.
pub type Named = (TagId, String);

/// The tag of this name, whether anybody used it or not.
///
/// # Errors
/// [`Error::NotFound`] for what cannot be a hashtag.
pub fn find(conn: &mut Conn, name: &str) -> Result<Named> {
    let name = normalise_hashtag(name).ok_or(Error::NotFound)?;
    let id = store::tags::find(conn, &name)?.unwrap_or(TagId(0));
    Ok((id, name))
}

/// The day of an instant in milliseconds, counted since 1970.
#[must_use]
pub fn day_of(instant: i64) -> i64 {
    instant.div_euclid(DAY)
}

/// Follows a hashtag: what carries it and is for everybody comes to the home timeline.
///
/// # Errors
/// [`Error::NotFound`] for what cannot be a hashtag.
pub async fn follow(node: &Node, viewer: AccountId, name: String) -> Result<()> {
    node.db
        .write(move |tx| {
            let name = normalise_hashtag(&name).ok_or(Error::NotFound)?;
            let follow = TagFollow {
                id: tx.new_id(),
                account_id: viewer,
                tag_id: store::tags::ensure(tx, &name)?,
            };
            Ok(store::tag_follows::insert(tx, &follow)?)
        })
        .await
}

/// Follows a hashtag no longer; what only it brought leaves the home timeline.
///
/// # Errors
/// [`Error::NotFound`] for what cannot be a hashtag.
pub async fn unfollow(node: &Node, viewer: AccountId, name: String) -> Result<()> {
    node.db
        .write(move |tx| {
            let (tag, _) = find(tx, &name)?;
            if store::tag_follows::delete(tx, viewer, tag)? {
                store::home::remove_tagged(tx, viewer, tag)?;
            }
            Ok(())
        })
        .await
}

/// A page of the hashtags that the viewer follows, the last one followed first.
///
/// # Errors
/// Whatever the database says.
pub fn followed(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<Named>> {
    let rows = store::tag_follows::page(conn, viewer, page)?;
    let ids: Vec<TagId> = rows.iter().map(|row| row.tag_id).collect();
    let mut named = store::tags::list_names(conn, &ids)?;
    named.sort_by_key(|(id, _)| ids.iter().position(|other| other == id));
    Ok(Slice::new(named, &rows, |row| row.id))
}

/// Shows a hashtag on the viewer's profile. Nothing happens if it is there already.
///
/// # Errors
/// [`Error::Invalid`] for what cannot be a hashtag, and where there is no more room.
pub async fn feature(node: &Node, viewer: AccountId, name: String) -> Result<FeaturedTag> {
    node.db
        .write(move |tx| {
            let sentence = "Validation failed: Name is not a hashtag";
            let key = normalise_hashtag(&name).ok_or_else(|| Error::invalid(sentence))?;
            let tag = store::tags::ensure(tx, &key)?;
            let featured = store::featured_tags::list(tx, viewer)?;
            if let Some(known) = featured.iter().find(|known| known.tag_id == tag) {
                return Ok(known.clone());
            }
            if featured.len() >= MOST_FEATURED {
                let sentence = format!(
                    "Validation failed: A profile can show {MOST_FEATURED} hashtags at most"
                );
                return Err(Error::Invalid(sentence));
            }
            let new = FeaturedTag {
                id: tx.new_id(),
                account_id: viewer,
                tag_id: tag,
                name: name.trim().trim_start_matches(['#', '＃']).to_owned(),
            };
            store::featured_tags::insert(tx, &new)?;
            Ok(new)
        })
        .await
}

/// The name under which a hashtag of a profile is known.
#[must_use]
pub fn known_name(featured: &FeaturedTag) -> String {
    normalise_hashtag(&featured.name).unwrap_or_else(|| featured.name.clone())
}

/// Takes a hashtag off the viewer's profile. Nothing happens if it is not there.
///
/// # Errors
/// [`Error::NotFound`] for what cannot be a hashtag.
pub async fn unfeature(node: &Node, viewer: AccountId, name: String) -> Result<()> {
    node.db
        .write(move |tx| {
            let (tag, _) = find(tx, &name)?;
            let featured = store::featured_tags::list(tx, viewer)?;
            match featured.iter().find(|known| known.tag_id == tag) {
                Some(known) => Ok(store::featured_tags::delete(tx, known.id)?),
                None => Ok(()),
            }
        })
        .await
}

/// Takes a hashtag off the viewer's profile by its id there.
///
/// # Errors
/// [`Error::NotFound`] if the viewer's profile has none of this id.
pub async fn remove_featured(node: &Node, viewer: AccountId, id: i64) -> Result<()> {
    node.db
        .write(move |tx: &mut Tx| {
            let featured = store::featured_tags::list(tx, viewer)?;
            if !featured.iter().any(|known| known.id == id) {
                return Err(Error::NotFound);
            }
            Ok(store::featured_tags::delete(tx, id)?)
        })
        .await
}

/// The hashtags on a profile.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account.
pub fn featured(conn: &mut Conn, account: AccountId) -> Result<Vec<FeaturedTag>> {
    let account = super::accounts::find_shown(conn, account)?;
    if account.suspended_at.is_some() {
        return Ok(Vec::new());
    }
    Ok(store::featured_tags::list(conn, account.id)?)
}

/// Hashtags that the viewer used most in what they posted lately, without those that their profile shows.
///
/// # Errors
/// Whatever the database says.
pub fn suggest(conn: &mut Conn, viewer: AccountId) -> QueryResult<Vec<Named>> {
    let filter = ProfileFilter {
        visibilities: vec![Visibility::Public, Visibility::Unlisted],
        exclude_boosts: true,
        ..ProfileFilter::default()
    };
    let page = Page::newest(LOOKED_THROUGH);
    let ids: Vec<StatusId> = store::timelines::page_profile(conn, viewer, &filter, &page)?;
    let featured: HashSet<TagId> = store::featured_tags::list(conn, viewer)?
        .into_iter()
        .map(|known| known.tag_id)
        .collect();
    let mut counts: Vec<(Named, usize)> = Vec::new();
    for used in store::tags::list_named(conn, &ids)? {
        match counts.iter_mut().find(|(known, _)| *known == used) {
            Some((_, count)) => *count += 1,
            None => counts.push((used, 1)),
        }
    }
    counts.retain(|((id, _), _)| !featured.contains(id));
    counts.sort_by(|(a, times), (b, others)| others.cmp(times).then_with(|| a.1.cmp(&b.1)));
    let named = counts.into_iter().map(|(named, _)| named);
    Ok(named.take(MOST_SUGGESTED).collect())
}
