//! Where people of other servers act on what they see on this node's pages: their own server says so.
//!
//! Source: <https://w3id.org/fep/3b86>

use url::Url;

use super::documents::intents::{self, Intent};
use super::fetch::{FetchError, Reach};
use super::handles;
use crate::node::Node;
use crate::text::Handle;

/// What somebody wants to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An account, to follow it.
    Account,
    /// A status, to reply to it, to boost it or to favourite it.
    Status,
}

impl Thing {
    /// The pages that serve for it, the best first.
    fn wanted(self) -> &'static [Intent] {
        match self {
            Self::Account => &[Intent::Follow, Intent::Object, Intent::Subscribe],
            Self::Status => &[Intent::Object, Intent::Subscribe],
        }
    }
}

/// The page on the server of `handle` for a thing of this node with this id; none if that server names no such page.
///
/// # Errors
/// When the server does not know the handle, is not talked with, or cannot be reached.
pub async fn find_page(
    node: &Node,
    handle: &Handle,
    thing: Thing,
    id: &str,
) -> Result<Option<Url>, FetchError> {
    let reach = Reach::new(node);
    let doors = handles::list_doors(reach.data().await?, handle).await?;
    let address = intents::open(&doors, thing.wanted(), id);
    Ok(address.and_then(|address| usable(&address, node.config.federation.allow_http)))
}

/// An address that a browser may be sent to.
fn usable(address: &str, allow_http: bool) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_web = url.scheme() == "https" || (allow_http && url.scheme() == "http");
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_web && is_plain && url.host_str().is_some()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_plain_web_addresses() {
        for (address, allow_http, expected) in [
            ("https://b.example/x?uri=1", false, true),
            ("http://b.example/x", false, false),
            ("http://b.example/x", true, true),
            ("https://a.example@b.example/", true, false),
            ("https://a:b@b.example/", true, false),
            ("javascript:alert(1)", true, false),
            ("https://", true, false),
            ("nonsense", true, false),
        ] {
            assert_eq!(usable(address, allow_http).is_some(), expected, "{address}");
        }
    }
}
