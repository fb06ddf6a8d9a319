//! Lists of blocked servers as files: read and written in the form in which servers give them to each other. Pure.
//!
//! Source: <https://docs.joinmastodon.org/admin/moderation/>

use std::collections::HashMap;
use std::fmt;

use crate::bans;
use crate::store::HostSeverity;
use crate::store::host_blocks::HostBlock;
use crate::text::csv::{self, Row};

/// The largest list, in bytes.
pub const MAX_BYTES: usize = 2 << 20;
/// The most rows of a list.
pub const MAX_ROWS: usize = 10_000;
/// Faults that are told of one list.
const MOST_FAULTS: usize = 20;
/// The longest comment, in characters.
const LONGEST_COMMENT: usize = super::hosts::LONGEST_COMMENT;

/// The columns of a list that is written.
const COLUMNS: [&str; 6] = [
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
];

/// One server of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// On which line it stands, counted from 1.
    pub line: usize,
    /// The one spelling of its domain.
    pub domain: String,
    /// How little the node has to do with it.
    pub severity: HostSeverity,
    /// Whether pictures and files from there are not shown.
    pub reject_media: bool,
    /// Whether reports from there are not taken.
    pub reject_reports: bool,
    /// Whether people are shown only a part of its name.
    pub obfuscate: bool,
    /// For everybody who may see blocks.
    pub public_comment: Option<String>,
}

/// What is wrong with a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// On which line, counted from 1.
    pub line: usize,
    /// What, as the rest of a sentence.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// What a list cannot know by itself.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// This node's own name, with its port if it has one.
    pub own: &'a str,
    /// How little the node has to do with a server of which the list does not say it.
    pub severity: HostSeverity,
}

