//! The table of what a node shows to everybody and of what older programs ask: announcements, trends, collections,
//! reactions, and routes that later ones replace. It belongs to the table of routes.

use super::accesses::{
    ADMIN_READ, ADMIN_WRITE_BY_MODERATORS, AnyToken, Everybody, MAYBE_ANY, MAYBE_READ_COLLECTIONS,
    MAYBE_READ_STATUSES, ONLOOKER_READ_STATUSES, READ_COLLECTIONS, READ_SEARCH, Route,
    WRITE_ACCOUNTS, WRITE_COLLECTIONS, WRITE_FAVOURITES, WRITE_FOLLOWS, WRITE_STATUSES, row,
};

const REACTION: &str = "/api/v1/pleroma/statuses/{id}/reactions/{emoji}";

/// These routes.
pub(super) const ROUTES: &[Route] = &[
    row("POST", "/oauth/introspect", Everybody),
    row("GET", "/oauth/token/info", AnyToken),
    row("GET", "/api/v1/announcements", AnyToken),
    row("POST", "/api/v1/announcements/{id}/dismiss", WRITE_ACCOUNTS),
    row(
        "PUT",
        "/api/v1/announcements/{id}/reactions/{name}",
        WRITE_FAVOURITES,
    ),
    row(
        "PATCH",
        "/api/v1/announcements/{id}/reactions/{name}",
        WRITE_FAVOURITES,
    ),
    row(
        "DELETE",
        "/api/v1/announcements/{id}/reactions/{name}",
        WRITE_FAVOURITES,
    ),
    row("GET", "/api/v1/trends", MAYBE_ANY),
    row("GET", "/api/v1/trends/tags", MAYBE_ANY),
    row("GET", "/api/v1/trends/statuses", ONLOOKER_READ_STATUSES),
    row("GET", "/api/v1/trends/links", Everybody),
    row(
        "GET",
        "/api/v1/accounts/{id}/collections",
        MAYBE_READ_COLLECTIONS,
    ),
    row(
        "GET",
        "/api/v1/accounts/{id}/in_collections",
        READ_COLLECTIONS,
    ),
    row("POST", "/api/v1/collections", WRITE_COLLECTIONS),
    row("GET", "/api/v1/collections/{id}", MAYBE_READ_COLLECTIONS),
    row("PATCH", "/api/v1/collections/{id}", WRITE_COLLECTIONS),
    row("PUT", "/api/v1/collections/{id}", WRITE_COLLECTIONS),
    row("DELETE", "/api/v1/collections/{id}", WRITE_COLLECTIONS),
    row("POST", "/api/v1/collections/{id}/items", WRITE_COLLECTIONS),
    row(
        "DELETE",
        "/api/v1/collections/{id}/items/{item}",
        WRITE_COLLECTIONS,
    ),
    row(
        "POST",
        "/api/v1/collections/{id}/items/{item}/revoke",
        WRITE_COLLECTIONS,
    ),
    row(
        "GET",
        "/api/v1_alpha/accounts/{id}/collections",
        MAYBE_READ_COLLECTIONS,
    ),
    row(
        "GET",
        "/api/v1_alpha/accounts/{id}/in_collections",
        READ_COLLECTIONS,
    ),
    row("POST", "/api/v1_alpha/collections", WRITE_COLLECTIONS),
    row(
        "GET",
        "/api/v1_alpha/collections/{id}",
        MAYBE_READ_COLLECTIONS,
    ),
    row("PATCH", "/api/v1_alpha/collections/{id}", WRITE_COLLECTIONS),
    row("PUT", "/api/v1_alpha/collections/{id}", WRITE_COLLECTIONS),
    row(
        "DELETE",
        "/api/v1_alpha/collections/{id}",
        WRITE_COLLECTIONS,
    ),
    row(
        "POST",
        "/api/v1_alpha/collections/{id}/items",
        WRITE_COLLECTIONS,
    ),
    row(
        "DELETE",
        "/api/v1_alpha/collections/{id}/items/{item}",
        WRITE_COLLECTIONS,
    ),
    row(
        "POST",
        "/api/v1_alpha/collections/{id}/items/{item}/revoke",
        WRITE_COLLECTIONS,
    ),
    row("POST", "/api/v1/follows", WRITE_FOLLOWS),
    row("GET", "/api/v1/search", READ_SEARCH),
    row("GET", "/api/v1/statuses/{id}/card", ONLOOKER_READ_STATUSES),
    row("GET", "/api/v1/accounts/{id}/identity_proofs", AnyToken),
    row("GET", "/api/oembed", Everybody),
    row("GET", "/api/v1/timelines/link", MAYBE_READ_STATUSES),
    row("GET", "/api/v1/admin/tags", ADMIN_READ),
    row("GET", "/api/v1/admin/tags/{id}", ADMIN_READ),
    row("PUT", "/api/v1/admin/tags/{id}", ADMIN_WRITE_BY_MODERATORS),
    row(
        "PATCH",
        "/api/v1/admin/tags/{id}",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row("GET", "/api/v1/admin/trends/tags", ADMIN_READ),
    row(
        "POST",
        "/api/v1/admin/trends/tags/{id}/approve",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row(
        "POST",
        "/api/v1/admin/trends/tags/{id}/reject",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row("GET", "/api/v1/admin/trends/statuses", ADMIN_READ),
    row(
        "POST",
        "/api/v1/admin/trends/statuses/{id}/approve",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row(
        "POST",
        "/api/v1/admin/trends/statuses/{id}/reject",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row("GET", "/api/v1/admin/trends/links", ADMIN_READ),
    row(
        "POST",
        "/api/v1/admin/trends/links/{id}/approve",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row(
        "POST",
        "/api/v1/admin/trends/links/{id}/reject",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row("GET", "/api/v1/admin/trends/links/publishers", ADMIN_READ),
    row(
        "POST",
        "/api/v1/admin/trends/links/publishers/{id}/approve",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row(
        "POST",
        "/api/v1/admin/trends/links/publishers/{id}/reject",
        ADMIN_WRITE_BY_MODERATORS,
    ),
    row("GET", "/api/v1/custom_emojis", Everybody),
    row(
        "GET",
        "/api/v1/pleroma/statuses/{id}/reactions",
        MAYBE_READ_STATUSES,
    ),
    row("GET", REACTION, MAYBE_READ_STATUSES),
    row("PUT", REACTION, WRITE_STATUSES),
    row("DELETE", REACTION, WRITE_STATUSES),
];
