//! The `mail` section: how the node sends mail to its own people.

use std::fmt;
use std::path::PathBuf;

use super::given::Given;
use super::rules::{between, when_set};
use super::setting::{Mismatch, Setting, quote, read_text, words};
use super::table::section;

section! {
    /// How the node sends mail to its own people: to confirm addresses and to set forgotten passwords. Without mail
    /// every address counts as confirmed, and whoever runs the node sets forgotten passwords.
    pub struct Mail in mail {
        /// "none" (no mail is sent), "smtp" (a mail server takes it), "file" (each message becomes a file, for closed
        /// networks and to try things out) or "log" (each message stands in the log: who reads that can use its links).
        pub transport: MailTransport = MailTransport::None;

        /// Who the messages come from. Needed as soon as mail is sent.
        pub from: Option<String> [when_set(is_sender)] = None => "\"Whimbrel <noreply@example.org>\"";

        /// The folder of the messages when the transport is "file". When not set: mail in the data folder.
        pub folder: Option<PathBuf> = None => "\"/var/lib/whimbrel/mail\"";

        /// The name or address of the mail server.
        pub smtp_host: Option<String> [when_set(is_host)] = None => "\"mail.example.org\"";

        /// Its port: mostly 587 with "starttls", 465 with "tls".
        pub smtp_port: u32 [between(1, 65_535)] = 587;

        /// How the way there is protected: "starttls" and "tls" never go on without encryption; "none" is for a mail
        /// server on the same computer.
        pub smtp_security: MailSecurity = MailSecurity::Starttls;

        /// The name with which the node signs in to the mail server. When not set, it does not sign in.
        pub smtp_user: Option<String> = None => "\"whimbrel\"";

        /// The password that goes with it; better given by the environment than in a file.
        pub smtp_password: Option<MailPassword> = None => "\"a-password\"";
    }
}

/// What becomes of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    /// None is sent.
    None,
    /// A mail server takes it.
    Smtp,
    /// Each message becomes a file.
    File,
    /// Each message stands in the log.
    Log,
}

words! { MailTransport { "none" => None, "smtp" => Smtp, "file" => File, "log" => Log } }

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Encrypted after a word in the clear.
    Starttls,
    /// Encrypted from the beginning.
    Tls,
    /// Not at all.
    None,
}

words! { MailSecurity { "starttls" => Starttls, "tls" => Tls, "none" => None } }

/// The password of the mail server. It is shown neither by `Debug` nor in the configuration that is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MailPassword(String);

impl MailPassword {
    /// A password.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The password itself: for signing in only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MailPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailPassword(***)")
    }
}

impl Setting for MailPassword {
    const SECRET: bool = true;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        read_text(given, "a password", |text| {
            (!text.is_empty()).then(|| Self(text.to_owned()))
        })
    }

    fn to_toml(&self) -> String {
        quote("***")
    }
}

/// `name@example.org`, or `Name <name@example.org>`.
fn is_sender(sender: &str) -> Result<(), String> {
    let address = match sender.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => sender,
    };
    let is_fine = address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_broken = |c: char| c.is_whitespace() || c.is_control();
    if is_fine && !address.contains(is_broken) && !sender.contains(char::is_control) {
        Ok(())
    } else {
        Err(
            "a sender such as \"noreply@example.org\" or \"Whimbrel <noreply@example.org>\""
                .to_owned(),
        )
    }
}

fn is_host(host: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !host.is_empty() && host.chars().all(is_plain) {
        Ok(())
    } else {
        Err("a name or address such as \"mail.example.org\"".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_senders_from_other_text() {
        for (sender, expected) in [
            ("a@example.org", true),
            ("Whimbrel <a@example.org>", true),
            ("Two Words <a@localhost>", true),
            ("a", false),
            ("Whimbrel <a@example.org", false),
            ("Whimbrel <>", false),
            ("a b@example.org", false),
            ("Whim\nbrel <a@example.org>", false),
        ] {
            assert_eq!(is_sender(sender).is_ok(), expected, "{sender:?}");
        }
    }

    #[test]
    fn tells_hosts_from_other_text() {
        for (host, expected) in [
            ("mail.example.org", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("", false),
            ("mail example", false),
            ("smtp://mail.example.org/", false),
        ] {
            assert_eq!(is_host(host).is_ok(), expected, "{host:?}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let password = MailPassword::new("open sesame");
        let shown = format!("{password:?} {}", password.to_toml());
        assert_eq!(shown, "MailPassword(***) \"***\"");
    }
}
