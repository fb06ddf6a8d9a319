//! How much of a document from elsewhere is taken: every list and text has a limit.
//!
//! What is over a limit is cut off, not refused, unless the whole document is too large to be read.

/// Bytes of one document.
pub const DOCUMENT_BYTES: usize = 1024 * 1024;
/// Nesting of objects and arrays.
pub const DEPTH: usize = 64;
/// Keys and list items of one document together.
pub const MEMBERS: usize = 20_000;
/// Bytes of an id or URL.
pub const URL_BYTES: usize = 2048;
/// Characters of a display name.
pub const NAME_CHARS: usize = 500;
/// Characters of an account's description.
pub const BIO_CHARS: usize = 20_000;
/// Bytes of a username.
pub const USERNAME_BYTES: usize = 255;
/// Profile fields of an account.
pub const FIELDS: usize = 50;
/// Characters of a profile field's name or value.
pub const FIELD_CHARS: usize = 2048;
/// Other ids of an account, and domains that may name it as an author.
pub const ALIASES: usize = 256;
/// Public keys of an account.
pub const KEYS: usize = 10;
/// Bytes of a public key.
pub const KEY_BYTES: usize = 16 * 1024;
/// Bytes of a status's content.
pub const CONTENT_BYTES: usize = 100_000;
/// Characters of a content warning, title or excerpt.
pub const SUMMARY_CHARS: usize = 5_000;
/// Attachments of a status.
pub const ATTACHMENTS: usize = 16;
/// Characters of an attachment's description.
pub const ALT_CHARS: usize = 10_000;
/// Mentions, hashtags and emoji of a status or account, each.
pub const TAGS: usize = 100;
/// Characters of a hashtag.
pub const HASHTAG_CHARS: usize = 500;
/// Addressees in each of `to`, `cc` and `audience`.
pub const ADDRESSEES: usize = 1_000;
/// Options of a poll.
pub const POLL_OPTIONS: usize = 50;
/// Items that are read from one collection or page.
pub const COLLECTION_ITEMS: usize = 500;
/// The largest count that is believed of anything.
pub const COUNT: i64 = 1_000_000_000;
/// Accounts and statuses of one report.
pub const REPORTED: usize = 200;
/// The words of a report, in characters.
pub const REPORT_CHARS: usize = 5_000;
