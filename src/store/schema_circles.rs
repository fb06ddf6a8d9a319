//! The tables of what people arrange for themselves: lists, hashtags, endorsements, notes, blocked domains.

diesel::table! {
    lists (id) {
        id -> BigInt,
        account_id -> BigInt,
        title -> Text,
        replies -> SmallInt,
        is_exclusive -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    list_members (id) {
        id -> BigInt,
        list_id -> BigInt,
        target_id -> BigInt,
    }
}

diesel::table! {
    list_entries (list_id, status_id) {
        list_id -> BigInt,
        status_id -> BigInt,
        author_id -> BigInt,
    }
}

diesel::table! {
    tag_follows (id) {
        id -> BigInt,
        account_id -> BigInt,
        tag_id -> BigInt,
    }
}

diesel::table! {
    featured_tags (id) {
        id -> BigInt,
        account_id -> BigInt,
        tag_id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    tag_uses (tag_id, day, account_id) {
        tag_id -> BigInt,
        day -> BigInt,
        account_id -> BigInt,
        uses -> Integer,
    }
}

diesel::table! {
    endorsements (id) {
        id -> BigInt,
        account_id -> BigInt,
        target_id -> BigInt,
    }
}

diesel::table! {
    account_notes (account_id, target_id) {
        account_id -> BigInt,
        target_id -> BigInt,
        text -> Text,
    }
}

diesel::table! {
    user_domain_blocks (id) {
        id -> BigInt,
        account_id -> BigInt,
        domain -> Text,
    }
}

diesel::table! {
    dismissed_suggestions (account_id, target_id) {
        account_id -> BigInt,
        target_id -> BigInt,
    }
}
