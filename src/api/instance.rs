//! The node as it presents itself to clients: name, limits, what it can do.
//!
//! Source: <https://docs.joinmastodon.org/methods/instance/>

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, guard, http::header};
use serde::Serialize;

use super::answers;
use super::entities::instances::{
    Access, AccountLimits, ApiVersions, Configuration, Contact, DescribedMediaLimits, FeedAccess,
    Icon, MediaLimits, PollLimits, Registrations, StatusLimits, Thumbnail, TimelinesAccess,
    Translation, Urls, Usage, UsageUsers, Vapid,
};
use super::entities::instances_v1::{AccountLimitsV1, ConfigurationV1, Stats, UrlsV1};
use super::entities::{
    Account, Date, ExtendedDescription, Instance, InstanceV1, Instant, Language, PrivacyPolicy,
    Rule, TermsOfService,
};
use super::error::ApiError;
use super::render::{self, View};
use crate::clock::DAY;
use crate::config::{Inviters, Registrations as Policy};
use crate::media;
use crate::node::Node;
use crate::social::polls::drafts::Caps;
use crate::social::texts::{self, Kind};
use crate::social::{accounts, attachments, pins, push, tags};
use crate::store::{self, Conn, QueryResult};
use crate::text::count::CHARACTERS_PER_URL;
use crate::text::escape;
use crate::text::languages::list_languages;

/// What clients read: the version of Mastodon whose client API this node speaks, and whose it is.
///
/// The first three characters decide what clients try: 4.5 promises quotes.
const VERSION: &str = concat!(
    "4.5.0 (compatible; Whimbrel ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// The version of the client API as a number; 7 promises quotes, 8 would promise yearly reviews.
///
/// Source: <https://docs.joinmastodon.org/entities/Instance/#api-versions>
const API_VERSION: u32 = 7;

/// The page about the node, which also says who gives the source code where that has no address.
const ABOUT: &str = "/about";

/// The page with the privacy policy.
const PRIVACY_POLICY: &str = "/privacy-policy";
/// The page with the terms of service.
const TERMS_OF_SERVICE: &str = "/terms-of-service";

/// For how long clients may keep these answers.
const KEPT: &str = "public, max-age=300";

/// The picture that stands for the node.
const THUMBNAIL: &str = "/static/preview.png";
/// The node's icon, 180 pixels square.
const ICON: &str = "/static/touch-icon.png";

/// Since when there has been a second version of the node's description, in seconds.
const V1_OLD_SINCE: &str = "@1668384000";

/// The routes of this page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v2/instance", web::get().to(v2))
        .service(
            web::resource("/api/v1/instance")
                .guard(guard::Get())
                .wrap(answers::deprecated(V1_OLD_SINCE))
                .route(web::get().to(v1)),
        )
        .route("/api/v1/instance/rules", web::get().to(rules))
        .route(
            "/api/v1/instance/extended_description",
            web::get().to(extended_description),
        )
        .route(
            "/api/v1/instance/privacy_policy",
            web::get().to(privacy_policy),
        )
        .route(
            "/api/v1/instance/terms_of_service",
            web::get().to(terms_of_service),
        )
        .route("/api/v1/instance/languages", web::get().to(languages))
        .route(
            "/api/v1/instance/translation_languages",
            web::get().to(translation_languages),
        );
}

/// The node.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#v2>
async fn v2(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let facts = gather(&node).await?;
    Ok(keep(&show(&node, facts)))
}

/// The node as older clients know it.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#v1>
async fn v1(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let facts = gather(&node).await?;
    Ok(keep(&show_v1(&node, facts)))
}

/// What people agree to when they join.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#rules>
async fn rules(node: Data<Node>) -> HttpResponse {
    keep(&show_rules(&node))
}

/// What the node says about itself.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#extended_description>
async fn extended_description(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let described = if texts::is_set(&node, Kind::Description) {
        let text = texts::read(&node, Kind::Description).await?;
        ExtendedDescription {
            updated_at: Instant(text.since),
            content: text.html,
        }
    } else {
        ExtendedDescription {
            // It is read when the process starts; since when it stood there before, nobody noted.
            updated_at: Instant(node.meters.started_at),
            content: format!("<p>{}</p>", escape(&node.config.instance.description)),
        }
    };
    Ok(keep(&described))
}

/// What the node does with what it knows of people.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#privacy_policy>
async fn privacy_policy(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let text = texts::read(&node, Kind::Privacy).await?;
    Ok(keep(&PrivacyPolicy {
        updated_at: Instant(text.since),
        content: text.html,
    }))
}

