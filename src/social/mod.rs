//! The rules: what the node does, and who may.
