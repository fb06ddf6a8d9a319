//! The routes of all doors in one list, and what answers where there is none.

use actix_web::http::StatusCode;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{HttpResponse, http};

use super::{bodies, metrics};
use crate::api::streaming::Hub;
use crate::federation;
use crate::node::Node;
use crate::social::attempts::Attempts;
use crate::social::vitals::Gauges;
use crate::{api, web as pages};

/// Every route of the node, and what handlers find in the app data: the [`Node`], the counts of [`Attempts`] to
/// sign in, the [`Hub`] of streams, the [`Gauges`] and the limits of bodies.
pub(super) fn configure(
    config: &mut ServiceConfig,
    node: &Node,
    attempts: &Attempts,
    hub: &Hub,
    gauges: &Gauges,
) {
    let largest = bodies::largest(&node.config);
    config
        .app_data(web::Data::new(node.clone()))
        .app_data(web::Data::new(attempts.clone()))
        .app_data(web::Data::new(hub.clone()))
        .app_data(web::Data::new(gauges.clone()))
        .app_data(bodies::limits(&node.config))
        .app_data(PayloadConfig::new(largest))
        .route("/health", web::get().to(health))
        .route(metrics::PATH, web::get().to(metrics::show))
        .configure(federation::routes)
        .configure(api::routes)
        .configure(pages::routes)
        .default_service(web::to(missing));
}

/// Whether the node answers at all.
async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(http::header::ContentType::plaintext())
        .body("OK")
}

/// The gate gives this answer its words.
async fn missing() -> HttpResponse {
    HttpResponse::new(StatusCode::NOT_FOUND)
}
