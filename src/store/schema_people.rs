//! The tables about people beside their accounts: mails, invitations, profiles, the words of names. See `schema.rs`.

use super::schema::{applications, follows, users};

diesel::table! {
    mail_links (digest) {
        digest -> Text,
        account_id -> BigInt,
        purpose -> SmallInt,
        email -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    email_changes (account_id) {
        account_id -> BigInt,
        email -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    invites (id) {
        id -> BigInt,
        code -> Text,
        account_id -> Nullable<BigInt>,
        max_uses -> Nullable<BigInt>,
        uses -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    sign_ups (account_id) {
        account_id -> BigInt,
        invite_id -> Nullable<BigInt>,
        application_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    profiles (account_id) {
        account_id -> BigInt,
        attribution_domains -> Text,
        shows_media -> Bool,
        shows_media_replies -> Bool,
        shows_featured -> Bool,
        also_known_as -> Text,
        moved_to_id -> Nullable<BigInt>,
        moved_at -> Nullable<BigInt>,
        links_due_at -> Nullable<BigInt>,
        memorial -> Bool,
    }
}

diesel::table! {
    preferences (account_id) {
        account_id -> BigInt,
        media_display -> SmallInt,
        expands_spoilers -> Bool,
        autoplays -> Bool,
    }
}

diesel::table! {
    account_words (account_id, word) {
        account_id -> BigInt,
        word -> Text,
        reach -> SmallInt,
    }
}

diesel::table! {
    collection_words (collection_id, word) {
        collection_id -> BigInt,
        word -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(account_words, follows);
diesel::allow_tables_to_appear_in_same_query!(sign_ups, applications);
diesel::allow_tables_to_appear_in_same_query!(sign_ups, invites);
diesel::allow_tables_to_appear_in_same_query!(sign_ups, users);
