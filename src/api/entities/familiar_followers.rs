//! Whom the viewer knows among those who follow an account.

use serde::Serialize;

use super::Account;
use crate::id::AccountId;

/// Whom the viewer follows among those who follow an account.
///
/// Source: <https://docs.joinmastodon.org/entities/FamiliarFollowers/>
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamiliarFollowers {
    /// The account that was asked about.
    pub id: AccountId,
    /// Those who follow it and whom the viewer follows.
    pub accounts: Vec<Account>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn familiar_followers_have_their_documented_keys() {
        let familiar = FamiliarFollowers {
            id: AccountId(7),
            accounts: Vec::new(),
        };
        assert_eq!(json!(familiar), json!({"id": "7", "accounts": []}));
    }
}
