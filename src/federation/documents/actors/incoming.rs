//! An actor from elsewhere, parsed.

use serde_json::Value;

use super::super::attachments::{self, Media};
use super::super::caps;
use super::super::kinds::{self, Family};
use super::super::origins::{self, Origin};
use super::super::references::{self, Properties};
use super::super::rejects::Reject;
use super::super::tags::{Emoji, Tags};
use super::super::times;
use crate::keys::multikeys;

/// What sort of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person.
    Person,
    /// A bot.
    Service,
    /// A group that repeats what is posted to it.
    Group,
    /// An organization.
    Organization,
    /// Software, often a whole server.
    Application,
}

impl ActorKind {
    /// The name of its type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Service => "Service",
            Self::Group => "Group",
            Self::Organization => "Organization",
            Self::Application => "Application",
        }
    }

    /// The sort that a type names.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "Person" => Some(Self::Person),
            "Service" => Some(Self::Service),
            "Group" => Some(Self::Group),
            "Organization" => Some(Self::Organization),
            "Application" => Some(Self::Application),
            _ => None,
        }
    }
}

/// A public key that an actor's own document lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingKey {
    /// Its id, on the actor's origin.
    pub id: String,
    /// The actor's id.
    pub owner: String,
    /// PEM, at most 16 KiB, not yet parsed; a multikey is brought into this form.
    pub pem: String,
}

/// The type of the keys in `assertionMethod`.
pub(super) const MULTIKEY: &str = "Multikey";

/// A row of the table on a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileField {
    /// Its label.
    pub name: String,
    /// Raw HTML, to be cleaned before it is shown.
    pub value: String,
}

/// An actor from elsewhere. Texts are cut at the limits of `caps`, HTML is raw.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingActor {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ActorKind,
    /// `preferredUsername`, the local part of its handle until `WebFinger` says otherwise.
    pub username: String,
    /// `user@domain`, as the actor claims; nothing is bound to it before `WebFinger` confirms.
    pub webfinger: Option<String>,
    /// Display name; may be empty.
    pub name: String,
    /// Description, raw HTML; may be empty.
    pub summary: String,
    /// Its page; the id when the document names none on its own host.
    pub url: String,
    /// Where it takes activities; may be on another host.
    pub inbox: String,
    /// An inbox for everybody on its host.
    pub shared_inbox: Option<String>,
    /// What it did.
    pub outbox: Option<String>,
    /// Its followers.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
    /// Those in `publicKey` and then those in `assertionMethod`, each id once, at most 10.
    pub public_keys: Vec<IncomingKey>,
    /// Avatar.
    pub icon: Option<Media>,
    /// Header.
    pub image: Option<Media>,
    /// At most 50.
    pub fields: Vec<ProfileField>,
    /// Emoji in its texts.
    pub emojis: Vec<Emoji>,
    /// Whether follows wait for its consent.
    pub manually_approves_followers: bool,
    /// Whether it wants to be recommended; nothing when it does not say.
    pub discoverable: Option<bool>,
    /// Whether it wants its public posts to be searched; nothing when it does not say.
    pub indexable: Option<bool>,
    /// When it was made, in milliseconds.
    pub published: Option<i64>,
    /// Other ids that it claims; each needs a claim in the other direction.
    pub also_known_as: Vec<String>,
    /// Where it moved to.
    pub moved_to: Option<String>,
    /// Domains whose pages may name it as their author.
    pub attribution_domains: Vec<String>,
    /// Whether its person has died.
    pub memorial: bool,
    /// Whether its own server has suspended it.
    pub suspended: bool,
}

