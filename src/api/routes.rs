//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, apps, blocks, bookmarks, catch_up, custom_emojis, emails, favourites, files,
    follow_requests, inbox, instance, markers, media, mutes, notifications, oauth, outcomes, peers,
    preferences, profile, search, start_up, statuses, streaming, timelines,
};

/// Registers them all. Paths carry no slash at their end: the server takes it off before.
pub fn routes(config: &mut ServiceConfig) {
    for register in [
        accounts::routes,
        apps::routes,
        blocks::routes,
        bookmarks::routes,
        catch_up::routes,
        custom_emojis::routes,
        emails::routes,
        favourites::routes,
        files::routes,
        follow_requests::routes,
        inbox::routes,
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
        streaming::routes,
        timelines::routes,
    ] {
        register(config);
    }
}
