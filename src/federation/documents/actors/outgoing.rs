//! Our own actors, as we present them.

use serde_json::{Map, Value, json};

use super::super::attachments::{self, Media};
use super::super::context::{Terms, with_context};
use super::super::local;
use super::super::tags::{self, Emoji};
use super::super::times;
use super::incoming::{ActorKind, MULTIKEY, ProfileField};

/// What is said of a local account. The URLs of its inbox and collections follow from its id.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the properties of the document, one by one"
)]
pub struct OutgoingActor {
    /// Its id, see [`Urls::actor`](crate::urls::Urls::actor).
    pub id: String,
    /// Person, or Service for a bot.
    pub kind: ActorKind,
    /// The name in its handle.
    pub username: String,
    /// The domain in its handle.
    pub domain: String,
    /// Display name.
    pub name: String,
    /// Description, clean HTML.
    pub summary: String,
    /// Its profile page.
    pub url: String,
    /// The node's shared inbox.
    pub shared_inbox: String,
    /// PEM of its RSA public key.
    pub public_key_pem: String,
    /// Its Ed25519 public key as a multikey, if it has one.
    pub ed25519_multikey: Option<String>,
    /// Avatar.
    pub icon: Option<Media>,
    /// Header.
    pub image: Option<Media>,
    /// Rows of its profile, values as clean HTML.
    pub fields: Vec<ProfileField>,
    /// Emoji in its texts.
    pub emojis: Vec<Emoji>,
    /// Whether follows wait for its consent.
    pub manually_approves_followers: bool,
    /// Whether it wants to be recommended.
    pub discoverable: bool,
    /// Whether it wants its public posts to be searched.
    pub indexable: bool,
    /// When it was made, in milliseconds; only the day is told.
    pub published: i64,
    /// Other ids of the same person.
    pub also_known_as: Vec<String>,
    /// Domains whose pages may name it as an author.
    pub attribution_domains: Vec<String>,
    /// Where it moved to.
    pub moved_to: Option<String>,
    /// Whether its person has died.
    pub memorial: bool,
    /// Whether the account is suspended here.
    pub suspended: bool,
}

impl OutgoingActor {
    /// The document without `@context`, to stand inside an activity.
    #[must_use]
    pub fn object(&self) -> Value {
        let mut built = Map::new();
        let mut set = |key: &str, value: Value| built.insert(key.to_owned(), value);
        set("id", self.id.clone().into());
        set("type", self.kind.name().into());
        set("following", local::following(&self.id).into());
        set("followers", local::followers(&self.id).into());
        set("inbox", local::inbox(&self.id).into());
        set("outbox", local::outbox(&self.id).into());
        set("featured", local::featured(&self.id).into());
        set("featuredTags", local::featured_tags(&self.id).into());
        set("preferredUsername", self.username.clone().into());
        set(
            "webfinger",
            format!("{}@{}", self.username, self.domain).into(),
        );
        set("name", self.name.clone().into());
        set("summary", self.summary.clone().into());
        set("url", self.url.clone().into());
        set(
            "manuallyApprovesFollowers",
            self.manually_approves_followers.into(),
        );
        set("discoverable", self.discoverable.into());
        set("indexable", self.indexable.into());
        set("published", times::format_day(self.published).into());
        set("memorial", self.memorial.into());
        if self.suspended {
            set("suspended", true.into());
        }
        if !self.also_known_as.is_empty() {
            set("alsoKnownAs", json!(self.also_known_as));
        }
        if !self.attribution_domains.is_empty() {
            set("attributionDomains", json!(self.attribution_domains));
        }
        if let Some(moved_to) = &self.moved_to {
            set("movedTo", moved_to.clone().into());
        }
        set("publicKey", public_key(&self.id, &self.public_key_pem));
        if let Some(key) = &self.ed25519_multikey {
            set("assertionMethod", assertion_method(&self.id, key));
        }
        set("tag", self.emojis.iter().map(tags::build_emoji).collect());
        set("attachment", self.fields.iter().map(build_field).collect());
        set("endpoints", json!({"sharedInbox": self.shared_inbox}));
        for (key, picture) in [("icon", &self.icon), ("image", &self.image)] {
            if let Some(picture) = picture {
                set(key, attachments::build_picture(picture));
            }
        }
        Value::Object(built)
    }

    /// The document as it is served.
    #[must_use]
    pub fn document(&self) -> Value {
        with_context(self.object(), Terms::Actor)
    }
}

/// What is said of the actor that signs for the node itself.
#[derive(Clone, Debug)]
pub struct InstanceActor {
    /// Its id, see [`Urls::node_actor`](crate::urls::Urls::node_actor).
    pub id: String,
    /// The node's domain, which is also its username.
    pub domain: String,
    /// A page about the node.
    pub url: String,
    /// The node's shared inbox.
    pub shared_inbox: String,
    /// PEM of its RSA public key.
    pub public_key_pem: String,
    /// Its Ed25519 public key as a multikey, if it has one.
    pub ed25519_multikey: Option<String>,
}

impl InstanceActor {
    /// The document as it is served, also to unsigned requests.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut built = json!({
            "id": self.id,
            "type": ActorKind::Application.name(),
            "inbox": local::inbox(&self.id),
            "outbox": local::outbox(&self.id),
            "preferredUsername": self.domain,
            "webfinger": format!("{0}@{0}", self.domain),
            "url": self.url,
            "manuallyApprovesFollowers": true,
            "publicKey": public_key(&self.id, &self.public_key_pem),
            "endpoints": {"sharedInbox": self.shared_inbox},
        });
        if let (Some(key), Some(built)) = (&self.ed25519_multikey, built.as_object_mut()) {
            let method = assertion_method(&self.id, key);
            built.insert("assertionMethod".to_owned(), method);
        }
        with_context(built, Terms::Actor)
    }
}

fn public_key(actor: &str, pem: &str) -> Value {
    json!({"id": local::main_key(actor), "owner": actor, "publicKeyPem": pem})
}

/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/521a/fep-521a.md>.
fn assertion_method(actor: &str, multikey: &str) -> Value {
    json!([{
        "id": local::ed25519_key(actor),
        "type": MULTIKEY,
        "controller": actor,
        "publicKeyMultibase": multikey,
    }])
}

fn build_field(field: &ProfileField) -> Value {
    json!({"type": "PropertyValue", "name": field.name, "value": field.value})
}
