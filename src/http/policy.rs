//! Which URLs and which addresses may be called. Checked for each URL before it is called, and for each address
//! at the moment of connecting.

use std::net::IpAddr;

use url::{Host, Url};

use super::addresses::is_global;
use super::error::Error;
use super::settings::ClientSettings;
use crate::bans::Bans;

/// Longest URL that is called, in bytes.
const MAX_URL: usize = 8 * 1024;

/// The rules of one client.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    allow_http: bool,
    allow_private: bool,
    extra_ports: Vec<u16>,
    bans: Bans,
    /// Addresses that tests declare to be public, because a test reaches nothing beyond loopback.
    #[cfg(test)]
    pub(super) declared_public: Vec<IpAddr>,
}

impl Policy {
    pub(super) fn new(settings: &ClientSettings) -> Self {
        Self {
            allow_http: settings.allow_http,
            allow_private: settings.allow_private_addresses,
            extra_ports: settings.extra_ports.clone(),
            bans: settings.bans.clone(),
            #[cfg(test)]
            declared_public: Vec::new(),
        }
    }

    /// Checks everything about a URL that can be known before its name is looked up.
    ///
    /// # Errors
    /// [`Error::Refused`] with the reason.
    pub(super) fn check_url(&self, url: &Url) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::Refused(why));
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            "http" => return refuse("plain http is not allowed".to_owned()),
            other => return refuse(format!("{other}: URLs are not called")),
        }
        if url.as_str().len() > MAX_URL {
            return refuse(format!("the URL is longer than {MAX_URL} bytes"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the URL carries a user name or a password".to_owned());
        }
        match url.port_or_known_default() {
            Some(port) if self.may_use_port(port) => {}
            port => return refuse(format!("port {} is not allowed", port.unwrap_or_default())),
        }
        if let Some(host) = url.host_str().filter(|host| self.bans.bars(host)) {
            return refuse(format!("this node does not talk with {host}"));
        }
        match url.host() {
            Some(Host::Domain(name)) => self.check_name(name),
            Some(Host::Ipv4(address)) => self.check_address(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => self.check_address(IpAddr::V6(address)),
            None => refuse("the URL has no host".to_owned()),
        }
    }

    /// Checks one address that is about to be connected to.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is not part of the public internet.
    pub(super) fn check_address(&self, address: IpAddr) -> Result<(), Error> {
        #[cfg(test)]
        if self.declared_public.contains(&address) {
            return Ok(());
        }
        if self.allow_private || is_global(address) {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{address} is not an address of the public internet"
        )))
    }

    fn check_name(&self, name: &str) -> Result<(), Error> {
        if name.ends_with('.') {
            // Two spellings of one host would slip past lists of blocked hosts.
            return Err(Error::Refused(format!("the host {name} ends with a dot")));
        }
        if !self.allow_private && (!name.contains('.') || is_localhost(name)) {
            return Err(Error::Refused(format!(
                "{name} is not a name of the public internet"
            )));
        }
        Ok(())
    }

    fn may_use_port(&self, port: u16) -> bool {
        self.allow_private || matches!(port, 80 | 443) || self.extra_ports.contains(&port)
    }
}

/// Whether a name means this computer without asking anyone.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>
pub(super) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(settings: &ClientSettings, url: &str) -> Result<(), Error> {
        Policy::new(settings).check_url(&Url::parse(url).unwrap())
    }

    #[test]
    fn refuses_what_is_not_a_public_https_server() {
        let settings = ClientSettings::default();
        for url in [
            "http://good.test/",
            "ftp://good.test/",
            "file:///etc/passwd",
            "data:text/plain,hi",
            "gopher://good.test/",
            "https://good.test:22/",
            "https://good.test:8443/",
            "https://user@good.test/",
            "https://user:secret@good.test/",
            "https://good@127.0.0.1/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://017700000001/",
            "https://0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://localhost/",
            "https://localhost./",
            "https://alpha.localhost/",
            "https://intranet/",
            "https://good.test./",
        ] {
            assert!(
                matches!(verdict(&settings, url), Err(Error::Refused(_))),
                "{url} is refused"
            );
        }
        let long = format!("https://good.test/{}", "a".repeat(MAX_URL));
        assert!(verdict(&settings, &long).is_err());
        for url in [
            "https://good.test/users/a?b=c#d",
            "https://good.test:443/",
            "https://good.test:80/",
            "https://1.1.1.1/",
            "https://[2606:4700::1]/",
            "https://b\u{fc}cher.test/",
        ] {
            assert_eq!(verdict(&settings, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn settings_widen_one_thing_at_a_time() {
        let http = ClientSettings {
            allow_http: true,
            ..ClientSettings::default()
        };
        assert_eq!(verdict(&http, "http://good.test/"), Ok(()));
        assert!(verdict(&http, "http://127.0.0.1/").is_err());
        let port = ClientSettings {
            extra_ports: vec![8443],
            ..ClientSettings::default()
        };
        assert_eq!(verdict(&port, "https://good.test:8443/"), Ok(()));
        assert!(verdict(&port, "https://good.test:8444/").is_err());
        let private = ClientSettings {
            allow_private_addresses: true,
            ..ClientSettings::default()
        };
        assert_eq!(verdict(&private, "https://127.0.0.1:8081/"), Ok(()));
        assert_eq!(verdict(&private, "https://alpha.localhost:8081/"), Ok(()));
        assert!(verdict(&private, "http://127.0.0.1:8081/").is_err());
        assert!(verdict(&private, "https://user@127.0.0.1/").is_err());
    }
}
