//! What became of a post at other servers, for its author and the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use url::form_urlencoded;

use super::pages;
use super::pages::outcomes::{Host as Line, Outcomes as View};
use super::pages::thread::DeliveryLine;
use super::refusals::Refused;
use super::visits::Visit;
use crate::id::{AccountId, StatusId};
use crate::social::outcomes::{self, Host, Outcomes, State, Wanted};
use crate::social::staff::By;
use crate::store::statuses::Status;
use crate::store::{self, Conn};

/// Servers on a page.
const PAGE: usize = 100;

/// `GET /@NAME/ID/delivery`: server by server, after the domain `after`.
pub(super) async fn show(
    visit: Visit,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Refused> {
    let missing = || Refused(StatusCode::NOT_FOUND);
    let (name, id) = path.into_inner();
    let id: StatusId = id.parse().map_err(|_| missing())?;
    let person = visit.signed_in.as_ref().map(|one| &one.person);
    let person = person.ok_or_else(missing)?;
    let (viewer, by) = (person.account.id, By::Person(person.user.role));
    let (after, now) = (
        visit.query.get("after").to_lowercase(),
        visit.node.clock.now(),
    );
    let read = move |conn: &mut Conn| {
        let status = outcomes::find(conn, viewer, by, id)?;
        let author = store::accounts::find(conn, status.account_id)?;
        let author = author.filter(|author| author.username.eq_ignore_ascii_case(&name));
        author.ok_or(Refused(StatusCode::NOT_FOUND))?;
        let wanted = Wanted {
            state: None,
            after,
            limit: PAGE,
        };
        Ok::<_, Refused>(outcomes::show(conn, status, &wanted, now)?)
    };
    let found = visit.node.db.read(read).await?;
    let kept_days = visit.node.config.federation.receipts_retention_days;
    let html = pages::outcomes::render(&visit.frame(None), &portray(found, kept_days, now));
    Ok(visit.form_page(StatusCode::OK, html))
}

fn portray(found: Outcomes, kept_days: u32, now: i64) -> View {
    let url = found.status.url.unwrap_or(found.status.uri);
    let next_url = found.next.map(|after| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("after", &after);
        format!("{}?{}", page_of(&url), query.finish())
    });
    View {
        summary: found.totals.in_words(),
        hosts: found.hosts.iter().map(|host| line(host, now)).collect(),
        next_url,
        kept_days,
        status_url: url,
    }
}

fn line(host: &Host, now: i64) -> Line {
    Line {
        domain: host.domain.clone(),
        state: match host.state {
            State::Pending => "waiting",
            other => other.word(),
        },
        at: host.at,
        why: host.why(now),
    }
}

/// Where people see what became of the post with this page.
fn page_of(status_url: &str) -> String {
    format!("{status_url}/delivery")
}

/// The line below a post by which its author sees how far it has come; none for others.
///
/// # Errors
/// Whatever the database says.
pub(super) fn find_line(
    conn: &mut Conn,
    viewer: Option<AccountId>,
    status: &Status,
) -> store::QueryResult<Option<DeliveryLine>> {
    let (true, Some(url)) = (viewer == Some(status.account_id), &status.url) else {
        return Ok(None);
    };
    let totals = outcomes::count(conn, status)?;
    Ok((totals.hosts > 0).then(|| DeliveryLine {
        words: totals.in_words(),
        url: page_of(url),
    }))
}
