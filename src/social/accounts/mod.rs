//! Accounts: finding them, and what their owners change about them.

mod find;
mod links;
mod pictures;
mod profile;
mod said;

pub(super) use find::keep_shown;
pub use find::{find_by_acct, find_by_handle, find_shown, list_shown};
pub use links::{note_links, plan_due_links};
pub use pictures::{Picture, keys_of, still_key};
pub use profile::{
    Defaults, FieldDraft, MAX_ALT, MAX_DISPLAY_NAME, MAX_FIELD, MAX_NOTE, ProfileChange,
    update_profile,
};
pub use said::{MAX_ATTRIBUTION_DOMAINS, change_preferences};
