//! Answers that are pages of accounts, with their `Link` headers: followers, requests, blocks, mutes.
//!
//! Source: <https://docs.joinmastodon.org/api/guidelines/#pagination>

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::answers;
use super::error::ApiError;
use super::page::{ListAddress, Newer};
use super::render::{self, View};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::slices::Slice;
use crate::store::accounts::Account;
use crate::store::{Conn, Page};

/// The page that `load` reads.
///
/// # Errors
/// Whatever `load` says.
pub(super) async fn answer(
    node: &Node,
    request: &HttpRequest,
    viewer: Option<AccountId>,
    page: Page,
    load: impl FnOnce(&mut Conn) -> Result<Slice<Account>, ApiError> + Send + 'static,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, viewer);
    let slice = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let found = load(conn)?;
            Ok(found.try_map(|accounts| render::accounts::page(conn, &view, accounts))?)
        })
        .await?;
    Ok(linked(node, request, &slice, page))
}

/// The answer with a page of accounts. Only a full page has a next one.
pub(super) fn linked<T: Serialize>(
    node: &Node,
    request: &HttpRequest,
    slice: &Slice<T>,
    page: Page,
) -> HttpResponse {
    let is_full = i64::try_from(slice.rows).is_ok_and(|rows| rows >= page.limit);
    let older = slice.oldest.filter(|_| is_full);
    let newer = slice.newest.map(Newer::Since);
    let link = ListAddress::of(&node.urls, request).link(older, newer);
    answers::json_page(&slice.items, link)
}
