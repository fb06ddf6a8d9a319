//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, apps, blocks, bookmarks, custom_emojis, favourites, files, follow_requests, instance,
    markers, media, mutes, notifications, oauth, outcomes, peers, preferences, profile, search,
    start_up, statuses, timelines,
};

/// Registers them all. Paths carry no slash at their end: the server takes it off before.
pub fn routes(config: &mut ServiceConfig) {
    for register in [
        accounts::routes,
        apps::routes,
        blocks::routes,
        bookmarks::routes,
        custom_emojis::routes,
        favourites::routes,
        files::routes,
        follow_requests::routes,
        instance::routes,
        markers::routes,
        media::routes,
        mutes::routes,
        notifications::routes,
        oauth::routes,
        outcomes::routes,
        peers::routes,
        preferences::routes,
        profile::routes,
        search::routes,
        start_up::routes,
        statuses::routes,
        timelines::routes,
    ] {
        register(config);
    }
}
