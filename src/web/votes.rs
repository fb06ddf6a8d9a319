//! Voting on the page of a post.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::fields::Sent;
use super::pages::{Ballot, Form};
use super::refusals::Refused;
use super::visits::{Visit, see_other};
use crate::id::{AccountId, StatusId};
use crate::social::Error;
use crate::social::polls::voting;
use crate::social::visibility::find_visible;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};

/// The form for this viewer, still without what every form carries; none if the poll does not let them vote, or there
/// is none.
pub(super) fn offer(
    conn: &mut Conn,
    viewer: AccountId,
    status: &Status,
    now: i64,
) -> QueryResult<Option<Ballot>> {
    if !voting::is_open_to(conn, viewer, status, now)? {
        return Ok(None);
    }
    let multiple = store::polls::find(conn, status.id)?.is_some_and(|poll| poll.multiple);
    let options = store::polls::list_options(conn, &[status.id])?;
    Ok(Some(Ballot {
        form: Form::default(),
        url: format!("{}/vote", page_of(status)),
        options: options.into_iter().map(|option| option.title).collect(),
        multiple,
        language: status.language.clone(),
    }))
}

/// `POST /@NAME/ID/vote`: votes, and goes back to the post.
pub(super) async fn vote(
    visit: Visit,
    path: web::Path<(String, String)>,
    sent: Sent,
) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    visit.check_form(&sent)?;
    let missing = || Refused(StatusCode::NOT_FOUND);
    let id: StatusId = path.into_inner().1.parse().map_err(|_| missing())?;
    let person = visit.signed_in.as_ref().map(|one| &one.person);
    let viewer = person.ok_or_else(missing)?.account.id;
    let look = move |conn: &mut Conn| find_visible(conn, Some(viewer), id);
    let status = visit.node.db.read(look).await?;
    if !status.is_local {
        return Err(missing());
    }
    let choices = sent.all("choice").filter_map(|place| place.parse().ok());
    match voting::vote(&visit.node, viewer, id, choices.collect()).await {
        Ok(()) => Ok(see_other(&page_of(&status))),
        Err(Error::Invalid(sentence)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let sentence = sentence.trim_start_matches("Validation failed: ");
            Ok(visit.error_page(status, "This vote does not count", sentence))
        }
        Err(error) => Err(error.into()),
    }
}

fn page_of(status: &Status) -> String {
    status.url.clone().unwrap_or_else(|| status.uri.clone())
}
