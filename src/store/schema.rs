//! The tables, as the newest migration leaves them; a test compares them with a migrated database. Those of lists, tags
//! and the like are in `schema_circles.rs`, what comes with statuses is in `schema_postings.rs`, what the staff decides
//! is in `schema_moderation.rs`, what people want to read and hear of in `schema_attention.rs`, and announcements and
//! what else the node shows to everybody in `schema_notices.rs`, and the times that are caught up with in
//! `schema_absences.rs`.

pub use super::schema_absences::*;
pub use super::schema_circles::*;
pub use super::schema_moderation::*;
pub use super::schema_notices::*;
pub use super::schema_postings::*;

diesel::table! {
    accounts (id) {
        id -> BigInt,
        handle -> Text,
        username -> Text,
        domain -> Nullable<Text>,
        uri -> Text,
        url -> Text,
        kind -> SmallInt,
        display_name -> Text,
        note -> Text,
        note_source -> Text,
        fields -> Text,
        emojis -> Text,
        avatar -> Nullable<Text>,
        avatar_alt -> Text,
        header -> Nullable<Text>,
        header_alt -> Text,
        locked -> Bool,
        discoverable -> Nullable<Bool>,
        indexable -> Bool,
        hides_collections -> Bool,
        inbox_url -> Text,
        shared_inbox_url -> Nullable<Text>,
        outbox_url -> Nullable<Text>,
        followers_url -> Nullable<Text>,
        following_url -> Nullable<Text>,
        featured_url -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        fetched_at -> BigInt,
        suspended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    account_counts (account_id) {
        account_id -> BigInt,
        statuses -> BigInt,
        followers -> BigInt,
        following -> BigInt,
        last_status_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    account_keys (key_id) {
        key_id -> Text,
        account_id -> BigInt,
        public_pem -> Text,
        private_pem -> Nullable<Text>,
        created_at -> BigInt,
        algorithm -> SmallInt,
    }
}

diesel::table! {
    users (account_id) {
        account_id -> BigInt,
        email -> Text,
        password_hash -> Text,
        role -> SmallInt,
        locale -> Text,
        default_visibility -> SmallInt,
        default_sensitive -> Bool,
        default_language -> Nullable<Text>,
        default_quote_policy -> SmallInt,
        confirmed_at -> Nullable<BigInt>,
        approved_at -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        sign_up_reason -> Nullable<Text>,
        last_active_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    applications (id) {
        id -> BigInt,
        client_id -> Text,
        secret_digest -> Text,
        name -> Text,
        website -> Nullable<Text>,
        redirect_uris -> Text,
        scopes -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    tokens (id) {
        id -> BigInt,
        digest -> Text,
        application_id -> BigInt,
        account_id -> Nullable<BigInt>,
        scopes -> Text,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    authorization_codes (digest) {
        digest -> Text,
        application_id -> BigInt,
        account_id -> BigInt,
        redirect_uri -> Text,
        scopes -> Text,
        challenge -> Nullable<Text>,
        created_at -> BigInt,
        token_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        digest -> Text,
        account_id -> BigInt,
        csrf -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    statuses (id) {
        id -> BigInt,
        uri -> Text,
        url -> Nullable<Text>,
        account_id -> BigInt,
        is_local -> Bool,
        visibility -> SmallInt,
        content -> Text,
        source -> Nullable<Text>,
        spoiler -> Text,
        sensitive -> Bool,
        language -> Nullable<Text>,
        emojis -> Text,
        in_reply_to_id -> Nullable<BigInt>,
        in_reply_to_account_id -> Nullable<BigInt>,
        in_reply_to_uri -> Nullable<Text>,
        conversation_id -> BigInt,
        boost_of_id -> Nullable<BigInt>,
        application_id -> Nullable<BigInt>,
        replies_count -> BigInt,
        boosts_count -> BigInt,
        favourites_count -> BigInt,
        created_at -> BigInt,
        edited_at -> Nullable<BigInt>,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    status_edits (id) {
        id -> BigInt,
        status_id -> BigInt,
        content -> Text,
        spoiler -> Text,
        sensitive -> Bool,
        emojis -> Text,
        attachments -> Text,
        created_at -> BigInt,
        poll_options -> Nullable<Text>,
    }
}

diesel::table! {
    status_mentions (status_id, account_id) {
        status_id -> BigInt,
        account_id -> BigInt,
        is_silent -> Bool,
    }
}

diesel::table! {
    tags (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    status_tags (tag_id, status_id) {
        tag_id -> BigInt,
        status_id -> BigInt,
    }
}

diesel::table! {
    favourites (id) {
        id -> BigInt,
        account_id -> BigInt,
        status_id -> BigInt,
        uri -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    bookmarks (id) {
        id -> BigInt,
        account_id -> BigInt,
        status_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    follows (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        uri -> Text,
        is_accepted -> Bool,
        shows_boosts -> Bool,
        notifies -> Bool,
        languages -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    blocks (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        uri -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    mutes (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        hides_notifications -> Bool,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    home_entries (account_id, status_id) {
        account_id -> BigInt,
        status_id -> BigInt,
        author_id -> BigInt,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> SmallInt,
        from_account_id -> BigInt,
        status_id -> Nullable<BigInt>,
        created_at -> BigInt,
        group_key -> Nullable<Text>,
        place -> SmallInt,
    }
}

diesel::table! {
    markers (account_id, timeline) {
        account_id -> BigInt,
        timeline -> Text,
        last_read_id -> BigInt,
        version -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (account_id, value) {
        account_id -> BigInt,
        value -> Text,
        status_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    tombstones (uri) {
        uri -> Text,
        actor_uri -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    peers (id) {
        id -> BigInt,
        domain -> Text,
        created_at -> BigInt,
        last_success_at -> Nullable<BigInt>,
        down_since -> Nullable<BigInt>,
        next_probe_at -> Nullable<BigInt>,
        failures -> BigInt,
        last_error -> Nullable<Text>,
        lane_held_by -> Nullable<BigInt>,
        outage -> BigInt,
        heard_at -> BigInt,
        last_heard_at -> Nullable<BigInt>,
        software -> Nullable<Text>,
        software_version -> Nullable<Text>,
        software_asked_at -> Nullable<BigInt>,
        clock_skew_ms -> Nullable<BigInt>,
        signature_failures -> BigInt,
        signature_failure -> Nullable<Text>,
        signature_failed_at -> Nullable<BigInt>,
        paused_at -> Nullable<BigInt>,
        signature_form -> Nullable<SmallInt>,
        signature_form_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    inboxes (id) {
        id -> BigInt,
        url -> Text,
        peer_id -> BigInt,
        checked_at -> BigInt,
    }
}

diesel::table! {
    activities (id) {
        id -> BigInt,
        account_id -> BigInt,
        kind -> Text,
        object_uri -> Text,
        body -> Text,
        created_at -> BigInt,
        outlives -> Bool,
        delivered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    outcomes (activity_id, peer_id, inbox_id) {
        activity_id -> BigInt,
        peer_id -> BigInt,
        inbox_id -> BigInt,
        state -> SmallInt,
        at -> BigInt,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    deliveries (peer_id, class, activity_id, inbox_id) {
        peer_id -> BigInt,
        class -> SmallInt,
        activity_id -> BigInt,
        inbox_id -> BigInt,
        due_at -> BigInt,
        refusals -> BigInt,
        refused_since -> Nullable<BigInt>,
        outage -> BigInt,
    }
}

diesel::table! {
    receipts (id) {
        id -> BigInt,
        activity_uri -> Text,
        actor_uri -> Text,
        inbox_account_id -> Nullable<BigInt>,
        body -> Text,
        state -> SmallInt,
        reason -> Nullable<Text>,
        attempts -> BigInt,
        due_at -> BigInt,
        received_at -> BigInt,
        claimed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        payload -> Text,
        due_at -> BigInt,
        attempts -> BigInt,
        last_error -> Nullable<Text>,
        is_dead -> Bool,
        created_at -> BigInt,
        is_background -> Bool,
        claimed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    receipt_inboxes (receipt_id, account_id) {
        receipt_id -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    news (id) {
        id -> BigInt,
        kind -> SmallInt,
        subject_id -> BigInt,
        account_id -> BigInt,
        remains -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    processes (id) {
        id -> BigInt,
        token -> BigInt,
        name -> Text,
        started_at -> BigInt,
        seen_at -> BigInt,
    }
}

diesel::table! {
    duties (name) {
        name -> Text,
        held_by -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    account_counts,
    account_keys,
    users,
    applications,
    tokens,
    authorization_codes,
    sessions,
    settings,
    statuses,
    status_edits,
    polls,
    poll_options,
    poll_votes,
    pins,
    conversation_mutes,
    scheduled_statuses,
    scheduled_attachments,
    status_mentions,
    tags,
    status_tags,
    attachments,
    favourites,
    bookmarks,
    follows,
    blocks,
    mutes,
    home_entries,
    notifications,
    markers,
    idempotency_keys,
    tombstones,
    peers,
    inboxes,
    activities,
    outcomes,
    deliveries,
    receipts,
    receipt_inboxes,
    jobs,
    news,
    processes,
    duties,
    absences,
    absence_hosts,
    absence_tasks,
    follower_syncs,
    announcements,
    announcement_dismissals,
    announcement_reactions,
    custom_emojis,
    collections,
    collection_items,
    tag_reviews,
    status_reviews,
    trending_tags,
    trending_statuses,
    account_notes,
    account_severances,
    account_standings,
    account_warnings,
    audit_entries,
    canonical_email_blocks,
    dismissed_suggestions,
    email_domain_blocks,
    endorsements,
    featured_tags,
    host_allows,
    host_blocks,
    ip_blocks,
    list_entries,
    list_members,
    lists,
    notification_subjects,
    reports,
    severances,
    severed_follows,
    tag_follows,
    tag_uses,
    user_addresses,
    user_days,
    user_domain_blocks,
);
