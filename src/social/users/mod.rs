//! Local people: making their accounts, changing them, finding them.
//!
//! | file | what it does |
//! |---|---|
//! | `checks.rs` | which names, addresses and passwords are accepted |
//! | `new_user.rs` | what is entered to make an account |
//! | `create.rs` | an account with its keys and its person, in one write |
//! | `change.rs` | password, role, approval, disabling, deletion |
//! | `find.rs` | people by name or address, lists, whether somebody may use the node |

mod change;
mod checks;
mod create;
mod find;
mod new_user;

pub use change::{
    approve, change_own_password, change_password, delete_account, disable, enable, set_role,
};
pub use checks::{PASSWORD_MIN_CHARS, Problem};
pub(super) use create::{check, insert, insert_key, new_account, prepare};
pub use create::{create_local, list_problems, register};
pub(super) use find::load;
pub use find::{Person, check_active, find, find_by_id, has_arrived, list};
pub use new_user::{NewUser, SignUp};
