//! Who looks, when, and how local addresses are made: what every rendering needs beside its rows.

use crate::id::AccountId;
use crate::node::Node;
use crate::store::filters::Shelf;
use crate::store::{self, QueryResult};
use crate::urls::Urls;
use crate::wishes::Wishes;

/// What rendering depends on beside the rows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct View {
    /// Makes the addresses of local things.
    pub urls: Urls,
    /// The account that looks; none for anonymous requests and for tokens without a user.
    pub viewer: Option<AccountId>,
    /// The present instant, in milliseconds.
    pub now: i64,
    /// The filters that were used last, of whoever.
    pub filters: Shelf,
    /// Where links are noted whose previews are to be fetched.
    pub wishes: Wishes,
}

impl View {
    /// What `viewer` sees of this node at this moment.
    #[must_use]
    pub fn of(node: &Node, viewer: Option<AccountId>) -> Self {
        Self {
            urls: node.urls.clone(),
            viewer,
            now: node.clock.now(),
            filters: node.filters.clone(),
            wishes: node.wishes.clone(),
        }
    }
}

/// The only item of a page that was made of one row.
///
/// # Errors
/// [`store::Error::NotFound`] if the page is empty.
pub fn only<T>(page: Vec<T>) -> QueryResult<T> {
    page.into_iter().next().ok_or(store::Error::NotFound)
}
