//! Structured fields, as far as signatures need them: dictionaries of items and inner lists, read and written.
//!
//! Stricter than the standard, where two readers could differ: a key or a parameter given twice is refused (the standard
//! takes the last), and there is a bound for everything. Decimals, dates and display strings, which no signature has,
//! are not understood.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9651#section-4>

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Longest field that is read, in bytes.
pub const LONGEST: usize = 8_192;
/// Most members of a dictionary.
const MOST_MEMBERS: usize = 16;
/// Most items of an inner list.
const MOST_ITEMS: usize = 32;
/// Most parameters of one item or list.
const MOST_PARAMETERS: usize = 16;
/// Most digits of a number.
const MOST_DIGITS: usize = 15;

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a field cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The field or one of its lists is longer than allowed.
    TooLong,
    /// It does not follow the grammar.
    Syntax,
    /// The named key or parameter is given twice.
    Duplicate(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("it is too long"),
            Self::Syntax => f.write_str("it does not follow the grammar of structured fields"),
            Self::Duplicate(name) => write!(f, "it gives {name:?} twice"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bare {
    /// A whole number.
    Integer(i64),
    /// A text in quotes.
    Text(String),
    /// A word without quotes.
    Token(String),
    /// Bytes as base64.
    Bytes(Vec<u8>),
    /// Yes or no; yes is what a name without a value means.
    Flag(bool),
}

/// Names and values behind an item or a list, each name once, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub Vec<(String, Bare)>);

impl Parameters {
    /// The value of a parameter.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Bare> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// A value with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: Bare,
    /// Its parameters.
    pub parameters: Parameters,
}

/// A list in parentheses with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InnerList {
    /// What is in it.
    pub items: Vec<Item>,
    /// Its parameters.
    pub parameters: Parameters,
}

/// A member of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A single value.
    Item(Item),
    /// A list.
    List(InnerList),
}

