//! Who may look after the node: administrators act, moderators look, and nobody else does.

use super::{Error, Result};
use crate::store::Role;

/// By whom something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Whoever runs the program itself, from the command line.
    Operator,
    /// Somebody with this role.
    Person(Role),
}

impl By {
    /// Whether they belong to the staff.
    #[must_use]
    pub fn may_look(self) -> bool {
        match self {
            Self::Operator => true,
            Self::Person(role) => role >= Role::Moderator,
        }
    }

    /// Whether they may change what concerns the whole node.
    #[must_use]
    pub fn may_act(self) -> bool {
        match self {
            Self::Operator => true,
            Self::Person(role) => role >= Role::Admin,
        }
    }

    /// Lets the staff pass.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for others.
    pub fn check_look(self) -> Result<()> {
        if self.may_look() {
            Ok(())
        } else {
            Err(Error::forbidden("Only the staff of this node may see this"))
        }
    }

    /// Lets pass who may act.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody else.
    pub fn check_act(self) -> Result<()> {
        if self.may_act() {
            Ok(())
        } else {
            Err(Error::forbidden("Only administrators may do this"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_act_and_moderators_look() {
        for (by, may_look, may_act) in [
            (By::Operator, true, true),
            (By::Person(Role::Owner), true, true),
            (By::Person(Role::Admin), true, true),
            (By::Person(Role::Moderator), true, false),
            (By::Person(Role::User), false, false),
        ] {
            assert_eq!((by.may_look(), by.may_act()), (may_look, may_act), "{by:?}");
            assert_eq!(by.check_look().is_ok(), may_look, "{by:?}");
            assert_eq!(by.check_act().is_ok(), may_act, "{by:?}");
        }
        for refused in [
            By::Person(Role::User).check_look(),
            By::Person(Role::Moderator).check_act(),
        ] {
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
    }
}
