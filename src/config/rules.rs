//! Rules that a setting's value keeps beyond its type. Each is a function that answers what is expected
//! when the value breaks it.

use std::fmt::Display;
use std::ops::Deref;

/// A number from `low` to `high`, both included.
pub(super) fn between<N: PartialOrd + Display>(
    low: N,
    high: N,
) -> impl Fn(&N) -> Result<(), String> {
    move |number| {
        if *number >= low && *number <= high {
            Ok(())
        } else {
            Err(format!("a whole number from {low} to {high}"))
        }
    }
}

/// At most `most` characters.
pub(super) fn at_most_characters(most: usize) -> impl Fn(&String) -> Result<(), String> {
    move |text| {
        if text.chars().count() <= most {
            Ok(())
        } else {
            Err(format!("at most {most} characters"))
        }
    }
}

/// What is absent keeps every rule; what is set keeps `rule`.
pub(super) fn when_set<T: Deref>(
    rule: impl Fn(&T::Target) -> Result<(), String>,
) -> impl Fn(&Option<T>) -> Result<(), String> {
    move |value| value.as_deref().map_or(Ok(()), &rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_included() {
        for (number, expected) in [(0, false), (1, true), (5, true), (6, false)] {
            assert_eq!(between(1, 5)(&number).is_ok(), expected, "{number}");
        }
        for (text, expected) in [("", true), ("äöü", true), ("four", false)] {
            assert_eq!(
                at_most_characters(3)(&text.to_owned()).is_ok(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn absent_values_keep_every_rule() {
        let never = when_set(|_: &str| Err("nothing".to_owned()));
        assert_eq!(never(&None::<String>), Ok(()));
        assert!(never(&Some(String::new())).is_err());
    }
}
