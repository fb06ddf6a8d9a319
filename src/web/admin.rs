//! Who may see the pages for the staff; for everybody else they do not exist.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use super::paths;
use super::refusals::Refused;
use super::visits::{Visit, found};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;

/// A visit of somebody of the staff.
pub(super) struct StaffVisit {
    pub(super) visit: Visit,
    /// What they may do.
    pub(super) by: By,
    /// Who they are, for the record.
    pub(super) staff: Staff,
}

impl FromRequest for StaffVisit {
    type Error = Refused;
    type Future = LocalBoxFuture<'static, Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        Box::pin(async move {
            let visit = visit.await?;
            let person = visit.signed_in.as_ref().map(|one| &one.person);
            let staff = person.map(|one| Staff::person(&one.account, one.user.role));
            let staff = staff.filter(|staff| staff.by.may_look());
            let staff = staff.ok_or(Refused(StatusCode::NOT_FOUND))?;
            Ok(Self {
                visit,
                by: staff.by,
                staff,
            })
        })
    }
}

/// `GET /admin`: the way to the first of the pages.
pub(super) async fn show(_staff: StaffVisit) -> HttpResponse {
    found(paths::ADMIN_PEERS)
}