/// Reads a list: with the columns that [`write`] gives, in any order and with or without `#`; or one domain on each line.
/// A server that stands there twice in the same words counts once.
///
/// # Errors
/// Everything that is wrong with it, up to a number of lines: such a list is of no use as a whole.
pub fn read(bytes: &[u8], terms: Terms) -> Result<Vec<Entry>, Vec<Fault>> {
    let rows = rows(bytes).map_err(|fault| vec![fault])?;
    // Words before the table are remarks; what names its columns may look like one.
    let begins = |row: &Row| !is_remark(row) || names(row).iter().any(|name| name == "domain");
    let start = rows.iter().position(begins).unwrap_or(0);
    let Some(first) = rows.get(start) else {
        return Err(fault(1, "there is nothing in it"));
    };
    let columns = Columns::of(first).map_err(|fault| vec![fault])?;
    let rows = rows.iter().skip(start + usize::from(columns.are_named));
    let (mut entries, mut faults, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    for row in rows.filter(|row| !is_remark(row)) {
        let read = columns.entry(row, terms);
        match read.and_then(|entry| keep_new(&mut seen, entry)) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
        if faults.len() == MOST_FAULTS {
            break;
        }
    }
    if faults.is_empty() {
        Ok(entries)
    } else {
        Err(faults)
    }
}

/// Writes a list. What is only for the staff stays here.
#[must_use]
pub fn write(blocks: &[HostBlock]) -> String {
    let word = |is_so| if is_so { "true" } else { "false" };
    let mut text = csv::write(&COLUMNS);
    for block in blocks {
        text += &csv::write(&[
            &block.domain,
            block.severity.word(),
            word(block.reject_media),
            word(block.reject_reports),
            &plain(block.public_comment.as_deref().unwrap_or_default()),
            word(block.obfuscate),
        ]);
    }
    text
}

/// A comment without what terminals obey.
fn plain(comment: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    comment.replace("\r\n", "\n").chars().map(shown).collect()
}

fn rows(bytes: &[u8]) -> Result<Vec<Row>, Fault> {
    let at = |line, reason: &str| Fault {
        line,
        reason: reason.to_owned(),
    };
    if bytes.len() > MAX_BYTES {
        return Err(at(1, &format!("the list has more than {MAX_BYTES} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        at(line, "this is no text in UTF-8")
    })?;
    csv::read(text, MAX_ROWS).map_err(|broken| at(broken.line, &broken.why.to_string()))
}

fn fault(line: usize, reason: &str) -> Vec<Fault> {
    vec![Fault {
        line,
        reason: reason.to_owned(),
    }]
}

/// What a row calls columns, if it is the one that does.
fn names(row: &Row) -> Vec<String> {
    let name = |field: &String| field.trim().trim_start_matches('#').trim().to_lowercase();
    row.fields.iter().map(name).collect()
}

/// A line of words among the rows.
fn is_remark(row: &Row) -> bool {
    row.fields
        .first()
        .is_some_and(|field| field.trim_start().starts_with('#'))
}

/// The entry, unless it was there before; another one of the same server is a fault.
fn keep_new(seen: &mut HashMap<String, Entry>, entry: Entry) -> Result<Option<Entry>, Fault> {
    let Some(known) = seen.get(&entry.domain) else {
        seen.insert(entry.domain.clone(), entry.clone());
        return Ok(Some(entry));
    };
    let (first, line) = (known.line, entry.line);
    let same = Entry {
        line: first,
        ..entry
    };
    if same == *known {
        return Ok(None);
    }
    let reason = format!("{} stands on line {first} in other words", known.domain);
    Err(Fault { line, reason })
}

/// Which field of a row is what.
struct Columns {
    are_named: bool,
    domain: usize,
    severity: Option<usize>,
    reject_media: Option<usize>,
    reject_reports: Option<usize>,
    public_comment: Option<usize>,
    obfuscate: Option<usize>,
}

impl Columns {
    /// From the first row: names of columns, or a domain alone.
    fn of(row: &Row) -> Result<Self, Fault> {
        let wrong = |reason: &str| Fault {
            line: row.line,
            reason: reason.to_owned(),
        };
        let names = names(row);
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let known = COLUMNS.map(|column| column.trim_start_matches('#'));
        for wanted in known {
            if names.iter().filter(|name| *name == wanted).count() > 1 {
                return Err(wrong(&format!("the column {wanted} is there twice")));
            }
        }
        let domain = find("domain");
        if domain.is_none() && row.fields.len() > 1 && !is_remark(row) {
            return Err(wrong("no column is called domain"));
        }
        let first = row.fields.first().map(String::as_str).unwrap_or_default();
        if domain.is_none() && first.contains([';', '\t']) {
            return Err(wrong("the columns must stand between commas"));
        }
        Ok(Self {
            are_named: domain.is_some(),
            domain: domain.unwrap_or(0),
            severity: find("severity"),
            reject_media: find("reject_media"),
            reject_reports: find("reject_reports"),
            public_comment: find("public_comment"),
            obfuscate: find("obfuscate"),
        })
    }

    fn entry(&self, row: &Row, terms: Terms) -> Result<Entry, Fault> {
        self.try_entry(row, terms).map_err(|reason| Fault {
            line: row.line,
            reason,
        })
    }

    fn try_entry(&self, row: &Row, terms: Terms) -> Result<Entry, String> {
        if !self.are_named && row.fields.len() > 1 {
            return Err("more than a domain, and no first row names the columns".to_owned());
        }
        let field = |column: Option<usize>| {
            let field = column.and_then(|column| row.fields.get(column));
            field.map(|field| field.trim()).unwrap_or_default()
        };
        let severity = match field(self.severity).to_lowercase().as_str() {
            "" => terms.severity,
            word => HostSeverity::from_word(word).ok_or_else(|| {
                format!("the severity {word:?} is none of noop, silence and suspend")
            })?,
        };
        let comment = plain(field(self.public_comment));
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(format!(
                "the comment has more than {LONGEST_COMMENT} characters"
            ));
        }
        Ok(Entry {
            line: row.line,
            domain: read_domain(field(Some(self.domain)), terms.own)?,
            severity,
            reject_media: read_word(field(self.reject_media))?,
            reject_reports: read_word(field(self.reject_reports))?,
            obfuscate: read_word(field(self.obfuscate))?,
            public_comment: (!comment.is_empty()).then_some(comment),
        })
    }
}

fn read_word(word: &str) -> Result<bool, String> {
    match word.to_lowercase().as_str() {
        "true" | "t" | "yes" | "1" => Ok(true),
        "false" | "f" | "no" | "0" | "" => Ok(false),
        _ => Err(format!("{word:?} is neither true nor false")),
    }
}

/// A domain that a list may block. A block covers all that lies below a domain, so that `*.` before it says nothing more.
fn read_domain(text: &str, own: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("there is no domain".to_owned());
    }
    let name = text.strip_prefix("*.").unwrap_or(text);
    if name.contains('*') {
        return Err(format!("{text:?} hides a part of the domain"));
    }
    let name = name.trim_start_matches('@');
    let domain = bans::plain(name).ok_or_else(|| format!("{text:?} is no domain"))?;
    let is_own = bans::plain(own).is_some_and(|own| bans::lineage(&own).contains(&domain.as_str()));
    if is_own {
        return Err(format!("{domain} is this node, or it lies below it"));
    }
    if !domain.contains(['.', ':']) {
        return Err(format!(
            "{domain} would block everything below it; `whimbrel domain block {domain}` does that"
        ));
    }
    Ok(domain)
}

#[cfg(test)]
mod tests;
