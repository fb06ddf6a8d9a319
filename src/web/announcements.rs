//! What the staff tells everybody, for the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::admin::StaffVisit;
use super::fields::{Fields, Sent};
use super::pages::announcements::{Announcements, Entered, Line, One};
use super::pages::{Flash, Problem};
use super::refusals::Refused;
use super::visits::{Visit, see_other};
use super::{pages, paths};
use crate::clock::{from_rfc3339, to_rfc3339};
use crate::id::AnnouncementId;
use crate::social::Error;
use crate::social::announcements::{self, Draft};
use crate::social::staff::By;
use crate::store::announcements::Announcement;

/// Announcements on the page.
const PAGE: i64 = 100;

/// `GET /admin/announcements`: the newest, and a form for another one.
pub(super) async fn list(staff: StaffVisit) -> Result<HttpResponse, Refused> {
    let done = match staff.visit.query.get("done") {
        "draft" => Some("It is kept, and shown to nobody yet."),
        "create" => Some("It is shown to everybody on this node."),
        "remove" => Some("It is removed."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    page(&staff, StatusCode::OK, flash, &Fields::default(), None).await
}

async fn page(
    staff: &StaffVisit,
    status: StatusCode,
    flash: Option<Flash>,
    sent: &Fields,
    problem: Option<Problem>,
) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by, .. } = staff;
    let rows = announcements::list_all(&visit.node, *by, PAGE).await?;
    let view = Announcements {
        form: visit.form(problem.into_iter().collect()),
        may_act: by.may_act(),
        lines: rows.iter().map(line).collect(),
        entered: entered(sent),
    };
    let html = pages::announcements::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}

