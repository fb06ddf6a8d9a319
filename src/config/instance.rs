//! The `instance` section: what the node tells people about itself, and what it lets them do.

use std::path::PathBuf;

use super::rules::{at_most_characters, between, when_set};
use super::setting::words;
use super::table::section;

section! {
    /// What the node tells people about itself, and what it lets them do.
    pub struct Instance in instance {
        /// The node's name for people.
        pub title: String [at_most_characters(200)] = "Whimbrel".to_owned();

        /// One or two sentences about the node, as plain text.
        pub description: String [at_most_characters(5_000)]
            = "A Whimbrel node in the federated social web.".to_owned();

        /// Where people reach whoever runs the node.
        pub contact_email: Option<String> [when_set(is_email)] = None => "\"admin@example.org\"";

        /// Where the source code of the running version is, changes made here included: the AGPL lets everybody
        /// who uses the node ask for it. When not set, the pages say that whoever runs the node gives it.
        pub source_url: Option<String> [when_set(is_web_address)]
            = None => "\"https://code.example.org/whimbrel\"";

        /// The main languages of the node's people, as ISO 639-1 codes.
        pub languages: Vec<String> [are_languages] = vec!["en".to_owned()];

        /// Who may make an account: "closed" (only the operator makes accounts), "open" (everyone), "approval"
        /// (everyone asks, the staff decides) or "invites" (whoever was invited).
        pub registrations: Registrations = Registrations::Closed;

        /// Who may invite others, where sign-up is not closed: "nobody", "staff" or "people". Whoever was invited needs
        /// no approval.
        pub invites: Inviters = Inviters::Staff;

        /// The age in years from which people may make an account; 0 asks nobody for a date of birth.
        pub minimum_age: u32 [between(0, 120)] = 0;

        /// A text file that says more about the node than the description. Blank lines part paragraphs.
        pub extended_description_file: Option<PathBuf> = None => "\"/etc/whimbrel/about.txt\"";

        /// A text file with what the node does with what it knows of people.
        pub privacy_policy_file: Option<PathBuf> = None => "\"/etc/whimbrel/privacy.txt\"";

        /// A text file with the terms under which people use the node.
        pub terms_of_service_file: Option<PathBuf> = None => "\"/etc/whimbrel/terms.txt\"";

        /// The rules that people agree to when they make an account, one string each.
        pub rules: Vec<String> = Vec::new();

        /// Characters that a post may have.
        pub max_characters: usize [between(1, 100_000)] = 500;

        /// Images that a post may carry.
        pub max_attachments: usize [between(1, 16)] = 4;

        /// Options that a poll may have.
        pub max_poll_options: usize [between(2, 50)] = 4;

        /// Characters that an option of a poll may have.
        pub max_poll_option_characters: usize [between(1, 500)] = 50;

        /// How long a poll runs at least, in seconds.
        pub min_poll_seconds: u32 [between(10, 31_536_000)] = 300;

        /// How long a poll runs at most, in seconds.
        pub max_poll_seconds: u32 [between(10, 31_536_000)] = 2_629_746;

        /// Who may see which servers the node blocks: "nobody", "people" (those with an account here) or "everybody".
        pub show_blocked_servers: Audience = Audience::Nobody;

        /// Who may see why.
        pub show_block_reasons: Audience = Audience::Nobody;

        /// Whether everybody may see which servers the node knows.
        pub show_peers: bool = true;

        /// Whether everybody may see how much is posted here each week.
        pub show_activity: bool = true;

        /// Fields that a profile may have.
        pub max_profile_fields: usize [between(0, 50)] = 4;
    }
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrations {
    /// Only the operator makes accounts.
    Closed,
    /// Everyone may make an account.
    Open,
    /// Everyone may ask for an account; the staff decides.
    Approval,
    /// Whoever was invited may make an account.
    Invites,
}

/// Who may see something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Nobody but the staff.
    Nobody,
    /// Those with an account here.
    People,
    /// Everybody.
    Everybody,
}

words! { Audience { "nobody" => Nobody, "people" => People, "everybody" => Everybody } }

words! {
    Registrations { "closed" => Closed, "open" => Open, "approval" => Approval, "invites" => Invites }
}

/// Who may invite others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviters {
    /// Nobody.
    Nobody,
    /// Owners, administrators and moderators.
    Staff,
    /// Everybody with an account here.
    People,
}

words! { Inviters { "nobody" => Nobody, "staff" => Staff, "people" => People } }

fn is_email(address: &str) -> Result<(), String> {
    let is_fine = address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_broken = |c: char| c.is_whitespace() || c.is_control();
    if is_fine && !address.contains(is_broken) {
        Ok(())
    } else {
        Err("an e-mail address such as \"admin@example.org\"".to_owned())
    }
}

fn is_web_address(address: &str) -> Result<(), String> {
    let is_web = url::Url::parse(address)
        .is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if is_web && !address.contains(char::is_whitespace) {
        Ok(())
    } else {
        Err("an address such as \"https://code.example.org/whimbrel\"".to_owned())
    }
}

fn are_languages(languages: &[String]) -> Result<(), String> {
    let is_code = |code: &String| {
        (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    if languages.iter().all(is_code) {
        Ok(())
    } else {
        Err("language codes of two or three small letters such as \"en\"".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_other_text() {
        let table = [
            ("a@example.org", true),
            ("a", false),
            ("@example.org", false),
            ("a@", false),
            ("a@b@example.org", false),
            ("a b@example.org", false),
            ("a@example.org\n", false),
        ];
        for (address, expected) in table {
            assert_eq!(is_email(address).is_ok(), expected, "{address}");
        }
    }

    #[test]
    fn tells_web_addresses_from_other_text() {
        for (address, expected) in [
            ("https://code.example.org/whimbrel", true),
            ("http://code.localhost:3000", true),
            ("code.example.org", false),
            ("/whimbrel", false),
            ("javascript:alert(1)", false),
            ("https://", false),
            (" https://code.example.org", false),
            ("", false),
        ] {
            assert_eq!(is_web_address(address).is_ok(), expected, "{address}");
        }
    }

    #[test]
    fn tells_language_codes_from_other_text() {
        for (code, expected) in [
            ("en", true),
            ("gsw", true),
            ("EN", false),
            ("e", false),
            ("en-GB", false),
        ] {
            assert_eq!(
                are_languages(&[code.to_owned()]).is_ok(),
                expected,
                "{code}"
            );
        }
    }
}
