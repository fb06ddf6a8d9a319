//! Paging: which slice of a list is asked for, and the `Link` header that leads to its neighbours.
//!
//! Source: <https://docs.joinmastodon.org/api/guidelines/#pagination>

use actix_web::HttpRequest;
use serde::Deserialize;
use url::form_urlencoded;

use super::error::ApiError;
use super::params::{self, blank_as_none};
use crate::store::Page;
use crate::urls::Urls;

/// The paging parameters of a request; every list takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Paging {
    /// How many items are wanted.
    #[serde(default, deserialize_with = "blank_as_none")]
    pub limit: Option<i64>,
    /// Only what is older than this id.
    #[serde(default, deserialize_with = "blank_as_none")]
    pub max_id: Option<String>,
    /// Only what is newer than this id, the newest first.
    #[serde(default, deserialize_with = "blank_as_none")]
    pub since_id: Option<String>,
    /// Only what is directly newer than this id.
    #[serde(default, deserialize_with = "blank_as_none")]
    pub min_id: Option<String>,
}

/// How many items a list gives when nobody says, and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Without a `limit`.
    pub default: i64,
    /// With any `limit`.
    pub max: i64,
}

impl Sizes {
    /// Lists of statuses, conversations.
    pub const STATUSES: Self = Self::of(20, 40);
    /// Lists of accounts and notifications.
    pub const ACCOUNTS: Self = Self::of(40, 80);
    /// Followed hashtags, blocked domains, lists for the staff.
    pub const HUNDREDS: Self = Self::of(100, 200);

    /// `default` items without a `limit`, at most `max` with one.
    #[must_use]
    pub const fn of(default: i64, max: i64) -> Self {
        Self { default, max }
    }
}

impl Paging {
    /// The slice that is asked for; the limit's sign is ignored, and it is capped silently.
    ///
    /// # Errors
    /// 400 when an id is no decimal number.
    pub fn page(&self, sizes: Sizes) -> Result<Page, ApiError> {
        let wanted = self.limit.unwrap_or(sizes.default);
        Ok(Page {
            limit: wanted.saturating_abs().min(sizes.max),
            max_id: cursor("max_id", self.max_id.as_deref())?,
            since_id: cursor("since_id", self.since_id.as_deref())?,
            min_id: cursor("min_id", self.min_id.as_deref())?,
        })
    }
}

fn cursor(name: &str, text: Option<&str>) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(id) if digits => Ok(Some(id)),
        _ => Err(ApiError::bad_request(format!(
            "Parameter \"{name}\" must be an id"
        ))),
    }
}

/// What leads back to newer items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newer {
    /// `min_id`: statuses, favourites, bookmarks, notifications, conversations.
    Min(i64),
    /// `since_id`: lists of accounts, blocks, mutes, followed hashtags.
    Since(i64),
}

/// The address of a list, from which the addresses of its neighbouring pages are made.
#[derive(Clone, Copy, Debug)]
pub struct ListAddress<'a> {
    /// The node's origin, such as `https://alpha.example`.
    pub origin: &'a str,
    /// The path as requested, still percent-encoded.
    pub path: &'a str,
    /// The query as requested, without `?`; may be empty.
    pub query: &'a str,
}

/// Parameters that are no part of a neighbour's address: the cursors, and tokens, which are secrets.
const LEFT_OUT: [&str; 7] = [
    "after",
    "max_id",
    "since_id",
    "min_id",
    "offset",
    "access_token",
    "bearer_token",
];

impl<'a> ListAddress<'a> {
    /// The list that this request asks for.
    #[must_use]
    pub fn of(urls: &'a Urls, request: &'a HttpRequest) -> Self {
        Self {
            origin: urls.origin(),
            path: request.path(),
            query: request.query_string(),
        }
    }
}

