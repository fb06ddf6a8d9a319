//! The tables of what people want to read and hear of: filters, policies, requests, conversations, Web Push. The other
//! ones are in `schema.rs`.

use super::schema::{notifications, statuses, tokens};

diesel::table! {
    filters (id) {
        id -> BigInt,
        account_id -> BigInt,
        title -> Text,
        contexts -> Text,
        action -> SmallInt,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    filter_keywords (id) {
        id -> BigInt,
        filter_id -> BigInt,
        keyword -> Text,
        whole_word -> Bool,
    }
}

diesel::table! {
    filter_statuses (id) {
        id -> BigInt,
        filter_id -> BigInt,
        status_id -> BigInt,
    }
}

diesel::table! {
    filter_versions (account_id) {
        account_id -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    notification_policies (account_id) {
        account_id -> BigInt,
        not_following -> SmallInt,
        not_followers -> SmallInt,
        new_accounts -> SmallInt,
        private_mentions -> SmallInt,
        limited_accounts -> SmallInt,
    }
}

diesel::table! {
    notification_permissions (account_id, from_account_id) {
        account_id -> BigInt,
        from_account_id -> BigInt,
    }
}

diesel::table! {
    notification_requests (id) {
        id -> BigInt,
        account_id -> BigInt,
        from_account_id -> BigInt,
        last_status_id -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    conversations (id) {
        id -> BigInt,
        account_id -> BigInt,
        thread_id -> BigInt,
        participants -> Text,
        last_status_id -> BigInt,
        is_unread -> Bool,
    }
}

diesel::table! {
    conversation_statuses (conversation_id, status_id) {
        conversation_id -> BigInt,
        status_id -> BigInt,
    }
}

diesel::table! {
    push_subscriptions (id) {
        id -> BigInt,
        token_id -> BigInt,
        account_id -> BigInt,
        endpoint -> Text,
        host -> Text,
        public_key -> Text,
        secret -> Text,
        is_standard -> Bool,
        policy -> SmallInt,
        alerts -> Text,
        sealed_token -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    pushes (id) {
        id -> BigInt,
        subscription_id -> BigInt,
        notification_id -> BigInt,
        due_at -> BigInt,
        attempts -> BigInt,
        created_at -> BigInt,
        claimed_by -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(filters, filter_keywords);
diesel::allow_tables_to_appear_in_same_query!(filters, filter_statuses);
diesel::allow_tables_to_appear_in_same_query!(notification_requests, notifications);
diesel::allow_tables_to_appear_in_same_query!(conversation_statuses, statuses);
diesel::allow_tables_to_appear_in_same_query!(push_subscriptions, pushes, tokens);
