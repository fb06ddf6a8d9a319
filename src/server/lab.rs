//! The page of a lab: a small server of its own beside the nodes, for browsers of this computer.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::PayloadConfig;
use actix_web::{App, Error, HttpServer};

use super::headers;
use super::start::{Doors, StartError};
use crate::config::Server;
use crate::web::{Stage, lab_routes};

/// The largest form that the page takes, in bytes.
const LARGEST_FORM: usize = 16 << 10;

/// Seconds that requests under way get when the page is closed.
const PATIENCE: u64 = 1;

/// Answers with the page of a lab on a port that is bound already.
///
/// # Errors
/// When the computer grants no threads.
pub fn open_lab_page(listener: TcpListener, stage: Arc<dyn Stage>) -> Result<Doors, StartError> {
    let broken = |error| StartError::of_page(&error);
    let address = listener.local_addr().map_err(broken)?;
    let routes = lab_routes(stage);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(PayloadConfig::new(LARGEST_FORM))
            .wrap(from_fn(dress))
            .configure(routes.clone())
    });
    let server = server
        .workers(1)
        .shutdown_timeout(PATIENCE)
        .disable_signals()
        .listen(listener)
        .map_err(broken)?;
    Ok(Doors::open(address, server.run()))
}

/// Gives an answer the headers that every answer has, and words where it has none.
async fn dress(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let status = answer.status();
    let is_bare = !answer.headers().contains_key(CONTENT_TYPE);
    if is_bare && (status.is_client_error() || status.is_server_error()) {
        let words = format!(
            "{status}: this is the page of a lab; load http://localhost at its port again.\n"
        );
        answer = answer.map_body(|_, _| BoxBody::new(words));
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        answer.headers_mut().insert(CONTENT_TYPE, plain);
    }
    let path = answer.request().path().to_owned();
    headers::dress(answer.headers_mut(), &path, &Server::default());
    Ok(answer)
}
