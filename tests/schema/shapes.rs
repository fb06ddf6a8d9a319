//! Holds JSON answers against the shapes beside this file. Unit tests and integration tests are both built with it; the
//! checks with real clients read the same shapes.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// One key of an object.
#[derive(Clone, Debug, Default)]
struct Key {
    name: String,
    shape: String,
    may_miss: bool,
    when: Option<When>,
    keys: Vec<Key>,
}

/// The words of another key with which a key has to be there.
#[derive(Clone, Debug)]
struct When {
    key: String,
    words: Vec<String>,
}

impl Key {
    /// Whether an object may lack it.
    fn may_miss_in(&self, map: &Map<String, Value>) -> bool {
        let Some(when) = &self.when else {
            return self.may_miss;
        };
        let word = map.get(&when.key).and_then(Value::as_str);
        !word.is_some_and(|word| when.words.iter().any(|one| one == word))
    }
}

/// What one route answers.
struct Answer {
    method: &'static str,
    path: Vec<&'static str>,
    shape: &'static str,
}

struct Schema {
    entities: HashMap<&'static str, Vec<Key>>,
    answers: Vec<Answer>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    entities: read_entities(),
    answers: read_answers(),
});

/// Fails the test when an answer of the client API has another shape than its route promises.
pub fn check(method: &str, path: &str, status: u16, body: &str) {
    let path = path.split('?').next().unwrap_or(path);
    let is_checked = path.starts_with("/api/") && !path.starts_with("/api/whimbrel/");
    let Some(answer) = find(method, path).filter(|_| is_checked) else {
        return;
    };
    let shape = match status {
        400.. => "Error",
        202 | 206 if answer.shape != "MediaAttachment" => return,
        _ => answer.shape,
    };
    if matches!(shape, "nothing at all" | "Error") && body.is_empty() {
        return;
    }
    let value = serde_json::from_str(body);
    let value = value.unwrap_or_else(|error| panic!("{method} {path} is no JSON: {error}: {body}"));
    let mut faults = Vec::new();
    inspect(&value, shape, &[], "answer", &mut faults);
    assert!(
        faults.is_empty(),
        "{method} {path} ({status}): {faults:#?} in {body}"
    );
}

/// Whether it is said what this route answers.
pub fn is_known(method: &str, path: &str) -> bool {
    find(method, path).is_some()
}

fn find(method: &str, path: &str) -> Option<&'static Answer> {
    let parts: Vec<_> = path.trim_end_matches('/').split('/').collect();
    let exact = |answer: &Answer| answer.path.iter().filter(|part| !is_open(part)).count();
    let fits = |answer: &&Answer| {
        let pairs = || answer.path.iter().zip(&parts);
        is_same(answer.method, method)
            && answer.path.len() == parts.len()
            && pairs().all(|(want, have)| is_open(want) || want == have)
    };
    SCHEMA
        .answers
        .iter()
        .filter(fits)
        .max_by_key(|answer| exact(answer))
}

/// Whether two methods are one: what may be changed by PUT may be changed by PATCH.
fn is_same(one: &str, other: &str) -> bool {
    let changes = |method: &str| matches!(method, "PUT" | "PATCH");
    one == other || (changes(one) && changes(other))
}

fn is_open(part: &str) -> bool {
    part.starts_with('{')
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    let is_content = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    text.lines().filter(is_content)
}

fn read_answers() -> Vec<Answer> {
    let read = |line: &'static str| {
        let (route, shape) = line.split_once(": ").unwrap();
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.split('/').collect();
        Answer {
            method,
            path,
            shape,
        }
    };
    lines(include_str!("answers.txt")).map(read).collect()
}

fn read_entities() -> HashMap<&'static str, Vec<Key>> {
    let (mut entities, mut bases) = (HashMap::new(), Vec::new());
    let mut current = "";
    for line in lines(include_str!("entities.txt")) {
        if line.starts_with(' ') {
            let keys: &mut Vec<Key> = entities.get_mut(current).unwrap();
            add(keys, line, 2);
            continue;
        }
        let (name, base) = line.split_once(" = ").unwrap_or((line, ""));
        current = name;
        entities.insert(name, Vec::new());
        if let Some(base) = base.strip_suffix(" and") {
            bases.push((name, base));
        }
    }
    for (name, base) in bases {
        let more = entities[base].clone();
        entities.get_mut(name).unwrap().extend(more);
    }
    entities
}

/// Adds the key of a line that is indented by `depth` spaces, or by more: then it is one of the last key's own.
fn add(keys: &mut Vec<Key>, line: &str, depth: usize) {
    let indent = line.len() - line.trim_start().len();
    if indent > depth {
        return add(&mut keys.last_mut().unwrap().keys, line, depth + 2);
    }
    let (name, shape) = line.trim().rsplit_once(": ").unwrap();
    let (name, when) = match name.split_once(" when ") {
        Some((name, when)) => (name, Some(read_when(when))),
        None => (name, None),
    };
    keys.push(Key {
        name: name.trim_end_matches('?').to_owned(),
        shape: shape.to_owned(),
        may_miss: name.ends_with('?'),
        when,
        keys: Vec::new(),
    });
}

