//! Names to addresses, with the check of each address. The library connects to exactly the addresses that come out
//! of here, so nothing can change between check and connection (no DNS rebinding).

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::Error;
use super::policy::{Policy, is_localhost};

/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;

/// Looks names up. The system does it for a running node; tests bring their own.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// The addresses of `name`. Port 0 stands for the port of the URL; another port is used for URLs that state none.
    ///
    /// # Errors
    /// When the name has no address or nobody could be asked.
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>>;
}

/// Asks the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// The resolver that the library is given.
pub(super) struct GuardedResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) policy: Policy,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.lookup);
        let policy = self.policy.clone();
        Box::pin(async move {
            let found = if is_localhost(name.as_str()) {
                vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]
            } else {
                lookup.lookup(name.as_str()).await?
            };
            let addresses: Addrs = Box::new(permitted(&policy, found)?.into_iter());
            Ok(addresses)
        })
    }
}

/// The first few permitted addresses.
///
/// # Errors
/// [`Error::Refused`] if there are addresses and none is permitted; an error of the lookup if there is none.
fn permitted(
    policy: &Policy,
    found: Vec<SocketAddr>,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let mut refusal = None;
    let mut good = Vec::new();
    for address in found {
        match policy.check_address(address.ip()) {
            Ok(()) if good.len() < MAX_ADDRESSES => good.push(address),
            Ok(()) => {}
            Err(why) => refusal = Some(why),
        }
    }
    match (good.is_empty(), refusal) {
        (false, _) => Ok(good),
        (true, Some(why)) => Err(Box::<Error>::new(why)),
        (true, None) => Err(Box::new(io::Error::new(
            io::ErrorKind::NotFound,
            "the lookup found nothing",
        ))),
    }
}
