//! Who takes part in a lab, on which ports, and how each node is configured.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;

/// The nodes and their people, in the order in which they are made.
const CAST: [(&str, &str); 12] = [
    ("alpha", "alice"),
    ("beta", "bob"),
    ("gamma", "carol"),
    ("delta", "dave"),
    ("epsilon", "erin"),
    ("zeta", "frank"),
    ("eta", "grace"),
    ("theta", "heidi"),
    ("iota", "ivan"),
    ("kappa", "judy"),
    ("lambda", "kim"),
    ("mu", "leo"),
];

/// Where one node is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its short name.
    pub(super) name: &'static str,
    /// Its person's name.
    pub(super) person: &'static str,
    /// Its port.
    pub(super) port: u16,
    /// Everything that it keeps.
    pub(super) folder: PathBuf,
}

/// The places of so many nodes in a folder, from port `first` on; on any free ports if that is 0.
///
/// # Errors
/// A sentence when another program has one of the ports.
pub(super) fn find_places(nodes: u16, first: u16, folder: &Path) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    // Held until all are found, so that none is found twice.
    let mut held = Vec::new();
    for (number, (name, person)) in (0..nodes).zip(CAST) {
        let wanted = if first == 0 { 0 } else { first + number };
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted));
        let bound = bound.and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        let (port, listener) = bound.map_err(|error| {
            Failure::Failed(format!(
                "node {name} cannot listen on port {wanted} ({error}): `whimbrel lab --port` chooses other ports"
            ))
        })?;
        held.push(listener);
        places.push(Place {
            name,
            person,
            port,
            folder: folder.join(name),
        });
    }
    Ok(places)
}

impl Place {
    /// The node's domain.
    pub(super) fn domain(&self) -> String {
        format!("{}.localhost:{}", self.name, self.port)
    }

    /// What the node is told beyond what was configured: a place of its own, and to be open to its neighbours.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let yes = || "true".to_owned();
        vec![
            ("server.domain", self.domain()),
            ("server.listen", format!("127.0.0.1:{}", self.port)),
            ("server.data", path(&self.folder)),
            ("server.https", "false".to_owned()),
            ("server.workers", "1".to_owned()),
            ("server.shutdown_timeout_seconds", "2".to_owned()),
            (
                "database.url",
                format!("sqlite:{}", path(&self.folder.join("whimbrel.db"))),
            ),
            ("database.readers", "2".to_owned()),
            ("media.folder", path(&self.folder.join("media"))),
            ("instance.title", format!("Whimbrel {}", self.name)),
            ("federation.enabled", yes()),
            ("federation.allow_http", yes()),
            ("federation.allow_private_addresses", yes()),
            ("limits.enabled", "false".to_owned()),
            ("media.link_previews", "false".to_owned()),
        ]
    }

    /// The same as variables of the environment.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let variable = |key: &str| format!("WHIMBREL_{}", key.to_uppercase().replace('.', "__"));
        let settings = self.settings().into_iter();
        settings
            .map(|(key, value)| (variable(key), value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::config::{Config, LoadOptions};

    fn place(number: u16, name: &'static str) -> Place {
        Place {
            name,
            person: "p",
            port: 8081 + number,
            folder: Path::new("lab").join(name),
        }
    }

    #[test]
    fn every_node_has_a_valid_place_of_its_own() {
        let mut seen = HashSet::new();
        for (number, (name, _)) in (0..).zip(CAST) {
            let place = place(number, name);
            let shared = (
                "WHIMBREL_DATABASE__URL".to_owned(),
                "postgres://shared/db".to_owned(),
            );
            let by_flags = Config::load(LoadOptions {
                environment: vec![shared],
                overrides: place.settings(),
                ..LoadOptions::default()
            })
            .unwrap();
            let by_environment = Config::load(LoadOptions {
                environment: place.environment(),
                ..LoadOptions::default()
            })
            .unwrap();
            assert_eq!(
                by_flags.server.origin(),
                format!("http://{}", place.domain())
            );
            assert!(seen.insert(by_flags.database_url().expose().to_owned()));
            // The lab and the process of a node agree on where it is.
            assert_eq!(by_flags, by_environment);
        }
    }

    #[test]
    fn ports_that_are_taken_are_named() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let failure = find_places(1, port, Path::new("lab")).unwrap_err();
        let sentence = failure.sentence().unwrap_or_default().to_owned();
        assert!(
            sentence.contains(&format!("port {port}")) && sentence.contains("--port"),
            "{sentence}"
        );
        let free = find_places(3, 0, Path::new("lab")).unwrap();
        let ports: HashSet<u16> = free.iter().map(|place| place.port).collect();
        assert_eq!(ports.len(), 3);
    }
}