/// `POST /admin/announcements`: keeps another one, and shows it at once if that was chosen.
pub(super) async fn create(staff: StaffVisit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    staff.visit.check_form(&sent)?;
    let publishes = sent.get("publish") == "now";
    let made = match read(&sent) {
        Ok(draft) => {
            let by = staff.staff.clone();
            let made = announcements::create(&staff.visit.node, by, draft, publishes).await;
            made.map(drop)
        }
        Err(problem) => Err(Error::Invalid(problem)),
    };
    match made {
        Ok(()) => {
            let done = if publishes { "create" } else { "draft" };
            let list = paths::ADMIN_ANNOUNCEMENTS;
            Ok(see_other(&format!("{list}?done={done}")))
        }
        Err(Error::Invalid(sentence)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&staff, status, None, &sent, Some(problem(sentence))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /admin/announcements/{id}`: one of them.
pub(super) async fn show(
    staff: StaffVisit,
    id: web::Path<String>,
) -> Result<HttpResponse, Refused> {
    let StaffVisit { visit, by, .. } = &staff;
    let row = announcements::show(&visit.node, *by, number(&id)?).await?;
    let done = match visit.query.get("done") {
        "update" => Some("It is changed."),
        "publish" => Some("It is shown to everybody on this node."),
        "withdraw" => Some("It is shown no longer."),
        "unsure" => Some("Nothing was removed: the box was not ticked."),
        _ => None,
    };
    let flash = done.map(|sentence| Flash::Done(sentence.to_owned()));
    Ok(one(visit, *by, &row, flash, None))
}

fn one(
    visit: &Visit,
    by: By,
    row: &Announcement,
    flash: Option<Flash>,
    wrong: Option<(&Fields, String)>,
) -> HttpResponse {
    let (status, entered, problems) = match wrong {
        Some((sent, sentence)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            entered(sent),
            vec![problem(sentence)],
        ),
        None => (StatusCode::OK, as_entered(row), Vec::new()),
    };
    let view = One {
        form: visit.form(problems),
        may_act: by.may_act(),
        line: line(row),
        content_html: row.content.clone(),
        entered,
    };
    let html = pages::announcements::render_one(&visit.frame(flash), &view);
    visit.form_page(status, html)
}

/// `POST /admin/announcements/{id}`: says something else from now on.
pub(super) async fn update(
    staff: StaffVisit,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let (StaffVisit { visit, by, staff }, Sent(sent)) = (staff, sent);
    visit.check_form(&sent)?;
    let id = number(&id)?;
    let changed = match read(&sent) {
        Ok(draft) => announcements::update(&visit.node, staff, id, draft).await,
        Err(sentence) => Err(Error::Invalid(sentence)),
    };
    match changed {
        Ok(_) => Ok(see_other(&format!(
            "{}?done=update",
            paths::admin_announcement(id)
        ))),
        Err(Error::Invalid(sentence)) => {
            let row = announcements::show(&visit.node, by, id).await?;
            Ok(one(&visit, by, &row, None, Some((&sent, sentence))))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/announcements/{id}/{decision}`: `publish`, `withdraw` or `remove`.
pub(super) async fn decide(
    staff: StaffVisit,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let (StaffVisit { visit, by, staff }, Sent(sent)) = (staff, sent);
    visit.check_form(&sent)?;
    let (id, word) = path.into_inner();
    let id = number(&id)?;
    let page = paths::admin_announcement(id);
    match word.as_str() {
        "publish" => announcements::publish(&visit.node, staff, id).await?,
        "withdraw" => announcements::withdraw(&visit.node, staff, id).await?,
        "remove" if !sent.is_yes("yes") => {
            by.check_act()?;
            return Ok(see_other(&format!("{page}?done=unsure")));
        }
        "remove" => {
            announcements::remove(&visit.node, staff, id).await?;
            let list = paths::ADMIN_ANNOUNCEMENTS;
            return Ok(see_other(&format!("{list}?done=remove")));
        }
        _ => return Err(Refused(StatusCode::NOT_FOUND)),
    }
    Ok(see_other(&format!("{page}?done={word}")))
}

fn number(id: &str) -> Result<AnnouncementId, Refused> {
    id.parse().map_err(|_| Refused(StatusCode::NOT_FOUND))
}

fn problem(message: String) -> Problem {
    Problem {
        field: Some("text".to_owned()),
        message,
    }
}

fn line(row: &Announcement) -> Line {
    Line {
        url: paths::admin_announcement(row.id),
        text: row.text.clone(),
        published_at: row.published_at,
        scheduled_at: row.scheduled_at,
        ends_at: row.ends_at,
    }
}

fn entered(sent: &Fields) -> Entered {
    let get = |name: &str| sent.get(name).to_owned();
    Entered {
        text: get("text"),
        starts_at: get("starts_at"),
        ends_at: get("ends_at"),
        all_day: sent.is_yes("all_day"),
        scheduled_at: get("scheduled_at"),
    }
}

fn as_entered(row: &Announcement) -> Entered {
    let at = |instant: Option<i64>| instant.map(local_time).unwrap_or_default();
    Entered {
        text: row.text.clone(),
        starts_at: at(row.starts_at),
        ends_at: at(row.ends_at),
        all_day: row.all_day,
        scheduled_at: at(row.scheduled_at),
    }
}

/// An instant as fields for instants have it: `2026-08-08T12:34`, in UTC.
fn local_time(instant: i64) -> String {
    let text = to_rfc3339(instant);
    text.get(..16).unwrap_or_default().to_owned()
}

/// What the form says, or what is wrong with it.
fn read(sent: &Fields) -> Result<Draft, String> {
    let at = |name: &str| -> Result<Option<i64>, String> {
        let text = sent.get(name).trim();
        if text.is_empty() {
            return Ok(None);
        }
        let full = if text.len() == 16 {
            format!("{text}:00Z")
        } else {
            format!("{text}Z")
        };
        let instant = from_rfc3339(&full).or_else(|| from_rfc3339(text));
        instant
            .map(Some)
            .ok_or_else(|| format!("\"{text}\" is no instant: it is written like 2026-08-08T12:34"))
    };
    Ok(Draft {
        text: sent.get("text").to_owned(),
        starts_at: at("starts_at")?,
        ends_at: at("ends_at")?,
        all_day: sent.is_yes("all_day"),
        scheduled_at: at("scheduled_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_browsers_write_them() {
        let read = |text: &str| {
            let query = format!("text=x&ends_at={text}");
            read(&Fields::parse(query.as_bytes())).map(|draft| draft.ends_at)
        };
        for (text, expected) in [
            ("", Some(None)),
            ("2026-08-08T12:34", Some(Some(1_786_192_440_000))),
            ("2026-08-08T12:34:56", Some(Some(1_786_192_496_000))),
            ("2026-08-08T12:34:56Z", Some(Some(1_786_192_496_000))),
            ("tomorrow", None),
        ] {
            assert_eq!(read(text).ok(), expected, "{text}");
        }
        assert_eq!(local_time(1_786_192_496_789), "2026-08-08T12:34");
    }
}
