//! What people are to be written to about. A letter is a job: it leaves with what caused it, in the same commit. What
//! it says is written when it is sent, and so are the secrets of its links, which are kept nowhere.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;

/// A mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// A link that confirms the address of a new account, or the one that somebody wants instead of theirs.
    Confirm {
        /// The account.
        account: AccountId,
    },
    /// Another link that confirms an address, if the account of anybody with it waits for that.
    ConfirmAgain {
        /// The address, in lower case.
        email: String,
    },
    /// A link to a new password, if anybody has this address.
    Reset {
        /// The address, in lower case.
        email: String,
    },
    /// Somebody has another address now; goes to the one before.
    AddressChanged {
        /// The account.
        account: AccountId,
        /// The address before.
        former: String,
    },
    /// Somebody has another password now.
    PasswordChanged {
        /// The account.
        account: AccountId,
    },
    /// The staff let somebody in.
    Approved {
        /// The account.
        account: AccountId,
    },
}
