//! The public timelines and the pages of tags, as everybody sees them, signed in or not.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::listings::{asked_page, paging, show_all};
use super::pages::timeline::{Subject, Timeline};
use super::refusals::Refused;
use super::visits::Visit;
use super::{pages, paths};
use crate::social::slices::Slice;
use crate::social::timelines::{self, TagNames};
use crate::store;
use crate::store::timelines::PublicFilter;
use crate::text::scan::normalise_hashtag;

/// `GET /public/local`: what was posted here.
pub(super) async fn show_local(visit: Visit) -> Result<HttpResponse, Refused> {
    show(visit, Subject::Local, paths::LOCAL_TIMELINE.to_owned()).await
}

/// `GET /public`: what this node knows from everywhere.
pub(super) async fn show_public(visit: Visit) -> Result<HttpResponse, Refused> {
    show(
        visit,
        Subject::Everywhere,
        paths::PUBLIC_TIMELINE.to_owned(),
    )
    .await
}

/// `GET /tags/NAME`: what carries a tag.
pub(super) async fn show_tag(
    visit: Visit,
    name: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    let name = name.into_inner();
    if normalise_hashtag(&name).is_none() {
        return Err(Refused(StatusCode::NOT_FOUND));
    }
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let subject = Subject::Tag {
        name,
        recent_accounts: None,
    };
    show(visit, subject, format!("/tags/{encoded}")).await
}

async fn show(visit: Visit, subject: Subject, path: String) -> Result<HttpResponse, Refused> {
    let (node, page) = (visit.node.clone(), asked_page(&visit.query));
    let view = visit
        .node
        .db
        .read(move |conn| {
            let now = node.clock.now();
            let filter = PublicFilter {
                is_local: (subject == Subject::Local).then_some(true),
                only_media: false,
            };
            let part = match &subject {
                Subject::Tag { name, .. } => {
                    let names = TagNames {
                        any: vec![name.clone()],
                        ..TagNames::default()
                    };
                    match timelines::find_tags(conn, &names)? {
                        Some(tags) => timelines::tagged(conn, None, &tags, filter, &page, now)?,
                        None => Slice::empty(),
                    }
                }
                _ => timelines::public(conn, None, filter, &page, now)?,
            };
            Ok::<_, store::Error>(Timeline {
                paging: paging(&path, &page, &part),
                statuses: show_all(conn, &node, &part.items)?,
                subject,
            })
        })
        .await?;
    Ok(visit.page(pages::timeline::render(&visit.frame(None), &view)))
}
