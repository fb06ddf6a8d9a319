//! What a section of the configuration is: its keys with their documentation, and how to set them by name.

use super::given::Given;
use super::setting::{Mismatch, Setting};

/// One key of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The key without its section.
    pub(super) name: &'static str,
    /// Its documentation, line by line as in the source.
    pub(super) doc: &'static [&'static str],
    /// What the example shows instead of the default, for keys that are absent by default.
    pub(super) sample: Option<&'static str>,
}

/// A section, seen by name instead of by field.
pub(super) trait Section {
    /// The section's name.
    fn name(&self) -> &'static str;
    /// The section's documentation, line by line.
    fn about(&self) -> &'static [&'static str];
    /// Its keys, in the order of the example.
    fn keys(&self) -> &'static [Key];
    /// Sets a key to what was given, when that fits; unknown keys are left to the caller to refuse.
    fn set(&mut self, key: &str, given: &Given) -> Result<(), Mismatch>;
    /// The key's value as TOML; empty when it is absent.
    fn to_toml(&self, key: &str) -> String;
    /// Whether the values keep their rules: every key that does not, and what is wrong with it.
    fn broken(&self) -> Vec<(&'static str, Mismatch)>;
}

/// Declares a section: the struct, its defaults, and its [`Section`] table.
///
/// A key reads `pub name: Type [rule] = default => sample;`, the rule and the sample being optional.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        pub struct $Struct:ident in $section:ident {$(
            $(#[doc = $doc:literal])+
            pub $key:ident: $type:ty $([$rule:expr])? = $default:expr $(=> $sample:literal)?;
        )+}
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Struct {$(
            $(#[doc = $doc])+
            pub $key: $type,
        )+}

        impl Default for $Struct {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::config::table::Section for $Struct {
            fn name(&self) -> &'static str {
                stringify!($section)
            }

            fn about(&self) -> &'static [&'static str] {
                &[$($about),+]
            }

            fn keys(&self) -> &'static [$crate::config::table::Key] {
                const KEYS: &[$crate::config::table::Key] = &[$($crate::config::table::Key {
                    name: stringify!($key),
                    doc: &[$($doc),+],
                    sample: $crate::config::table::first_of(&[$($sample)?]),
                },)+];
                KEYS
            }

            fn set(
                &mut self,
                key: &str,
                given: &$crate::config::given::Given,
            ) -> Result<(), $crate::config::setting::Mismatch> {
                $(if key == stringify!($key) {
                    self.$key = $crate::config::table::read::<$type>(given, |_value| {
                        $(($rule)(_value)?;)?
                        Ok(())
                    })?;
                })+
                Ok(())
            }

            fn to_toml(&self, key: &str) -> String {
                $(if key == stringify!($key) {
                    return $crate::config::setting::Setting::to_toml(&self.$key);
                })+
                String::new()
            }

            fn broken(&self) -> Vec<(&'static str, $crate::config::setting::Mismatch)> {
                let checked = [$((
                    stringify!($key),
                    $crate::config::table::check(&self.$key, |_value| {
                        $(($rule)(_value)?;)?
                        Ok(())
                    }),
                ),)+];
                let broken = checked.into_iter();
                broken.filter_map(|(key, mismatch)| Some((key, mismatch?))).collect()
            }
        }
    };
}
pub(super) use section;

/// What a message says in place of a secret.
const NOT_SHOWN: &str = "a value that is not shown here";

/// The first item; a stand-in for "optional" inside [`section!`].
pub(super) const fn first_of(items: &[&'static str]) -> Option<&'static str> {
    items.first().copied()
}

/// Reads a value of type `T` that keeps `rule`, without repeating secrets in the message.
pub(super) fn read<T: Setting>(
    given: &Given,
    rule: impl Fn(&T) -> Result<(), String>,
) -> Result<T, Mismatch> {
    let read = T::read(given).and_then(|value| {
        rule(&value)
            .map(|()| value)
            .map_err(|expected| Mismatch::new(given, expected))
    });
    read.map_err(|mismatch| Mismatch {
        found: if T::SECRET {
            NOT_SHOWN.to_owned()
        } else {
            mismatch.found
        },
        ..mismatch
    })
}

/// What is wrong with a value that is set, when it does not keep `rule`.
pub(super) fn check<T: Setting>(
    value: &T,
    rule: impl Fn(&T) -> Result<(), String>,
) -> Option<Mismatch> {
    let expected = rule(value).err()?;
    let found = if T::SECRET {
        NOT_SHOWN.to_owned()
    } else {
        value.to_toml()
    };
    Some(Mismatch { found, expected })
}