/// The terms under which people use the node.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#terms_of_service>
async fn terms_of_service(node: Data<Node>) -> Result<HttpResponse, ApiError> {
    let text = texts::read(&node, Kind::Terms).await?;
    Ok(keep(&TermsOfService {
        effective_date: Date(text.since),
        effective: true,
        content: text.html,
        succeeded_by: None,
    }))
}

/// The languages that statuses can be in.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/>
async fn languages() -> HttpResponse {
    let languages: Vec<Language> = list_languages()
        .map(|language| Language {
            code: language.code,
            name: language.name,
        })
        .collect();
    keep(&languages)
}

/// From which languages into which the node translates: it does not.
///
/// Source: <https://docs.joinmastodon.org/methods/instance/#translation_languages>
async fn translation_languages() -> HttpResponse {
    answers::empty()
}

/// An answer that is the same for everybody and may be kept for a while.
fn keep<T: Serialize + ?Sized>(value: &T) -> HttpResponse {
    let mut answer = answers::json(value);
    let kept = header::HeaderValue::from_static(KEPT);
    answer.headers_mut().insert(header::CACHE_CONTROL, kept);
    answer
}

/// What only the database knows.
struct Facts {
    users: i64,
    active: i64,
    statuses: i64,
    peers: i64,
    owner: Option<Account>,
    vapid_key: String,
}

async fn gather(node: &Node) -> Result<Facts, ApiError> {
    let view = View::of(node, None);
    let vapid_key = push::keys::ensure_public(node).await?;
    let read = move |conn: &mut Conn| load(conn, &view, vapid_key);
    Ok(node.db.read(read).await?)
}

fn load(conn: &mut Conn, view: &View, vapid_key: String) -> QueryResult<Facts> {
    let owner = match store::users::find_owner(conn)? {
        Some(id) => store::accounts::find(conn, id)?,
        None => None,
    };
    Ok(Facts {
        users: store::users::count(conn)?,
        active: store::users::count_active(conn, view.now - 30 * DAY)?,
        statuses: store::statuses::count_local(conn)?,
        peers: store::peers::count(conn)?,
        owner: match owner {
            Some(owner) => Some(render::accounts::single(conn, view, owner)?),
            None => None,
        },
        vapid_key,
    })
}

fn show(node: &Node, facts: Facts) -> Instance {
    let config = &node.config.instance;
    let source_url = config.source_url.clone();
    Instance {
        domain: node.urls.authority().to_owned(),
        title: config.title.clone(),
        version: VERSION.to_owned(),
        source_url: source_url.unwrap_or_else(|| node.urls.at(ABOUT)),
        description: config.description.clone(),
        wrapstodon: None,
        usage: Usage {
            users: UsageUsers {
                active_month: facts.active,
            },
        },
        thumbnail: Thumbnail {
            url: node.urls.at(THUMBNAIL),
            description: String::new(),
            blurhash: None,
            versions: None,
        },
        icon: vec![Icon {
            src: node.urls.at(ICON),
            size: "180x180".to_owned(),
        }],
        languages: config.languages.clone(),
        configuration: configuration(node, facts.vapid_key),
        registrations: Registrations {
            enabled: is_open(config.registrations),
            approval_required: config.registrations == Policy::Approval,
            reason_required: (config.registrations == Policy::Approval).then_some(true),
            message: None,
            min_age: (config.minimum_age > 0).then_some(config.minimum_age),
            url: None,
        },
        api_versions: ApiVersions {
            mastodon: API_VERSION,
        },
        contact: Contact {
            email: config.contact_email.clone().unwrap_or_default(),
            account: facts.owner,
        },
        rules: show_rules(node),
    }
}

fn configuration(node: &Node, vapid_key: String) -> Configuration {
    let everybody = FeedAccess {
        local: Access::Public,
        remote: Access::Public,
    };
    Configuration {
        urls: Urls {
            streaming: streaming(node),
            status: None,
            about: node.urls.at(ABOUT),
            privacy_policy: texts::is_set(node, Kind::Privacy)
                .then(|| node.urls.at(PRIVACY_POLICY)),
            terms_of_service: texts::is_set(node, Kind::Terms)
                .then(|| node.urls.at(TERMS_OF_SERVICE)),
        },
        vapid: Vapid {
            public_key: vapid_key,
        },
        accounts: AccountLimits {
            max_display_name_length: number(accounts::MAX_DISPLAY_NAME),
            max_note_length: number(accounts::MAX_NOTE),
            max_avatar_description_length: number(accounts::MAX_ALT),
            max_header_description_length: number(accounts::MAX_ALT),
            max_featured_tags: u32::try_from(tags::MOST_FEATURED).unwrap_or_default(),
            max_pinned_statuses: u32::try_from(pins::MOST).unwrap_or_default(),
            max_profile_fields: number(node.config.instance.max_profile_fields),
            profile_field_name_limit: number(accounts::MAX_FIELD),
            profile_field_value_limit: number(accounts::MAX_FIELD),
        },
        statuses: status_limits(node),
        media_attachments: DescribedMediaLimits {
            files: media_limits(node),
            description_limit: number(attachments::MAX_DESCRIPTION),
        },
        polls: poll_limits(node),
        translation: Translation { enabled: false },
        timelines_access: TimelinesAccess {
            live_feeds: everybody,
            hashtag_feeds: everybody,
            trending_link_feeds: everybody,
        },
        limited_federation: node.config.federation.limited,
    }
}

