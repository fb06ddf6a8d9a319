//! The node as it presents itself to clients, with its limits.

use serde::Serialize;

use super::{Account, Rule};

/// The node.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Instance {
    /// The node's domain.
    pub domain: String,
    /// Its name.
    pub title: String,
    /// The version of the API that it speaks, such as `4.5.0 (compatible; Name 1.0)`; clients parse it.
    pub version: String,
    /// Where its code is.
    pub source_url: String,
    /// A short description, plain text.
    pub description: String,
    /// The year of the yearly review on offer: this node makes none.
    pub wrapstodon: Option<String>,
    /// How much it is used.
    pub usage: Usage,
    /// Its picture.
    pub thumbnail: Thumbnail,
    /// Its icon in several sizes; may be empty.
    pub icon: Vec<Icon>,
    /// The languages of its staff as ISO 639 codes.
    pub languages: Vec<String>,
    /// Its addresses, limits and features.
    pub configuration: Configuration,
    /// Whether and how people may join.
    pub registrations: Registrations,
    /// What version of each API it speaks.
    pub api_versions: ApiVersions,
    /// Whom to ask.
    pub contact: Contact,
    /// What people agree to.
    pub rules: Vec<Rule>,
}

/// How much the node is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// The people on it.
    pub users: UsageUsers,
}

/// How many people use the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UsageUsers {
    /// Those who were there within the last month.
    pub active_month: i64,
}

/// The node's picture.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#thumbnail>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Thumbnail {
    /// The picture.
    pub url: String,
    /// What it shows; may be empty.
    pub description: String,
    /// A blurred stand-in; left out for the default picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blurhash: Option<String>,
    /// The picture for screens of several densities; left out for the default picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<ThumbnailVersions>,
}

/// The node's picture for screens of several densities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThumbnailVersions {
    /// For ordinary screens.
    #[serde(rename = "@1x")]
    pub once: String,
    /// For dense screens.
    #[serde(rename = "@2x")]
    pub twice: String,
}

/// The node's icon in one size.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#InstanceIcon>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Icon {
    /// The picture.
    pub src: String,
    /// `WIDTHxHEIGHT` in pixels.
    pub size: String,
}

/// The node's addresses, limits and features.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#configuration>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Configuration {
    /// Its addresses.
    pub urls: Urls,
    /// Its key for Web Push.
    pub vapid: Vapid,
    /// Limits of profiles.
    pub accounts: AccountLimits,
    /// Limits of statuses.
    pub statuses: StatusLimits,
    /// Limits of media.
    pub media_attachments: DescribedMediaLimits,
    /// Limits of polls.
    pub polls: PollLimits,
    /// Whether it translates.
    pub translation: Translation,
    /// Who may read its timelines.
    pub timelines_access: TimelinesAccess,
    /// Whether it federates with chosen peers alone.
    pub limited_federation: bool,
}

/// The node's addresses.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#urls>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Urls {
    /// The origin of the streaming endpoint, `wss://...`.
    pub streaming: String,
    /// A page about its health.
    pub status: Option<String>,
    /// A page about it.
    pub about: String,
    /// Its privacy policy.
    pub privacy_policy: Option<String>,
    /// Its terms of service.
    pub terms_of_service: Option<String>,
}

/// The node's key for Web Push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vapid {
    /// The public key as base64url.
    pub public_key: String,
}

/// Limits of profiles; lengths in characters.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#accounts>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AccountLimits {
    /// Length of the chosen name.
    pub max_display_name_length: u32,
    /// Length of the biography.
    pub max_note_length: u32,
    /// Length of the profile picture's description.
    pub max_avatar_description_length: u32,
    /// Length of the banner's description.
    pub max_header_description_length: u32,
    /// Number of featured hashtags.
    pub max_featured_tags: u32,
    /// Number of pinned statuses.
    pub max_pinned_statuses: u32,
    /// Number of rows in the profile's table.
    pub max_profile_fields: u32,
    /// Length of such a row's name.
    pub profile_field_name_limit: u32,
    /// Length of such a row's value.
    pub profile_field_value_limit: u32,
}

/// Limits of statuses.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#statuses>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusLimits {
    /// Length in characters.
    pub max_characters: u32,
    /// Number of attachments.
    pub max_media_attachments: u32,
    /// What a link counts, whatever its length.
    pub characters_reserved_per_url: u32,
}

