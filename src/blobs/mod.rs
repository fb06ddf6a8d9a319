//! Bytes by key: the files behind avatars and attachments.