fn poll_limits(node: &Node) -> PollLimits {
    let caps = Caps::of(&node.config);
    PollLimits {
        max_options: number(caps.options),
        max_characters_per_option: number(caps.characters),
        min_expiration: caps.shortest,
        max_expiration: caps.longest,
    }
}

fn status_limits(node: &Node) -> StatusLimits {
    StatusLimits {
        max_characters: number(node.config.instance.max_characters),
        max_media_attachments: number(node.config.instance.max_attachments),
        characters_reserved_per_url: number(CHARACTERS_PER_URL),
    }
}

/// The pictures that are decoded here.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// What is taken where there is ffmpeg, by all its names.
const RECORDINGS: [&str; 20] = [
    "image/avif",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/x-matroska",
    "video/ogg",
    "audio/mpeg",
    "audio/mp3",
    "audio/ogg",
    "audio/vorbis",
    "audio/opus",
    "audio/wave",
    "audio/wav",
    "audio/x-wav",
    "audio/flac",
    "audio/aac",
    "audio/mp4",
    "audio/m4a",
    "audio/x-m4a",
    "audio/webm",
];

/// Without ffmpeg images alone: of videos none is small enough.
fn media_limits(node: &Node) -> MediaLimits {
    let config = &node.config.media;
    let number = |limit: usize| u64::try_from(limit).unwrap_or(u64::MAX);
    let has_recorder = node.recorder().is_some();
    let recordings = RECORDINGS.iter().filter(|_| has_recorder);
    let kinds = PICTURES.iter().chain(recordings);
    MediaLimits {
        supported_mime_types: kinds.map(ToString::to_string).collect(),
        image_size_limit: number(config.image_size_limit_bytes.min(media::MAX_FILE)),
        image_matrix_limit: media::MAX_PIXELS,
        video_size_limit: if has_recorder {
            number(config.video_size_limit_bytes)
        } else {
            0
        },
        video_frame_rate_limit: if has_recorder {
            config.video_frame_rate_limit
        } else {
            0
        },
        video_matrix_limit: if has_recorder {
            config.video_pixel_limit
        } else {
            0
        },
    }
}

/// Whether people may sign up who were not invited.
fn is_open(registrations: Policy) -> bool {
    matches!(registrations, Policy::Open | Policy::Approval)
}

/// Where streams are: the origin alone, as clients put the path behind it.
fn streaming(node: &Node) -> String {
    node.urls.origin().replacen("http", "ws", 1)
}

fn number(limit: usize) -> u32 {
    u32::try_from(limit).unwrap_or(u32::MAX)
}

/// The rules of this node, by number.
pub(super) fn show_rules(node: &Node) -> Vec<Rule> {
    let rules = node.config.instance.rules.iter();
    (1..)
        .zip(rules)
        .map(|(id, text)| Rule {
            id,
            text: text.clone(),
            hint: String::new(),
            translations: std::collections::BTreeMap::new(),
        })
        .collect()
}

fn show_v1(node: &Node, facts: Facts) -> InstanceV1 {
    let config = &node.config.instance;
    InstanceV1 {
        uri: node.urls.authority().to_owned(),
        title: config.title.clone(),
        short_description: config.description.clone(),
        description: escape(&config.description),
        email: config.contact_email.clone().unwrap_or_default(),
        version: VERSION.to_owned(),
        urls: UrlsV1 {
            streaming_api: streaming(node),
        },
        stats: Stats {
            user_count: facts.users,
            status_count: facts.statuses,
            domain_count: facts.peers,
        },
        thumbnail: Some(node.urls.at(THUMBNAIL)),
        languages: config.languages.clone(),
        registrations: is_open(config.registrations),
        approval_required: config.registrations == Policy::Approval,
        invites_enabled: config.registrations != Policy::Closed
            && config.invites == Inviters::People,
        configuration: ConfigurationV1 {
            accounts: AccountLimitsV1 {
                max_featured_tags: u32::try_from(tags::MOST_FEATURED).unwrap_or_default(),
            },
            statuses: status_limits(node),
            media_attachments: media_limits(node),
            polls: poll_limits(node),
        },
        contact_account: facts.owner,
        rules: show_rules(node),
    }
}
