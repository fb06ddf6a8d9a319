//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, announcements, apps, blocks, bookmarks, catch_up, collections, custom_emojis,
    favourites, files, follow_requests, inbox, instance, introspection, markers, media, mutes,
    notifications, oauth, oembed, outcomes, peer_search, peers, preferences, profile, removed,
    search, start_up, statuses, streaming, timelines,
};

/// Registers them all. Paths carry no slash at their end: the server takes it off before.
pub fn routes(config: &mut ServiceConfig) {
    for register in [
        accounts::routes,
        announcements::routes,
        apps::routes,
        blocks::routes,
        bookmarks::routes,
        catch_up::routes,
        collections::routes,
        custom_emojis::routes,
        favourites::routes,
        files::routes,
        follow_requests::routes,
        inbox::routes,
        instance::routes,
        introspection::routes,
        markers::routes,
        media::routes,
        mutes::routes,
        notifications::routes,
        oauth::routes,
        oembed::routes,
        outcomes::routes,
        peer_search::routes,
        peers::routes,
        preferences::routes,
        profile::routes,
        removed::routes,
        search::routes,
        start_up::routes,
        statuses::routes,
        streaming::routes,
        timelines::routes,
    ] {
        register(config);
    }
}
