//! The table that says where each attack is tested is complete, names only what exists, and is what the page shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// How many rows each section of the list of attacks has.
const SECTIONS: [(char, usize); 8] = [
    ('A', 44),
    ('B', 25),
    ('C', 16),
    ('D', 18),
    ('E', 24),
    ('F', 21),
    ('G', 23),
    ('H', 11),
];

/// One row of the table.
struct Row {
    about: String,
    /// File and name.
    tests: Vec<(String, String)>,
    note: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows by their numbers; none stands there twice.
fn read_table() -> BTreeMap<String, Row> {
    let table = fs::read_to_string(root().join("tests/it/security/rows.tsv")).expect("the table");
    let mut rows = BTreeMap::new();
    for line in table.lines().skip(1) {
        let [number, about, tests, note] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four cells: {line}");
        };
        let test = |test: &str| {
            let (file, name) = test.split_once("::").expect("a file and a name");
            (file.to_owned(), name.to_owned())
        };
        let row = Row {
            about: about.to_owned(),
            tests: tests.split_whitespace().map(test).collect(),
            note: note.to_owned(),
        };
        assert!(
            rows.insert(number.to_owned(), row).is_none(),
            "{number} twice"
        );
    }
    rows
}

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
}

/// The tests in a file: functions behind a mark that makes them tests.
fn tests_of(text: &str) -> BTreeSet<String> {
    let test = Regex::new(
        r"(?:#\[(?:tokio::|actix_web::)?test(?:\([^\]]*\))?\]|on_both! \{)\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn ([a-z0-9_]+)",
    );
    let test = test.expect("an expression");
    test.captures_iter(text)
        .map(|found| found[1].to_owned())
        .collect()
}

#[test]
fn every_attack_has_a_test_or_a_reason() {
    let rows = read_table();
    let mut wrong = Vec::new();
    let mut expected = BTreeSet::new();
    for (section, most) in SECTIONS {
        expected.extend((1..=most).map(|number| format!("{section}{number}")));
    }
    let there: BTreeSet<String> = rows.keys().cloned().collect();
    wrong.extend(
        expected
            .symmetric_difference(&there)
            .map(|row| format!("{row} is missing, or is no row")),
    );
    for (number, row) in &rows {
        let is_reason = ["cannot: ", "not built: "]
            .iter()
            .any(|start| row.note.starts_with(start));
        if is_reason != row.tests.is_empty() {
            wrong.push(format!(
                "{number} needs tests, or a note that says why there are none"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_names_tests_that_exist_and_all_that_bear_a_row() {
    let rows = read_table();
    let mut sources = Vec::new();
    for folder in ["src", "tests/it"] {
        gather(&root().join(folder), &mut sources);
    }
    let mut known = BTreeSet::new();
    for (path, text) in sources {
        let path = path.strip_prefix(root()).expect("below the root");
        let path = path.to_str().expect("text").replace('\\', "/");
        known.extend(tests_of(&text).into_iter().map(|name| (path.clone(), name)));
    }
    assert!(known.len() > 1_000, "the tests are found: {}", known.len());
    let mut wrong = Vec::new();
    for (number, row) in &rows {
        let missing = row.tests.iter().filter(|test| !known.contains(*test));
        wrong.extend(missing.map(|(file, name)| format!("{number}: no {name} in {file}")));
    }
    let named = Regex::new("^((?:[a-h][0-9]{1,2}_)+)").expect("an expression");
    for test in &known {
        let Some(found) = named.captures(&test.1) else {
            continue;
        };
        for number in found[1].trim_end_matches('_').to_uppercase().split('_') {
            if !rows.get(number).is_some_and(|row| row.tests.contains(test)) {
                wrong.push(format!("{number} does not name {}", test.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_page_is_what_the_table_makes() {
    let page = fs::read_to_string(root().join("docs/SECURITY-TESTS.md")).expect("the page");
    let line = Regex::new(r"(?m)^\| ([A-H][0-9]+) \| ([^|]*) \| ([^|]*) \|(?: ([^|]*) \|)?$")
        .expect("an expression");
    let mark = Regex::new("`([^`]+)`").expect("an expression");
    let rows = read_table();
    let mut shown = BTreeSet::new();
    for cells in line.captures_iter(&page) {
        let (number, row) = (&cells[1], &rows[&cells[1]]);
        assert!(shown.insert(number.to_owned()), "{number} twice");
        assert_eq!(&cells[2], row.about, "{number}");
        let marks = mark.captures_iter(&cells[3]).map(|mark| mark[1].to_owned());
        let tests = row
            .tests
            .iter()
            .flat_map(|(file, name)| [file.clone(), name.clone()]);
        assert_eq!(
            marks.collect::<BTreeSet<_>>(),
            tests.collect(),
            "{number}: run tests/security_page.py --write"
        );
        assert!(cells[3].ends_with(&row.note), "{number}: {}", row.note);
        let result = cells.get(4).map_or("", |result| result.as_str());
        assert!(["", "ok"].contains(&result), "{number}: {result}");
    }
    let all: BTreeSet<String> = rows.into_keys().collect();
    assert_eq!(shown, all, "run tests/security_page.py --write");
}
