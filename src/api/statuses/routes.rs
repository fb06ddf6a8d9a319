//! Which method of which path is which handler.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/>

use actix_web::web::{self, ServiceConfig};

use super::{keeping, marking, posting, quoting, reading};

/// The routes of statuses.
pub fn routes(config: &mut ServiceConfig) {
    let statuses = web::resource("/api/v1/statuses")
        .route(web::post().to(posting::create))
        .route(web::get().to(reading::index));
    let status = web::resource("/api/v1/statuses/{id}")
        .route(web::get().to(reading::get))
        .route(web::put().to(posting::edit))
        .route(web::patch().to(posting::edit))
        .route(web::delete().to(posting::delete));
    let policy = web::resource(of("interaction_policy"))
        .route(web::put().to(quoting::set_policy))
        .route(web::patch().to(quoting::set_policy));
    config.service(statuses).service(status).service(policy);
    config
        .route(&of("context"), web::get().to(reading::context))
        .route(&of("history"), web::get().to(reading::history))
        .route(&of("source"), web::get().to(reading::source))
        .route(&of("reblogged_by"), web::get().to(reading::reblogged_by))
        .route(&of("favourited_by"), web::get().to(reading::favourited_by))
        .route(&of("favourite"), web::post().to(marking::favourite))
        .route(&of("unfavourite"), web::post().to(marking::unfavourite))
        .route(&of("reblog"), web::post().to(marking::boost))
        .route(&of("unreblog"), web::post().to(marking::unreblog))
        .route(&of("bookmark"), web::post().to(marking::bookmark))
        .route(&of("unbookmark"), web::post().to(marking::unbookmark))
        .route(&of("pin"), web::post().to(keeping::pin))
        .route(&of("unpin"), web::post().to(keeping::unpin))
        .route(&of("mute"), web::post().to(keeping::mute))
        .route(&of("unmute"), web::post().to(keeping::unmute))
        .route(&of("quotes"), web::get().to(quoting::list))
        .route(
            &of("quotes/{quoting_status_id}/revoke"),
            web::post().to(quoting::revoke),
        );
}

fn of(what: &str) -> String {
    format!("/api/v1/statuses/{{id}}/{what}")
}
