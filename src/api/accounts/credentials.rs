//! One's own account: reading it with its raw texts, and changing it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::api::answers;
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::params::{Params, blank_as_none};
use crate::api::render::{self, View};
use crate::api::scopes::{ReadOwnAccount, WriteAccounts};
use crate::api::statuses::read_quote_policy;
use crate::federation::resolve;
use crate::id::AccountId;
use crate::node::Node;
use crate::social;
use crate::social::accounts::{Defaults, FieldDraft, Picture, ProfileChange};
use crate::store::Visibility;

/// The viewer's own account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#verify_credentials>
pub(super) async fn verify_credentials(
    node: Data<Node>,
    viewer: Viewer<ReadOwnAccount>,
) -> Result<HttpResponse, ApiError> {
    show_own(&node, viewer.id()).await
}

/// Changes the viewer's own account.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#update_credentials>
pub(super) async fn update_credentials(
    node: Data<Node>,
    viewer: Viewer<WriteAccounts>,
    params: Params<Changes>,
) -> Result<HttpResponse, ApiError> {
    change_own(&node, viewer.id(), params).await?;
    show_own(&node, viewer.id()).await
}

/// Changes the viewer's own account by what a request says.
///
/// # Errors
/// What is wrong with it; nothing has changed then.
pub(in crate::api) async fn change_own(
    node: &Node,
    viewer: AccountId,
    mut params: Params<Changes>,
) -> Result<(), ApiError> {
    let avatar = params.take_file("avatar").map(|file| file.bytes.to_vec());
    let header = params.take_file("header").map(|file| file.bytes.to_vec());
    let change = params.into_inner().read(avatar, header)?;
    resolve::mentions(node, change.note.as_deref().unwrap_or_default()).await;
    Ok(social::accounts::update_profile(node, viewer, change).await?)
}

/// The answer with the viewer's own account as it is now.
///
/// # Errors
/// Whatever the database says.
pub(in crate::api) async fn show_own(
    node: &Node,
    viewer: AccountId,
) -> Result<HttpResponse, ApiError> {
    let view = View::of(node, Some(viewer));
    let own = node
        .db
        .read(move |conn| -> Result<_, ApiError> {
            let account = social::accounts::find_shown(conn, viewer)?;
            Ok(render::credentials::single(conn, &view, account)?)
        })
        .await?;
    Ok(answers::json(&own))
}

/// What may be changed; what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::api) struct Changes {
    display_name: Option<String>,
    note: Option<String>,
    fields_attributes: Option<Vec<FieldChange>>,
    #[serde(deserialize_with = "blank_as_none")]
    locked: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    bot: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    discoverable: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    indexable: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    hide_collections: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    avatar: Option<String>,
    avatar_description: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    header: Option<String>,
    header_description: Option<String>,
    attribution_domains: Option<Vec<String>>,
    #[serde(deserialize_with = "blank_as_none")]
    show_media: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    show_media_replies: Option<bool>,
    #[serde(deserialize_with = "blank_as_none")]
    show_featured: Option<bool>,
    source: Option<SourceChange>,
}

/// A row of the profile's table.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldChange {
    name: Option<String>,
    value: Option<String>,
}

/// Defaults of new statuses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SourceChange {
    #[serde(deserialize_with = "blank_as_none")]
    privacy: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    sensitive: Option<bool>,
    language: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    quote_policy: Option<String>,
}

impl Changes {
    /// The change that the rules understand; files stand above texts.
    fn read(
        self,
        avatar: Option<Vec<u8>>,
        header: Option<Vec<u8>>,
    ) -> Result<ProfileChange, ApiError> {
        let fields = self.fields_attributes.map(|rows| {
            let draft = |row: FieldChange| FieldDraft {
                name: row.name.unwrap_or_default(),
                value: row.value.unwrap_or_default(),
            };
            rows.into_iter().map(draft).collect()
        });
        Ok(ProfileChange {
            display_name: self.display_name,
            note: self.note,
            fields,
            locked: self.locked,
            bot: self.bot,
            discoverable: self.discoverable,
            indexable: self.indexable,
            hides_collections: self.hide_collections,
            avatar: picture(avatar, self.avatar.as_deref())?,
            avatar_alt: self.avatar_description,
            header: picture(header, self.header.as_deref())?,
            header_alt: self.header_description,
            attribution_domains: self.attribution_domains,
            shows_media: self.show_media,
            shows_media_replies: self.show_media_replies,
            shows_featured: self.show_featured,
            defaults: self.source.unwrap_or_default().read()?,
        })
    }
}

impl SourceChange {
    fn read(self) -> Result<Defaults, ApiError> {
        let visibility = match self.privacy {
            None => None,
            Some(word) => Some(
                Visibility::from_word(&word)
                    .ok_or_else(|| ApiError::validation("Privacy is not included in the list"))?,
            ),
        };
        Ok(Defaults {
            visibility,
            sensitive: self.sensitive,
            language: self.language,
            quote_policy: read_quote_policy(self.quote_policy.as_deref())?,
        })
    }
}

/// A picture as a file, or written as `data:image/png;base64,...`.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc2397>
fn picture(file: Option<Vec<u8>>, text: Option<&str>) -> Result<Option<Picture>, ApiError> {
    if let Some(bytes) = file {
        return Ok(Some(Picture::New(bytes)));
    }
    let Some(text) = text else { return Ok(None) };
    let data = text.strip_prefix("data:").and_then(|data| {
        let (kind, encoded) = data.split_once(',')?;
        kind.ends_with(";base64").then_some(encoded.trim())
    });
    let bytes = data.and_then(|encoded| STANDARD.decode(encoded).ok());
    let bytes = bytes.ok_or_else(|| ApiError::validation("File is not an image"))?;
    Ok(Some(Picture::New(bytes)))
}
