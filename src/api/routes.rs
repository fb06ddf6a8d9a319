//! Every route of the client API, and the stored files.

use actix_web::web::ServiceConfig;

use super::{
    accounts, admin, announcements, apps, async_refreshes, blocks, bookmarks, catch_up,
    collections, conversations, custom_emojis, emails, endorsements, favourites, featured_tags,
    files, filters, filters_v1, follow_requests, inbox, instance, instance_lists, introspection,
    lists, markers, media, mutes, notification_groups, notification_policies,
    notification_requests, notifications, oauth, oembed, outcomes, peers, polls, preferences,
    profile, push, reactions, remote_files, removed, reports, scheduled_statuses, search, statuses,
    streaming, suggestions, tags, timelines, trends, trends_links, trends_review,
    user_domain_blocks,
};

/// Registers them all. Paths carry no slash at their end: the server takes it off before.
pub fn routes(config: &mut ServiceConfig) {
    for register in [
        accounts::routes,
        announcements::routes,
        admin::routes,
        apps::routes,
        async_refreshes::routes,
        blocks::routes,
        bookmarks::routes,
        catch_up::routes,
        collections::routes,
        conversations::routes,
        custom_emojis::routes,
        emails::routes,
        endorsements::routes,
        favourites::routes,
        featured_tags::routes,
        // Before the files: their paths begin alike.
        remote_files::routes,
        files::routes,
        filters::routes,
        filters_v1::routes,
        follow_requests::routes,
        inbox::routes,
        instance::routes,
        introspection::routes,
        lists::routes,
        instance_lists::routes,
        markers::routes,
        media::routes,
        mutes::routes,
        // Their paths are like those of single notifications and groups, so they are asked first.
        notification_policies::routes,
        notification_requests::routes,
        notification_groups::routes,
        notifications::routes,
        oauth::routes,
        oembed::routes,
        outcomes::routes,
        peers::routes,
        polls::routes,
        preferences::routes,
        profile::routes,
        reactions::routes,
        removed::routes,
        scheduled_statuses::routes,
        push::routes,
        reports::routes,
        search::routes,
        statuses::routes,
        streaming::routes,
        suggestions::routes,
        tags::routes,
        timelines::routes,
        trends::routes,
        trends_links::routes,
        trends_review::routes,
        user_domain_blocks::routes,
    ] {
        register(config);
    }
}
