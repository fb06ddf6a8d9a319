//! Where this node's own things are: every local URL is made and taken apart here.

use std::sync::Arc;

use crate::id::StatusId;

/// Makes the URLs of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    origin: Arc<str>,
    authority: Arc<str>,
}

/// What a local URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The node's own actor.
    NodeActor,
    /// An account, by its actor id or its profile page.
    Account(String),
    /// A status, by its id on the wire or its page.
    Status(String, StatusId),
}

impl Urls {
    /// For a node at `origin` (`https://example.org`, without a slash at its end).
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        Self {
            origin: origin.into(),
            authority: authority.into(),
        }
    }

    /// `https://example.org`
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// `example.org`, with the port if there is one.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// `path` (beginning with a slash) on this node.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The node's own actor, which signs fetches.
    #[must_use]
    pub fn node_actor(&self) -> String {
        self.at("/actor")
    }

    /// An account's actor id.
    #[must_use]
    pub fn actor(&self, username: &str) -> String {
        format!("{}/users/{}", self.origin, username.to_lowercase())
    }

    /// An account's page for people.
    #[must_use]
    pub fn profile(&self, username: &str) -> String {
        format!("{}/@{username}", self.origin)
    }

    /// A status's id on the wire.
    #[must_use]
    pub fn status(&self, username: &str, id: StatusId) -> String {
        format!("{}/statuses/{id}", self.actor(username))
    }

    /// Where an author's consent to being quoted can be read; `id` is the quote's.
    #[must_use]
    pub fn quote_authorization(&self, username: &str, id: i64) -> String {
        format!("{}/quote_authorizations/{id}", self.actor(username))
    }

    /// The id of the activity by which somebody asks to quote; `id` is the quote's.
    #[must_use]
    pub fn quote_request(&self, username: &str, id: i64) -> String {
        format!("{}#quote_requests/{id}", self.actor(username))
    }

    /// A status's page for people.
    #[must_use]
    pub fn status_page(&self, username: &str, id: StatusId) -> String {
        format!("{}/@{username}/{id}", self.origin)
    }

    /// A tag's page; `name` without `#`.
    #[must_use]
    pub fn tag(&self, name: &str) -> String {
        let mut url = self.at("/tags/");
        url.extend(url::form_urlencoded::byte_serialize(name.as_bytes()));
        url
    }

    /// A file by its blob key.
    #[must_use]
    pub fn media(&self, key: &str) -> String {
        format!("{}/media/{key}", self.origin)
    }

    /// The inbox for everybody here.
    #[must_use]
    pub fn shared_inbox(&self) -> String {
        self.at("/inbox")
    }

    /// Whether a URL is on this node.
    #[must_use]
    pub fn is_local(&self, url: &str) -> bool {
        url.strip_prefix(&*self.origin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    }

    /// What a URL on this node names, if it names anything.
    #[must_use]
    pub fn place(&self, url: &str) -> Option<Place> {
        let path = url.strip_prefix(&*self.origin)?;
        let path = path
            .split(['?', '#'])
            .next()
            .unwrap_or(path)
            .trim_end_matches('/');
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match *segments.as_slice() {
            ["actor"] => Some(Place::NodeActor),
            ["users", name] => Some(Place::Account(name.to_lowercase())),
            ["users", name, "statuses", id] => {
                Some(Place::Status(name.to_lowercase(), id.parse().ok()?))
            }
            [page] => page
                .strip_prefix('@')
                .map(|name| Place::Account(name.to_lowercase())),
            [page, id] => Some(Place::Status(
                page.strip_prefix('@')?.to_lowercase(),
                id.parse().ok()?,
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_what_it_makes() {
        let urls = Urls::new("http://alpha.localhost:8081");
        assert_eq!(urls.authority(), "alpha.localhost:8081");
        let id = StatusId(7);
        for (url, place) in [
            (urls.actor("Ann"), Some(Place::Account("ann".into()))),
            (urls.profile("Ann"), Some(Place::Account("ann".into()))),
            (
                urls.status("Ann", id),
                Some(Place::Status("ann".into(), id)),
            ),
            (
                urls.status_page("Ann", id),
                Some(Place::Status("ann".into(), id)),
            ),
            (urls.node_actor(), Some(Place::NodeActor)),
            (urls.tag("a b"), None),
            ("http://alpha.localhost:80811/users/ann".into(), None),
            ("https://evil.example/users/ann".into(), None),
        ] {
            assert_eq!(urls.place(&url), place, "{url}");
        }
        assert!(urls.is_local("http://alpha.localhost:8081/x"));
        assert!(!urls.is_local("http://alpha.localhost:80811/x"));
    }
}
