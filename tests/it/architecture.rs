//! The floors of the house: a room uses only floors below its own, wards keep libraries in their rooms, and no
//! two files of one room lean on each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Source, all_sources};

/// The rooms of each floor, from the ground up.
const FLOORS: &[&[&str]] = &[
    &["id", "clock", "config", "text", "keys", "urls"],
    &["store", "blobs", "media", "http"],
    &["node"],
    &["social"],
    &["federation"],
    &["api", "web"],
    &["worker"],
    &["server", "telemetry"],
    &["cli"],
];

/// Pairs of one floor that may lean on each other in this direction. Ground rooms are pure and small.
const STEPS: &[(&str, &str)] = &[
    ("config", "text"),
    ("urls", "id"),
    ("urls", "text"),
    ("text", "id"),
];

/// A name that may be used in these rooms only.
const WARDS: &[(&str, &[&str])] = &[
    ("diesel::", &["store"]),
    ("actix_web::", &["federation", "api", "web", "server"]),
    ("actix_multipart::", &["api"]),
    ("reqwest::", &["http", "federation"]),
    ("activitypub_federation::", &["federation"]),
    ("http_signatures::", &["federation"]),
    ("std::env::var", &["config", "cli"]),
    ("env::vars", &["config", "cli"]),
];

fn floor_of(room: &str) -> usize {
    FLOORS
        .iter()
        .position(|rooms| rooms.contains(&room))
        .unwrap_or_else(|| panic!("the room {room} stands on no floor: add it to FLOORS"))
}

#[test]
fn a_room_uses_only_floors_below_its_own() {
    let mut wrong = BTreeSet::new();
    for source in all_sources()
        .iter()
        .filter(|source| source.room() != "lib" && source.room() != "main")
    {
        for used in source.used_rooms() {
            let (from, to) = (floor_of(source.room()), floor_of(&used));
            let is_step = STEPS.contains(&(source.room(), used.as_str()));
            let same_room = used == source.room();
            if !same_room && !is_step && (to > from || (to == from && from != 0)) {
                wrong.insert(format!("{} uses {used}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "upward or sideways: {wrong:#?}");
}

#[test]
fn wards_keep_libraries_in_their_rooms() {
    let mut wrong = BTreeSet::new();
    for source in all_sources() {
        for (name, rooms) in WARDS {
            let is_used = source.code_without_tests().lines().any(|line| {
                let line = line.split("//").next().unwrap_or(line);
                line.match_indices(name)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            if is_used && !rooms.contains(&source.room()) {
                wrong.insert(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "outside their wards: {wrong:#?}");
}

#[test]
fn no_two_files_of_a_room_lean_on_each_other() {
    let sources = all_sources();
    let mut leans: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in &sources {
        let targets = sources
            .iter()
            .filter(|other| {
                other.room() == source.room() && other.path != source.path && !other.is_mod()
            })
            .filter(|other| !source.is_mod() && source.uses_module(other))
            .map(|other| other.path.clone());
        leans.insert(source.path.clone(), targets.collect());
    }
    let circles: Vec<String> = leans
        .keys()
        .filter(|start| reaches(&leans, start))
        .cloned()
        .collect();
    assert!(circles.is_empty(), "files in circles: {circles:#?}");
}

fn reaches(leans: &BTreeMap<String, BTreeSet<String>>, start: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&String> = leans[start].iter().collect();
    while let Some(next) = waiting.pop() {
        if next == start {
            return true;
        }
        if seen.insert(next) {
            waiting.extend(&leans[next.as_str()]);
        }
    }
    false
}

impl Source {
    /// Whether this file names a module of its own room.
    fn uses_module(&self, other: &Self) -> bool {
        let module = other.module();
        let name = module.rsplit("::").next().unwrap();
        let parent = module.strip_suffix(name).unwrap().trim_end_matches("::");
        let code = self.code_without_tests();
        let own_parent = self
            .module()
            .rsplit_once("::")
            .map_or(String::new(), |(parent, _)| parent.to_owned());
        let absolute = format!("crate::{module}::");
        if code.contains(&absolute) || code.contains(&format!("crate::{module};")) {
            return true;
        }
        own_parent == parent
            && (code.contains(&format!("super::{name}::"))
                || code.contains(&format!("use super::{name};")))
    }
}
