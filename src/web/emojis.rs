//! The node's own custom emoji, for the staff.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::admin::StaffVisit;
use super::fields::{Fields, Sent};
use super::pages::emojis::{Emojis, Entered, Line};
use super::pages::{Flash, Problem};
use super::refusals::Refused;
use super::uploads::SentFile;
use super::visits::see_other;
use super::{pages, paths};
use crate::id::EmojiId;
use crate::social::Error;
use crate::social::emojis::{self, EmojiChange, NewEmoji};
use crate::store::custom_emojis::CustomEmoji;

/// `GET /admin/emojis`: all of them, and a form for another one.
pub(super) async fn list(staff: StaffVisit) -> Result<HttpResponse, Refused> {
    let done = match staff.visit.query.get("done") {
        "create" => Some("It can be used now."),
        "update" => Some("It is changed."),
        "disable" => Some("It cannot be used in new posts any more; it stays where it was used."),
        "enable" => Some("It can be used again."),
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
    let rows = emojis::list_all(&visit.node, *by).await?;
    let line = |row: &CustomEmoji| Line {
        url: paths::admin_emoji(row.id),
        shortcode: row.shortcode.clone(),
        picture_url: visit.node.urls.media(&row.file_key),
        category: row.category.clone().unwrap_or_default(),
        is_in_picker: row.visible_in_picker,
        is_enabled: row.disabled_at.is_none(),
    };
    let view = Emojis {
        form: visit.form(problem.into_iter().collect()),
        may_act: by.may_act(),
        lines: rows.iter().map(line).collect(),
        entered: Entered {
            shortcode: sent.get("shortcode").to_owned(),
            category: sent.get("category").to_owned(),
        },
    };
    let html = pages::emojis::render(&visit.frame(flash), &view);
    Ok(visit.form_page(status, html))
}

/// `POST /admin/emojis`: adds another one.
pub(super) async fn create(staff: StaffVisit, sent: SentFile) -> Result<HttpResponse, Refused> {
    let SentFile { fields, file } = sent;
    staff.visit.check_form(&fields)?;
    let new = NewEmoji {
        shortcode: fields.get("shortcode").trim().trim_matches(':').to_owned(),
        bytes: file,
        category: fields.get("category").to_owned(),
        visible_in_picker: fields.is_yes("visible"),
        replaces: fields.is_yes("replaces"),
    };
    match emojis::add(&staff.visit.node, staff.staff.clone(), new).await {
        Ok(_) => Ok(back("create")),
        Err(Error::Invalid(message) | Error::Conflict(message)) => {
            let problem = Problem {
                field: Some("shortcode".to_owned()),
                message,
            };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(&staff, status, None, &fields, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/emojis/{id}/{decision}`: `update`, `enable`, `disable` or `remove`.
pub(super) async fn decide(
    staff: StaffVisit,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let (StaffVisit { visit, staff, .. }, Sent(sent)) = (staff, sent);
    visit.check_form(&sent)?;
    let (id, word) = path.into_inner();
    let id: EmojiId = id.parse().map_err(|_| Refused(StatusCode::NOT_FOUND))?;
    let change = match word.as_str() {
        "update" => EmojiChange {
            category: Some(sent.get("category").to_owned()),
            visible_in_picker: Some(sent.is_yes("visible")),
            enabled: None,
        },
        "enable" | "disable" => EmojiChange {
            enabled: Some(word == "enable"),
            ..EmojiChange::default()
        },
        "remove" => {
            emojis::remove(&visit.node, staff, id).await?;
            return Ok(back("remove"));
        }
        _ => return Err(Refused(StatusCode::NOT_FOUND)),
    };
    emojis::change(&visit.node, staff, id, change).await?;
    Ok(back(&word))
}

fn back(done: &str) -> HttpResponse {
    see_other(&format!("{}?done={done}", paths::ADMIN_EMOJIS))
}
