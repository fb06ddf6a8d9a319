//! attachments.
