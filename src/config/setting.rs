//! The types that a setting can have: how each is read from what was given and written as TOML.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::given::Given;

/// Why a given value does not fit: what was found, and what is expected instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub(super) found: String,
    pub(super) expected: String,
}

impl Mismatch {
    pub(super) fn new(given: &Given, expected: impl Into<String>) -> Self {
        Self {
            found: given.describe(),
            expected: expected.into(),
        }
    }
}

/// A type that a setting can have.
pub(super) trait Setting: Sized {
    /// Whether error messages must not repeat the value.
    const SECRET: bool = false;

    /// Reads what was given.
    fn read(given: &Given) -> Result<Self, Mismatch>;

    /// The value as TOML; absent values write nothing.
    fn to_toml(&self) -> String;
}

/// Reads a string with `parse`; `expected` says what the string should be.
pub(super) fn read_text<T>(
    given: &Given,
    expected: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Mismatch> {
    let parsed = match given {
        Given::Words(text) => parse(text.trim()),
        Given::Text(text) => parse(text),
        _ => None,
    };
    parsed.ok_or_else(|| Mismatch::new(given, expected))
}

/// A string as TOML writes it.
pub(super) fn quote(text: impl Display) -> String {
    toml::Value::String(text.to_string()).to_string()
}

impl Setting for bool {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        match given {
            Given::Boolean(boolean) => Ok(*boolean),
            Given::Words(_) => read_text(given, "true, false, 1 or 0", |words| match words {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            }),
            _ => Err(Mismatch::new(given, "true or false")),
        }
    }

    fn to_toml(&self) -> String {
        self.to_string()
    }
}

macro_rules! whole_numbers {
    ($($number:ty),+) => {$(
        impl Setting for $number {
            fn read(given: &Given) -> Result<Self, Mismatch> {
                let number = match given {
                    Given::Integer(integer) => Self::try_from(*integer).ok(),
                    Given::Words(words) => words.trim().parse().ok(),
                    _ => None,
                };
                number.ok_or_else(|| {
                    Mismatch::new(given, format!("a whole number from 0 to {}", Self::MAX))
                })
            }

            fn to_toml(&self) -> String {
                self.to_string()
            }
        }
    )+};
}
whole_numbers!(u32, u64, usize);

impl Setting for String {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        read_text(given, "a string", |text| Some(text.to_owned()))
    }

    fn to_toml(&self) -> String {
        quote(self)
    }
}

impl Setting for PathBuf {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        read_text(given, "a path", |text| {
            (!text.is_empty() && !text.contains('\0')).then(|| Self::from(text))
        })
    }

    fn to_toml(&self) -> String {
        quote(Path::display(self))
    }
}

impl Setting for SocketAddr {
    fn read(given: &Given) -> Result<Self, Mismatch> {
        let expected = "an address with a port such as \"127.0.0.1:8080\" or \"[::]:8080\"";
        read_text(given, expected, |text| text.parse().ok())
    }

    fn to_toml(&self) -> String {
        quote(self)
    }
}

/// Empty words in the environment mean "not set"; TOML has no way to say it but to leave the key out.
impl<T: Setting> Setting for Option<T> {
    const SECRET: bool = T::SECRET;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        match given {
            Given::Words(words) if words.trim().is_empty() => Ok(None),
            _ => T::read(given).map(Some),
        }
    }

    fn to_toml(&self) -> String {
        self.as_ref().map(T::to_toml).unwrap_or_default()
    }
}

/// Words are split at commas, or read as a TOML array when they begin with `[`.
impl<T: Setting> Setting for Vec<T> {
    const SECRET: bool = T::SECRET;

    fn read(given: &Given) -> Result<Self, Mismatch> {
        match given {
            Given::List(items) => items.iter().map(T::read).collect(),
            Given::Words(words) if words.trim_start().starts_with('[') => match read_array(words) {
                Some(items) => items.iter().map(T::read).collect(),
                None => Err(Mismatch::new(given, "a TOML array")),
            },
            Given::Words(words) => words
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(|word| T::read(&Given::Words(word.to_owned())))
                .collect(),
            _ => Err(Mismatch::new(given, "a list")),
        }
    }

