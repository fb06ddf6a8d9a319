//! Figures, what they have to reach, and the table in which they are shown.

use std::time::Duration;

/// One figure and what it has to reach.
#[derive(Clone, Debug)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    wanted: Option<Bound>,
    /// Whether a miss means that something was lost, doubled or broken, and not only that it was slow.
    is_vital: bool,
}

/// What a figure has to reach.
#[derive(Clone, Copy, Debug)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Figure {
    /// A figure of which nothing is wanted.
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            wanted: None,
            is_vital: false,
        }
    }

    /// A number of things.
    #[must_use]
    pub fn count(name: impl Into<String>, count: usize) -> Self {
        Self::new(name, count as f64, "")
    }

    /// A number of things that must be there, each lost one of which breaks the promise.
    #[must_use]
    pub fn all(name: impl Into<String>, count: usize, wanted: usize) -> Self {
        Self {
            wanted: Some(Bound::Exactly(wanted as f64)),
            is_vital: true,
            ..Self::count(name, count)
        }
    }

    /// A number of things that must not be there.
    #[must_use]
    pub fn none(name: impl Into<String>, count: usize) -> Self {
        Self::all(name, count, 0)
    }

    /// So many in that time, as a number per second.
    #[must_use]
    pub fn rate(name: impl Into<String>, count: usize, took: Duration) -> Self {
        Self::new(name, count as f64 / took.as_secs_f64(), "/s")
    }

    /// A time in milliseconds.
    #[must_use]
    pub fn millis(name: impl Into<String>, time: Duration) -> Self {
        Self::new(name, time.as_secs_f64() * 1_000.0, "ms")
    }

    /// A time in seconds.
    #[must_use]
    pub fn seconds(name: impl Into<String>, time: Duration) -> Self {
        Self::new(name, time.as_secs_f64(), "s")
    }

    /// This one has to reach `bound`.
    #[must_use]
    pub fn at_least(mut self, bound: f64) -> Self {
        self.wanted = Some(Bound::AtLeast(bound));
        self
    }

    /// This one may not exceed `bound`.
    #[must_use]
    pub fn at_most(mut self, bound: f64) -> Self {
        self.wanted = Some(Bound::AtMost(bound));
        self
    }

    /// A miss of this one breaks the promise.
    #[must_use]
    pub fn vital(mut self) -> Self {
        self.is_vital = true;
        self
    }

    /// Whether something was lost, doubled or broken.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.is_vital && !self.holds()
    }

    fn holds(&self) -> bool {
        match self.wanted {
            Some(Bound::AtLeast(bound)) => self.value >= bound,
            Some(Bound::AtMost(bound)) => self.value <= bound,
            Some(Bound::Exactly(bound)) => (self.value - bound).abs() < 0.5,
            None => true,
        }
    }

    fn row(&self) -> String {
        let wanted = match self.wanted {
            Some(Bound::AtLeast(bound)) => format!(">= {bound}"),
            Some(Bound::AtMost(bound)) => format!("<= {bound}"),
            Some(Bound::Exactly(bound)) => format!("= {bound}"),
            None => String::new(),
        };
        let verdict = match (self.wanted, self.holds()) {
            (None, _) => "",
            (_, true) => "ok",
            (_, false) => "MISSED",
        };
        let value = if self.unit.is_empty() && self.value.fract() == 0.0 {
            format!("{:.0}", self.value)
        } else {
            format!("{:.2}", self.value)
        };
        let row = format!(
            "{:<60} {value:>12} {:<4} {wanted:<12} {verdict}",
            self.name, self.unit
        );
        row.trim_end().to_owned()
    }
}

/// Prints figures; tells how many promises among them were kept, and how many were not.
pub fn show(title: &str, figures: &[Figure]) -> (usize, usize) {
    println!("-- {title}");
    for figure in figures {
        println!("{}", figure.row());
    }
    let promises = figures.iter().filter(|figure| figure.is_vital).count();
    let broken = figures.iter().filter(|figure| figure.is_broken()).count();
    (promises - broken, broken)
}

/// The value below which this part of all sorted values stays; the largest where it is 1.
#[must_use]
pub fn percentile(sorted: &[Duration], part: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * part).round() as usize;
    sorted.get(index.min(last)).copied().unwrap_or_default()
}
