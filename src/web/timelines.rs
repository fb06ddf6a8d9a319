//! The public timelines and the pages of tags, as everybody sees them, signed in or not.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::listings::{asked_page, paging, show_all};
use super::pages::timeline::{Subject, Timeline};
use super::refusals::Refused;
use super::visits::Visit;
use super::{pages, paths};
use crate::node::Node;
use crate::social::slices::Slice;
use crate::social::timelines::{self, TagNames};
use crate::store::statuses::Status;
use crate::store::timelines::PublicFilter;
use crate::store::{self, Conn, Page, QueryResult};
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
    let url = visit.node.urls.tag(&name);
    let path = url.trim_start_matches(visit.node.urls.origin()).to_owned();
    let subject = Subject::Tag {
        name,
        url,
        recent_accounts: None,
    };
    show(visit, subject, path).await
}

async fn show(visit: Visit, subject: Subject, path: String) -> Result<HttpResponse, Refused> {
    let (node, page) = (visit.node.clone(), asked_page(&visit.query));
    let view = visit
        .node
        .db
        .read(move |conn| {
            let filter = PublicFilter {
                is_local: (subject == Subject::Local).then_some(true),
                only_media: false,
            };
            let part = match &subject {
                Subject::Tag { name, .. } => tagged(conn, name, filter, &page, &node)?,
                _ => timelines::public(conn, None, filter, &page, node.clock.now())?,
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

/// What everybody may see of what carries a tag.
pub(super) fn tagged(
    conn: &mut Conn,
    name: &str,
    filter: PublicFilter,
    page: &Page,
    node: &Node,
) -> QueryResult<Slice<Status>> {
    let names = TagNames {
        any: vec![name.to_owned()],
        ..TagNames::default()
    };
    match timelines::find_tags(conn, &names)? {
        Some(tags) => timelines::tagged(conn, None, &tags, filter, page, node.clock.now()),
        None => Ok(Slice::empty()),
    }
}
