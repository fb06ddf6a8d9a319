//! The privacy policy and the terms of service, where the node has them.

use actix_web::HttpResponse;

use super::pages;
use super::refusals::Refused;
use super::visits::Visit;
use crate::social::texts::{self, Kind};

/// `GET /privacy-policy`.
pub(super) async fn privacy_policy(visit: Visit) -> Result<HttpResponse, Refused> {
    page(&visit, "Privacy policy", Kind::Privacy).await
}

/// `GET /terms-of-service`.
pub(super) async fn terms_of_service(visit: Visit) -> Result<HttpResponse, Refused> {
    page(&visit, "Terms of service", Kind::Terms).await
}

async fn page(visit: &Visit, title: &str, kind: Kind) -> Result<HttpResponse, Refused> {
    let text = texts::read(&visit.node, kind).await?;
    let view = pages::text::Text {
        title: title.to_owned(),
        since: text.since,
        text_html: text.html,
    };
    Ok(visit.page(pages::text::render(&visit.frame(None), &view)))
}
