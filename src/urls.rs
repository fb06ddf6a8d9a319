//! Where this node's own things are: every local URL is made and taken apart here.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::id::{CollectionId, StatusId};
use crate::keys::digests::{hmac_sha256, is_equal};

/// How much of a seal is kept, in bytes: nobody guesses sixteen.
const SEAL: usize = 16;

/// Makes the URLs of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    origin: Arc<str>,
    authority: Arc<str>,
    /// What stands before the keys of files, with a slash at its end.
    files: Arc<str>,
    veil: Option<Veil>,
}

/// The key with which addresses of other servers are sealed. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
struct Veil(Arc<[u8]>);

impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Veil(***)")
    }
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
            files: format!("{origin}/media/").into(),
            veil: None,
        }
    }

    /// The same, with files at another address, such as that of a content delivery network.
    #[must_use]
    pub fn with_files_at(mut self, base: &str) -> Self {
        self.files = format!("{}/", base.trim_end_matches('/')).into();
        self
    }

    /// The same, showing files of other servers at addresses of this node that are sealed with `key`.
    #[must_use]
    pub fn with_veil(mut self, key: &[u8]) -> Self {
        self.veil = Some(Veil(key.into()));
        self
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

    /// A collection's id on the wire.
    #[must_use]
    pub fn collection(&self, username: &str, id: CollectionId) -> String {
        format!("{}/collections/{id}", self.actor(username))
    }

    /// The collection whose id on the wire this is; `url` may carry a query or a fragment.
    #[must_use]
    pub fn find_collection(&self, url: &str) -> Option<CollectionId> {
        let path = url.strip_prefix(&*self.origin)?.strip_prefix("/users/")?;
        let path = path.split(['?', '#']).next().unwrap_or(path);
        let (_, id) = path.trim_end_matches('/').split_once("/collections/")?;
        id.parse().ok()
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
        format!("{}{key}", self.files)
    }

    /// The address at which people are shown a file that may be another server's, so that it does not learn theirs.
    #[must_use]
    pub fn shown(&self, url: &str) -> String {
        let is_ours = self.is_local(url) || url.starts_with(&*self.files);
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        match &self.veil {
            Some(veil) if is_web && !is_ours => {
                let name = URL_SAFE_NO_PAD.encode(url);
                format!("{}/media/remote/{}/{name}", self.origin, veil.seal(url))
            }
            _ => url.to_owned(),
        }
    }

    /// The address that is shown as `SEAL/NAME`; none unless this node has made the seal.
    #[must_use]
    pub fn unveil(&self, seal: &str, name: &str) -> Option<String> {
        let veil = self.veil.as_ref()?;
        let url = String::from_utf8(URL_SAFE_NO_PAD.decode(name).ok()?).ok()?;
        is_equal(veil.seal(&url), seal).then_some(url)
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

impl Veil {
    fn seal(&self, url: &str) -> String {
        let hash = hmac_sha256(&self.0, url.as_bytes());
        URL_SAFE_NO_PAD.encode(hash.get(..SEAL).unwrap_or(&hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_others_are_shown_at_sealed_addresses() {
        let plain = Urls::new("https://alpha.example");
        let there = "https://beta.example/a b.png?x=1";
        assert_eq!(plain.shown(there), there);
        assert_eq!(plain.unveil("a", "b"), None);
        let urls = plain
            .with_files_at("https://files.example/x")
            .with_veil(b"key");
        assert_eq!(urls.media("a/b.png"), "https://files.example/x/a/b.png");
        for ours in [
            "https://alpha.example/e.png",
            "https://files.example/x/e.png",
            "data:,x",
            "",
        ] {
            assert_eq!(urls.shown(ours), ours);
        }
        let shown = urls.shown(there);
        let path = shown
            .strip_prefix("https://alpha.example/media/remote/")
            .unwrap();
        let (seal, name) = path.split_once('/').unwrap();
        assert_eq!(urls.unveil(seal, name).as_deref(), Some(there));
        let other = URL_SAFE_NO_PAD.encode("https://beta.example/b.png");
        for (seal, name) in [
            (seal, other.as_str()),
            ("", name),
            (&seal[1..], name),
            (seal, "?"),
        ] {
            assert_eq!(urls.unveil(seal, name), None, "{seal} {name}");
        }
        let others = Urls::new("https://alpha.example").with_veil(b"another key");
        assert_eq!(others.unveil(seal, name), None);
        assert!(!format!("{urls:?}").contains("107"), "the key is not shown");
    }

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