/// Reads `type is poll update`.
fn read_when(text: &str) -> When {
    let (key, words) = text.split_once(" is ").unwrap();
    When {
        key: key.to_owned(),
        words: words.split(' ').map(str::to_owned).collect(),
    }
}

fn inspect(value: &Value, shape: &str, keys: &[Key], place: &str, faults: &mut Vec<String>) {
    let (shape, may_be_null) = match shape.strip_suffix(" | null") {
        Some(shape) => (shape, true),
        None => (shape, false),
    };
    if may_be_null && value.is_null() {
        return;
    }
    if shape.contains(" or ") {
        let tried = shape.split(" or ").map(|one| {
            let mut faults = Vec::new();
            inspect(value, one, keys, place, &mut faults);
            faults
        });
        faults.extend(tried.min_by_key(Vec::len).unwrap_or_default());
    } else if let Some(inner) = shape.strip_prefix('[') {
        let inner = inner.trim_end_matches(']');
        match value {
            Value::Array(values) => {
                for (at, one) in values.iter().enumerate() {
                    inspect(one, inner, keys, &format!("{place}[{at}]"), faults);
                }
            }
            _ => faults.push(format!("{place} is no list: {value}")),
        }
    } else if let Some(keys) = own_keys(shape, keys) {
        match value {
            Value::Object(map) => inspect_object(map, keys, place, faults),
            _ => faults.push(format!("{place} is no object: {value}")),
        }
    } else if !is_plain(value, shape) {
        faults.push(format!("{place} is not {shape}: {value}"));
    }
}

fn own_keys<'a>(shape: &str, keys: &'a [Key]) -> Option<&'a [Key]> {
    if shape == "object" {
        return Some(keys);
    }
    let entity = SCHEMA.entities.get(shape);
    assert!(
        entity.is_some() || shape.starts_with(char::is_lowercase),
        "tests/schema has no {shape}"
    );
    entity.map(Vec::as_slice)
}

fn inspect_object(map: &Map<String, Value>, keys: &[Key], place: &str, faults: &mut Vec<String>) {
    for key in keys {
        let place = format!("{place}.{}", key.name);
        match map.get(&key.name) {
            Some(value) => inspect(value, &key.shape, &key.keys, &place, faults),
            None if key.may_miss_in(map) => {}
            None => faults.push(format!("{place} is missing")),
        }
    }
}

fn is_plain(value: &Value, shape: &str) -> bool {
    match shape {
        "null" => value.is_null(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => value.as_str().is_some_and(|text| is_text(text, shape)),
    }
}

fn is_text(text: &str, shape: &str) -> bool {
    let is_like = |pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(have, want)| {
                if want == b'0' {
                    have.is_ascii_digit()
                } else {
                    have == want
                }
            })
    };
    let is_address = |schemes: [&str; 2]| {
        url::Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host())
    };
    if let Some(words) = shape.strip_prefix("one of ") {
        return words.split(' ').any(|word| word == text);
    }
    match shape {
        "id" => !text.is_empty() && text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit()),
        "digits" => text.parse::<f64>().is_ok(),
        "datetime" => is_like("0000-00-00T00:00:00.000Z"),
        "date" => is_like("0000-00-00"),
        "url" => is_address(["http", "https"]),
        "socket" => is_address(["ws", "wss"]),
        "html" | "string" => true,
        _ => panic!("tests/schema has no {shape}"),
    }
}

#[test]
fn faults_are_found() {
    let faults_of = |shape: &str, value: Value| {
        let mut faults = Vec::new();
        inspect(&value, shape, &[], "it", &mut faults);
        faults
    };
    let marker = serde_json::json!({
        "last_read_id": "12", "version": 1, "updated_at": "2026-08-08T12:34:56.789Z",
    });
    assert_eq!(faults_of("Marker", marker.clone()), [""; 0]);
    for (key, wrong, expected) in [
        (
            "last_read_id",
            Value::from(12),
            "it.last_read_id is not id: 12",
        ),
        ("version", Value::from(1.5), "it.version is not int: 1.5"),
        (
            "updated_at",
            Value::from("2026-08-08T12:34:56Z"),
            "it.updated_at is not datetime: \"2026-08-08T12:34:56Z\"",
        ),
    ] {
        let mut broken = marker.clone();
        broken[key] = wrong;
        assert_eq!(faults_of("Marker", broken), [expected]);
    }
    assert_eq!(
        faults_of("[Count]", serde_json::json!([{"count": 1}, {}])),
        ["it[1].count is missing"]
    );
    let told = |kind: &str| serde_json::json!({"type": kind, "group_key": "g", "status_id": null});
    let of_group = |kind: &str| faults_of("NotificationGroup", told(kind)).join("\n");
    assert!(of_group("admin.report").contains("it.report is missing"));
    assert!(!of_group("follow").contains("it.report is missing"));
}