    fn to_toml(&self) -> String {
        let items: Vec<String> = self.iter().map(T::to_toml).collect();
        format!("[{}]", items.join(", "))
    }
}

fn read_array(words: &str) -> Option<Vec<Given>> {
    let document = format!("list = {}", words.trim());
    let table = DeTable::parse(&document).ok()?.into_inner();
    match table
        .get("list")
        .map(|list| Given::from_toml(list.get_ref()))
    {
        Some(Given::List(items)) if table.len() == 1 => Some(items),
        _ => None,
    }
}

/// Makes an enum a setting: a list of its words and what each means.
macro_rules! words {
    ($Enum:ident { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl $Enum {
            /// The word that stands for this choice in the configuration.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::config::setting::Setting for $Enum {
            fn read(
                given: &$crate::config::given::Given,
            ) -> Result<Self, $crate::config::setting::Mismatch> {
                let expected = format!("one of {}", [$(concat!("\"", $word, "\"")),+].join(", "));
                $crate::config::setting::read_text(given, &expected, |text| match text {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                })
            }

            fn to_toml(&self) -> String {
                $crate::config::setting::quote(self.as_str())
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Given {
        Given::Words(text.to_owned())
    }

    fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }

    #[test]
    fn reads_booleans() {
        let table = [
            (words("true"), Some(true)),
            (words(" 1 "), Some(true)),
            (words("0"), Some(false)),
            (words("false"), Some(false)),
            (words("yes"), None),
            (words(""), None),
            (Given::Boolean(true), Some(true)),
            (text("true"), None),
            (Given::Integer(1), None),
        ];
        for (given, expected) in table {
            assert_eq!(bool::read(&given).ok(), expected, "{given:?}");
        }
    }

    #[test]
    fn reads_whole_numbers() {
        let table = [
            (words("12"), Some(12)),
            (Given::Integer(12), Some(12)),
            (Given::Integer(-1), None),
            (Given::Integer(1 << 32), None),
            (words("4294967296"), None),
            (words("-1"), None),
            (text("12"), None),
            (Given::Other("the fraction 1.5".to_owned()), None),
        ];
        for (given, expected) in table {
            assert_eq!(u32::read(&given).ok(), expected, "{given:?}");
        }
    }

    #[test]
    fn reads_lists() {
        let table = [
            (words("en, de,"), Some(vec!["en", "de"])),
            (words(""), Some(vec![])),
            (words(r#"["a, b", "c"]"#), Some(vec!["a, b", "c"])),
            (words("[\"a\"]\nother = 1"), None),
            (words("[\"a\""), None),
            (Given::List(vec![text("en")]), Some(vec!["en"])),
            (Given::List(vec![text("en"), Given::Integer(1)]), None),
            (text("en"), None),
        ];
        for (given, expected) in table {
            let read = Vec::<String>::read(&given).ok();
            let expected = expected.map(|list| list.into_iter().map(str::to_owned).collect());
            assert_eq!(read, expected, "{given:?}");
        }
    }

    #[test]
    fn empty_words_unset_an_optional_value() {
        assert_eq!(Option::<PathBuf>::read(&words(" ")), Ok(None));
        let path = PathBuf::from("a");
        assert_eq!(Option::<PathBuf>::read(&words("a")), Ok(Some(path)));
        assert!(PathBuf::read(&words("")).is_err());
    }

    #[test]
    fn names_the_item_of_a_list_that_is_wrong() {
        let given = Given::List(vec![text("en"), Given::Integer(7)]);
        let mismatch = Vec::<String>::read(&given).unwrap_err();
        assert_eq!(
            (mismatch.found, mismatch.expected),
            ("7".into(), "a string".into())
        );
    }
}
