//! The names of streams, and what each needs.
//!
//! Source: <https://docs.joinmastodon.org/methods/streaming/#streams>

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::error::ApiError;
use crate::api::scopes::{ReadNotifications, ReadStatuses, Scope};
use crate::id::{AccountId, ListId};
use crate::node::Node;
use crate::social::lists;
use crate::social::scopes::Scopes;
use crate::social::streams::Feed;
use crate::store::timelines::PublicFilter;
use crate::text::scan::normalise_hashtag;

/// One stream that somebody listens to.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    /// Its name as a JSON list, as frames carry it: `["hashtag","birds"]`.
    pub(super) label: Arc<str>,
    /// What it carries.
    pub(super) feed: Feed,
}

/// Which stream is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Its name, such as `public:local`.
    pub(super) stream: String,
    /// The tag of a hashtag's stream.
    pub(super) tag: Option<String>,
    /// The id of a list's stream.
    pub(super) list: Option<String>,
    /// Whether only statuses with files are asked for.
    pub(super) only_media: bool,
}

impl Wanted {
    /// The stream of this name alone.
    pub(super) fn named(stream: &str) -> Self {
        Self {
            stream: stream.to_owned(),
            ..Self::default()
        }
    }

    /// The stream, if there is such a one and this viewer may hear it.
    ///
    /// # Errors
    /// As for [`Wanted::open`]; 404 for a list that is not the viewer's.
    pub(super) async fn admit(
        &self,
        node: &Node,
        viewer: AccountId,
        scopes: &Scopes,
    ) -> Result<Channel, ApiError> {
        let channel = self.open(scopes)?;
        if let Feed::List(id) = channel.feed {
            let find = move |conn: &mut _| lists::find(conn, viewer, id);
            node.db.read(find).await?;
        }
        Ok(channel)
    }

    /// The stream, if there is such a one and the token may hear it.
    ///
    /// # Errors
    /// 400 for a name that is no stream, or a tag or list that is missing, 403 for a token that does not cover it.
    pub(super) fn open(&self, scopes: &Scopes) -> Result<Channel, ApiError> {
        let (name, feed) = self.find(scopes)?;
        let needed = match feed {
            Feed::Notifications => ReadNotifications::NEEDED,
            _ => ReadStatuses::NEEDED,
        };
        if !covers(scopes, needed) {
            return Err(ApiError::forbidden_scope());
        }
        let label = match &feed {
            Feed::Tagged { .. } => json!([name, self.tag]),
            Feed::List(id) => json!([name, id]),
            _ => json!([name]),
        };
        Ok(Channel {
            label: label.to_string().into(),
            feed,
        })
    }

    /// The name that frames carry, and the feed.
    fn find(&self, scopes: &Scopes) -> Result<(String, Feed), ApiError> {
        let name = self.stream.as_str();
        let feed = match name {
            "user" => Feed::Home {
                with_notifications: covers(scopes, ReadNotifications::NEEDED),
            },
            "user:notification" => Feed::Notifications,
            "direct" => Feed::Conversations,
            "hashtag" | "hashtag:local" => self.tagged(name == "hashtag:local")?,
            "list" => Feed::List(self.listed()?),
            _ => return self.public(name),
        };
        Ok((name.to_owned(), feed))
    }

    fn tagged(&self, only_local: bool) -> Result<Feed, ApiError> {
        let tag = self.tag.as_deref().unwrap_or_default();
        let name = normalise_hashtag(tag.trim_start_matches('#'));
        let sentence = "A hashtag's stream needs the parameter tag: a hashtag without #";
        let name = name.ok_or_else(|| ApiError::bad_request(sentence))?;
        Ok(Feed::Tagged { name, only_local })
    }

    fn listed(&self) -> Result<ListId, ApiError> {
        let given = self.list.as_deref().unwrap_or_default();
        let sentence = "A list's stream needs the parameter list: the id of a list";
        given.parse().map_err(|_| ApiError::bad_request(sentence))
    }

    fn public(&self, name: &str) -> Result<(String, Feed), ApiError> {
        let (base, only_media) = match name.strip_suffix(":media") {
            Some(base) => (base, true),
            None => (name, self.only_media),
        };
        let is_local = match base {
            "public" => None,
            "public:local" => Some(true),
            "public:remote" => Some(false),
            _ => return Err(ApiError::bad_request("Unknown stream type")),
        };
        let shown = if only_media {
            format!("{base}:media")
        } else {
            base.to_owned()
        };
        let filter = PublicFilter {
            is_local,
            only_media,
        };
        Ok((shown, Feed::Public(filter)))
    }
}

fn covers(scopes: &Scopes, needed: &[&str]) -> bool {
    needed.iter().any(|scope| scopes.covers(scope))
}

/// The first text of a parameter: programs send one, or a list of one.
pub(super) fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => items.first().and_then(first_text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;

    use super::*;

    fn open(stream: &str, tag: Option<&str>, scopes: &str) -> Result<Channel, u16> {
        let wanted = Wanted {
            tag: tag.map(str::to_owned),
            ..Wanted::named(stream)
        };
        let opened = wanted.open(&Scopes::stored(scopes));
        opened.map_err(|error| error.status_code().as_u16())
    }

    #[test]
    fn streams_have_names_and_needs() {
        let all = |is_local, only_media| {
            Feed::Public(PublicFilter {
                is_local,
                only_media,
            })
        };
        let home = |with_notifications| Feed::Home { with_notifications };
        for (stream, scopes, label, feed) in [
            ("user", "read", r#"["user"]"#, home(true)),
            ("user", "read:statuses", r#"["user"]"#, home(false)),
            (
                "user:notification",
                "read:notifications",
                r#"["user:notification"]"#,
                Feed::Notifications,
            ),
            ("public", "read", r#"["public"]"#, all(None, false)),
            (
                "public:local:media",
                "read",
                r#"["public:local:media"]"#,
                all(Some(true), true),
            ),
            (
                "public:remote",
                "read",
                r#"["public:remote"]"#,
                all(Some(false), false),
            ),
            ("direct", "read", r#"["direct"]"#, Feed::Conversations),
        ] {
            let channel = open(stream, None, scopes).unwrap();
            assert_eq!((&*channel.label, &channel.feed), (label, &feed), "{stream}");
        }
        let channel = open("hashtag:local", Some("Birds"), "read").unwrap();
        assert_eq!(&*channel.label, r#"["hashtag:local","Birds"]"#);
        let feed = Feed::Tagged {
            name: "birds".to_owned(),
            only_local: true,
        };
        assert_eq!(channel.feed, feed);
    }

    #[test]
    fn what_is_no_stream_is_told_so() {
        for (stream, tag, scopes, status) in [
            ("", None, "read", 400),
            ("publik", None, "read", 400),
            ("public:local:remote", None, "read", 400),
            ("hashtag", None, "read", 400),
            ("hashtag", Some(" "), "read", 400),
            ("list", None, "read", 400),
            ("user", None, "read:notifications", 403),
            ("public", None, "write", 403),
            ("user:notification", None, "read:statuses", 403),
        ] {
            assert_eq!(open(stream, tag, scopes).err(), Some(status), "{stream}");
        }
    }
}
