//! The gauge: from what is measured to one of six levels. A level that is reached is left only when the pressure is well
//! below it, so that the node does not waver between two answers.

/// All of what the node can take.
pub(super) const WHOLE: u64 = 1_000;
/// How far below its threshold the pressure must fall before a level is left.
const INERTIA: u64 = 100;
/// The shortest time after which a sender is asked to come back, in seconds.
const SOONEST: u64 = 30;
/// The longest, in seconds.
const LATEST: u64 = 600;

/// How much the node has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// There is room for everything.
    #[default]
    Calm,
    /// What nobody waits for is put off.
    Busy,
    /// Likes and boosts are not taken either.
    Strained,
    /// Nor are public posts of servers that nobody here follows.
    Heavy,
    /// Only what people wait for is taken.
    Severe,
    /// Nothing is taken.
    Full,
}

/// What a received activity is worth when not everything can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Likes, boosts, their ends, and what is only a hint.
    Reaction,
    /// Public posts from servers that nobody here follows.
    Stranger,
    /// Everything else.
    Other,
    /// Direct messages, mentions of people here, follows, their answers and ends, deletions.
    Vital,
}

const THRESHOLDS: [(Level, u64); 5] = [
    (Level::Busy, 250),
    (Level::Strained, 500),
    (Level::Heavy, 700),
    (Level::Severe, 850),
    (Level::Full, WHOLE),
];

impl Level {
    /// Whether what belongs to this class is taken.
    #[must_use]
    pub fn takes(self, class: Class) -> bool {
        match class {
            Class::Reaction => self < Self::Strained,
            Class::Stranger => self < Self::Heavy,
            Class::Other => self < Self::Severe,
            Class::Vital => self < Self::Full,
        }
    }

    /// The level at this pressure (in thousandths), coming from this one.
    pub(super) fn step(self, pressure: u64) -> Self {
        let mut level = Self::Calm;
        for (next, threshold) in THRESHOLDS {
            let inertia = if next <= self { INERTIA } else { 0 };
            if pressure >= threshold - inertia {
                level = next;
            }
        }
        level
    }
}

/// A part of a whole, in thousandths; a whole of nothing is full at once.
pub(super) fn share(part: u64, whole: u64) -> u64 {
    part.saturating_mul(WHOLE)
        .checked_div(whole)
        .unwrap_or(WHOLE)
}

/// After how many seconds a sender may come back: the later, the greater the pressure (in thousandths). `chance`, any
/// number, spreads senders over half to one and a half of that.
#[must_use]
pub fn retry_after(pressure: u64, chance: u64) -> u64 {
    let above = pressure.saturating_sub(WHOLE / 2).min(WHOLE);
    let middle = SOONEST + (LATEST - SOONEST) * above / WHOLE;
    middle / 2 + chance % (middle + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_at_once_and_fall_with_inertia() {
        use Level::{Busy, Calm, Full, Heavy, Severe, Strained};
        for (from, pressure, to) in [
            (Calm, 0, Calm),
            (Calm, 249, Calm),
            (Calm, 250, Busy),
            (Calm, 499, Busy),
            (Calm, 500, Strained),
            (Calm, 700, Heavy),
            (Calm, 850, Severe),
            (Calm, 999, Severe),
            (Calm, 1_000, Full),
            (Calm, u64::MAX, Full),
            (Busy, 200, Busy),
            (Busy, 150, Busy),
            (Busy, 149, Calm),
            (Busy, 450, Busy),
            (Strained, 400, Strained),
            (Strained, 399, Busy),
            (Heavy, 600, Heavy),
            (Heavy, 599, Strained),
            (Severe, 750, Severe),
            (Severe, 749, Heavy),
            (Full, 900, Full),
            (Full, 899, Severe),
            (Full, 100, Calm),
        ] {
            assert_eq!(from.step(pressure), to, "{from:?} at {pressure}");
        }
    }

    #[test]
    fn classes_are_refused_in_turn() {
        use Class::{Other, Reaction, Stranger, Vital};
        let taken = |level: Level| -> Vec<Class> {
            let all = [Reaction, Stranger, Other, Vital];
            all.into_iter()
                .filter(|class| level.takes(*class))
                .collect()
        };
        for (level, expected) in [
            (Level::Calm, &[Reaction, Stranger, Other, Vital][..]),
            (Level::Busy, &[Reaction, Stranger, Other, Vital]),
            (Level::Strained, &[Stranger, Other, Vital]),
            (Level::Heavy, &[Other, Vital]),
            (Level::Severe, &[Vital]),
            (Level::Full, &[]),
        ] {
            assert_eq!(taken(level), expected, "{level:?}");
        }
    }

    #[test]
    fn shares_have_no_holes() {
        for (part, whole, expected) in [
            (0, 10, 0),
            (1, 4, 250),
            (10, 10, 1_000),
            (30, 10, 3_000),
            (0, 0, 1_000),
            (u64::MAX, 1, u64::MAX),
        ] {
            assert_eq!(share(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn the_wait_grows_and_is_spread() {
        for (pressure, soonest, latest) in [
            (0, 15, 45),
            (500, 15, 45),
            (1_000, 157, 472),
            (1_500, 300, 900),
            (u64::MAX, 300, 900),
        ] {
            let waits: Vec<u64> = (0..2_000)
                .map(|chance| retry_after(pressure, chance))
                .collect();
            assert_eq!(waits.iter().min(), Some(&soonest), "{pressure}");
            assert_eq!(waits.iter().max(), Some(&latest), "{pressure}");
        }
    }
}
