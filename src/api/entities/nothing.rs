//! The entity that never is: it stands where the API names a kind of thing that this node has none of.

use serde::Serialize;

/// A kind of entity that this node does not have.
///
/// No value of it can be made, so a list of it is always `[]` and an option of it always `null`, by type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Nothing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_nothing_are_empty_and_options_null() {
        assert_eq!(
            serde_json::json!(Vec::<Nothing>::new()),
            serde_json::json!([])
        );
        assert_eq!(serde_json::json!(None::<Nothing>), serde_json::Value::Null);
    }
}
