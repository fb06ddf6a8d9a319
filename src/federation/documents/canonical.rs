//! JSON in canonical form: one value has one text, so that others can check a signature over it.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc8785>

use serde_json::{Map, Number, Value};

/// Adds the canonical text of a value. Numbers are read as 64-bit floats, as the standard wants. Those of more digits than a
/// float holds may have been read one step beside it; a proof over such a number is not believed then.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (at, value) in values.iter().enumerate() {
                separate(at, text);
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(properties) => write_object(properties, text),
        Value::Number(number) => text.push_str(&number_text(number)),
        // The library writes these as the standard wants them.
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

/// Adds the canonical text of an object: its keys come in the order of their UTF-16 code units.
pub fn write_object(properties: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = properties.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    text.push('{');
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        separate(at, text);
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

fn separate(at: usize, text: &mut String) {
    if at > 0 {
        text.push(',');
    }
}

/// A number as ECMAScript writes it: the fewest digits that mean it, with an exponent only where it is very large or
/// very small.
///
/// Source: <https://tc39.es/ecma262/#sec-numeric-types-number-tostring>
fn number_text(number: &Number) -> String {
    let value = number.as_f64().unwrap_or_default();
    if value == 0.0 {
        return "0".to_owned();
    }
    let written = format!("{:e}", value.abs());
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits = digits.replace('.', "");
    let exponent = exponent.parse().unwrap_or_default();
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", place_point(&digits, exponent))
}

/// These digits, the first of which counts ten to the `exponent`.
fn place_point(digits: &str, exponent: i32) -> String {
    let before = usize::try_from(exponent + 1).unwrap_or_default();
    match exponent {
        21.. | ..=-7 => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{first}{point}{rest}e{exponent:+}")
        }
        ..0 => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
            format!("0.{}{digits}", "0".repeat(zeros))
        }
        _ if before >= digits.len() => format!("{digits}{}", "0".repeat(before - digits.len())),
        _ => {
            let (whole, part) = digits.split_at(before);
            format!("{whole}.{part}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn canonical(value: &Value) -> String {
        let mut text = String::new();
        write(value, &mut text);
        text
    }

    #[test]
    fn a20_numbers_are_written_as_the_standard_lists_them() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1.0", "1"),
            ("-1", "-1"),
            ("1e21", "1e+21"),
            ("999999999999999900000", "999999999999999900000"),
            ("1e20", "100000000000000000000"),
            ("333333333.33333329", "333333333.3333333"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("1.5e-7", "1.5e-7"),
            ("-1.25e30", "-1.25e+30"),
            ("9007199254740993", "9007199254740992"),
            ("18446744073709551615", "18446744073709552000"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ] {
            // Not by the library, which reads the last digit of some long numbers otherwise.
            let value = match text.parse::<u64>() {
                Ok(whole) => Value::from(whole),
                Err(_) => Value::from(text.parse::<f64>().unwrap()),
            };
            assert_eq!(canonical(&value), expected, "{text}");
        }
    }

    #[test]
    fn keys_are_sorted_as_utf_16_and_texts_escaped_in_one_way() {
        // RFC 8785, sections 3.2.2 and 3.2.3.
        let value = json!({
            "\u{20ac}": "Euro Sign",
            "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\u{1f600}": "Emoji: Grinning Face",
            "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
            \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
            \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(canonical(&value), expected);
        let value = json!({"string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{7f}", "literals": [null, true, false], "a": {}});
        let expected = "{\"a\":{},\"literals\":[null,true,false],\
            \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\u{7f}\"}";
        assert_eq!(canonical(&value), expected);
    }
}
