//! The tree of a request's parameters: bracketed names and JSON objects become the same shape.
//!
//! `a[b]=1` is an object, `a[]=1` a list, `a[][k]=1` a list of objects, a new one beginning where a key
//! repeats; `a[0][k]=1` is an object with the key `0`, which is read as a list where a list is wanted.
//! Size and depth are bounded while the tree grows, so that a hostile body costs no more than its bytes.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::super::error::ApiError;
use super::pairs::not_utf8;

/// How deep parameters may be nested; `a[b]` has the depth 2.
pub const MAX_DEPTH: usize = 8;
/// How many parameters a query and a body may each have; elements of lists and objects count.
pub const MAX_PARAMETERS: usize = 1_000;

/// Parameters under their names.
#[derive(Debug)]
pub(super) struct Tree {
    root: Map<String, Value>,
    left: Cell<usize>,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            root: Map::new(),
            left: Cell::new(MAX_PARAMETERS),
        }
    }
}

/// One pair of brackets in a name.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// `[key]`
    Key(&'a str),
    /// `[]`
    Push,
}

/// A parameter is given in two shapes, such as `a=1&a[b]=2`.
struct Clash;

impl Tree {
    /// Adds the pair of a query or a form; of several plain values of one name the last counts.
    ///
    /// # Errors
    /// 400 when there are too many, when it is too deep, or when the name is already of another shape.
    pub(super) fn insert(&mut self, name: &str, text: String) -> Result<(), ApiError> {
        if self.left.replace(self.left.get().saturating_sub(1)) == 0 {
            return Err(too_many());
        }
        if name.contains('\0') || text.contains('\0') {
            return Err(has_nul());
        }
        let (base, steps) = steps_of(name);
        if steps.len() >= MAX_DEPTH {
            return Err(too_deep());
        }
        if base.is_empty() {
            return Ok(());
        }
        let slot = self.root.entry(base).or_insert(Value::Null);
        place(slot, &steps, Value::String(text)).map_err(|Clash| {
            let base: String = base.chars().take(60).collect();
            ApiError::bad_request(format!("Parameter \"{base}\" is given in two shapes"))
        })
    }

    /// Adds the members of a JSON object; an empty body and `null` add nothing.
    ///
    /// # Errors
    /// 400 when the body is no JSON, no object, too deep or too large.
    pub(super) fn insert_json(&mut self, body: &[u8]) -> Result<(), ApiError> {
        let body = str::from_utf8(body).map_err(|_| not_utf8())?;
        if body.trim().is_empty() {
            return Ok(());
        }
        let mut reader = serde_json::Deserializer::from_str(body);
        let seed = Bounded {
            depth: 0,
            left: &self.left,
        };
        let read = seed.deserialize(&mut reader);
        match read.and_then(|value| reader.end().map(|()| value)) {
            Ok(Value::Object(members)) => self.root.extend(members),
            Ok(Value::Null) => {}
            Ok(_) => return Err(ApiError::bad_request("The JSON body must be an object")),
            Err(cause) => return Err(refuse_json(&cause)),
        }
        Ok(())
    }

    /// The tree with every parameter of `over` in place of the one of the same name.
    pub(super) fn overlaid(mut self, over: Self) -> Value {
        self.root.extend(over.root);
        Value::Object(self.root)
    }
}

fn refuse_json(cause: &serde_json::Error) -> ApiError {
    if !cause.is_data() {
        return ApiError::bad_request(format!("The JSON body is malformed: {cause}"));
    }
    match cause.to_string() {
        text if text.starts_with(NUL) => has_nul(),
        text if text.starts_with(MANY) => too_many(),
        _ => too_deep(),
    }
}

fn too_many() -> ApiError {
    ApiError::bad_request(format!(
        "The request has more than {MAX_PARAMETERS} parameters"
    ))
}

fn too_deep() -> ApiError {
    ApiError::bad_request(format!(
        "The parameters are nested more than {MAX_DEPTH} levels deep"
    ))
}

/// PostgreSQL cannot keep it, and no text needs it.
fn has_nul() -> ApiError {
    ApiError::bad_request("The parameters contain a NUL character")
}

