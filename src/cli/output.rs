//! Writing to the terminal: lines and tables for people, JSON for programs. What strangers wrote is escaped, so
//! that no terminal obeys it.

use std::io::{self, Write as _};

use serde::Serialize;

use super::failure::Failure;
use crate::telemetry::escape;

/// Writes a line to standard output; its characters are escaped.
///
/// # Errors
/// When nobody takes the output.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    write(&format!("{}\n", escape(text)))
}

/// Writes a text of several lines that this program made itself.
///
/// # Errors
/// When nobody takes the output.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    write(text)
}

/// Writes a value as JSON, readable for people too.
///
/// # Errors
/// When nobody takes the output.
pub(super) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::failed)?;
    write(&format!("{text}\n"))
}

/// Writes a table; the columns are as wide as their widest cell.
///
/// # Errors
/// When nobody takes the output.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    write(&lay_out(heads, rows))
}

/// Writes a sentence to standard error.
pub(super) fn complain(sentence: &str) {
    for line in sentence.lines() {
        let line = format!("{}\n", escape(line));
        // With nobody to hear it there is nobody to tell.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        // `whimbrel ... | head` has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::Failed(format!("the output failed: {error}"))),
    }
}

fn lay_out(heads: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let lines: Vec<Vec<String>> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.iter().map(|cell| escape(cell).into_owned()).collect())
        .collect();
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &lines {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [
            vec!["alice".to_owned(), "owner".to_owned()],
            vec!["b\u{1b}[2J".to_owned(), "user".to_owned()],
            vec!["ü".to_owned(), String::new()],
        ];
        let expected = "name        role\nalice       owner\nb\\u001b[2J  user\nü\n";
        assert_eq!(lay_out(&["name", "role"], &rows), expected);
    }
}
