//! The whole configuration, and what must be true of its sections together.

use std::path::PathBuf;

use super::database::{Database, DatabaseUrl};
use super::federation::Federation;
use super::instance::Instance;
use super::limits::Limits;
use super::log::Log;
use super::mail::{Mail, MailTransport};
use super::media::Media;
use super::metrics::Metrics;
use super::problems::{ConfigErrors, Problem};
use super::server::Server;
use super::table::Section;

/// Everything that an operator can set. The default is a valid node at `http://localhost:8080`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The node's name on the network, where it listens and where its data lies.
    pub server: Server,
    /// Where posts are kept.
    pub database: Database,
    /// What the node tells people about itself.
    pub instance: Instance,
    /// How the node talks with other servers.
    pub federation: Federation,
    /// Where uploaded files lie and how large they may be.
    pub media: Media,
    /// How mail is sent to people.
    pub mail: Mail,
    /// How often people's programs may ask.
    pub limits: Limits,
    /// What the node writes about its work.
    pub log: Log,
}

impl Config {
    /// The address of the database: `database.url`, or a SQLite file in the data folder.
    #[must_use]
    pub fn database_url(&self) -> DatabaseUrl {
        let default = || DatabaseUrl::sqlite(&self.server.data.join("whimbrel.db"));
        self.database.url.clone().unwrap_or_else(default)
    }

    /// The folder of uploaded files: `media.folder`, or `media` in the data folder.
    #[must_use]
    pub fn media_folder(&self) -> PathBuf {
        let default = || self.server.data.join("media");
        self.media.folder.clone().unwrap_or_else(default)
    }

    /// The folder of messages: `mail.folder`, or `mail` in the data folder.
    #[must_use]
    pub fn mail_folder(&self) -> PathBuf {
        let default = || self.server.data.join("mail");
        self.mail.folder.clone().unwrap_or_else(default)
    }

    /// Checks each value's rule and what must be true of values together, and reads the certificate files.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check(&self) -> Result<(), ConfigErrors> {
        ConfigErrors::check(self.problems())
    }

    /// The sections, in the order of the example.
    pub(super) fn sections(&self) -> [&dyn Section; 8] {
        [
            &self.server,
            &self.database,
            &self.instance,
            &self.federation,
            &self.media,
            &self.mail,
            &self.limits,
            &self.log,
        ]
    }

    /// The section named `name`, for setting its keys.
    pub(super) fn find_section(&mut self, name: &str) -> Option<&mut dyn Section> {
        let sections: [&mut dyn Section; 8] = [
            &mut self.server,
            &mut self.database,
            &mut self.instance,
            &mut self.federation,
            &mut self.media,
            &mut self.mail,
            &mut self.limits,
            &mut self.log,
        ];
        sections.into_iter().find(|section| section.name() == name)
    }

    /// Everything that [`Config::check`] finds.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let broken = self.sections().into_iter().flat_map(|section| {
            let name = section.name();
            section.broken().into_iter().map(move |(key, mismatch)| {
                Problem::mismatch(&format!("{name}.{key}"), "in the configuration", &mismatch)
            })
        });
        broken
            .chain(self.port_problem())
            .chain(self.window_problem())
            .chain(self.metrics_problem())
            .chain(self.mail_problems())
            .chain(self.certificate_problems())
            .collect()
    }

    /// A port that the scheme implies, or that belongs to the other scheme, makes addresses that no peer
    /// recognises as this node's.
    fn port_problem(&self) -> Option<Problem> {
        let (port, scheme) = (self.server.port()?, self.server.scheme());
        let trouble = match (port, scheme) {
            (443, "https") | (80, "http") => format!("{scheme} implies port {port}: leave it out"),
            (443 | 80, _) => format!(
                "port {port} does not go with {scheme}: leave the port out, or set server.https = {}",
                port == 443
            ),
            _ => return None,
        };
        let message = format!("server.domain is \"{}\", but {trouble}", self.server.domain);
        Some(Problem::of("server.domain", message))
    }

    fn window_problem(&self) -> Option<Problem> {
        let one = self.federation.per_peer_in_flight;
        let all = self.federation.deliveries_in_flight;
        (one > all).then(|| {
            let key = "federation.per_peer_in_flight";
            let message = format!(
                "{key} is {one}, more than federation.deliveries_in_flight, which is {all}"
            );
            Problem::of(key, message)
        })
    }

    fn metrics_problem(&self) -> Option<Problem> {
        let needs_token = self.server.metrics == Metrics::Token;
        (needs_token && self.server.metrics_token.is_none()).then(|| {
            let message = "server.metrics is \"token\", but server.metrics_token is not set";
            Problem::of("server.metrics_token", message.to_owned())
        })
    }

    /// What a transport needs, and a password that belongs to nobody.
    fn mail_problems(&self) -> Vec<Problem> {
        let (mail, transport) = (&self.mail, self.mail.transport.as_str());
        let is_smtp = mail.transport == MailTransport::Smtp;
        let mut problems = Vec::new();
        let mut missing = |is_missing: bool, key: &'static str| {
            if is_missing {
                let message = format!("mail.transport is \"{transport}\", but {key} is not set");
                problems.push(Problem::of(key, message));
            }
        };
        let is_sent = mail.transport != MailTransport::None;
        missing(is_sent && mail.from.is_none(), "mail.from");
        missing(is_smtp && mail.smtp_host.is_none(), "mail.smtp_host");
        if mail.smtp_user.is_some() != mail.smtp_password.is_some() {
            let message = "mail.smtp_user and mail.smtp_password go together: set both or neither";
            problems.push(Problem::of("mail.smtp_user", message.to_owned()));
        }
        problems
    }

    fn certificate_problems(&self) -> Vec<Problem> {
        let key = "federation.extra_root_certificates";
        let files = self.federation.extra_root_certificates.iter();
        files
            .filter_map(|path| {
                let trouble = match std::fs::read(path) {
                    Ok(bytes) if is_pem(&bytes) => return None,
                    Ok(_) => "holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned(),
                    Err(error) => format!("cannot be read: {error}"),
                };
                Some(Problem::of(
                    key,
                    format!("{key}: {} {trouble}", path.display()),
                ))
            })
            .collect()
    }
}