/// Limits of media; sizes in bytes, areas in pixels.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#media_attachments>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MediaLimits {
    /// The kinds of files that are taken.
    pub supported_mime_types: Vec<String>,
    /// Size of an image.
    pub image_size_limit: u64,
    /// Area of an image.
    pub image_matrix_limit: u64,
    /// Size of a video.
    pub video_size_limit: u64,
    /// Frames a second of a video.
    pub video_frame_rate_limit: u32,
    /// Area of a video.
    pub video_matrix_limit: u64,
}

/// Limits of media and of their descriptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DescribedMediaLimits {
    /// Limits of the files.
    #[serde(flatten)]
    pub files: MediaLimits,
    /// Length of a description in characters.
    pub description_limit: u32,
}

/// Limits of polls; times in seconds.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#polls>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PollLimits {
    /// Number of options.
    pub max_options: u32,
    /// Length of an option in characters.
    pub max_characters_per_option: u32,
    /// The shortest time that a poll may run.
    pub min_expiration: u32,
    /// The longest time that a poll may run.
    pub max_expiration: u32,
}

/// Whether the node translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Translation {
    /// Whether it does.
    pub enabled: bool,
}

/// Who may read the node's timelines.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#timelines_access>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimelinesAccess {
    /// Public timelines.
    pub live_feeds: FeedAccess,
    /// Timelines of hashtags.
    pub hashtag_feeds: FeedAccess,
    /// Timelines of links.
    pub trending_link_feeds: FeedAccess,
}

/// Who may read one kind of timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FeedAccess {
    /// Its local statuses.
    pub local: Access,
    /// Its remote statuses.
    pub remote: Access,
}

/// Who may read something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Everybody.
    Public,
    /// Those who have signed in.
    Authenticated,
    /// Nobody.
    Disabled,
}

/// Whether and how people may join.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#registrations>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registrations {
    /// Whether they may.
    pub enabled: bool,
    /// Whether the staff has to agree.
    pub approval_required: bool,
    /// Whether they have to say why; null when that was never decided.
    pub reason_required: Option<bool>,
    /// Why they may not, as HTML.
    pub message: Option<String>,
    /// How old they have to be, in years.
    pub min_age: Option<u32>,
    /// A page of its own for joining.
    pub url: Option<String>,
}

/// What version of each API the node speaks.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#api-versions>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ApiVersions {
    /// The Mastodon client API.
    pub mastodon: u32,
}

