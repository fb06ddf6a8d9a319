//! The client API as a table: what is built, and what a token must be allowed to do for it.
//!
//! `docs/API.md` shows this table; tests compare both, and ask every route with and without a token that fits. A new
//! route gets its row here.

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a token changes nothing.
    Everybody,
    /// Everybody; a person's token with one of these scopes may change what is seen.
    MaybeViewer(&'static [&'static str]),
    /// A person, by a token with one of these scopes.
    Viewer(&'static [&'static str]),
    /// An application, by its own token with one of these scopes.
    Application(&'static [&'static str]),
    /// Any valid token.
    AnyToken,
}

use Access::{AnyToken, Application, Everybody, MaybeViewer, Viewer};

const fn row(method: &'static str, path: &'static str, access: Access) -> Route {
    Route {
        method,
        path,
        access,
    }
}

/// Every route of the client API.
pub const ROUTES: &[Route] = &[
    row("GET", "/.well-known/oauth-authorization-server", Everybody),
    row("POST", "/oauth/token", Everybody),
    row("POST", "/oauth/revoke", Everybody),
    row("GET", "/oauth/userinfo", Viewer(&["profile"])),
    row("POST", "/oauth/userinfo", Viewer(&["profile"])),
    row("POST", "/api/v1/apps", Everybody),
    row("GET", "/api/v1/apps/verify_credentials", AnyToken),
    row(
        "GET",
        "/api/v1/accounts/verify_credentials",
        Viewer(&["read:accounts", "profile"]),
    ),
    row(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        Viewer(&["write:accounts"]),
    ),
    row(
        "PUT",
        "/api/v1/accounts/update_credentials",
        Viewer(&["write:accounts"]),
    ),
    row("GET", "/api/v1/instance/privacy_policy", Everybody),
    row("GET", "/api/v1/instance/terms_of_service", Everybody),
    row(
        "GET",
        "/api/v1/profile",
        Viewer(&["read:accounts", "profile"]),
    ),
    row("PATCH", "/api/v1/profile", Viewer(&["write:accounts"])),
    row("PUT", "/api/v1/profile", Viewer(&["write:accounts"])),
    row(
        "DELETE",
        "/api/v1/profile/avatar",
        Viewer(&["write:accounts"]),
    ),
    row(
        "DELETE",
        "/api/v1/profile/header",
        Viewer(&["write:accounts"]),
    ),
    row("GET", "/api/v1/preferences", Viewer(&["read:accounts"])),
    row("GET", "/api/v1/accounts", MaybeViewer(&["read:accounts"])),
    row("POST", "/api/v1/accounts", Application(&["write:accounts"])),
    row(
        "POST",
        "/api/v1/emails/confirmations",
        Viewer(&["write:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/emails/check_confirmation",
        Viewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/lookup",
        MaybeViewer(&["read:accounts"]),
    ),
    row("GET", "/api/v1/accounts/search", Viewer(&["read:accounts"])),
    row(
        "GET",
        "/api/v1/accounts/relationships",
        Viewer(&["read:follows"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/familiar_followers",
        Viewer(&["read:follows"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/statuses",
        MaybeViewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/followers",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/following",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/featured_tags",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/endorsements",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/lists",
        Viewer(&["read:lists"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/follow",
        Viewer(&["write:follows"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/unfollow",
        Viewer(&["write:follows"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/remove_from_followers",
        Viewer(&["write:follows"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/block",
        Viewer(&["write:blocks"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/unblock",
        Viewer(&["write:blocks"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/mute",
        Viewer(&["write:mutes"]),
    ),
    row(
        "POST",
        "/api/v1/accounts/{id}/unmute",
        Viewer(&["write:mutes"]),
    ),
    row("GET", "/api/v1/follow_requests", Viewer(&["read:follows"])),
    row(
        "POST",
        "/api/v1/follow_requests/{id}/authorize",
        Viewer(&["write:follows"]),
    ),
    row(
        "POST",
        "/api/v1/follow_requests/{id}/reject",
        Viewer(&["write:follows"]),
    ),
    row("GET", "/api/v1/blocks", Viewer(&["read:blocks"])),
    row("GET", "/api/v1/mutes", Viewer(&["read:mutes"])),
    row("GET", "/api/v1/domain_blocks", Viewer(&["read:blocks"])),
    row("POST", "/api/v1/statuses", Viewer(&["write:statuses"])),
    row("GET", "/api/v1/statuses", MaybeViewer(&["read:statuses"])),
    row(
        "GET",
        "/api/v1/statuses/{id}",
        MaybeViewer(&["read:statuses"]),
    ),
    row("PUT", "/api/v1/statuses/{id}", Viewer(&["write:statuses"])),
    row(
        "PATCH",
        "/api/v1/statuses/{id}",
        Viewer(&["write:statuses"]),
    ),
    row(
        "DELETE",
        "/api/v1/statuses/{id}",
        Viewer(&["write:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/statuses/{id}/context",
        MaybeViewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/statuses/{id}/history",
        MaybeViewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/statuses/{id}/source",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/statuses/{id}/reblogged_by",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "GET",
        "/api/v1/statuses/{id}/favourited_by",
        MaybeViewer(&["read:accounts"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/favourite",
        Viewer(&["write:favourites"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/unfavourite",
        Viewer(&["write:favourites"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/reblog",
        Viewer(&["write:statuses"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/unreblog",
        Viewer(&["write:statuses"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/bookmark",
        Viewer(&["write:bookmarks"]),
    ),
    row(
        "POST",
        "/api/v1/statuses/{id}/unbookmark",
        Viewer(&["write:bookmarks"]),
    ),
    row("GET", "/api/v1/favourites", Viewer(&["read:favourites"])),
    row("GET", "/api/v1/bookmarks", Viewer(&["read:bookmarks"])),
    row(
        "GET",
        "/api/v1/scheduled_statuses",
        Viewer(&["read:statuses"]),
    ),
    row("POST", "/api/v1/media", Viewer(&["write:media"])),
    row("POST", "/api/v2/media", Viewer(&["write:media"])),
    row("GET", "/api/v1/media/{id}", Viewer(&["write:media"])),
    row("PUT", "/api/v1/media/{id}", Viewer(&["write:media"])),
    row("DELETE", "/api/v1/media/{id}", Viewer(&["write:media"])),
    row("GET", "/api/v1/timelines/home", Viewer(&["read:statuses"])),
    row(
        "GET",
        "/api/v1/timelines/public",
        MaybeViewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/timelines/tag/{hashtag}",
        MaybeViewer(&["read:statuses"]),
    ),
    row("GET", "/api/v1/markers", Viewer(&["read:statuses"])),
    row("POST", "/api/v1/markers", Viewer(&["write:statuses"])),
    row(
        "GET",
        "/api/v1/notifications",
        Viewer(&["read:notifications"]),
    ),
    row(
        "GET",
        "/api/v1/notifications/unread_count",
        Viewer(&["read:notifications"]),
    ),
    row(
        "GET",
        "/api/v1/notifications/{id}",
        Viewer(&["read:notifications"]),
    ),
    row(
        "POST",
        "/api/v1/notifications/{id}/dismiss",
        Viewer(&["write:notifications"]),
    ),
    row(
        "POST",
        "/api/v1/notifications/clear",
        Viewer(&["write:notifications"]),
    ),
    row(
        "GET",
        "/api/v1/streaming",
        Viewer(&["read:statuses", "read:notifications"]),
    ),
    row("GET", "/api/v1/streaming/health", Everybody),
    row("GET", "/api/v1/streaming/user", Viewer(&["read:statuses"])),
    row(
        "GET",
        "/api/v1/streaming/user/notification",
        Viewer(&["read:notifications"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/public",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/public/local",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/public/remote",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/hashtag",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/hashtag/local",
        Viewer(&["read:statuses"]),
    ),
    row(
        "GET",
        "/api/v1/streaming/direct",
        Viewer(&["read:statuses"]),
    ),
    row("GET", "/api/v1/streaming/list", Viewer(&["read:statuses"])),
    row("GET", "/api/v1/push/subscription", Viewer(&["push"])),
    row("GET", "/api/v2/search", MaybeViewer(&["read:search"])),
    row("GET", "/api/v1/lists", Viewer(&["read:lists"])),
    row("GET", "/api/v1/filters", Viewer(&["read:filters"])),
    row("GET", "/api/v2/filters", Viewer(&["read:filters"])),
    row("GET", "/api/v1/followed_tags", Viewer(&["read:follows"])),
    row("GET", "/api/v1/featured_tags", Viewer(&["read:accounts"])),
    row("GET", "/api/v1/endorsements", Viewer(&["read:accounts"])),
    row("GET", "/api/v1/suggestions", Viewer(&["read:accounts"])),
    row("GET", "/api/v2/suggestions", Viewer(&["read:accounts"])),
    row("GET", "/api/v1/announcements", AnyToken),
    row("GET", "/api/v1/trends", Everybody),
    row("GET", "/api/v1/trends/tags", Everybody),
    row("GET", "/api/v1/trends/statuses", Everybody),
    row("GET", "/api/v1/trends/links", Everybody),
    row("GET", "/api/v2/instance", Everybody),
    row("GET", "/api/v1/instance", Everybody),
    row("GET", "/api/v1/instance/rules", Everybody),
    row("GET", "/api/v1/instance/extended_description", Everybody),
    row("GET", "/api/v1/instance/languages", Everybody),
    row("GET", "/api/v1/instance/translation_languages", Everybody),
    row("GET", "/api/v1/custom_emojis", Everybody),
    row("GET", "/api/whimbrel/v1/inbox", Viewer(&["admin:read"])),
    row(
        "POST",
        "/api/whimbrel/v1/inbox/retry",
        Viewer(&["admin:write"]),
    ),
    row(
        "GET",
        "/api/whimbrel/v1/inbox/{id}",
        Viewer(&["admin:read"]),
    ),
    row(
        "POST",
        "/api/whimbrel/v1/inbox/{id}/retry",
        Viewer(&["admin:write"]),
    ),
    row("GET", "/api/whimbrel/v1/catch_up", Viewer(&["admin:read"])),
    row(
        "GET",
        "/api/whimbrel/v1/statuses/{id}/delivery",
        Viewer(&["read:statuses"]),
    ),
    row("GET", "/api/whimbrel/v1/peers", Viewer(&["admin:read"])),
    row(
        "GET",
        "/api/whimbrel/v1/peers/{domain}",
        Viewer(&["admin:read"]),
    ),
    row(
        "POST",
        "/api/whimbrel/v1/peers/{domain}/retry",
        Viewer(&["admin:write"]),
    ),
    row(
        "POST",
        "/api/whimbrel/v1/peers/{domain}/pause",
        Viewer(&["admin:write"]),
    ),
    row(
        "POST",
        "/api/whimbrel/v1/peers/{domain}/resume",
        Viewer(&["admin:write"]),
    ),
    row(
        "POST",
        "/api/whimbrel/v1/peers/{domain}/forget",
        Viewer(&["admin:write"]),
    ),
    row("GET", "/media/{key}", Everybody),
];

/// The table as Markdown, as `docs/API.md` shows it.
#[must_use]
pub fn to_markdown() -> String {
    let mut table = String::from("| method | path | scope |\n|---|---|---|\n");
    for Route {
        method,
        path,
        access,
    } in ROUTES
    {
        let scope = match access {
            Everybody => String::new(),
            AnyToken => "any token".to_owned(),
            Viewer(scopes) => in_code(scopes),
            Application(scopes) => format!("an application's own token with {}", in_code(scopes)),
            MaybeViewer(scopes) => format!("without a token, or {}", in_code(scopes)),
        };
        table.extend(["| ", method, " | `", path, "` | ", &scope, " |\n"]);
    }
    table
}

fn in_code(scopes: &[&str]) -> String {
    let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    scopes.join(" or ")
}
