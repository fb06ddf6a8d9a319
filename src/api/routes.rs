//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, announcements, apps, blocks, bookmarks, catch_up, collections, custom_emojis,
    endorsements, favourites, featured_tags, files, follow_requests, inbox, instance,
    introspection, lists, markers, media, mutes, notifications, oauth, oembed, outcomes,
    peer_search, peers, preferences, profile, removed, search, start_up, statuses, streaming,
    suggestions, tags, timelines, trends, trends_review, user_domain_blocks,
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
        endorsements::routes,
        favourites::routes,
        featured_tags::routes,
        files::routes,
        follow_requests::routes,
        inbox::routes,
        instance::routes,
        introspection::routes,
        lists::routes,
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
        suggestions::routes,
        tags::routes,
        timelines::routes,
        trends::routes,
        trends_review::routes,
        user_domain_blocks::routes,
    ] {
        register(config);
    }
}
