//! remote_accounts.