impl IncomingActor {
    /// Parses an actor.
    ///
    /// # Errors
    /// No actor, an id that is unusable or ours, no usable username, or no http(s) inbox.
    pub fn parse(properties: &Properties, ours: &Origin) -> Result<Self, Reject> {
        let (family, name) = kinds::family(properties)?;
        let kind = ActorKind::of_name(name).filter(|_| family == Family::Actor);
        let kind = kind.ok_or_else(|| Reject::because(format!("a {name} is no actor")))?;
        let id = references::text(properties, "id").unwrap_or_default();
        let id = origins::check_foreign(id, "the actor", ours)?;
        let inbox = references::id(properties, "inbox").unwrap_or_default();
        let inbox = origins::check_foreign(inbox, "the actor's inbox", ours)?;
        let endpoints = references::first_object(properties, "endpoints");
        let shared_inbox = endpoints
            .and_then(|endpoints| references::id(endpoints, "sharedInbox"))
            .or_else(|| references::id(properties, "sharedInbox"));
        let own = |key: &str| own_url(references::id(properties, key), id);
        let page = references::page_link(properties, "url");
        let flag = |key: &str| references::flag(properties, key);
        Ok(Self {
            kind,
            username: username(properties)?,
            webfinger: webfinger(properties),
            name: references::short_text(properties, "name", caps::NAME_CHARS).unwrap_or_default(),
            summary: references::natural(properties, "summary")
                .map(|summary| references::cut(summary, caps::BIO_CHARS))
                .unwrap_or_default(),
            url: page
                .filter(|page| origins::may_be_page_of(page, id))
                .unwrap_or_else(|| id.to_owned()),
            inbox: inbox.to_owned(),
            shared_inbox: own_url(shared_inbox, id),
            outbox: own("outbox"),
            followers: own("followers"),
            following: own("following"),
            featured: own("featured"),
            public_keys: keys(properties, id),
            icon: attachments::picture(properties, "icon"),
            image: attachments::picture(properties, "image"),
            fields: fields(properties),
            emojis: Tags::parse(properties).emojis,
            manually_approves_followers: flag("manuallyApprovesFollowers").unwrap_or(false),
            discoverable: flag("discoverable"),
            indexable: flag("indexable"),
            published: times::instant(properties, "published"),
            also_known_as: references::ids(properties, "alsoKnownAs", caps::ALIASES),
            moved_to: references::id(properties, "movedTo")
                .filter(|moved_to| origins::is_usable(moved_to) && *moved_to != id)
                .map(str::to_owned),
            attribution_domains: attribution_domains(properties),
            memorial: flag("memorial").unwrap_or(false),
            suspended: flag("suspended").unwrap_or(false),
            id: id.to_owned(),
        })
    }

    /// Whether it is run by software.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        matches!(self.kind, ActorKind::Service | ActorKind::Application)
    }
}

/// A collection or inbox on another host would make us post there, or open statuses to strangers.
fn own_url(url: Option<&str>, id: &str) -> Option<String> {
    url.filter(|url| origins::is_same_host(url, id))
        .map(str::to_owned)
}

fn username(properties: &Properties) -> Result<String, Reject> {
    let name = references::text(properties, "preferredUsername").unwrap_or_default();
    let clean = !name.is_empty()
        && name.len() <= caps::USERNAME_BYTES
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "_-.~+:".contains(c));
    if clean {
        return Ok(name.to_owned());
    }
    Err(Reject::because("the actor has no usable preferredUsername"))
}

fn webfinger(properties: &Properties) -> Option<String> {
    let handle = references::short_text(properties, "webfinger", caps::URL_BYTES)?;
    let handle = handle.strip_prefix("acct:").unwrap_or(&handle);
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let (user, domain) = handle.split_once('@')?;
    let plain = |text: &str| !text.is_empty() && !text.contains(['@', '/', '?', '#', ' ']);
    (plain(user) && plain(domain)).then(|| handle.to_owned())
}

/// The keys that an actor lists as its own, on its own origin. A key that stands in both lists counts once.
fn keys(properties: &Properties, id: &str) -> Vec<IncomingKey> {
    let listed = |name, read: fn(&Properties) -> Option<String>| {
        let entries = references::list_of(properties, name).iter();
        entries.take(caps::KEYS).filter_map(move |key| {
            let key = key.as_object()?;
            let key_id = references::text(key, "id")?;
            let owner =
                references::id(key, "owner").or_else(|| references::id(key, "controller"))?;
            let is_own = owner == id && origins::is_same_origin(key_id, id);
            let pem = read(key).filter(|_| is_own)?;
            Some(IncomingKey {
                id: key_id.to_owned(),
                owner: owner.to_owned(),
                pem,
            })
        })
    };
    let mut keys: Vec<IncomingKey> = Vec::new();
    for key in listed("publicKey", pem_of).chain(listed("assertionMethod", multikey_of)) {
        if keys.len() < caps::KEYS && keys.iter().all(|known| known.id != key.id) {
            keys.push(key);
        }
    }
    keys
}

