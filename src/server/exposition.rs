//! The text format in which metrics are read: families of samples with names, labels and numbers.
//!
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use std::fmt::{Display, Write as _};

/// What the numbers of a family are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// They only grow.
    Counter,
    /// They go up and down.
    Gauge,
    /// They are counts up to edges.
    Histogram,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A text under way.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// Announces a family of samples; `help` is one line.
    pub(super) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        self.0.extend(["# HELP ", name, " ", help, "\n"]);
        self.0.extend(["# TYPE ", name, " ", kind.word(), "\n"]);
    }

    /// Adds a sample of the family that was announced last.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (place, (label, text)) in labels.iter().enumerate() {
            self.0.push(if place == 0 { '{' } else { ',' });
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            self.0
                .extend([label, "=\"", &text.replace('\n', "\\n"), "\""]);
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, " {value}");
    }

    /// A family of one sample without labels.
    pub(super) fn single(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_carry_escaped_labels() {
        let mut text = Text::default();
        text.family("a_total", Kind::Counter, "What is counted.");
        text.sample("a_total", &[("b", "x\"\\\n"), ("c", "d")], 7);
        text.single("e", Kind::Gauge, "One.", "0.5");
        let expected = "# HELP a_total What is counted.\n# TYPE a_total counter\n\
                        a_total{b=\"x\\\"\\\\\\n\",c=\"d\"} 7\n\
                        # HELP e One.\n# TYPE e gauge\ne 0.5\n";
        assert_eq!(text.finish(), expected);
    }
}