/// Reads a dictionary: its keys and members, each key once, in their order. An empty field is an empty one.
///
/// # Errors
/// When it is too long, does not follow the grammar or gives something twice.
pub fn read_dictionary(text: &str) -> Result<Vec<(String, Member)>, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::TooLong);
    }
    let mut reader = Reader {
        rest: text.trim_matches(' '),
    };
    let mut members: Vec<(String, Member)> = Vec::new();
    if reader.rest.is_empty() {
        return Ok(members);
    }
    loop {
        let key = reader.read_key()?;
        let member = reader.read_member()?;
        if members.iter().any(|(known, _)| *known == key) {
            return Err(Unreadable::Duplicate(key));
        }
        if members.len() >= MOST_MEMBERS {
            return Err(Unreadable::TooLong);
        }
        members.push((key, member));
        reader.skip(&[' ', '\t']);
        if reader.rest.is_empty() {
            return Ok(members);
        }
        reader.expect(',')?;
        reader.skip(&[' ', '\t']);
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, letters: &[char]) {
        self.rest = self.rest.trim_start_matches(letters);
    }

    /// Whether the next letter is this one; if so, it is passed.
    fn passes(&mut self, letter: char) -> bool {
        let rest = self.rest.strip_prefix(letter);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, letter: char) -> Result<(), Unreadable> {
        self.passes(letter).then_some(()).ok_or(Unreadable::Syntax)
    }

    /// The letters up to the first that is not of this sort.
    fn take_while(&mut self, is_of_sort: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest.trim_start_matches(is_of_sort);
        let taken = self.rest.len() - rest.len();
        let (taken, rest) = self.rest.split_at_checked(taken).unwrap_or(("", rest));
        self.rest = rest;
        taken
    }

    fn read_key(&mut self) -> Result<String, Unreadable> {
        if !self
            .rest
            .starts_with(|c: char| c.is_ascii_lowercase() || c == '*')
        {
            return Err(Unreadable::Syntax);
        }
        let key = self.take_while(|c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | '*')
        });
        Ok(key.to_owned())
    }

    fn read_member(&mut self) -> Result<Member, Unreadable> {
        if !self.passes('=') {
            let value = Bare::Flag(true);
            let parameters = self.read_parameters()?;
            return Ok(Member::Item(Item { value, parameters }));
        }
        if self.passes('(') {
            self.read_list().map(Member::List)
        } else {
            self.read_item().map(Member::Item)
        }
    }

    fn read_list(&mut self) -> Result<InnerList, Unreadable> {
        let mut items = Vec::new();
        loop {
            let before = self.rest.len();
            self.skip(&[' ']);
            if self.passes(')') {
                let parameters = self.read_parameters()?;
                return Ok(InnerList { items, parameters });
            }
            if !items.is_empty() && self.rest.len() == before {
                return Err(Unreadable::Syntax);
            }
            if items.len() >= MOST_ITEMS {
                return Err(Unreadable::TooLong);
            }
            items.push(self.read_item()?);
        }
    }

    fn read_item(&mut self) -> Result<Item, Unreadable> {
        Ok(Item {
            value: self.read_bare()?,
            parameters: self.read_parameters()?,
        })
    }

    fn read_parameters(&mut self) -> Result<Parameters, Unreadable> {
        let mut parameters = Parameters::default();
        while self.passes(';') {
            self.skip(&[' ']);
            let name = self.read_key()?;
            let value = if self.passes('=') {
                self.read_bare()?
            } else {
                Bare::Flag(true)
            };
            if parameters.find(&name).is_some() {
                return Err(Unreadable::Duplicate(name));
            }
            if parameters.0.len() >= MOST_PARAMETERS {
                return Err(Unreadable::TooLong);
            }
            parameters.0.push((name, value));
        }
        Ok(parameters)
    }

    fn read_bare(&mut self) -> Result<Bare, Unreadable> {
        match self.rest.chars().next() {
            Some('"') => self.read_text().map(Bare::Text),
            Some(':') => self.read_bytes().map(Bare::Bytes),
            Some('?') => self.read_flag().map(Bare::Flag),
            Some('-' | '0'..='9') => self.read_integer().map(Bare::Integer),
            Some('*' | 'a'..='z' | 'A'..='Z') => {
                let token = self.take_while(is_in_token);
                Ok(Bare::Token(token.to_owned()))
            }
            _ => Err(Unreadable::Syntax),
        }
    }

    fn read_text(&mut self) -> Result<String, Unreadable> {
        self.expect('"')?;
        let mut text = String::new();
        let mut letters = self.rest.chars();
        loop {
            match letters.next().ok_or(Unreadable::Syntax)? {
                '"' => break,
                '\\' => match letters.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    _ => return Err(Unreadable::Syntax),
                },
                letter @ ' '..='~' => text.push(letter),
                _ => return Err(Unreadable::Syntax),
            }
        }
        self.rest = letters.as_str();
        Ok(text)
    }

    fn read_bytes(&mut self) -> Result<Vec<u8>, Unreadable> {
        self.expect(':')?;
        let encoded = self.take_while(|c| c != ':');
        self.expect(':')?;
        TOLERANT.decode(encoded).map_err(|_| Unreadable::Syntax)
    }

    fn read_flag(&mut self) -> Result<bool, Unreadable> {
        self.expect('?')?;
        if self.passes('1') {
            return Ok(true);
        }
        self.expect('0').map(|()| false)
    }

    fn read_integer(&mut self) -> Result<i64, Unreadable> {
        let is_negative = self.passes('-');
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() || digits.len() > MOST_DIGITS || self.rest.starts_with('.') {
            return Err(Unreadable::Syntax);
        }
        let number: i64 = digits.parse().map_err(|_| Unreadable::Syntax)?;
        Ok(if is_negative { -number } else { number })
    }
}

fn is_in_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(letter)
}

impl fmt::Display for Bare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => {
                let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "\"{escaped}\"")
            }
            Self::Token(token) => f.write_str(token),
            Self::Bytes(bytes) => write!(f, ":{}:", TOLERANT.encode(bytes)),
            Self::Flag(flag) => write!(f, "?{}", u8::from(*flag)),
        }
    }
}

