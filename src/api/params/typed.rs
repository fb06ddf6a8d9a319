//! From the tree to a handler's struct, tolerant of how clients write things.
//!
//! Handlers derive `Deserialize` on a plain struct; everything lenient happens here:
//! - booleans: `true`, `1`, `on`, `t`, `yes` and `false`, `0`, `off`, `f`, `no`, empty; as JSON or as text
//! - numbers as text, texts as numbers
//! - a list where one value stands alone, and where an object has whole numbers as its keys
//! - `null` is as good as not given; so are empty items of lists
//!
//! `#[serde(flatten)]` reads around this tolerance: ask for a tuple of structs instead, each of which reads
//! the whole tree.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::misfit::Misfit;

/// Reads a struct from a tree.
///
/// # Errors
/// Names the first parameter that is missing or does not fit.
pub(super) fn fit<T: de::DeserializeOwned>(tree: &Value) -> Result<T, Misfit> {
    T::deserialize(Lenient(tree))
}

/// For fields that an empty text leaves unset: numbers, choices, cursors.
///
/// Use it as `#[serde(default, deserialize_with = "blank_as_none")]`; without it an empty text stays a text,
/// which matters where it clears something.
///
/// # Errors
/// When what is given is neither empty nor a `T`.
pub fn blank_as_none<'de, D, T>(reader: D) -> Result<Option<T>, D::Error>
where
    D: de::Deserializer<'de>,
    T: Deserialize<'de>,
{
    reader.deserialize_newtype_struct(BLANK_AS_NONE, Optional(PhantomData))
}

/// The name under which [`blank_as_none`] tells the reader what it wants.
const BLANK_AS_NONE: &str = "$blank_as_none";

struct Optional<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Optional<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("given or empty")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: de::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        T::deserialize(reader).map(Some)
    }

    fn visit_newtype_struct<D: de::Deserializer<'de>>(
        self,
        reader: D,
    ) -> Result<Self::Value, D::Error> {
        Option::deserialize(reader)
    }
}

/// A value that gives itself as whatever is wanted.
#[derive(Clone, Copy)]
struct Lenient<'de>(&'de Value);

