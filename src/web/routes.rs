//! Which page answers where.

use actix_web::web::{self, ServiceConfig, resource};

use super::{
    about, account, admin, announcements, confirmation, consent, elsewhere, emojis, feeds, files,
    front, interaction, invites, outcomes, paths, peers, profile, recovery, set_up, settings,
    share, sign_in, sign_up, sign_ups, static_files, status, texts, timelines, trends, votes,
};

/// The pages of this node. They find the [`Node`](crate::node::Node) and the
/// [`Attempts`](crate::social::attempts::Attempts) and the [`Gauges`](crate::social::vitals::Gauges) in the app data.
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
        .service(
            resource(paths::ELSEWHERE)
                .route(web::get().to(elsewhere::show))
                .route(web::post().to(elsewhere::act)),
        )
        .service(
            resource(paths::SHARE)
                .route(web::get().to(share::show))
                .route(web::post().to(share::post)),
        )
        .service(resource(paths::APPLICATIONS).route(web::get().to(settings::list_applications)))
        .service(
            resource("/oauth/authorized_applications/{id}")
                .route(web::delete().to(settings::revoke_one))
                .route(web::post().to(settings::revoke_one)),
        )
        .service(resource(paths::SETTINGS).route(web::get().to(settings::show)))
        .service(resource(paths::CHANGE_EMAIL).route(web::post().to(settings::change_email)))
        .service(resource(paths::CHANGE_READING).route(web::post().to(settings::change_reading)))
        .service(resource(paths::CHANGE_PASSWORD).route(web::post().to(settings::change_password)))
        .service(
            resource(paths::REVOKE_APPLICATION).route(web::post().to(settings::revoke_application)),
        );
    entry(cfg);
    cfg.service(resource(paths::LOCAL_TIMELINE).route(web::get().to(timelines::show_local)))
        .service(resource(paths::PUBLIC_TIMELINE).route(web::get().to(timelines::show_public)))
        .service(resource("/tags/{name}.rss").route(web::get().to(feeds::show_tag_rss)))
        .service(resource("/tags/{name}.atom").route(web::get().to(feeds::show_tag_atom)))
        .service(resource("/tags/{name}").route(web::get().to(timelines::show_tag)))
        .service(resource("/@{name}.rss").route(web::get().to(feeds::show_account_rss)))
        .service(resource("/@{name}.atom").route(web::get().to(feeds::show_account_atom)))
        .service(resource("/@{name}").route(web::get().to(profile::show)))
        .service(resource("/@{name}/{id}").route(web::get().to(profile::show_status)))
        .service(resource("/@{name}/{id}/vote").route(web::post().to(votes::vote)))
        .service(resource("/@{name}/{id}/delivery").route(web::get().to(outcomes::show)));
    cfg.service(resource(paths::STATUS).route(web::get().to(status::show)));
    staff(cfg);
    for file in static_files::FILES {
        cfg.service(resource(file.path).route(web::get().to(files::show)));
    }
}

/// What the staff looks after.
fn staff(cfg: &mut ServiceConfig) {
    cfg.service(resource(paths::ADMIN).route(web::get().to(admin::show)))
        .service(resource(paths::ADMIN_SIGN_UPS).route(web::get().to(sign_ups::list)))
        .service(
            resource("/admin/sign-ups/{id}/{decision}").route(web::post().to(sign_ups::decide)),
        )
        .service(resource(paths::ADMIN_PEERS).route(web::get().to(peers::list)))
        .service(resource("/admin/peers/{domain}").route(web::get().to(peers::show)))
        .service(resource("/admin/peers/{domain}/{decision}").route(web::post().to(peers::decide)));
    cfg.service(
        resource(paths::ADMIN_ANNOUNCEMENTS)
            .route(web::get().to(announcements::list))
            .route(web::post().to(announcements::create)),
    )
    .service(
        resource("/admin/announcements/{id}")
            .route(web::get().to(announcements::show))
            .route(web::post().to(announcements::update)),
    )
    .service(
        resource("/admin/announcements/{id}/{decision}")
            .route(web::post().to(announcements::decide)),
    )
    .service(
        resource(paths::ADMIN_EMOJIS)
            .route(web::get().to(emojis::list))
            .route(web::post().to(emojis::create)),
    )
    .service(resource("/admin/emojis/{id}/{decision}").route(web::post().to(emojis::decide)))
    .service(resource(paths::ADMIN_TRENDS).route(web::get().to(trends::list)))
    .service(
        resource("/admin/trends/{kind}/{id}/{decision}").route(web::post().to(trends::decide)),
    );
}

/// How people come in: by links in mails, and by invitations.
fn entry(cfg: &mut ServiceConfig) {
    cfg.service(
        resource(paths::CONFIRMATION)
            .route(web::get().to(confirmation::show))
            .route(web::post().to(confirmation::confirm)),
    )
    .service(
        resource(paths::CONFIRM_AGAIN)
            .route(web::get().to(recovery::show_again))
            .route(web::post().to(recovery::ask_again)),
    )
    .service(
        resource(paths::FORGOTTEN)
            .route(web::get().to(recovery::show))
            .route(web::post().to(recovery::ask)),
    )
    .service(
        resource(paths::RESET)
            .route(web::get().to(recovery::show_new))
            .route(web::post().to(recovery::set)),
    )
    .service(
        resource(paths::INVITES)
            .route(web::get().to(invites::list))
            .route(web::post().to(invites::create)),
    )
    .service(resource(paths::ACCOUNT).route(web::get().to(account::show)))
    .service(resource(paths::ADD_ALIAS).route(web::post().to(account::add_alias)))
    .service(resource(paths::REMOVE_ALIAS).route(web::post().to(account::remove_alias)))
    .service(resource(paths::MOVE).route(web::post().to(account::move_away)))
    .service(resource(paths::STAY).route(web::post().to(account::stay)))
    .service(resource(paths::DELETE_ACCOUNT).route(web::post().to(account::delete)))
    .service(resource(paths::REVOKE_INVITE).route(web::post().to(invites::revoke)))
    .service(resource(paths::PRIVACY_POLICY).route(web::get().to(texts::privacy_policy)))
    .service(resource(paths::TERMS_OF_SERVICE).route(web::get().to(texts::terms_of_service)))
    .service(resource("/invite/{code}").route(web::get().to(invites::show)));
}
