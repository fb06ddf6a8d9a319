//! What keeps the house readable: a word on top of each file, sizes, sources of routes.

use std::collections::BTreeSet;

use crate::sources::all_sources;

/// Lines that a file may have, its tests left out.
const LONGEST_FILE: usize = 600;
/// Lines that a function may have.
const LONGEST_FUNCTION: usize = 80;
/// Parameters that a function may have.
const MOST_PARAMETERS: usize = 6;

#[test]
fn every_file_says_what_lives_in_it() {
    let silent: Vec<_> = all_sources()
        .into_iter()
        .filter(|s| !s.text.starts_with("//! "))
        .map(|s| s.path)
        .collect();
    assert!(silent.is_empty(), "no //! on top of {silent:#?}");
}

#[test]
fn a_mod_file_holds_no_code() {
    let mut wrong = Vec::new();
    for source in all_sources()
        .iter()
        .filter(|source| source.path.ends_with("mod.rs"))
    {
        if source
            .code_without_tests()
            .lines()
            .any(|line| line.trim_start().starts_with("fn ") || line.contains("pub fn "))
        {
            wrong.push(source.path.clone());
        }
    }
    assert!(wrong.is_empty(), "functions in {wrong:#?}");
}

#[test]
fn files_and_functions_stay_small() {
    let mut wrong = BTreeSet::new();
    for source in all_sources() {
        let code = source.code_without_tests();
        if code.lines().count() > LONGEST_FILE {
            wrong.insert(format!(
                "{} has {} lines",
                source.path,
                code.lines().count()
            ));
        }
        for (name, lines, parameters) in functions(code) {
            if lines > LONGEST_FUNCTION {
                wrong.insert(format!("{}: {name} has {lines} lines", source.path));
            }
            if parameters > MOST_PARAMETERS {
                wrong.insert(format!(
                    "{}: {name} takes {parameters} parameters",
                    source.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "too large: {wrong:#?}");
}

/// The functions of formatted code: name, lines from signature to closing brace, parameters.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let Some(at) = trimmed
            .find("fn ")
            .filter(|at| *at == 0 || trimmed[..*at].ends_with(' '))
        else {
            continue;
        };
        let is_head = trimmed[..at].split_whitespace().all(|word| {
            word.starts_with("pub")
                || ["async", "const", "unsafe", "extern", "in", "\"C\""].contains(&word)
                || word.ends_with(')')
        });
        if !is_head {
            continue;
        }
        let name: String = trimmed[at + 3..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines[start..]
            .iter()
            .position(|line| *line == closing)
            .map_or(1, |end| end + 1);
        let signature: String = lines[start..]
            .iter()
            .take(30)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        found.push((name, length, parameters(&signature)));
    }
    found
}

/// How many parameters a signature has, `self` left out.
fn parameters(signature: &str) -> usize {
    let Some(open) = signature.find('(') else {
        return 0;
    };
    let (mut depth, mut count, mut part) = (0_i32, 0, String::new());
    for letter in signature[open..].chars() {
        match letter {
            '(' | '<' | '[' | '{' => depth += 1,
            ')' | '>' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if (letter == ',' && depth == 1) || depth == 0 {
            if part.contains(':') && !part.trim_start_matches('(').trim().starts_with("self") {
                count += 1;
            }
            part.clear();
            if depth == 0 {
                break;
            }
        } else {
            part.push(letter);
        }
    }
    count
}

#[test]
fn every_route_names_its_source() {
    let mut wrong = Vec::new();
    for source in all_sources()
        .iter()
        .filter(|source| ["api", "federation"].contains(&source.room()))
    {
        let code = source.code_without_tests();
        let has_routes = code.contains("web::get()")
            || code.contains("web::post()")
            || code.contains("web::resource(");
        if has_routes && !source.is_mod() && !code.contains("Source: <") {
            wrong.push(source.path.clone());
        }
    }
    assert!(
        wrong.is_empty(),
        "routes without a Source: line in {wrong:#?}"
    );
}

#[test]
fn the_functions_of_a_file_are_measured() {
    let code = "fn a(x: u8) {\n    x;\n}\n\npub async fn b(\n    &self,\n    x: (u8, u8),\n    y: Map<A, B>,\n) -> u8 {\n}\n";
    assert_eq!(
        functions(code),
        [("a".to_owned(), 3, 1), ("b".to_owned(), 6, 2)]
    );
}
