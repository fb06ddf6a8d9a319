//! The `storage` section: a bucket for uploaded files, where they do not lie in a folder.

use std::fmt;

use super::given::Given;
use super::rules::when_set;
use super::setting::{Mismatch, Setting, quote, read_text};
use super::table::section;

section! {
    /// A bucket with the interface of Amazon S3 for uploaded files; without one they lie in media.folder.
    pub struct Storage in storage {
        /// The name of the bucket. When not set: files lie in a folder.
        pub bucket: Option<String> = None => "\"whimbrel\"";

        /// Where the bucket is, such as <https://s3.example.org>. When not set: at Amazon.
        pub endpoint: Option<String> [when_set(web)] = None => "\"https://s3.example.org\"";

        /// The region of the bucket.
        pub region: String = "us-east-1".to_owned();

        /// The name of the access key.
        pub access_key: Option<String> = None => "\"GK31c2f218a2e44f485b94239e\"";

        /// The secret of the access key.
        pub secret_key: Option<SecretKey> = None => "\"...\"";

        /// Whether the bucket is a part of the path (<https://s3.example.org/whimbrel>) and not of the host name.
        pub path_style: bool = false;

        /// Where people fetch files, when the bucket or a network before it answers them itself, such as
        /// <https://files.example.org>. When not set: this node reads them from the bucket.
        pub public_url: Option<String> [when_set(web)] = None => "\"https://files.example.org\"";
    }
}

/// An address of the web.
fn web(text: &str) -> Result<(), String> {
    let is_web = |url: url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    if url::Url::parse(text).is_ok_and(is_web) {
        Ok(())
    } else {
        Err("an address such as \"https://s3.example.org\"".to_owned())
    }
}

/// The secret of an access key. It is shown neither by `Debug` nor in the configuration that is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// The secret of this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself: for signing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

impl Setting for SecretKey {
    const SECRET: bool = true;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        read_text(given, "a secret without spaces", |text| {
            let is_fine = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            is_fine.then(|| Self(text.to_owned()))
        })
    }

    fn to_toml(&self) -> String {
        quote("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        let key = SecretKey::new("abc");
        assert_eq!(
            format!("{key:?} {}", key.to_toml()),
            "SecretKey(***) \"***\""
        );
        for (text, is_fine) in [("abc/+=", true), ("", false), ("a b", false)] {
            let read = SecretKey::read(&Given::Text(text.to_owned()));
            assert_eq!(read.is_ok(), is_fine, "{text}");
        }
    }

    #[test]
    fn places_are_addresses_of_the_web() {
        for (text, is_fine) in [
            ("https://s3.example.org", true),
            ("http://127.0.0.1:9000", true),
            ("s3.example.org", false),
            ("ftp://s3.example.org", false),
        ] {
            assert_eq!(web(text).is_ok(), is_fine, "{text}");
        }
    }
}
