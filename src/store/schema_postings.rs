//! The tables of what comes with statuses: polls, pins, muted threads, and posts for later.

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
