//! What trends, for the staff, who lets it pass or keeps it from being shown.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::admin::StaffVisit;
use super::fields::Sent;
use super::pages::Flash;
use super::pages::trends::{Line, Trends};
use super::refusals::Refused;
use super::visits::see_other;
use super::{pages, paths};
use crate::social::trends::{self, Decision, Waiting};
use crate::store::links::Publisher;
use crate::text::to_plain;

/// Hashtags, links and posts on the page, each.
const PAGE: i64 = 40;
/// Characters that are shown of a post.
const SHOWN: usize = 280;

/// `GET /admin/trends`: what trends, shown or not.
pub(super) async fn list(staff: StaffVisit) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by, .. } = staff;
    let Waiting {
        tags,
        links,
        statuses,
    } = trends::list_waiting(&visit.node, by, PAGE).await?;
    let usual = !visit.node.config.trends.requires_review;
    let done = match visit.query.get("done") {
        "approve" => Some("It may trend."),
        "reject" => Some("It does not trend."),
        _ => None,
    };
    let tags = tags.into_iter().map(|one| Line {
        url: format!("{}/tags/{}", paths::ADMIN_TRENDS, one.tag.0),
        text: format!("#{}", one.tag.1),
        page_url: visit.node.urls.tag(&one.tag.1),
        said: one.review.is_trendable,
    });
    let statuses = statuses.into_iter().map(|(status, said)| Line {
        url: format!("{}/statuses/{}", paths::ADMIN_TRENDS, status.id),
        text: to_plain(&status.content).chars().take(SHOWN).collect(),
        page_url: status.url.unwrap_or(status.uri),
        said,
    });
    let mut hosts: Vec<Publisher> = links.iter().map(|one| one.link.1.clone()).collect();
    hosts.sort_by_key(|host| host.id);
    hosts.dedup();
    let hosts = hosts.into_iter().map(|host| Line {
        url: format!("{}/publishers/{}", paths::ADMIN_TRENDS, host.id),
        page_url: format!("https://{}/", host.domain),
        text: host.domain,
        said: host.is_trendable,
    });
    let links = links.into_iter().map(|one| Line {
        url: format!("{}/links/{}", paths::ADMIN_TRENDS, one.link.0.id),
        text: one.title(),
        page_url: one.link.0.url,
        said: one.link.0.is_trendable.or(one.link.1.is_trendable),
    });
    let view = Trends {
        form: visit.form(Vec::new()),
        is_on: visit.node.config.trends.enabled,
        usual,
        tags: tags.collect(),
        links: links.collect(),
        hosts: hosts.collect(),
        statuses: statuses.collect(),
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    let html = pages::trends::render(&visit.frame(flash), &view);
    Ok(visit.form_page(StatusCode::OK, html))
}

/// `POST /admin/trends/{kind}/{id}/{decision}`: `approve` or `reject`, of `tags`, `links`, `publishers` or
/// `statuses`.
pub(super) async fn decide(
    staff: StaffVisit,
    path: web::Path<(String, String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let (StaffVisit { visit, staff, .. }, Sent(sent)) = (staff, sent);
    visit.check_form(&sent)?;
    let missing = || Refused(StatusCode::NOT_FOUND);
    let (kind, id, word) = path.into_inner();
    let is_trendable = match word.as_str() {
        "approve" => true,
        "reject" => false,
        _ => return Err(missing()),
    };
    match kind.as_str() {
        "tags" => {
            let decision = Decision {
                is_trendable: Some(is_trendable),
                ..Decision::default()
            };
            let id = id.parse().map_err(|_| missing())?;
            trends::decide_tag(&visit.node, staff, id, decision).await?;
        }
        "links" => {
            let id = id.parse().map_err(|_| missing())?;
            trends::links::decide(&visit.node, staff, id, is_trendable).await?;
        }
        "publishers" => {
            let id = id.parse().map_err(|_| missing())?;
            trends::links::decide_publisher(&visit.node, staff, id, is_trendable).await?;
        }
        "statuses" => {
            let id = id.parse().map_err(|_| missing())?;
            trends::decide_status(&visit.node, staff, id, is_trendable).await?;
        }
        _ => return Err(missing()),
    }
    Ok(see_other(&format!("{}?done={word}", paths::ADMIN_TRENDS)))
}
