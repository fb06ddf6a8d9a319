//! How ids are written: as decimal strings, since clients in JavaScript lose digits of large numbers.
//!
//! The newtypes of ids write themselves so; this is for numbers that have no newtype.

use serde::Serializer;

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