/// Whom to ask about the node.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#contact>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contact {
    /// A mail address; may be empty.
    pub email: String,
    /// An account.
    pub account: Option<Account>,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::super::rules::RuleTranslation;
    use super::*;

    /// The limits that both versions of the entity show.
    pub(crate) fn limits() -> (StatusLimits, MediaLimits, PollLimits) {
        let statuses = StatusLimits {
            max_characters: 500,
            max_media_attachments: 4,
            characters_reserved_per_url: 23,
        };
        let media = MediaLimits {
            supported_mime_types: vec!["image/png".into()],
            image_size_limit: 16_777_216,
            image_matrix_limit: 33_177_600,
            video_size_limit: 103_809_024,
            video_frame_rate_limit: 120,
            video_matrix_limit: 8_294_400,
        };
        let polls = PollLimits {
            max_options: 4,
            max_characters_per_option: 50,
            min_expiration: 300,
            max_expiration: 2_629_746,
        };
        (statuses, media, polls)
    }

    fn configuration() -> Configuration {
        let (statuses, files, polls) = limits();
        let open = FeedAccess {
            local: Access::Public,
            remote: Access::Authenticated,
        };
        Configuration {
            urls: Urls {
                streaming: "wss://alpha.example".into(),
                status: None,
                about: "https://alpha.example/about".into(),
                privacy_policy: None,
                terms_of_service: None,
            },
            vapid: Vapid {
                public_key: String::new(),
            },
            accounts: AccountLimits {
                max_display_name_length: 30,
                max_note_length: 500,
                max_avatar_description_length: 150,
                max_header_description_length: 150,
                max_featured_tags: 10,
                max_pinned_statuses: 5,
                max_profile_fields: 4,
                profile_field_name_limit: 255,
                profile_field_value_limit: 255,
            },
            statuses,
            media_attachments: DescribedMediaLimits {
                files,
                description_limit: 10_000,
            },
            polls,
            translation: Translation { enabled: false },
            timelines_access: TimelinesAccess {
                live_feeds: open,
                hashtag_feeds: open,
                trending_link_feeds: open,
            },
            limited_federation: false,
        }
    }

    #[test]
    fn the_configuration_has_its_documented_keys() {
        let open = json!({"local": "public", "remote": "authenticated"});
        let expected = json!({
            "urls": {
                "streaming": "wss://alpha.example", "status": null,
                "about": "https://alpha.example/about", "privacy_policy": null,
                "terms_of_service": null,
            },
            "vapid": {"public_key": ""},
            "accounts": {
                "max_display_name_length": 30, "max_note_length": 500,
                "max_avatar_description_length": 150, "max_header_description_length": 150,
                "max_featured_tags": 10, "max_pinned_statuses": 5, "max_profile_fields": 4,
                "profile_field_name_limit": 255, "profile_field_value_limit": 255,
            },
            "statuses": {
                "max_characters": 500, "max_media_attachments": 4,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": ["image/png"], "description_limit": 10000,
                "image_size_limit": 16_777_216, "image_matrix_limit": 33_177_600,
                "video_size_limit": 103_809_024, "video_frame_rate_limit": 120,
                "video_matrix_limit": 8_294_400,
            },
            "polls": {
                "max_options": 4, "max_characters_per_option": 50, "min_expiration": 300,
                "max_expiration": 2_629_746,
            },
            "translation": {"enabled": false},
            "timelines_access": {
                "live_feeds": open, "hashtag_feeds": open, "trending_link_feeds": open,
            },
            "limited_federation": false,
        });
        assert_eq!(json!(configuration()), expected);
    }

    #[test]
    fn the_node_has_its_documented_keys() {
        let translation = RuleTranslation {
            text: "Sei freundlich.".into(),
            hint: String::new(),
        };
        let node = Instance {
            domain: "alpha.example".into(),
            title: "Alpha".into(),
            version: "4.5.0 (compatible; Whimbrel 0.1.0)".into(),
            source_url: "https://code.example".into(),
            description: "A node.".into(),
            wrapstodon: None,
            usage: Usage {
                users: UsageUsers { active_month: 3 },
            },
            thumbnail: Thumbnail {
                url: "https://alpha.example/preview.png".into(),
                description: String::new(),
                blurhash: None,
                versions: Some(ThumbnailVersions {
                    once: "https://alpha.example/1.png".into(),
                    twice: "https://alpha.example/2.png".into(),
                }),
            },
            icon: vec![Icon {
                src: "https://alpha.example/icon.png".into(),
                size: "36x36".into(),
            }],
            languages: vec!["en".into()],
            configuration: configuration(),
            registrations: Registrations {
                enabled: false,
                approval_required: false,
                reason_required: None,
                message: None,
                min_age: None,
                url: None,
            },
            api_versions: ApiVersions { mastodon: 1 },
            contact: Contact {
                email: "staff@alpha.example".into(),
                account: None,
            },
            rules: vec![Rule {
                id: 1,
                text: "Be kind.".into(),
                hint: String::new(),
                translations: BTreeMap::from([("de".into(), translation)]),
            }],
        };
        let expected = json!({
            "domain": "alpha.example", "title": "Alpha",
            "version": "4.5.0 (compatible; Whimbrel 0.1.0)",
            "source_url": "https://code.example", "description": "A node.", "wrapstodon": null,
            "usage": {"users": {"active_month": 3}},
            "thumbnail": {
                "url": "https://alpha.example/preview.png", "description": "",
                "versions": {
                    "@1x": "https://alpha.example/1.png", "@2x": "https://alpha.example/2.png",
                },
            },
            "icon": [{"src": "https://alpha.example/icon.png", "size": "36x36"}],
            "languages": ["en"], "configuration": configuration(),
            "registrations": {
                "enabled": false, "approval_required": false, "reason_required": null,
                "message": null, "min_age": null, "url": null,
            },
            "api_versions": {"mastodon": 1},
            "contact": {"email": "staff@alpha.example", "account": null},
            "rules": [{
                "id": "1", "text": "Be kind.", "hint": "",
                "translations": {"de": {"text": "Sei freundlich.", "hint": ""}},
            }],
        });
        assert_eq!(json!(node), expected);
    }
}