fn is_pem(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("-----BEGIN CERTIFICATE-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        config
            .check()
            .map_or_else(|errors| errors.to_string(), |()| String::new())
    }

    fn with_domain(domain: &str, https: Option<bool>) -> String {
        complaints(|config| {
            config.server.domain = domain.to_owned();
            config.server.https = https;
        })
    }

    #[test]
    fn the_default_is_valid() {
        assert_eq!(Config::default().check(), Ok(()));
        assert_eq!(Config::default().server.origin(), "http://localhost:8080");
    }

    #[test]
    fn data_lies_in_the_data_folder_unless_set() {
        let mut config = Config::default();
        config.server.data = PathBuf::from("/srv/w");
        assert_eq!(config.database_url().expose(), "sqlite:/srv/w/whimbrel.db");
        assert_eq!(config.media_folder(), PathBuf::from("/srv/w/media"));
        config.database.url = "postgres://localhost/w".parse().ok();
        config.media.folder = Some(PathBuf::from("/mnt/media"));
        assert_eq!(config.database_url().expose(), "postgres://localhost/w");
        assert_eq!(config.media_folder(), PathBuf::from("/mnt/media"));
    }

    #[test]
    fn ports_go_with_the_scheme() {
        let table = [
            (
                "example.org:443",
                None,
                "https implies port 443: leave it out",
            ),
            ("localhost:80", None, "http implies port 80: leave it out"),
            (
                "example.org:80",
                None,
                "port 80 does not go with https: leave the port out, or set server.https = false",
            ),
            (
                "localhost:443",
                None,
                "port 443 does not go with http: leave the port out, or set server.https = true",
            ),
        ];
        for (domain, https, expected) in table {
            let said = with_domain(domain, https);
            assert_eq!(
                said,
                format!("server.domain is \"{domain}\", but {expected}")
            );
        }
        for (domain, https) in [
            ("example.org:8443", None),
            ("localhost", Some(false)),
            ("localhost:8080", None),
        ] {
            assert_eq!(with_domain(domain, https), "");
        }
    }

    #[test]
    fn values_set_by_hand_keep_their_rules() {
        let said = complaints(|config| {
            config.server.domain = "Example.org".to_owned();
            config.federation.delivery_retention_days = 0;
            config.federation.per_peer_in_flight = 65;
        });
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines,
            [
                "server.domain in the configuration: found \"Example.org\", expected a domain name such as \"example.org\", in lower case",
                "federation.delivery_retention_days in the configuration: found 0, expected a whole number from 1 to 3650",
                "federation.per_peer_in_flight is 65, more than federation.deliveries_in_flight, which is 64",
            ]
        );
    }

    #[test]
    fn metrics_by_token_need_one() {
        let said = complaints(|config| config.server.metrics = Metrics::Token);
        assert_eq!(
            said,
            "server.metrics is \"token\", but server.metrics_token is not set"
        );
        assert_eq!(
            complaints(|config| config.server.metrics = Metrics::Local),
            ""
        );
    }

    #[test]
    fn mail_needs_a_sender_and_a_server() {
        use crate::config::MailPassword;

        let said = complaints(|config| config.mail.transport = MailTransport::Smtp);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines,
            [
                "mail.transport is \"smtp\", but mail.from is not set",
                "mail.transport is \"smtp\", but mail.smtp_host is not set",
            ]
        );
        let said = complaints(|config| config.mail.transport = MailTransport::File);
        assert_eq!(said, "mail.transport is \"file\", but mail.from is not set");
        let said = complaints(|config| config.mail.smtp_password = Some(MailPassword::new("x")));
        assert!(said.contains("set both or neither"), "{said}");
    }

    #[test]
    fn certificate_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let good = write(
            "good.pem",
            "comment\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
        );
        let bad = write("bad.pem", "nothing");
        let missing = folder.path().join("missing.pem");
        assert_eq!(
            complaints(|c| c.federation.extra_root_certificates = vec![good.clone()]),
            ""
        );
        let said = complaints(|c| c.federation.extra_root_certificates = vec![good, bad, missing]);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 2, "{said}");
        assert!(
            lines[0].contains("bad.pem holds no PEM certificate"),
            "{said}"
        );
        assert!(lines[1].contains("missing.pem cannot be read"), "{said}");
    }
}
