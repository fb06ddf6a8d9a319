//! Which connections are kept for the next request, so that their number has a bound: a fan-out to ten thousand
//! hosts must not leave ten thousand open sockets behind.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use url::Url;

use super::error::Error;
use super::headers::MAX_HEADERS;
use super::policy::Policy;
use super::resolver::{GuardedResolver, Lookup};
use super::settings::ClientSettings;
use super::tls;

/// Unused connections that are kept per host. A post to many hosts often has two under way to each: with one that is kept,
/// every second request begins with a handshake.
const IDLE_PER_HOST: usize = 2;
/// How often hosts without connections are forgotten within the idle time, at most.
const TIDYINGS: u32 = 16;

/// The library's clients: one that keeps connections, and one that does not for hosts beyond the bound.
pub(super) struct Connections {
    keeping: reqwest::Client,
    closing: OnceLock<reqwest::Client>,
    builder: Box<dyn Fn(usize) -> reqwest::Result<reqwest::Client> + Send + Sync>,
    kept: Mutex<Kept>,
    max_hosts: usize,
    idle: Duration,
}

/// The hosts with which connections are kept.
struct Kept {
    /// When each was last spoken with.
    hosts: HashMap<String, Instant>,
    /// When those were last forgotten whose connections have ended.
    tidied: Instant,
}

impl Connections {
    /// Prepares the clients; opens no connection.
    ///
    /// # Errors
    /// [`Error::Tls`] if a certificate of the settings is not PEM.
    pub(super) fn new(
        settings: &ClientSettings,
        policy: &Policy,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, Error> {
        let tls = tls::configure(&settings.extra_root_certificates)?;
        let (settings_of_builder, policy) = (settings.clone(), policy.clone());
        let builder = move |idle_per_host| {
            let resolver = GuardedResolver {
                lookup: Arc::clone(&lookup),
                policy: policy.clone(),
            };
            build(&settings_of_builder, tls.clone(), resolver, idle_per_host)
        };
        let keeping = builder(IDLE_PER_HOST).map_err(|error| Error::Tls {
            host: "other servers".to_owned(),
            cause: format!("the client cannot be set up ({error:?})"),
        })?;
        Ok(Self {
            keeping,
            closing: OnceLock::new(),
            builder: Box::new(builder),
            kept: Mutex::new(Kept {
                hosts: HashMap::new(),
                tidied: Instant::now(),
            }),
            max_hosts: settings.kept_connections / IDLE_PER_HOST,
            idle: settings.idle_timeout,
        })
    }

    /// The client to use for a URL now.
    pub(super) fn client_for(&self, url: &Url) -> &reqwest::Client {
        if self.may_keep(url) {
            return &self.keeping;
        }
        match self.closing.get() {
            Some(client) => client,
            None => match (self.builder)(0) {
                Ok(client) => self.closing.get_or_init(|| client),
                // What could be built once can be built again; keeping one connection too many is no harm.
                Err(_) => &self.keeping,
            },
        }
    }

    /// The client that keeps connections.
    pub(super) fn keeping(&self) -> &reqwest::Client {
        &self.keeping
    }

    /// Whether connections to the URL's host may be kept; notes the use if so.
    fn may_keep(&self, url: &Url) -> bool {
        let now = Instant::now();
        let host = format!(
            "{}:{}",
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        );
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = kept.hosts.get_mut(&host) {
            *last = now;
            return true;
        }
        // Not for each of thousands of hosts beyond the bound.
        let is_time = now.duration_since(kept.tidied) >= self.idle / TIDYINGS;
        if kept.hosts.len() >= self.max_hosts && is_time {
            kept.tidied = now;
            // Twice the idle time, because a request may still be under way when its use was noted.
            let idle = self.idle * 2;
            kept.hosts
                .retain(|_, last| now.duration_since(*last) < idle);
        }
        let room = kept.hosts.len() < self.max_hosts;
        if room {
            kept.hosts.insert(host, now);
        }
        room
    }
}

fn build(
    settings: &ClientSettings,
    tls: ClientConfig,
    resolver: GuardedResolver,
    idle_per_host: usize,
) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .user_agent(&settings.user_agent)
        .dns_resolver(Arc::new(resolver))
        .tls_backend_preconfigured(tls)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.deadline)
        .pool_max_idle_per_host(idle_per_host)
        .pool_idle_timeout(settings.idle_timeout)
        .http2_max_header_list_size(MAX_HEADERS)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // A proxy of the environment would look names up itself, unchecked.
        .no_proxy()
        .build()
}

#[cfg(test)]
mod tests {
    use super::super::resolver::SystemLookup;
    use super::*;

    fn connections(settings: &ClientSettings) -> Result<Connections, Error> {
        Connections::new(settings, &Policy::new(settings), Arc::new(SystemLookup))
    }

    #[test]
    fn keeps_connections_with_a_bounded_number_of_hosts() {
        let settings = ClientSettings {
            kept_connections: 2 * IDLE_PER_HOST,
            idle_timeout: Duration::from_mins(10),
            ..ClientSettings::default()
        };
        let connections = connections(&settings).unwrap();
        let kept = |url: &str| connections.may_keep(&Url::parse(url).unwrap());
        assert!(kept("https://a.test/1"));
        assert!(kept("https://b.test/1"));
        assert!(!kept("https://c.test/1"));
        assert!(kept("https://a.test/2"));
        assert!(!kept("https://a.test:8443/2"));
    }

    #[test]
    fn forgets_hosts_whose_connections_have_ended() {
        let settings = ClientSettings {
            kept_connections: IDLE_PER_HOST,
            idle_timeout: Duration::ZERO,
            ..ClientSettings::default()
        };
        let connections = connections(&settings).unwrap();
        let kept = |url: &str| connections.may_keep(&Url::parse(url).unwrap());
        assert!(kept("https://a.test/1"));
        assert!(kept("https://b.test/1"));
    }

    #[test]
    fn refuses_root_certificates_that_are_none() {
        for pem in [
            &b"hello"[..],
            b"",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            let settings = ClientSettings {
                extra_root_certificates: vec![pem.to_vec()],
                ..ClientSettings::default()
            };
            assert!(
                matches!(connections(&settings), Err(Error::Tls { .. })),
                "{pem:?}"
            );
        }
    }
}
