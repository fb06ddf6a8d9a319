//! Accounts, as the staff looks for them and decides about them.
//!
//! Source: <https://docs.joinmastodon.org/methods/admin/accounts/>

use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::api::answers::{empty, json, json_page};
use crate::api::auth::Viewer;
use crate::api::error::ApiError;
use crate::api::page::{ListAddress, Paging, Sizes};
use crate::api::params::{Params, blank_as_none};
use crate::api::path::PathId;
use crate::api::render::{self, View, only};
use crate::api::scopes::{AdminReadAccounts, AdminWriteAccounts};
use crate::id::AccountId;
use crate::node::Node;
use crate::social::moderation::accounts::{self, Action, Relief};
use crate::social::moderation::listings;
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::people::{Filter, State};
use crate::store::{Role, WarningAction};

/// The routes of this file.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/api/v1/admin/accounts", web::get().to(v1))
        .route("/api/v2/admin/accounts", web::get().to(v2))
        .route("/api/v1/admin/accounts/{id}", web::get().to(get_one))
        .route("/api/v1/admin/accounts/{id}", web::delete().to(delete_one))
        .route(
            "/api/v1/admin/accounts/{id}/action",
            web::post().to(perform_action),
        )
        .route(
            "/api/v1/admin/accounts/{id}/approve",
            web::post().to(approve),
        )
        .route("/api/v1/admin/accounts/{id}/reject", web::post().to(reject))
        .route(
            "/api/v1/admin/accounts/{id}/{relief:enable|unsilence|unsuspend|unsensitive}",
            web::post().to(relieve),
        );
}

/// What both lists are narrowed by.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    #[serde(deserialize_with = "blank_as_none")]
    username: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    display_name: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    by_domain: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    email: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    ip: Option<String>,
}

impl Words {
    fn filter(self) -> Filter {
        let small = |text: String| text.trim().to_lowercase();
        Filter {
            handle: self.username.map(small),
            display_name: self.display_name,
            domain: self.by_domain.map(small),
            email: self.email.map(small),
            address: self.ip.map(small),
            ..Filter::default()
        }
    }
}

/// The switches of the older list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameters as they are documented"
)]
struct Switches {
    local: bool,
    remote: bool,
    active: bool,
    pending: bool,
    disabled: bool,
    silenced: bool,
    suspended: bool,
    sensitized: bool,
    staff: bool,
}

/// Accounts, the newest first, by switches.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#v1>
async fn v1(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadAccounts>,
    params: Params<(Words, Switches, Paging)>,
) -> Result<HttpResponse, ApiError> {
    let (words, switches, paging) = params.into_inner();
    let states = [
        (switches.pending, State::Pending),
        (switches.disabled, State::Disabled),
        (switches.silenced, State::Silenced),
        (switches.suspended, State::Suspended),
        (switches.sensitized, State::Sensitized),
        (switches.active, State::Active),
    ];
    let filter = Filter {
        is_local: match (switches.local, switches.remote) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        },
        state: states
            .iter()
            .find(|(is_on, _)| *is_on)
            .map(|(_, state)| *state),
        only_staff: switches.staff,
        ..words.filter()
    };
    list(&node, &request, &viewer, filter, &paging).await
}

/// The words of the newer list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    #[serde(deserialize_with = "blank_as_none")]
    origin: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    status: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    permissions: Option<String>,
    role_ids: Vec<i64>,
}

impl Wanted {
    fn apply(self, filter: Filter) -> Result<Filter, ApiError> {
        let unknown = |name: &str| ApiError::bad_request(format!("Unknown value of \"{name}\""));
        Ok(Filter {
            is_local: match self.origin.as_deref() {
                None => None,
                Some("local") => Some(true),
                Some("remote") => Some(false),
                Some(_) => return Err(unknown("origin")),
            },
            state: match self.status.as_deref() {
                None => None,
                Some("active") => Some(State::Active),
                Some("pending") => Some(State::Pending),
                Some("disabled") => Some(State::Disabled),
                Some("silenced") => Some(State::Silenced),
                Some("suspended") => Some(State::Suspended),
                Some("sensitized") => Some(State::Sensitized),
                Some(_) => return Err(unknown("status")),
            },
            only_staff: match self.permissions.as_deref() {
                None => false,
                Some("staff") => true,
                Some(_) => return Err(unknown("permissions")),
            },
            roles: self.role_ids.into_iter().filter_map(role_of).collect(),
            ..filter
        })
    }
}

/// The role of a number, as clients are told it.
fn role_of(number: i64) -> Option<Role> {
    match number {
        1 => Some(Role::Moderator),
        2 => Some(Role::Admin),
        3 => Some(Role::Owner),
        -99 => Some(Role::User),
        _ => None,
    }
}

