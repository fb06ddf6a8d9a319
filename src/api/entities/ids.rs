//! How ids are written: as decimal strings, since clients in JavaScript lose digits of large numbers.
//!
//! The ids themselves live on the ground floor and know nothing of serde.

use serde::{Serialize, Serializer};

use crate::id::{AccountId, ApplicationId, AttachmentId, NotificationId, StatusId, TagId, TokenId};

macro_rules! write_as_text {
    ($($id:ty),*) => {$(
        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

write_as_text!(
    AccountId,
    ApplicationId,
    AttachmentId,
    NotificationId,
    StatusId,
    TagId,
    TokenId
);

/// Writes a number that has no newtype of its own as a decimal string.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
pub(super) fn number_as_text<S: Serializer>(
    number: &i64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_strings_with_every_digit() {
        let id = AccountId(109_999_999_999_999_999);
        assert_eq!(
            serde_json::to_string(&[id]).unwrap(),
            r#"["109999999999999999"]"#
        );
    }
}