fn pem_of(key: &Properties) -> Option<String> {
    let pem = references::text(key, "publicKeyPem")?;
    let is_key = pem.contains("-----BEGIN") && pem.len() <= caps::KEY_BYTES;
    is_key.then(|| pem.to_owned())
}

fn multikey_of(key: &Properties) -> Option<String> {
    let kinds = references::list_of(key, "type");
    let is_multikey = kinds.iter().any(|kind| kind == MULTIKEY);
    multikeys::to_pem(references::text(key, "publicKeyMultibase").filter(|_| is_multikey)?)
}

fn fields(properties: &Properties) -> Vec<ProfileField> {
    references::list_of(properties, "attachment")
        .iter()
        .filter_map(Value::as_object)
        .filter(|field| references::text(field, "type") == Some("PropertyValue"))
        .filter_map(|field| {
            Some(ProfileField {
                name: references::short_text(field, "name", caps::FIELD_CHARS)?,
                value: references::short_text(field, "value", caps::FIELD_CHARS)
                    .unwrap_or_default(),
            })
        })
        .take(caps::FIELDS)
        .collect()
}

fn attribution_domains(properties: &Properties) -> Vec<String> {
    references::list_of(properties, "attributionDomains")
        .iter()
        .filter_map(Value::as_str)
        .filter(|domain| {
            !domain.is_empty() && domain.len() <= 253 && !domain.contains(['/', ' ', '@'])
        })
        .map(str::to_lowercase)
        .take(caps::ALIASES)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "https://a.example/users/ann";

    fn ours() -> Origin {
        Origin::of("https://home.example").expect("an origin")
    }

    fn with(changes: &Value) -> Result<IncomingActor, Reject> {
        let mut actor = json!({
            "id": ID, "type": "Person", "preferredUsername": "ann",
            "inbox": format!("{ID}/inbox"), "followers": format!("{ID}/followers"),
        });
        for (key, value) in changes.as_object().expect("an object") {
            actor[key] = value.clone();
        }
        IncomingActor::parse(actor.as_object().expect("an object"), &ours())
    }

    #[test]
    fn refuses_what_cannot_be_an_actor() {
        for (changes, reason) in [
            (json!({"type": "Note"}), "no actor"),
            (json!({"type": "Note", "inbox": null}), "no actor"),
            (json!({"id": null}), "no usable"),
            (json!({"id": "acct:ann@a.example"}), "no usable"),
            (
                json!({"id": "https://home.example/users/ann"}),
                "on this server",
            ),
            (json!({"inbox": null}), "inbox"),
            (json!({"inbox": "mailto:ann@a.example"}), "inbox"),
            (
                json!({"inbox": "https://home.example/inbox"}),
                "on this server",
            ),
            (json!({"preferredUsername": null}), "preferredUsername"),
            (
                json!({"preferredUsername": "ann@b.example"}),
                "preferredUsername",
            ),
            (
                json!({"preferredUsername": "an\u{202e}n"}),
                "preferredUsername",
            ),
            (
                json!({"attributedTo": "https://a.example/users/bob"}),
                "attributedTo",
            ),
            (json!({"object": "https://a.example/1"}), "object"),
        ] {
            let refusal = with(&changes).expect_err("refused");
            let no_note_inbox = refusal.0.contains("a Note must not have inbox");
            assert!(
                refusal.0.contains(reason) || no_note_inbox,
                "{changes}: {refusal}"
            );
        }
    }

    #[test]
    fn keeps_only_what_its_host_may_say() {
        let actor = with(&json!({
            "inbox": "https://inboxes.example/ann",
            "outbox": "https://victim.example/outbox",
            "followers": "https://victim.example/followers",
            "endpoints": {"sharedInbox": "https://victim.example/inbox"},
            "url": "https://phish.example/@ann",
            "movedTo": ID,
            "publicKey": [
                {"id": format!("{ID}#main-key"), "owner": ID, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
                {"id": format!("{ID}#other"), "owner": "https://a.example/users/bob", "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
                {"id": "https://victim.example/key", "owner": ID, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
                {"id": format!("{ID}#none"), "owner": ID, "publicKeyPem": ""},
            ],
        }))
        .expect("an actor");
        assert_eq!(actor.inbox, "https://inboxes.example/ann");
        assert_eq!(
            (actor.outbox, actor.followers, actor.shared_inbox),
            (None, None, None)
        );
        assert_eq!(actor.url, ID);
        assert_eq!(actor.moved_to, None);
        let ids: Vec<_> = actor
            .public_keys
            .iter()
            .map(|key| key.id.as_str())
            .collect();
        assert_eq!(ids, [format!("{ID}#main-key")]);
    }

    #[test]
    fn keys_of_both_forms_count_once_each() {
        // The key of FEP-521a.
        let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let pem = "-----BEGIN PUBLIC KEY-----";
        let multikey = |id: &str| json!({"id": id, "type": "Multikey", "controller": ID, "publicKeyMultibase": text});
        let mut of_bob = multikey(&format!("{ID}#of-bob"));
        of_bob["controller"] = "https://a.example/users/bob".into();
        let mut of_no_sort = multikey(&format!("{ID}#of-no-sort"));
        of_no_sort["type"] = "Key".into();
        let mut unknown = multikey(&format!("{ID}#unknown"));
        unknown["publicKeyMultibase"] = "z6Mk".into();
        let actor = with(&json!({
            "publicKey": {"id": format!("{ID}#main-key"), "owner": ID, "publicKeyPem": pem},
            "assertionMethod": [
                multikey(&format!("{ID}#main-key")),
                multikey(&format!("{ID}#ed25519-key")),
                multikey("https://victim.example/key"),
                of_bob, of_no_sort, unknown, format!("{ID}#named"),
            ],
        }))
        .expect("an actor");
        let keys: Vec<_> = actor
            .public_keys
            .iter()
            .map(|key| {
                (
                    key.id.as_str(),
                    multikeys::to_pem(text) == Some(key.pem.clone()),
                )
            })
            .collect();
        let (main, second) = (format!("{ID}#main-key"), format!("{ID}#ed25519-key"));
        assert_eq!(keys, [(main.as_str(), false), (second.as_str(), true)]);
        let single = with(&json!({"assertionMethod": multikey(&second)})).expect("an actor");
        assert_eq!(
            single.public_keys.len(),
            1,
            "a list of one may lack its brackets"
        );
    }

    #[test]
    fn lists_and_texts_are_bounded() {
        let field =
            json!({"type": "PropertyValue", "name": "n".repeat(9_000), "value": "v".repeat(9_000)});
        let key = |number: u32| json!({"id": format!("{ID}#{number}"), "owner": ID, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"});
        let actor = with(&json!({
            "name": "x".repeat(10_000), "summary": "ä".repeat(50_000),
            "attachment": vec![field; 500], "publicKey": (0..500).map(key).collect::<Vec<_>>(),
            "alsoKnownAs": (0..5_000).map(|n| format!("https://a.example/{n}")).collect::<Vec<_>>(),
            "webfinger": "acct:ann@handles.example",
        }))
        .expect("an actor");
        assert_eq!(actor.name.chars().count(), caps::NAME_CHARS);
        assert_eq!(actor.summary.chars().count(), caps::BIO_CHARS);
        assert_eq!(
            (actor.fields.len(), actor.public_keys.len()),
            (caps::FIELDS, caps::KEYS)
        );
        assert_eq!(actor.fields[0].value.len(), caps::FIELD_CHARS);
        assert_eq!(actor.also_known_as.len(), caps::ALIASES);
        assert_eq!(actor.webfinger.as_deref(), Some("ann@handles.example"));
    }
}