impl ListAddress<'_> {
    /// The `Link` header of a page of statuses or notifications, which leads both ways unless it is empty.
    ///
    /// `newest` and `oldest` are the cursors of the first and the last item.
    #[must_use]
    pub fn both_ways(&self, newest: Option<i64>, oldest: Option<i64>) -> Option<String> {
        self.link(oldest, newest.map(Newer::Min))
    }

    /// The `Link` header: first `next` (older than `older`), then `prev`; nothing when both are absent.
    ///
    /// One client finds `next` by its place, another splits the header at commas: no address contains one.
    #[must_use]
    pub fn link(&self, older: Option<i64>, newer: Option<Newer>) -> Option<String> {
        let next = older.map(|id| self.neighbour("next", "max_id", id));
        let prev = newer.map(|newer| match newer {
            Newer::Min(id) => self.neighbour("prev", "min_id", id),
            Newer::Since(id) => self.neighbour("prev", "since_id", id),
        });
        let links: Vec<String> = next.into_iter().chain(prev).collect();
        (!links.is_empty()).then(|| links.join(", "))
    }

    /// The `Link` header of a list by names, which goes on after the name `after`.
    #[must_use]
    pub fn next_after(&self, after: &str) -> String {
        self.address("next", "after", after)
    }

    /// The `Link` header of a list that is cut by numbers: `count` items behind the first `offset`, of at most `limit`.
    #[must_use]
    pub fn offsets(&self, offset: i64, limit: i64, count: i64) -> Option<String> {
        let is_full = limit > 0 && count >= limit;
        let next = is_full.then(|| self.neighbour("next", "offset", offset + limit));
        let prev = (offset > 0).then(|| self.neighbour("prev", "offset", (offset - limit).max(0)));
        let links: Vec<String> = next.into_iter().chain(prev).collect();
        (!links.is_empty()).then(|| links.join(", "))
    }

    fn neighbour(&self, rel: &str, cursor: &str, id: i64) -> String {
        self.address(rel, cursor, &id.to_string())
    }

    fn address(&self, rel: &str, cursor: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        // What was not understood when it was read is not repeated either.
        for (name, value) in params::read_pairs(self.query).unwrap_or_default() {
            if !LEFT_OUT.contains(&name.as_str()) {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair(cursor, value);
        let (origin, path, query) = (self.origin, encode_path(self.path), query.finish());
        format!("<{origin}{path}?{query}>; rel=\"{rel}\"")
    }
}

/// Encodes what would end an address within a header: commas, angle brackets, quotes, other than ASCII.
fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b",<>\"".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(form_urlencoded::byte_serialize(&[byte]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(query: &str) -> Result<Paging, ApiError> {
        params::from_query(query)
    }

    #[test]
    fn reads_the_slice() {
        let none = Page {
            limit: 20,
            max_id: None,
            since_id: None,
            min_id: None,
        };
        for (query, expected) in [
            ("", none),
            ("limit=5", Page { limit: 5, ..none }),
            ("limit=-5", Page { limit: 5, ..none }),
            ("limit=0", Page { limit: 0, ..none }),
            ("limit=999999999999", Page { limit: 40, ..none }),
            ("limit=-9223372036854775808", Page { limit: 40, ..none }),
            ("limit=&max_id=", none),
            (
                "max_id=7&min_id=0&since_id=3",
                Page {
                    max_id: Some(7),
                    min_id: Some(0),
                    since_id: Some(3),
                    ..none
                },
            ),
        ] {
            let page = paging(query).unwrap().page(Sizes::STATUSES);
            assert_eq!(page, Ok(expected), "{query}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for (query, name) in [
            ("limit=many", "limit"),
            ("limit=9223372036854775808", "limit"),
            ("limit[]=1&limit[]=2", "limit"),
            ("max_id=01H8XGJWBWBAQ4", "max_id"),
            ("min_id=-1", "min_id"),
            ("since_id=99999999999999999999", "since_id"),
            ("since_id=1.5", "since_id"),
        ] {
            let error = paging(query)
                .and_then(|paging| paging.page(Sizes::STATUSES))
                .unwrap_err();
            assert!(error.sentence().contains(name), "{query}: {error}");
            assert!(error.to_string().starts_with("400"), "{query}");
        }
    }

    #[test]
    fn links_lead_to_both_neighbours() {
        let address = |path, query| ListAddress {
            origin: "https://alpha.example",
            path,
            query,
        };
        for (path, query, older, newer, expected) in [
            (
                "/api/v1/timelines/home",
                "limit=2&max_id=9",
                Some(5),
                Some(Newer::Min(8)),
                Some(
                    "<https://alpha.example/api/v1/timelines/home?limit=2&max_id=5>; rel=\"next\", \
                     <https://alpha.example/api/v1/timelines/home?limit=2&min_id=8>; rel=\"prev\"",
                ),
            ),
            (
                "/api/v1/blocks",
                "access_token=secret",
                None,
                Some(Newer::Since(8)),
                Some("<https://alpha.example/api/v1/blocks?since_id=8>; rel=\"prev\""),
            ),
            (
                "/api/v1/timelines/tag/a,b>%2F",
                "any[]=x,y&any[]=z%3E",
                Some(1),
                None,
                Some(
                    "<https://alpha.example/api/v1/timelines/tag/a%2Cb%3E%2F\
                     ?any%5B%5D=x%2Cy&any%5B%5D=z%3E&max_id=1>; rel=\"next\"",
                ),
            ),
            ("/api/v1/blocks", "", None, None, None),
        ] {
            let link = address(path, query).link(older, newer);
            assert_eq!(link.as_deref(), expected, "{path}?{query}");
        }
    }
}
