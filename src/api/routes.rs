//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, apps, blocks, bookmarks, catch_up, custom_emojis, endorsements, favourites,
    featured_tags, files, follow_requests, inbox, instance, lists, markers, media, mutes,
    notifications, oauth, outcomes, peers, preferences, profile, search, start_up, statuses,
    streaming, suggestions, tags, timelines, user_domain_blocks,
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
        endorsements::routes,
        favourites::routes,
        featured_tags::routes,
        files::routes,
        follow_requests::routes,
        inbox::routes,
        instance::routes,
        lists::routes,
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
        suggestions::routes,
        tags::routes,
        timelines::routes,
        user_domain_blocks::routes,
    ] {
        register(config);
    }
}
