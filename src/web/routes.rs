//! Which page answers where.

use actix_web::web::{self, ServiceConfig, resource};

use super::{
    about, consent, files, front, interaction, paths, profile, set_up, settings, sign_in, sign_up,
    static_files, timelines,
};

/// The pages of this node. They find the [`Node`](crate::node::Node) and the
/// [`Attempts`](crate::social::attempts::Attempts) in the app data.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(resource(paths::FRONT).route(web::get().to(front::show)))
        .service(resource(paths::ABOUT).route(web::get().to(about::show)))
        .service(
            resource(paths::SET_UP)
                .route(web::get().to(set_up::show))
                .route(web::post().to(set_up::create)),
        )
        .service(
            resource(paths::SIGN_IN)
                .route(web::get().to(sign_in::show))
                .route(web::post().to(sign_in::sign_in)),
        )
        .service(resource(paths::SIGN_OUT).route(web::post().to(sign_in::sign_out)))
        .service(
            resource(paths::SIGN_UP)
                .route(web::get().to(sign_up::show))
                .route(web::post().to(sign_up::create)),
        )
        .service(
            resource(paths::AUTHORIZE)
                .route(web::get().to(consent::show))
                .route(web::post().to(consent::decide)),
        )
        .service(resource(paths::SHOW_CODE).route(web::get().to(consent::show_code)))
        .service(
            resource(paths::INTERACTION)
                .route(web::get().to(interaction::show))
                .route(web::post().to(interaction::act)),
        )
        .service(resource(paths::SETTINGS).route(web::get().to(settings::show)))
        .service(resource(paths::CHANGE_PASSWORD).route(web::post().to(settings::change_password)))
        .service(
            resource(paths::REVOKE_APPLICATION).route(web::post().to(settings::revoke_application)),
        );
    cfg.service(resource(paths::LOCAL_TIMELINE).route(web::get().to(timelines::show_local)))
        .service(resource(paths::PUBLIC_TIMELINE).route(web::get().to(timelines::show_public)))
        .service(resource("/tags/{name}").route(web::get().to(timelines::show_tag)))
        .service(resource("/@{name}").route(web::get().to(profile::show)))
        .service(resource("/@{name}/{id}").route(web::get().to(profile::show_status)));
    for file in static_files::FILES {
        cfg.service(resource(file.path).route(web::get().to(files::show)));
    }
}
