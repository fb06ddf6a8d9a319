//! The tables of what the staff decides and is told: states of accounts, blocks, reports, and the record of its deeds.

diesel::table! {
    account_standings (account_id) {
        account_id -> BigInt,
        suspension -> Nullable<SmallInt>,
        silenced_at -> Nullable<BigInt>,
        silence -> Nullable<SmallInt>,
        sensitized_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    host_blocks (id) {
        id -> BigInt,
        domain -> Text,
        severity -> SmallInt,
        reject_media -> Bool,
        reject_reports -> Bool,
        obfuscate -> Bool,
        private_comment -> Nullable<Text>,
        public_comment -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    host_allows (id) {
        id -> BigInt,
        domain -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    email_domain_blocks (id) {
        id -> BigInt,
        domain -> Text,
        allow_with_approval -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    canonical_email_blocks (id) {
        id -> BigInt,
        digest -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    ip_blocks (id) {
        id -> BigInt,
        network -> Text,
        severity -> SmallInt,
        comment -> Text,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    user_addresses (account_id, address) {
        account_id -> BigInt,
        address -> Text,
        used_at -> BigInt,
    }
}

diesel::table! {
    user_days (day, account_id) {
        day -> BigInt,
        account_id -> BigInt,
        interactions -> BigInt,
    }
}

diesel::table! {
    blocked_sign_ups (block_id, day, address) {
        block_id -> BigInt,
        day -> BigInt,
        address -> Text,
        attempts -> BigInt,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        actor -> Text,
        action -> Text,
        target_id -> Nullable<BigInt>,
        target -> Text,
        detail -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    account_warnings (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        target_id -> BigInt,
        action -> SmallInt,
        text -> Text,
        report_id -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    severances (id) {
        id -> BigInt,
        cause -> SmallInt,
        target_name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    account_severances (id) {
        id -> BigInt,
        severance_id -> BigInt,
        account_id -> BigInt,
        followers -> BigInt,
        following -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    severed_follows (id) {
        id -> BigInt,
        severance_id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
        uri -> Text,
        shows_boosts -> Bool,
        notifies -> Bool,
        languages -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    notification_subjects (notification_id) {
        notification_id -> BigInt,
        subject_id -> BigInt,
    }
}

diesel::table! {
    reports (id) {
        id -> BigInt,
        uri -> Nullable<Text>,
        account_id -> BigInt,
        target_id -> BigInt,
        host -> Nullable<Text>,
        category -> SmallInt,
        comment -> Text,
        status_ids -> Text,
        rule_ids -> Text,
        forwarded -> Bool,
        assigned_id -> Nullable<BigInt>,
        action_taken_at -> Nullable<BigInt>,
        action_taken_by_id -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        collection_ids -> Text,
    }
}