/// A name's first part and its brackets; a name whose brackets do not match is one plain name.
fn steps_of(name: &str) -> (&str, Vec<Step<'_>>) {
    let Some((base, brackets)) = name.split_once('[') else {
        return (name, Vec::new());
    };
    let Some(inner) = brackets.strip_suffix(']') else {
        return (name, Vec::new());
    };
    let steps: Vec<Step> = inner
        .split("][")
        .map(|key| {
            if key.is_empty() {
                Step::Push
            } else {
                Step::Key(key)
            }
        })
        .collect();
    let plain = |step: &Step| !matches!(step, Step::Key(key) if key.contains(['[', ']']));
    if base.is_empty() || !steps.iter().all(plain) {
        return (name, Vec::new());
    }
    (base, steps)
}

fn place(slot: &mut Value, steps: &[Step], text: Value) -> Result<(), Clash> {
    let Some((step, rest)) = steps.split_first() else {
        *slot = text;
        return Ok(());
    };
    match step {
        Step::Key(key) => {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            let members = slot.as_object_mut().ok_or(Clash)?;
            place(members.entry(*key).or_insert(Value::Null), rest, text)
        }
        Step::Push => {
            if slot.is_null() {
                *slot = Value::Array(Vec::new());
            }
            let items = slot.as_array_mut().ok_or(Clash)?;
            let continues = matches!(rest.first(), Some(Step::Key(_)));
            match items.last_mut() {
                Some(last) if continues && last.is_object() && !is_given(last, rest) => {
                    place(last, rest, text)
                }
                _ => {
                    let mut item = Value::Null;
                    place(&mut item, rest, text)?;
                    items.push(item);
                    Ok(())
                }
            }
        }
    }
}

/// Whether the object already has what the steps lead to, so that the pair begins a new object.
fn is_given(value: &Value, steps: &[Step]) -> bool {
    match steps.split_first() {
        None => true,
        Some((Step::Push, _)) => false,
        Some((Step::Key(key), rest)) => value.get(*key).is_some_and(|inner| is_given(inner, rest)),
    }
}

// How the messages of refused JSON begin.
const NUL: &str = "has NUL";
const MANY: &str = "too many";
const DEEP: &str = "too deep";

/// Reads JSON into a tree while it is neither too deep nor too large.
#[derive(Clone, Copy)]
struct Bounded<'a> {
    depth: usize,
    left: &'a Cell<usize>,
}

