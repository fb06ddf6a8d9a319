//! Notifications, one by one.
//!
//! Source: <https://docs.joinmastodon.org/methods/notifications/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{empty, json};
use super::auth::Viewer;
use super::entities::notifications::UnreadCount;
use super::error::ApiError;
use super::page::{Paging, Sizes};
use super::params::{Params, blank_as_none};
use super::path::PathId;
use super::render::notifications::Naming;
use super::render::{self, View};
use super::scopes::{ReadNotifications, WriteNotifications};
use super::slices;
use crate::id::{AccountId, NotificationId};
use crate::node::Node;
use crate::social::slices::Slice;
use crate::social::{self, notifications};
use crate::store::NotificationKind;
use crate::store::notifications::Filter;

/// How far unread notifications are counted when nobody says, and at most.
pub(super) const COUNTED: Sizes = Sizes::of(100, 1_000);

/// The routes of notifications.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v1/notifications";
    config
        .route(ALL, web::get().to(get))
        .route(&format!("{ALL}/clear"), web::post().to(clear))
        .route(&format!("{ALL}/unread_count"), web::get().to(unread_count))
        .route(&format!("{ALL}/dismiss"), web::post().to(dismiss_given))
        .route(&format!("{ALL}/{{id}}"), web::get().to(get_one))
        .route(&format!("{ALL}/{{id}}/dismiss"), web::post().to(dismiss));
}

/// Which notifications are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    types: Vec<String>,
    exclude_types: Vec<String>,
    #[serde(deserialize_with = "blank_as_none")]
    account_id: Option<AccountId>,
    include_filtered: bool,
}

impl Wanted {
    /// The rule's words for it; none if only kinds are asked for that are never made here.
    pub(super) fn filter(&self) -> Option<Filter> {
        let named = known(&self.types);
        let (mut kinds, mut excluded) = (named.clone(), known(&self.exclude_types));
        if !named.into_iter().any(is_uncommon) {
            add_disguised(&mut kinds);
            add_disguised(&mut excluded);
        }
        (self.types.is_empty() || !kinds.is_empty()).then_some(Filter {
            kinds,
            excluded,
            from: self.account_id,
            with_filtered: self.include_filtered,
        })
    }

    /// Under which names they are shown.
    pub(super) fn naming(&self) -> Naming {
        if known(&self.types).into_iter().any(is_uncommon) {
            Naming::Own
        } else {
            Naming::Common
        }
    }
}

pub(super) fn known(words: &[String]) -> Vec<NotificationKind> {
    let kinds = words.iter();
    kinds
        .filter_map(|word| NotificationKind::from_word(word))
        .collect()
}

/// Whether few clients know a kind.
fn is_uncommon(kind: NotificationKind) -> bool {
    kind.common() != kind
}

/// Whoever names a kind means what is shown as it, too.
pub(super) fn add_disguised(kinds: &mut Vec<NotificationKind>) {
    let all = NotificationKind::ALL.iter().copied();
    let is_meant = |kind: &NotificationKind| {
        is_uncommon(*kind) && kinds.contains(&kind.common()) && !kinds.contains(kind)
    };
    let disguised: Vec<_> = all.filter(is_meant).collect();
    kinds.extend(disguised);
}

/// What the viewer was told.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    request: HttpRequest,
    params: Params<(Paging, Wanted)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, wanted) = params.into_inner();
    let page = paging.page(Sizes::ACCOUNTS)?;
    let (filter, naming) = (wanted.filter(), wanted.naming());
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let slice = match filter {
            Some(filter) => notifications::list(conn, viewer.id(), &filter, &page)?,
            None => Slice::empty(),
        };
        slice.try_map(|rows| render::notifications::page(conn, &view, naming, &rows))
    });
    slices::answer(&node, &request, found.await)
}

/// One notification.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    PathId(id): PathId<NotificationId>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, Some(viewer.id()));
    let found = node.db.read(move |conn| {
        let row = notifications::find(conn, viewer.id(), id)?;
        Ok::<_, social::Error>(render::notifications::single(conn, &view, row)?)
    });
    Ok(json(&found.await?))
}

/// Removes all notifications that are shown.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#clear>
pub(super) async fn clear(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
) -> Result<HttpResponse, ApiError> {
    notifications::clear(&node, viewer.id()).await?;
    Ok(empty())
}

/// Removes one notification.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#dismiss>
async fn dismiss(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    PathId(id): PathId<NotificationId>,
) -> Result<HttpResponse, ApiError> {
    notifications::dismiss(&node, viewer.id(), id).await?;
    Ok(empty())
}

/// Which notification is meant.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Given {
    id: Vec<String>,
}

/// Removes the notification that a parameter names, as older clients ask.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#dismiss-deprecated>
async fn dismiss_given(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    params: Params<Given>,
) -> Result<HttpResponse, ApiError> {
    let id = params.id.last().map_or("", String::as_str);
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    notifications::dismiss(&node, viewer.id(), id).await?;
    Ok(empty())
}

/// How many notifications came after the reading position.
///
/// Source: <https://docs.joinmastodon.org/methods/notifications/#unread-count>
async fn unread_count(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let limit = params.page(COUNTED)?.limit;
    let count = node
        .db
        .read(move |conn| notifications::count_unread(conn, viewer.id(), limit));
    let count = count.await.map_err(ApiError::internal)?;
    Ok(json(&UnreadCount { count }))
}
