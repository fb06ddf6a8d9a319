//! Bytes to JSON, once, within limits; what is refused before its meaning is looked at.
//!
//! Duplicate keys are refused because two parsers would see two documents; depth, members and size are bounded before
//! anything is built from them. Source: <https://www.rfc-editor.org/rfc/rfc8259#section-4>.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::caps;
use super::kinds;
use super::rejects::Reject;

/// A JSON object that was read within the limits and speaks of ActivityStreams.
#[derive(Clone, Debug, PartialEq)]
pub struct Document(Map<String, Value>);

impl Document {
    /// The properties.
    #[must_use]
    pub fn properties(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The `id` as it stands, unchecked.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.get("id").and_then(Value::as_str)
    }

    /// The whole as a JSON value.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl<'de> Deserialize<'de> for Document {
    /// Within the limits of [`read`], for whoever brings a parser of their own.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Cell::new(0);
        let seed = Bounded {
            members: &members,
            depth: 0,
        };
        let Value::Object(properties) = seed.deserialize(deserializer)? else {
            return Err(D::Error::custom("the document is no JSON object"));
        };
        kinds::check_context(&properties).map_err(D::Error::custom)?;
        Ok(Self(properties))
    }
}

/// Reads a document: UTF-8 JSON with an object at the top.
///
/// # Errors
/// Over 1 MiB, not UTF-8, not JSON, deeper than 64, more than 20,000 keys and items, a key twice in one object, a NUL
/// in a text, no object, or a `@context` that leaves ActivityStreams out.
pub fn read(bytes: &[u8]) -> Result<Document, Reject> {
    let Value::Object(properties) = read_json(bytes)? else {
        return Err(Reject::because("the document is no JSON object"));
    };
    kinds::check_context(&properties)?;
    Ok(Document(properties))
}

/// Reads any JSON within the same limits, for documents of other vocabularies (`WebFinger`, `NodeInfo`).
///
/// # Errors
/// As [`read`], except that any JSON value is taken.
pub fn read_json(bytes: &[u8]) -> Result<Value, Reject> {
    if bytes.len() > caps::DOCUMENT_BYTES {
        return Err(Reject::because("the document is larger than 1 MiB"));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| Reject::because("the document is not UTF-8"))?;
    let members = Cell::new(0);
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Bounded {
        members: &members,
        depth: 0,
    };
    let value = seed
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| Reject::because(format!("not readable as JSON: {error}")))?;
    Ok(value)
}

/// Builds a value while it counts what it builds.
#[derive(Clone, Copy)]
struct Bounded<'a> {
    members: &'a Cell<usize>,
    depth: usize,
}

impl Bounded<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= caps::DEPTH {
            return Err(E::custom("nested deeper than 64"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > caps::MEMBERS {
            return Err(E::custom("more than 20,000 keys and items"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        // PostgreSQL keeps no NUL in a text, and no honest document has one.
        if text.contains('\0') {
            return Err(E::custom("a text contains NUL"));
        }
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            self.count()?;
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.count()?;
            if key.contains('\0') {
                return Err(A::Error::custom("a key contains NUL"));
            }
            let value = entries.next_value_seed(inner)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice in one object"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(bytes: &[u8]) -> String {
        read(bytes).expect_err("refused").0
    }

    #[test]
    fn reads_an_object_and_keeps_the_order_of_its_keys() {
        let document = read(br#"{"type":"Note","id":"https://a.example/1","n":-1.5}"#).expect("ok");
        assert_eq!(document.id(), Some("https://a.example/1"));
        let keys: Vec<_> = document.properties().keys().cloned().collect();
        assert_eq!(keys, ["type", "id", "n"]);
    }

    #[test]
    fn refuses_what_two_parsers_could_read_differently() {
        for (bytes, expected) in [
            (&br#"{"id":"a","id":"b"}"#[..], "stands twice"),
            (br#"{"a":{"b":1,"b":2}}"#, "stands twice"),
            (br#"{"a":"\u0000"}"#, "NUL"),
            (br#"{"a\u0000":1}"#, "NUL"),
            (br#"{"a":"\ud800"}"#, "hex escape"),
            (br#"{"a":"\ud800\u0041"}"#, "surrogate"),
            (b"{\"a\":\"\xff\"}", "not UTF-8"),
            (b"\xef\xbb\xbf{}", "not readable"),
            (br#"{"a":1} {"b":2}"#, "not readable"),
            (br#"{"a":1e400}"#, "not readable"),
            (b"", "not readable"),
            (b"[]", "no JSON object"),
            (b"null", "no JSON object"),
            (br#""text""#, "no JSON object"),
        ] {
            let reason = reason(bytes);
            assert!(reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn refuses_what_is_too_deep_too_wide_or_too_large() {
        let nested = |depth: usize| {
            format!("{}{}{}", r#"{"a":"#.repeat(depth), 1, "}".repeat(depth)).into_bytes()
        };
        assert!(read(&nested(64)).is_ok());
        assert!(reason(&nested(65)).contains("deeper"));
        assert!(
            reason(&[b"{\"a\":".as_slice(), &b"[".repeat(100_000)].concat()).contains("deeper")
        );

        let wide =
            |count: usize| format!(r#"{{"a":[{}]}}"#, vec!["1"; count].join(",")).into_bytes();
        assert!(read(&wide(caps::MEMBERS - 1)).is_ok());
        assert!(reason(&wide(caps::MEMBERS)).contains("20,000"));

        let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(caps::DOCUMENT_BYTES));
        assert!(reason(long.as_bytes()).contains("1 MiB"));
    }
}
