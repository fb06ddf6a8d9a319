//! Timelines: ids from the index, rows by id, then only what the viewer may and wants to see.

use std::collections::HashMap;

use super::relationships::list_unwanted;
use super::slices::Slice;
use super::visibility::{keep_visible, list_limited};
use crate::id::{AccountId, StatusId, TagId};
use crate::store::statuses::Status;
use crate::store::timelines::{ProfileFilter, PublicFilter, TagQuery};
use crate::store::{self, Conn, Page, QueryResult, Visibility};
use crate::text::scan::normalise_hashtag;

/// The home timeline of an account.
///
/// # Errors
/// Whatever the database says.
pub fn home(
    conn: &mut Conn,
    viewer: AccountId,
    page: &Page,
    now: i64,
) -> QueryResult<Slice<Status>> {
    let ids = store::home::page(conn, viewer, page)?;
    let found = hydrate(conn, Some(viewer), &ids)?;
    let kept = keep_wanted_boosts(conn, viewer, found, now)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// The public timeline, or the part of it that was made here or elsewhere.
///
/// # Errors
/// Whatever the database says.
pub fn public(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    filter: PublicFilter,
    page: &Page,
    now: i64,
) -> QueryResult<Slice<Status>> {
    let ids = store::timelines::page_public(conn, filter, page)?;
    let found = hydrate(conn, viewer, &ids)?;
    let found = keep_unlimited(conn, viewer, found)?;
    let kept = keep_wanted(conn, viewer, found, now)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// What carries a tag; names are normalised by the caller.
///
/// # Errors
/// Whatever the database says.
pub fn tagged(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    tags: &TagQuery,
    filter: PublicFilter,
    page: &Page,
    now: i64,
) -> QueryResult<Slice<Status>> {
    let ids = store::timelines::page_tagged(conn, tags, filter, page)?;
    let found = hydrate(conn, viewer, &ids)?;
    let found = keep_unlimited(conn, viewer, found)?;
    let kept = keep_wanted(conn, viewer, found, now)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// The names of the tags of a tag timeline, as people write them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagNames {
    /// At least one of these.
    pub any: Vec<String>,
    /// Each of these.
    pub all: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

/// The tags of these names; none where nothing can carry them, as a name that is needed was never used.
///
/// # Errors
/// Whatever the database says.
pub fn find_tags(conn: &mut Conn, names: &TagNames) -> QueryResult<Option<TagQuery>> {
    let mut find = |names: &[String]| -> QueryResult<Vec<TagId>> {
        let mut found = Vec::new();
        for name in names.iter().filter_map(|name| normalise_hashtag(name)) {
            found.extend(store::tags::find(conn, &name)?);
        }
        Ok(found)
    };
    let query = TagQuery {
        any: find(&names.any)?,
        all: find(&names.all)?,
        none: find(&names.none)?,
    };
    let is_possible = !query.any.is_empty() && query.all.len() == names.all.len();
    Ok(is_possible.then_some(query))
}

/// What an account posted and boosted, as far as the viewer may see it.
///
/// # Errors
/// Whatever the database says.
pub fn profile(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    account: AccountId,
    filter: ProfileFilter,
    page: &Page,
) -> QueryResult<Slice<Status>> {
    let mut filter = filter;
    filter.visibilities = shown_to(conn, viewer, account)?;
    let ids = store::timelines::page_profile(conn, account, &filter, page)?;
    let kept = hydrate(conn, viewer, &ids)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// What an account posted for everybody: public statuses, no boosts, no replies to others. Unlisted ones are shown to who
/// comes to the profile, and carried nowhere.
///
/// # Errors
/// Whatever the database says.
pub fn carried(conn: &mut Conn, account: AccountId, page: &Page) -> QueryResult<Slice<Status>> {
    let filter = ProfileFilter {
        visibilities: vec![Visibility::Public],
        exclude_replies: true,
        exclude_boosts: true,
        ..ProfileFilter::default()
    };
    let ids = store::timelines::page_profile(conn, account, &filter, page)?;
    let kept = hydrate(conn, None, &ids)?;
    Ok(Slice::new(kept, &ids, |id| id.0))
}

/// Which visibilities a profile shows to a viewer.
fn shown_to(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    account: AccountId,
) -> QueryResult<Vec<Visibility>> {
    let Some(viewer) = viewer else {
        return Ok(vec![Visibility::Public, Visibility::Unlisted]);
    };
    if viewer == account {
        return Ok(Visibility::ALL.to_vec());
    }
    let follow = store::follows::find(conn, viewer, account)?;
    Ok(match follow {
        Some(follow) if follow.is_accepted => vec![
            Visibility::Public,
            Visibility::Unlisted,
            Visibility::Private,
        ],
        _ => vec![Visibility::Public, Visibility::Unlisted],
    })
}

/// The rows of these ids that the viewer may see, in the order of the ids.
///
/// # Errors
/// Whatever the database says.
pub fn hydrate(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    ids: &[StatusId],
) -> QueryResult<Vec<Status>> {
    let mut rows: HashMap<StatusId, Status> = store::statuses::list(conn, ids)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    let ordered = ids.iter().filter_map(|id| rows.remove(id)).collect();
    keep_visible(conn, viewer, ordered)
}

/// Leaves out whom the staff has limited, but for those whom the viewer follows and the viewer.
pub(super) fn keep_unlimited(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    found: Vec<Status>,
) -> QueryResult<Vec<Status>> {
    let authors: Vec<AccountId> = found.iter().map(|status| status.account_id).collect();
    let hidden = list_limited(conn, viewer, &authors)?;
    Ok(found
        .into_iter()
        .filter(|status| !hidden.contains(&status.account_id))
        .collect())
}

/// Leaves out what is by somebody whom the viewer blocks or mutes, or whose domain the viewer blocks.
pub(super) fn keep_wanted(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    found: Vec<Status>,
    now: i64,
) -> QueryResult<Vec<Status>> {
    let Some(viewer) = viewer else {
        return Ok(found);
    };
    let authors: Vec<AccountId> = found.iter().map(|status| status.account_id).collect();
    let unwanted = list_unwanted(conn, viewer, &authors, now)?;
    Ok(found
        .into_iter()
        .filter(|status| !unwanted.contains(&status.account_id))
        .collect())
}

/// The same, and leaves out boosts of what such people posted.
pub(super) fn keep_wanted_boosts(
    conn: &mut Conn,
    viewer: AccountId,
    found: Vec<Status>,
    now: i64,
) -> QueryResult<Vec<Status>> {
    let boosted: Vec<StatusId> = found.iter().filter_map(|one| one.boost_of_id).collect();
    let originals: HashMap<StatusId, AccountId> = store::statuses::list(conn, &boosted)?
        .into_iter()
        .map(|original| (original.id, original.account_id))
        .collect();
    let original_author = |status: &Status| originals.get(&status.boost_of_id?).copied();
    let authors: Vec<AccountId> = found
        .iter()
        .flat_map(|status| [Some(status.account_id), original_author(status)])
        .flatten()
        .collect();
    let unwanted = list_unwanted(conn, viewer, &authors, now)?;
    Ok(found
        .into_iter()
        .filter(|status| {
            let author = original_author(status);
            !unwanted.contains(&status.account_id)
                && author.is_none_or(|author| !unwanted.contains(&author))
        })
        .collect())
}
