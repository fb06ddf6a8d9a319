//! Roles: what a person may do on this node.

use serde::Serialize;

use super::ids::number_as_text;

/// A role with its permissions, shown to its holder alone.
///
/// Source: <https://docs.joinmastodon.org/entities/Role/>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Role {
    /// The role's number; -99 is the role of everybody.
    #[serde(serialize_with = "number_as_text")]
    pub id: i64,
    /// The name; empty for the role of everybody.
    pub name: String,
    /// A CSS colour such as `#ff3838`, or empty.
    pub color: String,
    /// The permission flags as a decimal string.
    #[serde(serialize_with = "number_as_text")]
    pub permissions: i64,
    /// Whether the role is shown as a badge on profiles.
    pub highlighted: bool,
    /// How many collections a holder may have.
    pub collection_limit: i64,
}