impl<'de> Lenient<'de> {
    fn is_blank(self) -> bool {
        match self.0 {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    fn boolean(self) -> Option<bool> {
        match self.0 {
            Value::Bool(given) => Some(*given),
            Value::Number(number) => match number.as_i64() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "on" | "t" | "yes" | "y" => Some(true),
                "false" | "0" | "off" | "f" | "no" | "n" | "" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn whole_number(self) -> Option<i128> {
        match self.0 {
            Value::Number(number) => number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from))
                .or_else(|| number.as_f64().and_then(whole)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn number(self) -> Option<f64> {
        match self.0 {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
        .filter(|number: &f64| number.is_finite())
    }

    /// The items of a list, without the empty ones.
    fn items(self) -> Result<Vec<&'de Value>, Misfit> {
        let all: Vec<&Value> = match self.0 {
            Value::Array(items) => items.iter().collect(),
            Value::Object(members) => numbered(members)?,
            one => vec![one],
        };
        Ok(all
            .into_iter()
            .filter(|item| !Lenient(item).is_blank())
            .collect())
    }
}

/// A JSON number such as `20.0` as a whole number, as far as it is exact.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range was checked, and the fraction is zero"
)]
fn whole(number: f64) -> Option<i128> {
    let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    exact.then_some(number as i128)
}

/// The members of an object whose keys are whole numbers, in their order.
fn numbered(members: &Map<String, Value>) -> Result<Vec<&Value>, Misfit> {
    let mut items: Vec<(u64, &Value)> = members
        .iter()
        .map(|(key, value)| Some((key.parse().ok()?, value)))
        .collect::<Option<_>>()
        .ok_or_else(|| Misfit::new("must be a list"))?;
    items.sort_by_key(|(place, _)| *place);
    Ok(items.into_iter().map(|(_, value)| value).collect())
}

macro_rules! whole_numbers {
    ($($name:ident $visit:ident $number:ty;)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            let number = self
                .whole_number()
                .ok_or_else(|| Misfit::new("must be a whole number"))?;
            let number = <$number>::try_from(number)
                .map_err(|_| Misfit::new("is out of range"))?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Lenient<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(given) => visitor.visit_bool(*given),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_i64(number),
                (_, Some(number), _) => visitor.visit_u64(number),
                (.., number) => visitor.visit_f64(number.unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let given = self.boolean();
        visitor.visit_bool(given.ok_or_else(|| Misfit::new("must be true or false"))?)
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let given = self.number();
        visitor.visit_f64(given.ok_or_else(|| Misfit::new("must be a number"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Number(number) => visitor.visit_string(number.to_string()),
            Value::Bool(given) => visitor.visit_str(if *given { "true" } else { "false" }),
            _ => Err(Misfit::new("must be a text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match name {
            BLANK_AS_NONE if self.is_blank() => visitor.visit_none(),
            BLANK_AS_NONE => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(Items {
            rest: self.items()?.into_iter(),
            place: 0,
        })
    }

    /// A tuple of structs: each reads the same object.
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(_) => visitor.visit_seq(Same {
                value: self,
                left: length,
            }),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Value::Object(members) = self.0 else {
            return Err(Misfit::new("must be an object"));
        };
        visitor.visit_map(Members {
            rest: members.iter(),
            next: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let Value::String(text) = self.0 else {
            return Err(Misfit::new("must be a text"));
        };
        let choice: StrDeserializer<'_, Misfit> = text.as_str().into_deserializer();
        visitor.visit_enum(choice)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

struct Items<'de> {
    rest: std::vec::IntoIter<&'de Value>,
    place: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.rest.next() else {
            return Ok(None);
        };
        let place = self.place.to_string();
        self.place += 1;
        let read = seed.deserialize(Lenient(item));
        read.map(Some).map_err(|misfit| misfit.within(&place))
    }
}

struct Same<'de> {
    value: Lenient<'de>,
    left: usize,
}

impl<'de> de::SeqAccess<'de> for Same<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        seed.deserialize(self.value).map(Some)
    }
}

struct Members<'de> {
    rest: serde_json::map::Iter<'de>,
    next: Option<(&'de str, &'de Value)>,
}

impl<'de> de::MapAccess<'de> for Members<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let Some((key, value)) = self.rest.by_ref().find(|(_, value)| !value.is_null()) else {
            return Ok(None);
        };
        self.next = Some((key, value));
        let key: StrDeserializer<'_, Misfit> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let (key, value) = self.next.take().unwrap_or(("", &Value::Null));
        let read = seed.deserialize(Lenient(value));
        read.map_err(|misfit| misfit.within(key))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::StatusId;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        #[default]
        Public,
        Direct,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Row {
        name: String,
        #[serde(default)]
        value: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Form {
        text: Option<String>,
        flag: Option<bool>,
        number: Option<i32>,
        ratio: Option<f64>,
        ids: Vec<String>,
        rows: Option<Vec<Row>>,
        choice: Option<Choice>,
        parent: Option<StatusId>,
        #[serde(deserialize_with = "blank_as_none")]
        seconds: Option<u32>,
        #[serde(deserialize_with = "blank_as_none")]
        unset: Option<Choice>,
    }

    fn read(tree: &Value) -> Form {
        fit(tree).unwrap_or_else(|misfit| panic!("{tree}: {misfit}"))
    }

    #[test]
    fn booleans_are_read_in_every_spelling() {
        for (given, expected) in [
            (json!(true), true),
            (json!(1), true),
            (json!("true"), true),
            (json!("1"), true),
            (json!("on"), true),
            (json!("t"), true),
            (json!("True"), true),
            (json!(false), false),
            (json!(0), false),
            (json!("false"), false),
            (json!("0"), false),
            (json!("off"), false),
            (json!("F"), false),
            (json!(""), false),
        ] {
            assert_eq!(read(&json!({ "flag": given })).flag, Some(expected));
        }
    }

    #[test]
    fn numbers_and_texts_stand_for_each_other() {
        for (tree, expected) in [
            (
                json!({"number": "20", "ratio": "-0.5", "text": 7}),
                Form {
                    number: Some(20),
                    ratio: Some(-0.5),
                    text: Some("7".into()),
                    ..Form::default()
                },
            ),
            (
                json!({"number": 20.0, "ratio": 1, "text": true, "parent": 5}),
                Form {
                    parent: Some(StatusId(5)),
                    number: Some(20),
                    ratio: Some(1.0),
                    text: Some("true".into()),
                    ..Form::default()
                },
            ),
            (
                json!({"text": "", "seconds": "", "unset": " "}),
                Form {
                    text: Some(String::new()),
                    ..Form::default()
                },
            ),
            (
                json!({"seconds": "300", "unset": "direct", "choice": "direct"}),
                Form {
                    seconds: Some(300),
                    unset: Some(Choice::Direct),
                    choice: Some(Choice::Direct),
                    ..Form::default()
                },
            ),
            (
                json!({"text": null, "flag": null, "ids": null, "seconds": null, "more": {}}),
                Form::default(),
            ),
        ] {
            assert_eq!(read(&tree), expected, "{tree}");
        }
    }

    #[test]
    fn lists_are_read_in_every_shape() {
        for (given, expected) in [
            (json!(["1", 2]), vec!["1", "2"]),
            (json!("1"), vec!["1"]),
            (json!(1), vec!["1"]),
            (json!(""), vec![]),
            (json!(["", null, "1"]), vec!["1"]),
            (json!({"10": "b", "9": "a"}), vec!["a", "b"]),
            (json!({}), vec![]),
        ] {
            assert_eq!(read(&json!({ "ids": given })).ids, expected, "{given}");
        }
        let row = |name: &str, value: &str| Row {
            name: name.into(),
            value: value.into(),
        };
        for given in [
            json!([{"name": "a", "value": "1"}, {"name": "b"}]),
            json!({"0": {"name": "a", "value": "1"}, "1": {"name": "b", "value": null}}),
        ] {
            let rows = read(&json!({ "rows": given })).rows;
            assert_eq!(rows, Some(vec![row("a", "1"), row("b", "")]), "{given}");
        }
    }

    #[test]
    fn a_tuple_reads_the_same_tree_twice() {
        let tree = json!({"name": "a", "flag": "1", "number": "2"});
        let (row, form): (Row, Form) = fit(&tree).unwrap();
        assert_eq!(row.name, "a");
        assert_eq!((form.flag, form.number), (Some(true), Some(2)));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (tree, sentence) in [
            (
                json!({"flag": "maybe"}),
                "Parameter \"flag\" must be true or false",
            ),
            (
                json!({"flag": 2}),
                "Parameter \"flag\" must be true or false",
            ),
            (
                json!({"flag": []}),
                "Parameter \"flag\" must be true or false",
            ),
            (
                json!({"number": "x"}),
                "Parameter \"number\" must be a whole number",
            ),
            (
                json!({"number": ""}),
                "Parameter \"number\" must be a whole number",
            ),
            (
                json!({"number": 1.5}),
                "Parameter \"number\" must be a whole number",
            ),
            (
                json!({"number": 1e300}),
                "Parameter \"number\" must be a whole number",
            ),
            (
                json!({"number": 2_147_483_648_i64}),
                "Parameter \"number\" is out of range",
            ),
            (
                json!({"number": "-99999999999999999999"}),
                "Parameter \"number\" is out of range",
            ),
            (
                json!({"seconds": -1}),
                "Parameter \"seconds\" is out of range",
            ),
            (
                json!({"ratio": "NaN"}),
                "Parameter \"ratio\" must be a number",
            ),
            (
                json!({"ratio": "inf"}),
                "Parameter \"ratio\" must be a number",
            ),
            (json!({"text": ["a"]}), "Parameter \"text\" must be a text"),
            (json!({"text": {}}), "Parameter \"text\" must be a text"),
            (json!({"ids": {"a": 1}}), "Parameter \"ids\" must be a list"),
            (
                json!({"ids": [["a"]]}),
                "Parameter \"ids[0]\" must be a text",
            ),
            (
                json!({"rows": "a"}),
                "Parameter \"rows[0]\" must be an object",
            ),
            (
                json!({"rows": [{"value": "a"}]}),
                "Parameter \"rows[0][name]\" is missing",
            ),
            (
                json!({"choice": "secret"}),
                "Parameter \"choice\" must be one of public, direct",
            ),
            (
                json!({"parent": "-1"}),
                "Parameter \"parent\" is wrong: an id is a positive decimal number",
            ),
            (json!({"choice": 1}), "Parameter \"choice\" must be a text"),
            (
                json!({"choice": {"public": 1}}),
                "Parameter \"choice\" must be a text",
            ),
        ] {
            let misfit = fit::<Form>(&tree).unwrap_err();
            assert_eq!(misfit.to_string(), sentence, "{tree}");
        }
        let missing = fit::<Row>(&json!({"name": null})).unwrap_err();
        assert_eq!(missing.to_string(), "Parameter \"name\" is missing");
    }
}
