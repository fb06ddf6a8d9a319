//! Public, tag and profile timelines: pages of ids, cut by index.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::columns::Visibility;
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{attachments, status_tags, statuses};
use crate::id::{AccountId, StatusId, TagId};

/// Which statuses a public or tag timeline holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublicFilter {
    /// Only those made here (`Some(true)`) or elsewhere (`Some(false)`).
    pub is_local: Option<bool>,
    /// Only those with attachments.
    pub only_media: bool,
}

/// Which statuses of one account are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileFilter {
    /// Only these visibilities.
    pub visibilities: Vec<Visibility>,
    /// Only those with attachments.
    pub only_media: bool,
    /// Without replies to other accounts.
    pub exclude_replies: bool,
    /// Without boosts.
    pub exclude_boosts: bool,
    /// Only those with this tag.
    pub tag: Option<TagId>,
}

/// A page of the public timeline: public, no boosts, no replies to others.
pub fn page_public(
    conn: &mut Conn,
    filter: PublicFilter,
    page: &Page,
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let mut query = statuses::table
            .filter(statuses::visibility.eq(Visibility::Public))
            .filter(statuses::boost_of_id.is_null())
            .filter(
                statuses::in_reply_to_uri
                    .is_null()
                    .or(statuses::in_reply_to_account_id.eq(statuses::account_id.nullable())),
            )
            .select(statuses::id)
            .into_boxed();
        if let Some(is_local) = filter.is_local {
            query = query.filter(statuses::is_local.eq(is_local));
        }
        if filter.only_media {
            query = query.filter(exists(
                attachments::table.filter(attachments::status_id.eq(statuses::id.nullable())),
            ));
        }
        cut!(c, query, statuses::id, page, StatusId)
    })
}

/// A page of what is tagged with any of `any`, all of `all` and none of `none`.
pub fn page_tagged(
    conn: &mut Conn,
    tags: &TagQuery,
    filter: PublicFilter,
    page: &Page,
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let mut query = statuses::table
            .filter(exists(
                status_tags::table
                    .filter(status_tags::status_id.eq(statuses::id))
                    .filter(status_tags::tag_id.eq_any(&tags.any)),
            ))
            .filter(statuses::visibility.eq(Visibility::Public))
            .filter(statuses::boost_of_id.is_null())
            .select(statuses::id)
            .into_boxed();
        for tag in &tags.all {
            query = query.filter(exists(
                status_tags::table
                    .filter(status_tags::status_id.eq(statuses::id))
                    .filter(status_tags::tag_id.eq(*tag)),
            ));
        }
        if !tags.none.is_empty() {
            query = query.filter(not(exists(
                status_tags::table
                    .filter(status_tags::status_id.eq(statuses::id))
                    .filter(status_tags::tag_id.eq_any(tags.none.clone())),
            )));
        }
        if let Some(is_local) = filter.is_local {
            query = query.filter(statuses::is_local.eq(is_local));
        }
        if filter.only_media {
            query = query.filter(exists(
                attachments::table.filter(attachments::status_id.eq(statuses::id.nullable())),
            ));
        }
        cut!(c, query, statuses::id, page, StatusId)
    })
}

/// The tags of a tag timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagQuery {
    /// At least one of these.
    pub any: Vec<TagId>,
    /// Each of these.
    pub all: Vec<TagId>,
    /// None of these.
    pub none: Vec<TagId>,
}

/// A page of one account's statuses and boosts.
pub fn page_profile(
    conn: &mut Conn,
    account: AccountId,
    filter: &ProfileFilter,
    page: &Page,
) -> QueryResult<Vec<StatusId>> {
    on!(conn, |c| {
        let mut query = statuses::table
            .filter(statuses::account_id.eq(account))
            .filter(statuses::visibility.eq_any(&filter.visibilities))
            .select(statuses::id)
            .into_boxed();
        if filter.exclude_boosts {
            query = query.filter(statuses::boost_of_id.is_null());
        }
        if filter.exclude_replies {
            query = query.filter(
                statuses::in_reply_to_uri
                    .is_null()
                    .or(statuses::in_reply_to_account_id.eq(statuses::account_id.nullable())),
            );
        }
        if filter.only_media {
            query = query.filter(exists(
                attachments::table.filter(attachments::status_id.eq(statuses::id.nullable())),
            ));
        }
        if let Some(tag) = filter.tag {
            query = query.filter(exists(
                status_tags::table
                    .filter(status_tags::status_id.eq(statuses::id))
                    .filter(status_tags::tag_id.eq(tag)),
            ));
        }
        cut!(c, query, statuses::id, page, StatusId)
    })
}
