//! The tables of quotes: which status quotes which, and who may quote what. The other ones are in `schema.rs`.

use super::schema::{accounts, statuses};

diesel::table! {
    quotes (id) {
        id -> BigInt,
        status_id -> BigInt,
        quoted_id -> Nullable<BigInt>,
        quoted_uri -> Text,
        state -> SmallInt,
        approval_uri -> Nullable<Text>,
        request_uri -> Nullable<Text>,
        is_legacy -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    quote_terms (status_id) {
        status_id -> BigInt,
        automatic -> SmallInt,
        manual -> SmallInt,
        quotes -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(quotes, statuses);
diesel::allow_tables_to_appear_in_same_query!(quotes, accounts);
