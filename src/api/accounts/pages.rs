//! What belongs to an account, page by page: its statuses, its followers, whom it follows.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::auth::MaybeViewer;
use crate::api::entities::Status;
use crate::api::error::ApiError;
use crate::api::page::{Paging, Sizes};
use crate::api::params::Params;
use crate::api::path::PathId;
use crate::api::render::View;
use crate::api::scopes::{ReadAccounts, ReadStatuses};
use crate::api::{rosters, slices};
use crate::id::AccountId;
use crate::node::Node;
use crate::social;
use crate::social::slices::Slice;
use crate::store::Page;
use crate::store::timelines::ProfileFilter;
use crate::store::{self, Conn};
use crate::text::scan::normalise_hashtag;

/// Which statuses of an account are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameters of the documented method"
)]
pub(super) struct Wanted {
    only_media: bool,
    exclude_replies: bool,
    exclude_reblogs: bool,
    pinned: bool,
    tagged: Option<String>,
}

/// The statuses of an account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#statuses>
pub(super) async fn statuses(
    node: Data<Node>,
    request: HttpRequest,
    viewer: MaybeViewer<ReadStatuses>,
    PathId(id): PathId<AccountId>,
    params: Params<(Paging, Wanted)>,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(&node, viewer.id());
    let (paging, wanted) = params.into_inner();
    let page = paging.page(Sizes::STATUSES)?;
    let found = node
        .db
        .read(move |conn| load_statuses(conn, &view, id, &wanted, &page))
        .await?;
    slices::answer(&node, &request, Ok(found))
}

fn load_statuses(
    conn: &mut Conn,
    view: &View,
    id: AccountId,
    wanted: &Wanted,
    page: &Page,
) -> Result<Slice<Status>, ApiError> {
    social::accounts::find_shown(conn, id)?;
    if wanted.pinned {
        let pinned = social::pins::list(conn, view.viewer, id, page)?;
        return Ok(slices::render(conn, view, pinned)?);
    }
    let Some(filter) = wanted.filter(conn)? else {
        return Ok(Slice::empty());
    };
    let found = social::timelines::profile(conn, view.viewer, id, filter, page)?;
    Ok(slices::render(conn, view, found)?)
}

impl Wanted {
    /// The store's filter; none where nothing can be found, as a tag may be unknown.
    fn filter(&self, conn: &mut Conn) -> store::QueryResult<Option<ProfileFilter>> {
        let tag = match self.tagged.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(tagged) => {
                let name = normalise_hashtag(tagged).unwrap_or_default();
                match store::tags::find(conn, &name)? {
                    Some(tag) => Some(tag),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(ProfileFilter {
            visibilities: Vec::new(),
            only_media: self.only_media,
            exclude_replies: self.exclude_replies,
            exclude_boosts: self.exclude_reblogs,
            tag,
        }))
    }
}

/// Who follows an account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#followers>
pub(super) async fn followers(
    node: Data<Node>,
    request: HttpRequest,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<AccountId>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let viewer = viewer.id();
    rosters::answer(&node, &request, viewer, page, move |conn| {
        Ok(social::rosters::followers(conn, viewer, id, &page)?)
    })
    .await
}

/// Whom an account follows.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#following>
pub(super) async fn following(
    node: Data<Node>,
    request: HttpRequest,
    viewer: MaybeViewer<ReadAccounts>,
    PathId(id): PathId<AccountId>,
    params: Params<Paging>,
) -> Result<HttpResponse, ApiError> {
    let page = params.page(Sizes::ACCOUNTS)?;
    let viewer = viewer.id();
    rosters::answer(&node, &request, viewer, page, move |conn| {
        Ok(social::rosters::following(conn, viewer, id, &page)?)
    })
    .await
}
