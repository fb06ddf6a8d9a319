//! The tables of what comes with statuses: polls, pins, muted threads, posts for later, files; and those of
//! other servers.

diesel::table! {
    polls (status_id) {
        status_id -> BigInt,
        multiple -> Bool,
        hides_totals -> Bool,
        expires_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        voters -> Nullable<BigInt>,
        told_at -> BigInt,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    poll_options (status_id, position) {
        status_id -> BigInt,
        position -> SmallInt,
        title -> Text,
        votes -> BigInt,
    }
}

diesel::table! {
    poll_votes (status_id, account_id, position) {
        status_id -> BigInt,
        account_id -> BigInt,
        position -> SmallInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    pins (id) {
        id -> BigInt,
        account_id -> BigInt,
        status_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    conversation_mutes (account_id, conversation_id) {
        account_id -> BigInt,
        conversation_id -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    scheduled_statuses (id) {
        id -> BigInt,
        account_id -> BigInt,
        scheduled_at -> BigInt,
        params -> Text,
        failure -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    scheduled_attachments (attachment_id) {
        attachment_id -> BigInt,
        scheduled_id -> BigInt,
    }
}

diesel::table! {
    thread_refreshes (id) {
        id -> BigInt,
        status_id -> BigInt,
        begun_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        found -> BigInt,
    }
}

diesel::table! {
    attachments (id) {
        id -> BigInt,
        account_id -> BigInt,
        status_id -> Nullable<BigInt>,
        position -> SmallInt,
        kind -> SmallInt,
        mime -> Text,
        file_key -> Nullable<Text>,
        preview_key -> Nullable<Text>,
        remote_url -> Nullable<Text>,
        description -> Nullable<Text>,
        blurhash -> Nullable<Text>,
        width -> Nullable<BigInt>,
        height -> Nullable<BigInt>,
        preview_width -> Nullable<BigInt>,
        preview_height -> Nullable<BigInt>,
        focus_x -> Nullable<Double>,
        focus_y -> Nullable<Double>,
        created_at -> BigInt,
        state -> SmallInt,
        source_key -> Nullable<Text>,
        failure -> Nullable<Text>,
        duration_millis -> Nullable<BigInt>,
        frame_rate -> Nullable<Text>,
        bitrate -> Nullable<BigInt>,
        remote_preview_url -> Nullable<Text>,
    }
}

diesel::table! {
    remote_files (url_hash) {
        url_hash -> Text,
        file_key -> Nullable<Text>,
        bytes -> BigInt,
        failures -> BigInt,
        retry_at -> BigInt,
        fetched_at -> BigInt,
        used_at -> BigInt,
        host -> Nullable<Text>,
    }
}

diesel::table! {
    remote_usage (id) {
        id -> SmallInt,
        bytes -> BigInt,
    }
}

diesel::table! {
    cards (url) {
        url -> Text,
        preview -> Nullable<Text>,
        asked_at -> BigInt,
        fetched_at -> Nullable<BigInt>,
        failures -> BigInt,
    }
}

diesel::table! {
    reactions (id) {
        id -> BigInt,
        account_id -> BigInt,
        status_id -> BigInt,
        name -> Text,
        url -> Nullable<Text>,
        uri -> Text,
        created_at -> BigInt,
    }
}
