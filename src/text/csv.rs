//! Tables as text: rows of fields between commas, in quotes where they need them.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc4180>

use std::fmt;

/// One row, and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1.
    pub line: usize,
    /// Its fields without their quotes; white space around them stays.
    pub fields: Vec<String>,
}

/// Why a text is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A quote begins here and never ends.
    OpenQuote,
    /// Something stands between a closing quote and the next comma.
    BehindQuote,
    /// The table has more rows than are taken: this many.
    TooLong(usize),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenQuote => f.write_str("a quote begins here and never ends"),
            Self::BehindQuote => f.write_str("something stands behind a closing quote"),
            Self::TooLong(most) => write!(f, "there are more than {most} rows"),
        }
    }
}

/// The rows of a text, without those that hold nothing: at most `most`. Lines end as on any system; a byte order mark at
/// the beginning is left out.
///
/// # Errors
/// Says what makes it no table, and where.
pub fn read(text: &str, most: usize) -> Result<Vec<Row>, Broken> {
    let mut reader = Reader {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        line: 1,
    };
    let mut rows = Vec::new();
    while !reader.rest.is_empty() {
        let row = reader.row()?;
        if row.fields.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if rows.len() == most {
            let why = Why::TooLong(most);
            return Err(Broken {
                line: row.line,
                why,
            });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// A row as text, with its end.
#[must_use]
pub fn write(fields: &[&str]) -> String {
    let written: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    written.join(",") + "\n"
}

fn quoted(field: &str) -> String {
    let needs = field.contains(['"', ',', '\n', '\r'])
        || field.starts_with(char::is_whitespace)
        || field.ends_with(char::is_whitespace);
    if needs {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

/// What stands behind a field.
enum End {
    Field,
    Row,
}

impl Reader<'_> {
    fn row(&mut self) -> Result<Row, Broken> {
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            let (field, end) = if let Some(rest) = self.rest.strip_prefix('"') {
                self.rest = rest;
                self.quoted()?
            } else {
                self.plain()
            };
            fields.push(field);
            if matches!(end, End::Row) {
                return Ok(Row { line, fields });
            }
        }
    }

    fn plain(&mut self) -> (String, End) {
        let length = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(length);
        let field = field.to_owned();
        self.rest = rest;
        (field, self.end().unwrap_or(End::Row))
    }

    fn quoted(&mut self) -> Result<(String, End), Broken> {
        let (begun, mut field) = (self.line, String::new());
        loop {
            let Some((part, rest)) = self.rest.split_once('"') else {
                let why = Why::OpenQuote;
                return Err(Broken { line: begun, why });
            };
            field.push_str(part);
            self.line += ends_of_lines(part);
            self.rest = rest;
            if let Some(rest) = self.rest.strip_prefix('"') {
                field.push('"');
                self.rest = rest;
                continue;
            }
            let why = Why::BehindQuote;
            let end = self.end().ok_or(Broken {
                line: self.line,
                why,
            })?;
            return Ok((field, end));
        }
    }

    /// Takes the comma or the end of the line that comes next.
    fn end(&mut self) -> Option<End> {
        for (mark, end) in [
            (",", End::Field),
            ("\r\n", End::Row),
            ("\n", End::Row),
            ("\r", End::Row),
        ] {
            if let Some(rest) = self.rest.strip_prefix(mark) {
                self.rest = rest;
                if matches!(end, End::Row) {
                    self.line += 1;
                }
                return Some(end);
            }
        }
        self.rest.is_empty().then_some(End::Row)
    }
}

fn ends_of_lines(text: &str) -> usize {
    let alone = text.replace("\r\n", "\n");
    alone.matches(['\n', '\r']).count()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// A row by its line and its fields.
    type Expected = (usize, &'static [&'static str]);

    fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, Broken> {
        let rows = read(text, 10)?;
        Ok(rows.into_iter().map(|row| (row.line, row.fields)).collect())
    }

    #[test]
    fn tables_are_read_as_everybody_writes_them() {
        let table: &[(&str, &[Expected])] = &[
            ("a,b\nc,d\n", &[(1, &["a", "b"]), (2, &["c", "d"])]),
            ("a,b\r\nc,d", &[(1, &["a", "b"]), (2, &["c", "d"])]),
            ("a\rb\r", &[(1, &["a"]), (2, &["b"])]),
            ("\u{feff}a,b", &[(1, &["a", "b"])]),
            ("", &[]),
            ("\n\n \n,,\na\n", &[(5, &["a"])]),
            ("a,,\n,b,", &[(1, &["a", "", ""]), (2, &["", "b", ""])]),
            ("\"a,b\",c", &[(1, &["a,b", "c"])]),
            ("\"a\"\"b\",\"\"", &[(1, &["a\"b", ""])]),
            (
                "\"a\nb\r\nc\",d\ne",
                &[(1, &["a\nb\r\nc", "d"]), (4, &["e"])],
            ),
            ("a\"b,c", &[(1, &["a\"b", "c"])]),
            (" a , b ", &[(1, &[" a ", " b "])]),
            ("ü,🐦\n", &[(1, &["ü", "🐦"])]),
            ("\"a\"", &[(1, &["a"])]),
            ("a,", &[(1, &["a", ""])]),
        ];
        for (text, expected) in table {
            let expected: Vec<(usize, Vec<String>)> = expected
                .iter()
                .map(|(line, fields)| (*line, fields.iter().map(ToString::to_string).collect()))
                .collect();
            assert_eq!(rows(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let long = "a\n".repeat(11);
        for (text, line, why) in [
            ("a\n\"b", 2, Why::OpenQuote),
            ("\"a\nb\nc", 1, Why::OpenQuote),
            ("a\n\"b\" c\n", 2, Why::BehindQuote),
            ("\"a\nb\"c", 2, Why::BehindQuote),
            (&long, 11, Why::TooLong(10)),
        ] {
            assert_eq!(rows(text), Err(Broken { line, why }), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for fields in [
            &["a", "b"][..],
            &["a,b", "c\"d", "e\nf", "g\r\nh", " i ", "", "ü"],
            &["#domain", "\"", "\"\""],
        ] {
            let text = write(fields);
            let read = read(&text, 10).unwrap();
            assert_eq!(
                (read.len(), &read[0].fields[..]),
                (
                    1,
                    &fields.iter().map(ToString::to_string).collect::<Vec<_>>()[..]
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_a_friendly_one() {
        for unit in ["\"\"", "\",", ",", "\r", "\"\n", "a\"", "\u{feff}"] {
            let text = unit.repeat(500_000);
            let began = Instant::now();
            let found = read(&text, 1_000_000);
            assert!(found.is_ok() || unit.contains('"'), "{unit:?}");
            assert!(began.elapsed() < Duration::from_secs(10), "{unit:?}");
        }
    }
}
