//! Local people: making their accounts, changing them, finding them.
//!
//! | file | what it does |
//! |---|---|
//! | `checks.rs` | which names, addresses and passwords are accepted |
//! | `new_user.rs` | what is entered to make an account |
//! | `create.rs` | an account with its keys and its person, in one write |
//! | `signing_up.rs` | who may sign up, and how |
//! | `addresses.rs` | e-mail addresses: confirming and changing them |
//! | `recovery.rs` | forgotten passwords |
//! | `change.rs` | password, role, disabling, deletion |
//! | `find.rs` | people by name or address, lists, whether somebody may use the node |

mod addresses;
mod change;
mod checks;
mod create;
mod find;
mod new_user;
mod recovery;
mod signing_up;

pub(in crate::social) use addresses::wanted_address;
pub use addresses::{
    ask_for_another_link, ask_for_confirmation, change_email, confirm, confirm_by_hand,
    find_confirmation,
};
pub use change::{
    change_own_password, change_password, delete_account, delete_own_account, disable, enable,
    forget_unconfirmed, set_role,
};
pub use checks::{PASSWORD_MIN_CHARS, Problem};
pub(super) use create::{check, insert, new_account, prepare};
pub use create::{create_local, list_problems};
pub(super) use find::load;
pub use find::{
    Person, check_active, find, find_by_id, has_arrived, list, list_unapproved, may_be_asked,
};
pub use new_user::{NewUser, SignUp, locale};
pub use recovery::{ask_for_reset, find_reset, reset_password};
pub use signing_up::{Through, check_sign_up, register};