impl fmt::Display for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.0 {
            match value {
                Bare::Flag(true) => write!(f, ";{name}")?,
                value => write!(f, ";{name}={value}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value, self.parameters)
    }
}

impl fmt::Display for InnerList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (place, item) in self.items.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{item}")?;
        }
        write!(f, "){}", self.parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary as it is written, each member on its own.
    fn written(text: &str) -> Result<Vec<String>, Unreadable> {
        let members = read_dictionary(text)?;
        let write = |(key, member): (String, Member)| match member {
            Member::Item(item) => format!("{key}={item}"),
            Member::List(list) => format!("{key}={list}"),
        };
        Ok(members.into_iter().map(write).collect())
    }

    #[test]
    fn dictionaries_are_read_and_written_again() {
        for (text, expected) in [
            ("", &[][..]),
            ("  ", &[]),
            ("a=1", &["a=1"]),
            ("a=-12 , b=\"x\"", &["a=-12", "b=\"x\""]),
            ("a=1\t,\tb=2", &["a=1", "b=2"]),
            ("a", &["a=?1"]),
            ("a;x;y=?0", &["a=?1;x;y=?0"]),
            ("a=?0", &["a=?0"]),
            ("*a-b_c.9=tok/en:x", &["*a-b_c.9=tok/en:x"]),
            (r#"a="q\"b\\c""#, &[r#"a="q\"b\\c""#]),
            ("a=:AQID:", &["a=:AQID:"]),
            ("a=:AQ:", &["a=:AQ==:"]),
            ("a=::", &["a=::"]),
            ("a=()", &["a=()"]),
            ("a=(  )", &["a=()"]),
            (
                r#"sig1=( "@method"   "date" );created=1618884473;keyid="k" "#,
                &[r#"sig1=("@method" "date");created=1618884473;keyid="k""#],
            ),
            (r#"a=("x";req 1 tok);  n=1"#, &[r#"a=("x";req 1 tok);n=1"#]),
            ("a=999999999999999", &["a=999999999999999"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|&text| text.to_owned()).collect();
            assert_eq!(written(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a7_what_breaks_the_grammar_is_refused() {
        for text in [
            ",",
            "a=1,",
            ",a=1",
            "a=1 b=2",
            "A=1",
            "1=1",
            "a=",
            "a= 1",
            "a =1",
            "a=1;",
            "a=1;;b",
            "a=1;B=2",
            "a=1.5",
            "a=-",
            "a=--1",
            "a=1000000000000000",
            "a=\"x",
            "a=\"x\\",
            "a=\"\\n\"",
            "a=\"\u{7f}\"",
            "a=\"é\"",
            "a=:AQID",
            "a=:A!ID:",
            "a=:A:",
            "a=?2",
            "a=?",
            "a=(",
            "a=(1",
            "a=(1,2)",
            "a=(1\t2)",
            "a=(\"x\"\"y\")",
            "a=)",
            "a=@1618884473",
            "a=%\"x\"",
            "a=1é",
            "é=1",
            "a=[1]",
            "a=\n1",
            "a={}",
        ] {
            assert_eq!(read_dictionary(text), Err(Unreadable::Syntax), "{text:?}");
        }
    }

    #[test]
    fn a14_nothing_is_given_twice() {
        for (text, name) in [
            ("a=1, b=2, a=1", "a"),
            ("a=1;x=1;x=1", "x"),
            ("a=(\"y\";x;x)", "x"),
            ("a=();keyid=\"k\";keyid=\"l\"", "keyid"),
        ] {
            let expected = Unreadable::Duplicate(name.to_owned());
            assert_eq!(read_dictionary(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn e15_nothing_is_longer_than_a_signature_needs() {
        let many = |count: usize, of: fn(usize) -> String, between: &str| {
            (0..count).map(of).collect::<Vec<_>>().join(between)
        };
        let members = many(MOST_MEMBERS + 1, |n| format!("k{n}"), ",");
        let items = many(MOST_ITEMS + 1, |n| n.to_string(), " ");
        let parameters = many(MOST_PARAMETERS + 1, |n| format!("p{n}"), ";");
        for text in [
            "a".repeat(LONGEST + 1),
            members,
            format!("a=({items})"),
            format!("a=1;{parameters}"),
        ] {
            assert_eq!(read_dictionary(&text), Err(Unreadable::TooLong), "{text}");
        }
    }

    #[test]
    fn any_cut_or_flip_of_a_good_field_is_read_without_panic() {
        let good =
            r#"sig1=("@method" "date";req);created=1618884473;n=:AQID:;t=tok;f=?0, b="x\"y""#;
        assert!(read_dictionary(good).is_ok());
        for end in 0..good.len() {
            let _ = read_dictionary(&good[..end]);
            for odd in [
                "\"", ",", "=", "\\", "é", "\u{0}", " ", ";", "(", ")", ":", "?",
            ] {
                let _ = read_dictionary(&format!("{}{odd}{}", &good[..end], &good[end..]));
            }
        }
    }
}
