//! The tables of the times in which something may have been missed, and of what is done to catch up.

diesel::table! {
    absences (id) {
        id -> BigInt,
        host -> Nullable<Text>,
        cause -> SmallInt,
        away_from -> BigInt,
        away_until -> BigInt,
        state -> SmallInt,
        peers -> BigInt,
        peers_done -> BigInt,
        peers_failed -> BigInt,
        requests -> BigInt,
        recovered -> BigInt,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    absence_hosts (absence_id, host) {
        absence_id -> BigInt,
        host -> Text,
        state -> SmallInt,
        due_at -> BigInt,
        failing_since -> Nullable<BigInt>,
        failures -> BigInt,
        last_error -> Nullable<Text>,
        budget -> BigInt,
        requests -> BigInt,
        recovered -> BigInt,
    }
}

diesel::table! {
    absence_tasks (id) {
        id -> BigInt,
        absence_id -> BigInt,
        host -> Text,
        kind -> SmallInt,
        target -> Text,
        cursor -> Nullable<Text>,
        pages -> BigInt,
    }
}

diesel::table! {
    follower_syncs (account_id) {
        account_id -> BigInt,
        url -> Text,
        digest -> Text,
        seen_at -> BigInt,
        checked_at -> BigInt,
    }
}
