//! The tables of what the node shows to everybody: announcements, emoji, collections, trends.

use super::schema_moderation::account_standings;

diesel::table! {
    announcements (id) {
        id -> BigInt,
        text -> Text,
        content -> Text,
        named -> Text,
        all_day -> Bool,
        starts_at -> Nullable<BigInt>,
        ends_at -> Nullable<BigInt>,
        scheduled_at -> Nullable<BigInt>,
        published_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    announcement_dismissals (account_id, announcement_id) {
        account_id -> BigInt,
        announcement_id -> BigInt,
    }
}

diesel::table! {
    announcement_reactions (id) {
        id -> BigInt,
        announcement_id -> BigInt,
        account_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    custom_emojis (id) {
        id -> BigInt,
        shortcode -> Text,
        file_key -> Text,
        still_key -> Text,
        category -> Nullable<Text>,
        visible_in_picker -> Bool,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    collections (id) {
        id -> BigInt,
        account_id -> BigInt,
        name -> Text,
        description -> Text,
        language -> Nullable<Text>,
        sensitive -> Bool,
        discoverable -> Bool,
        tag -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    collection_items (id) {
        id -> BigInt,
        collection_id -> BigInt,
        account_id -> BigInt,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    tag_reviews (tag_id) {
        tag_id -> BigInt,
        is_trendable -> Nullable<Bool>,
        is_usable -> Bool,
        is_listable -> Bool,
        reviewed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    status_reviews (status_id) {
        status_id -> BigInt,
        is_trendable -> Bool,
        reviewed_at -> BigInt,
    }
}

diesel::table! {
    trending_tags (tag_id) {
        tag_id -> BigInt,
        score -> Double,
        peak_score -> Double,
        peak_at -> BigInt,
        is_shown -> Bool,
    }
}

diesel::table! {
    trending_statuses (status_id) {
        status_id -> BigInt,
        account_id -> BigInt,
        score -> Double,
        is_shown -> Bool,
    }
}

diesel::table! {
    publishers (id) {
        id -> BigInt,
        domain -> Text,
        is_trendable -> Nullable<Bool>,
        reviewed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    links (id) {
        id -> BigInt,
        url -> Text,
        publisher_id -> BigInt,
        is_trendable -> Nullable<Bool>,
        reviewed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    link_uses (status_id) {
        status_id -> BigInt,
        link_id -> BigInt,
        account_id -> BigInt,
        day -> BigInt,
    }
}

diesel::table! {
    trending_links (link_id) {
        link_id -> BigInt,
        score -> Double,
        peak_score -> Double,
        peak_at -> BigInt,
        is_shown -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(publishers, links, link_uses, trending_links);
diesel::allow_tables_to_appear_in_same_query!(link_uses, account_standings);
diesel::allow_columns_to_appear_in_same_group_by_clause!(link_uses::link_id, link_uses::day);