impl Bounded<'_> {
    /// The reader of what is within this value.
    fn inner(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    /// Counts this value, unless it is the whole body.
    fn count<E: Error>(self) -> Result<(), E> {
        match (self.depth, self.left.get().checked_sub(1)) {
            (0, _) => Ok(()),
            (1..=MAX_DEPTH, Some(left)) => {
                self.left.set(left);
                Ok(())
            }
            (1..=MAX_DEPTH, None) => Err(E::custom(MANY)),
            _ => Err(E::custom(DEEP)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.count()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
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

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(E::custom(NUL));
        }
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if key.contains('\0') {
                return Err(A::Error::custom(NUL));
            }
            let value = members.next_value_seed(self.inner())?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::pairs::read_pairs;
    use super::*;

    fn from_form(text: &str) -> Result<Value, ApiError> {
        let mut tree = Tree::default();
        for (name, value) in read_pairs(text)? {
            tree.insert(&name, value)?;
        }
        Ok(Value::Object(tree.root))
    }

    fn from_json(text: &str) -> Result<Value, ApiError> {
        let mut tree = Tree::default();
        tree.insert_json(text.as_bytes())?;
        Ok(Value::Object(tree.root))
    }

    #[test]
    fn names_with_brackets_become_a_tree() {
        for (form, expected) in [
            ("a=1", json!({"a": "1"})),
            ("a=1&a=2", json!({"a": "2"})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            ("a[b]=1&a[c]=2", json!({"a": {"b": "1", "c": "2"}})),
            ("a[b][c]=1", json!({"a": {"b": {"c": "1"}}})),
            (
                "a[][k]=1&a[][l]=2&a[][k]=3",
                json!({"a": [{"k": "1", "l": "2"}, {"k": "3"}]}),
            ),
            (
                "a[][k][]=1&a[][k][]=2&a[][n]=x&a[][n]=y",
                json!({"a": [{"k": ["1", "2"], "n": "x"}, {"n": "y"}]}),
            ),
            (
                "a[0][k]=1&a[10][k]=2",
                json!({"a": {"0": {"k": "1"}, "10": {"k": "2"}}}),
            ),
            ("a[][]=1&a[][]=2", json!({"a": [["1"], ["2"]]})),
            (
                "a[b=1&a]b=2&a[b]c=3",
                json!({"a[b": "1", "a]b": "2", "a[b]c": "3"}),
            ),
            ("a[b[c]]=1&[]=2", json!({"a[b[c]]": "1", "[]": "2"})),
            ("=1", json!({})),
            ("a=1&a[]=", json!(null)),
        ] {
            let tree = from_form(form);
            if expected.is_null() {
                assert_eq!(
                    tree.unwrap_err().sentence(),
                    "Parameter \"a\" is given in two shapes"
                );
            } else {
                assert_eq!(tree, Ok(expected), "{form}");
            }
        }
    }

    #[test]
    fn json_becomes_the_same_tree() {
        for (body, expected) in [
            ("", json!({})),
            ("  \n", json!({})),
            ("null", json!({})),
            ("{}", json!({})),
            (
                r#"{"a":{"b":[1,null,"x"]}}"#,
                json!({"a": {"b": [1, null, "x"]}}),
            ),
            (r#"{"a":1,"a":2}"#, json!({"a": 2})),
            (
                r#"{"a":-1,"b":1.5,"c":true}"#,
                json!({"a": -1, "b": 1.5, "c": true}),
            ),
        ] {
            assert_eq!(from_json(body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn refuses_what_is_too_deep_or_too_large() {
        let deep = |levels: usize| format!("a{}=1", "[b]".repeat(levels - 1));
        let deep_json =
            |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let many = |count: usize| vec!["a[]=1"; count].join("&");
        let many_json = |count: usize| format!("{{\"a\":[{}]}}", vec!["1"; count - 1].join(","));
        let levels = "The parameters are nested more than 8 levels deep";
        let count = "The request has more than 1000 parameters";
        for (read, sentence) in [
            (from_form(&deep(8)), None),
            (from_form(&deep(9)), Some(levels)),
            (from_form(&deep(5_000)), Some(levels)),
            (from_json(&deep_json(8)), None),
            (from_json(&deep_json(9)), Some(levels)),
            (from_json(&deep_json(50_000)), Some(levels)),
            (from_json(&"[".repeat(100_000)), Some(levels)),
            (from_form(&many(1_000)), None),
            (from_form(&many(1_001)), Some(count)),
            (from_json(&many_json(1_000)), None),
            (from_json(&many_json(1_001)), Some(count)),
            (from_json(&many_json(300_000)), Some(count)),
        ] {
            let said = read.as_ref().err().map(ApiError::sentence);
            assert_eq!(said, sentence);
        }
    }

    #[test]
    fn refuses_malformed_json_and_nul_characters() {
        let nul = "The parameters contain a NUL character";
        for (read, sentence) in [
            (from_json("{"), "The JSON body is malformed"),
            (from_json("{\"a\":1}}"), "The JSON body is malformed"),
            (
                from_json("{\"a\":\"\\ud800\"}"),
                "The JSON body is malformed",
            ),
            (from_json("{'a':1}"), "The JSON body is malformed"),
            (from_json("{\"a\":1e999}"), "The JSON body is malformed"),
            (from_json("[1]"), "The JSON body must be an object"),
            (from_json("\"text\""), "The JSON body must be an object"),
            (from_json("{\"a\":\"\\u0000\"}"), nul),
            (from_json("{\"\\u0000\":1}"), nul),
            (from_form("a=%00"), nul),
            (from_form("%00[]=1"), nul),
        ] {
            let error = read.unwrap_err();
            assert!(error.sentence().starts_with(sentence), "{error}");
        }
        let mut tree = Tree::default();
        let error = tree.insert_json(b"{\"a\":\"\xff\"}").unwrap_err();
        assert_eq!(error, not_utf8());
    }

    #[test]
    fn the_query_stands_above_the_body() {
        let (mut body, mut query) = (Tree::default(), Tree::default());
        body.insert_json(br#"{"a":[1,2],"b":1}"#).unwrap();
        query.insert("a[]", "3".into()).unwrap();
        assert_eq!(body.overlaid(query), json!({"a": ["3"], "b": 1}));
    }
}
