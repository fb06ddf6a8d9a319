//! Which handler answers on which path. Fixed names come before `{id}`.
//!
//! Source: <https://docs.joinmastodon.org/methods/accounts/>

use actix_web::web::{self, ServiceConfig};

use super::{credentials, lookups, pages, relations, sign_ups};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/v1/accounts/verify_credentials")
                .route(web::get().to(credentials::verify_credentials)),
        )
        .service(
            web::resource("/api/v1/accounts/update_credentials")
                .route(web::patch().to(credentials::update_credentials))
                .route(web::put().to(credentials::update_credentials)),
        )
        .route("/api/v1/accounts/lookup", web::get().to(lookups::lookup))
        .route("/api/v1/accounts/search", web::get().to(lookups::search))
        .route(
            "/api/v1/accounts/relationships",
            web::get().to(relations::relationships),
        )
        .route(
            "/api/v1/accounts/familiar_followers",
            web::get().to(lookups::familiar_followers),
        )
        .service(
            web::resource("/api/v1/accounts")
                .route(web::get().to(lookups::index))
                .route(web::post().to(sign_ups::create)),
        )
        .route("/api/v1/accounts/{id}", web::get().to(lookups::get));
    lists(config);
    deeds(config);
}

fn lists(config: &mut ServiceConfig) {
    for (list, route) in [
        ("statuses", web::get().to(pages::statuses)),
        ("followers", web::get().to(pages::followers)),
        ("following", web::get().to(pages::following)),
        ("featured_tags", web::get().to(lookups::featured_tags)),
        ("lists", web::get().to(lookups::lists)),
    ] {
        config.route(&format!("/api/v1/accounts/{{id}}/{list}"), route);
    }
}

fn deeds(config: &mut ServiceConfig) {
    for (deed, route) in [
        ("follow", web::post().to(relations::follow)),
        ("unfollow", web::post().to(relations::unfollow)),
        (
            "remove_from_followers",
            web::post().to(relations::remove_from_followers),
        ),
        ("block", web::post().to(relations::block)),
        ("unblock", web::post().to(relations::unblock)),
        ("mute", web::post().to(relations::mute)),
        ("unmute", web::post().to(relations::unmute)),
    ] {
        config.route(&format!("/api/v1/accounts/{{id}}/{deed}"), route);
    }
}
