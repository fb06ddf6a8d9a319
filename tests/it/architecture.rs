//! The floors of the house: a room uses only floors below its own, wards keep libraries in their rooms, and no
//! two files of one room lean on each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Source, all_sources};

/// The rooms of each floor, from the ground up.
const FLOORS: &[&[&str]] = &[
    &[
        "id", "clock", "config", "text", "keys", "load", "meters", "urls", "bans", "wishes",
    ],
    &["store", "blobs", "media", "http", "mail", "push"],
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
    ("bans", "config"),
    ("bans", "text"),
    ("urls", "id"),
    ("urls", "keys"),
    ("urls", "text"),
    ("wishes", "id"),
    ("text", "clock"),
    ("text", "id"),
];

/// A name that may be used in these rooms only.
const WARDS: &[(&str, &[&str])] = &[
    ("diesel::", &["store"]),
    ("actix_web::", &["federation", "api", "web", "server"]),
    ("actix_multipart::", &["api", "web"]),
    ("actix_ws::", &["api"]),
    ("reqwest::", &["http", "federation"]),
    ("object_store::", &["blobs"]),
    ("lettre::", &["mail"]),
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
    /// Whether this file names a module of its own room, alone or in a group of imports.
    fn uses_module(&self, other: &Self) -> bool {
        let module = other.module();
        let (parent, name) = module.rsplit_once("::").unwrap_or(("", &module));
        let own = self.module();
        let own_parent = own.rsplit_once("::").map_or("", |(parent, _)| parent);
        let own_grandparent = own_parent
            .rsplit_once("::")
            .map_or("", |(parent, _)| parent);
        let code = self.code_without_tests();
        names(code, &format!("crate::{parent}::"), name)
            || (own_parent == parent && names(code, "super::", name))
            || (own_grandparent == parent && names(code, "super::super::", name))
    }
}

/// Whether code names `module` behind `path`: `path::module::...`, `path::module;` or within `path::{...}`.
fn names(code: &str, path: &str, module: &str) -> bool {
    let is_module = |text: &str| {
        let text = text.trim_start();
        text.strip_prefix(module)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    code.match_indices(path).any(|(at, _)| {
        let behind = &code[at + path.len()..];
        match behind.strip_prefix('{') {
            Some(group) => members(group).iter().any(|member| is_module(member)),
            None => is_module(behind) && behind[module.len()..].starts_with([':', ';']),
        }
    })
}

/// The members of a group of imports, up to its closing brace; groups within it stay whole.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut found) = (1, vec![String::new()]);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        found.last_mut().expect("never empty").push(letter);
    }
    found
}

#[test]
fn modules_are_found_alone_and_in_groups() {
    for (code, expected) in [
        ("use super::lane::Lane;", true),
        ("use super::lane;", true),
        ("use super::{answers, lane};", true),
        ("use super::{answers::{A, B},\n    lane::Lane,\n};", true),
        ("use super::lanes::Lane;", false),
        ("use super::{lanes, answers::lane};", false),
    ] {
        assert_eq!(names(code, "super::", "lane"), expected, "{code}");
    }
}
