//! The addresses of the pages, named once: the forms and links point at them, the routes answer on them.
//!
//! Addresses of accounts, statuses and tags are made by the callers, which know the node's origin.

use crate::id::{AnnouncementId, EmojiId};

/// The front page.
pub const FRONT: &str = "/";
/// The page about the node: who runs it, its rules, its software.
pub const ABOUT: &str = "/about";
/// The privacy policy.
pub const PRIVACY_POLICY: &str = "/privacy-policy";
/// The terms of service.
pub const TERMS_OF_SERVICE: &str = "/terms-of-service";
/// The page on which the first visitor with the one-time link creates the owner's account.
pub const SET_UP: &str = "/setup";
/// The sign-in form (GET) and its answer (POST).
pub const SIGN_IN: &str = "/auth/sign_in";
/// Ends the browser session (POST).
pub const SIGN_OUT: &str = "/auth/sign_out";
/// The sign-up form (GET) and its answer (POST).
pub const SIGN_UP: &str = "/auth/sign_up";
/// Confirms an e-mail address (GET shows, POST does; `token` in query and form).
pub const CONFIRMATION: &str = "/auth/confirmation";
/// Asks for another link that confirms an e-mail address (GET, POST).
pub const CONFIRM_AGAIN: &str = "/auth/confirmation/new";
/// Asks for a link to a new password (GET, POST).
pub const FORGOTTEN: &str = "/auth/password";
/// Sets a new password (GET shows, POST does; `token` in query and form).
pub const RESET: &str = "/auth/password/new";
/// The consent page of OAuth (GET) and the decision taken on it (POST).
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Shows a code to copy by hand (GET, `code` in the query).
pub const SHOW_CODE: &str = "/oauth/authorize/native";
/// Shows something from another server (GET, `uri` in the query) and does something with it (POST).
pub const INTERACTION: &str = "/authorize_interaction";
/// Asks people of other servers who they are (GET, `uri` in the query), and shows the way to their server (POST).
pub const ELSEWHERE: &str = "/interact";
/// A form for a post (GET, `text`, `url`, `title` and `in_reply_to` in the query) and its answer (POST).
pub const SHARE: &str = "/share";
/// Public statuses written on this node.
pub const LOCAL_TIMELINE: &str = "/public/local";
/// Public statuses of every server that this node knows.
pub const PUBLIC_TIMELINE: &str = "/public";
/// The signed-in person's own page.
pub const SETTINGS: &str = "/settings";
/// Changes the password (POST).
pub const CHANGE_PASSWORD: &str = "/settings/password";
/// Changes the e-mail address (POST).
pub const CHANGE_EMAIL: &str = "/settings/email";
/// The signed-in person's account as a whole: aliases, moving, its end.
pub const ACCOUNT: &str = "/settings/account";
/// Names another account of the same person (POST).
pub const ADD_ALIAS: &str = "/settings/account/aliases";
/// Names it no longer (POST).
pub const REMOVE_ALIAS: &str = "/settings/account/aliases/remove";
/// Moves to another account (POST).
pub const MOVE: &str = "/settings/account/move";
/// Says no longer that the account has moved (POST).
pub const STAY: &str = "/settings/account/stay";
/// Deletes the account (POST).
pub const DELETE_ACCOUNT: &str = "/settings/account/delete";
/// Changes how the signed-in person's clients show posts (POST).
pub const CHANGE_READING: &str = "/settings/reading";
/// The signed-in person's invitations (GET) and new ones (POST).
pub const INVITES: &str = "/settings/invites";
/// Takes an invitation back (POST, field `invite_id`).
pub const REVOKE_INVITE: &str = "/settings/invites/revoke";
/// Takes an application's access away (POST, field `application_id`).
pub const REVOKE_APPLICATION: &str = "/settings/applications/revoke";
/// Where programs expect the applications that have access (GET); they are shown on the settings page.
pub const APPLICATIONS: &str = "/oauth/authorized_applications";
/// The page of a lab (GET) and what is done on it (POST); a lab answers it on an address of its own.
pub const LAB: &str = "/";
/// The page of a lab, reloaded by the browser.
pub const LAB_RELOADING: &str = "/?reload=2";
/// What the page of a lab shows, as JSON.
pub const LAB_STATE: &str = "/state.json";
/// Whether the node does well, for everybody.
pub const STATUS: &str = "/status";
/// The pages for the staff.
pub const ADMIN: &str = "/admin";
/// Other servers, for the staff.
pub const ADMIN_PEERS: &str = "/admin/peers";

/// What everybody on this node is told, for the staff.
pub const ADMIN_ANNOUNCEMENTS: &str = "/admin/announcements";
/// The node's own emoji, for the staff.
pub const ADMIN_EMOJIS: &str = "/admin/emojis";

/// What trends, for the staff.
pub const ADMIN_TRENDS: &str = "/admin/trends";

/// Where people of any server act on something of this node.
#[must_use]
pub fn elsewhere(uri: &str) -> String {
    with_parameter(ELSEWHERE, "uri", uri)
}

/// Where somebody signed in answers something.
#[must_use]
pub fn reply(uri: &str) -> String {
    with_parameter(SHARE, "in_reply_to", uri)
}

fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    format!("{path}?{}", query.finish())
}

/// One announcement, for the staff.
#[must_use]
pub fn admin_announcement(id: AnnouncementId) -> String {
    format!("{ADMIN_ANNOUNCEMENTS}/{id}")
}

/// One of the node's own emoji, for the staff.
#[must_use]
pub fn admin_emoji(id: EmojiId) -> String {
    format!("{ADMIN_EMOJIS}/{id}")
}

/// Sign-ups that wait for the staff.
pub const ADMIN_SIGN_UPS: &str = "/admin/sign-ups";

/// What is decided about a sign-up (POST): `approve` or `reject`.
#[must_use]
pub fn admin_sign_up(id: &str, decision: &str) -> String {
    format!("{ADMIN_SIGN_UPS}/{id}/{decision}")
}

/// One other server, for the staff.
#[must_use]
pub fn admin_peer(domain: &str) -> String {
    let mut path = format!("{ADMIN_PEERS}/");
    path.extend(url::form_urlencoded::byte_serialize(domain.as_bytes()));
    path
}
