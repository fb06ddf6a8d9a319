//! Notifications that are shown as one.
//!
//! Source: <https://docs.joinmastodon.org/methods/grouped_notifications/>

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answers::{empty, json, json_page};
use super::auth::Viewer;
use super::entities::notifications::UnreadCount;
use super::error::ApiError;
use super::notifications::{COUNTED, Wanted, add_disguised, clear, known};
use super::page::{ListAddress, Paging, Sizes};
use super::params::Params;
use super::render::notification_groups::{Expansion, Manner};
use super::render::{self, View};
use super::scopes::{ReadNotifications, WriteNotifications};
use crate::node::Node;
use crate::social;
use crate::social::notification_groups;
use crate::social::notification_keys::GROUPABLE;
use crate::social::slices::Slice;
use crate::store::NotificationKind;

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    const ALL: &str = "/api/v2/notifications";
    config
        .route(ALL, web::get().to(get))
        .route(&format!("{ALL}/clear"), web::post().to(clear))
        .route(&format!("{ALL}/unread_count"), web::get().to(unread_count))
        .route(&format!("{ALL}/{{key}}"), web::get().to(get_group))
        .route(&format!("{ALL}/{{key}}/dismiss"), web::post().to(dismiss))
        .route(&format!("{ALL}/{{key}}/accounts"), web::get().to(accounts));
}

/// How groups are asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    grouped_types: Vec<String>,
    expand_accounts: Option<String>,
}

impl Shape {
    /// The kinds that are grouped: all that can be, unless some are named.
    fn grouped(&self) -> Vec<NotificationKind> {
        if self.grouped_types.is_empty() {
            return GROUPABLE.to_vec();
        }
        let mut kinds = known(&self.grouped_types);
        add_disguised(&mut kinds);
        kinds
    }

    fn expansion(&self) -> Result<Expansion, ApiError> {
        match self.expand_accounts.as_deref().unwrap_or_default() {
            "" | "full" => Ok(Expansion::Full),
            "partial_avatars" => Ok(Expansion::PartialAvatars),
            _ => Err(ApiError::bad_request(
                "Parameter \"expand_accounts\" must be full or partial_avatars",
            )),
        }
    }
}

/// What the viewer was told, in groups.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#get-grouped>
async fn get(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    request: HttpRequest,
    params: Params<(Paging, Wanted, Shape)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, wanted, shape) = params.into_inner();
    let page = paging.page(Sizes::ACCOUNTS)?;
    let (filter, grouped) = (wanted.filter(), shape.grouped());
    let manner = Manner {
        expansion: shape.expansion()?,
        naming: wanted.naming(),
    };
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let found = node.db.read(move |conn| {
        let slice = match filter {
            Some(filter) => notification_groups::list(conn, id, &filter, &grouped, &page)?,
            None => Slice::empty(),
        };
        let shown = render::notification_groups::page(conn, &view, manner, &slice.items)?;
        Ok::<_, social::Error>((shown, slice.newest, slice.oldest))
    });
    let (shown, newest, oldest) = found.await?;
    let link = ListAddress::of(&node.urls, &request).both_ways(newest, oldest);
    Ok(json_page(&shown, link))
}

/// One group.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#get-notification-group>
async fn get_group(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    key: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let found = node.db.read(move |conn| {
        let group = notification_groups::find(conn, id, &key)?;
        let groups = std::slice::from_ref(&group);
        let shown = render::notification_groups::page(conn, &view, Manner::default(), groups)?;
        Ok::<_, social::Error>(shown)
    });
    Ok(json(&found.await?))
}

/// Those who caused a group.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#get-group-accounts>
async fn accounts(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    request: HttpRequest,
    key: Path<String>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let (view, id) = (View::of(&node, Some(viewer.id())), viewer.id());
    let found = node.db.read(move |conn| {
        let slice = notification_groups::list_senders(conn, id, &key, &page)?;
        let shown = slice.try_map(|ids| render::accounts::by_ids(conn, &view, &ids))?;
        Ok::<_, social::Error>(shown)
    });
    let slice = found.await?;
    let link = ListAddress::of(&node.urls, &request).both_ways(slice.newest, slice.oldest);
    Ok(json_page(&slice.items, link))
}

/// Removes a group.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#dismiss-group>
async fn dismiss(
    node: Data<Node>,
    viewer: Viewer<WriteNotifications>,
    key: Path<String>,
) -> Result<HttpResponse, ApiError> {
    notification_groups::dismiss(&node, viewer.id(), key.into_inner()).await?;
    Ok(empty())
}

/// How many groups have something after the reading position.
///
/// Source: <https://docs.joinmastodon.org/methods/grouped_notifications/#unread-group-count>
async fn unread_count(
    node: Data<Node>,
    viewer: Viewer<ReadNotifications>,
    params: Params<(Paging, Wanted, Shape)>,
) -> Result<HttpResponse, ApiError> {
    let (paging, wanted, shape) = params.into_inner();
    let limit = paging.page(COUNTED)?.limit;
    let (filter, grouped) = (wanted.filter(), shape.grouped());
    let count = node.db.read(move |conn| match filter {
        Some(filter) => {
            notification_groups::count_unread(conn, viewer.id(), &filter, &grouped, limit)
        }
        None => Ok(0),
    });
    let count = count.await.map_err(ApiError::internal)?;
    Ok(json(&UnreadCount { count }))
}
