//! Which page answers where.

use actix_web::guard::{self, Guard};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, Route};

use super::{consent, files, front, paths, set_up, settings, sign_in, sign_up, static_files};

/// The pages of this node. They find the [`Node`](crate::node::Node) and the
/// [`Attempts`](crate::social::attempts::Attempts) in the app data.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at(paths::FRONT).route(get().to(front::show)))
        .service(
            at(paths::SET_UP)
                .route(get().to(set_up::show))
                .route(web::post().to(set_up::create)),
        )
        .service(
            at(paths::SIGN_IN)
                .route(get().to(sign_in::show))
                .route(web::post().to(sign_in::sign_in)),
        )
        .service(at(paths::SIGN_OUT).route(web::post().to(sign_in::sign_out)))
        .service(
            at(paths::SIGN_UP)
                .route(get().to(sign_up::show))
                .route(web::post().to(sign_up::create)),
        )
        .service(
            at(paths::AUTHORIZE)
                .route(get().to(consent::show))
                .route(web::post().to(consent::decide)),
        )
        .service(at(paths::SHOW_CODE).route(get().to(consent::show_code)))
        .service(at(paths::SETTINGS).route(get().to(settings::show)))
        .service(at(paths::CHANGE_PASSWORD).route(web::post().to(settings::change_password)))
        .service(at(paths::REVOKE_APPLICATION).route(web::post().to(settings::revoke_application)));
    for file in static_files::FILES {
        cfg.service(at(file.path).route(get().to(files::show)));
    }
}

fn at(path: &str) -> Resource {
    web::resource(path)
}

/// Answers GET, and HEAD with the same headers.
fn get() -> Route {
    web::route().guard(readable())
}

fn readable() -> impl Guard {
    guard::Any(guard::Get()).or(guard::Head())
}
