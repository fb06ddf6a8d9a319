//! What an operator can set, one file per section.