/// Accounts, the newest first, by words.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#v2>
async fn v2(
    node: Data<Node>,
    request: HttpRequest,
    viewer: Viewer<AdminReadAccounts>,
    params: Params<(Words, Wanted, Paging)>,
) -> Result<HttpResponse, ApiError> {
    // Before the words are looked at: whoever may not ask learns nothing of what could be asked.
    By::Person(viewer.user.role).check_look()?;
    let (words, wanted, paging) = params.into_inner();
    let filter = wanted.apply(words.filter())?;
    list(&node, &request, &viewer, filter, &paging).await
}

async fn list(
    node: &Node,
    request: &HttpRequest,
    viewer: &Viewer<AdminReadAccounts>,
    filter: Filter,
    paging: &Paging,
) -> Result<HttpResponse, ApiError> {
    let by = By::Person(viewer.user.role);
    let page = paging.page(Sizes::HUNDREDS)?;
    let rows = listings::page(node, by, filter, page).await?;
    let (newest, oldest) = (
        rows.first().map(|row| row.id.0),
        rows.last().map(|row| row.id.0),
    );
    let link = ListAddress::of(&node.urls, request).both_ways(newest, oldest);
    let view = View::of(node, Some(viewer.id()));
    let shown = node
        .db
        .read(move |conn| render::admin::accounts(conn, &view, rows))
        .await?;
    Ok(json_page(&shown, link))
}

/// One account.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#get-one>
async fn get_one(
    node: Data<Node>,
    viewer: Viewer<AdminReadAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    show(&node, By::Person(viewer.user.role), viewer.id(), id).await
}

async fn show(
    node: &Node,
    by: By,
    viewer: AccountId,
    id: AccountId,
) -> Result<HttpResponse, ApiError> {
    let row = listings::find(node, by, id).await?;
    let view = View::of(node, Some(viewer));
    let shown = node
        .db
        .read(move |conn| only(render::admin::accounts(conn, &view, vec![row])?))
        .await?;
    Ok(json(&shown))
}

/// Deletes a suspended account for good.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#delete>
async fn delete_one(
    node: Data<Node>,
    viewer: Viewer<AdminWriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    accounts::delete(&node, staff, id).await?;
    Ok(empty())
}

/// What is to be done to an account.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Deed {
    #[serde(rename = "type", deserialize_with = "blank_as_none")]
    kind: Option<String>,
    #[serde(deserialize_with = "blank_as_none")]
    report_id: Option<i64>,
    #[serde(deserialize_with = "blank_as_none")]
    text: Option<String>,
}

/// Does something to an account, tells it, and resolves what was reported of it.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#action>
async fn perform_action(
    node: Data<Node>,
    viewer: Viewer<AdminWriteAccounts>,
    PathId(id): PathId<AccountId>,
    params: Params<Deed>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    staff.by.check_look()?;
    let deed = params.into_inner();
    let word = deed.kind.unwrap_or_default();
    let kind = WarningAction::from_word(&word).ok_or_else(|| {
        let words: Vec<&str> = WarningAction::ALL.iter().map(|kind| kind.word()).collect();
        ApiError::invalid(format!("The type must be one of {}", words.join(", ")))
    })?;
    let action = Action {
        kind,
        text: deed.text.unwrap_or_default(),
        report: deed.report_id,
    };
    accounts::act(&node, staff, id, action).await?;
    Ok(empty())
}

/// Lets somebody in who asked for an account.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#approve>
async fn approve(
    node: Data<Node>,
    viewer: Viewer<AdminWriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let by = staff.by;
    accounts::approve(&node, staff, id).await?;
    show(&node, by, viewer.id(), id).await
}

/// Removes the request of somebody who asked for an account.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#reject>
async fn reject(
    node: Data<Node>,
    viewer: Viewer<AdminWriteAccounts>,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::person(&viewer.account, viewer.user.role);
    accounts::reject(&node, staff, id).await?;
    Ok(empty())
}

/// Ends what was done to an account.
///
/// Source: <https://docs.joinmastodon.org/methods/admin/accounts/#unsuspend>
async fn relieve(
    node: Data<Node>,
    viewer: Viewer<AdminWriteAccounts>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, word) = path.into_inner();
    let id: AccountId = id.parse().map_err(|_| ApiError::not_found())?;
    let relief = match word.as_str() {
        "enable" => Relief::Enable,
        "unsilence" => Relief::Unsilence,
        "unsuspend" => Relief::Unsuspend,
        _ => Relief::Unsensitive,
    };
    let staff = Staff::person(&viewer.account, viewer.user.role);
    let by = staff.by;
    accounts::relieve(&node, staff, id, relief).await?;
    show(&node, by, viewer.id(), id).await
}
