//! The servers' door: which address is answered by what. The handlers find the node in `Data<Node>`.
//!
//! Source: <https://www.w3.org/TR/activitypub/#server-to-server-interactions>.

use actix_web::guard::fn_guard;
use actix_web::web::{ServiceConfig, get, post, resource};

use super::{
    actors, answers, collections, inbox, nodeinfo, quotes, statuses, synchronization, webfinger,
};

/// Adds every address that other servers ask.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(resource("/.well-known/webfinger").route(get().to(webfinger::show)))
        .service(resource("/.well-known/host-meta").route(get().to(webfinger::show_host_meta)))
        .service(resource("/.well-known/nodeinfo").route(get().to(nodeinfo::show_index)))
        .service(resource("/nodeinfo/{version}").route(get().to(nodeinfo::show)));
    cfg.service(resource("/inbox").route(post().to(inbox::receive_shared)))
        .service(resource("/actor").route(get().to(actors::show_node)))
        .service(resource("/actor/inbox").route(post().to(inbox::receive_shared)))
        .service(resource("/actor/outbox").route(get().to(collections::show_node_outbox)));
    cfg.service(resource("/users/{name}").route(get().to(actors::show)))
        .service(resource("/users/{name}/inbox").route(post().to(inbox::receive_own)))
        .service(resource("/users/{name}/outbox").route(get().to(collections::show_outbox)))
        .service(resource("/users/{name}/followers").route(get().to(collections::list_followers)))
        .service(resource("/users/{name}/following").route(get().to(collections::list_following)))
        .service(
            resource("/users/{name}/followers_synchronization")
                .route(get().to(synchronization::list)),
        )
        .service(
            resource("/users/{name}/collections/featured")
                .route(get().to(collections::show_featured)),
        )
        .service(
            resource("/users/{name}/collections/tags")
                .route(get().to(collections::show_featured_tags)),
        );
    cfg.service(resource("/users/{name}/statuses/{id}").route(get().to(statuses::show)))
        .service(
            resource("/users/{name}/statuses/{id}/activity")
                .route(get().to(statuses::show_activity)),
        )
        .service(
            resource("/users/{name}/statuses/{id}/replies").route(get().to(statuses::list_replies)),
        );
    cfg.service(
        resource("/users/{name}/quote_authorizations/{id}")
            .route(get().to(quotes::show_authorization)),
    );
    // The addresses of pages, which people paste where they search: servers that ask for the document get it, all
    // others go on to the page.
    let asks = || fn_guard(|asked| answers::names_document(asked.head().headers()));
    cfg.service(
        resource("/@{name}")
            .guard(asks())
            .route(get().to(actors::show)),
    )
    .service(
        resource("/@{name}/{id}")
            .guard(asks())
            .route(get().to(statuses::show)),
    );
}
