//! How strongly something trends: by how much more it is than expected, which wears off.

use std::collections::HashMap;
use std::hash::Hash;

/// What is weaker trends no longer.
pub(super) const WEAKEST: f64 = 0.3;

/// How strong something is, and was at its strongest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strength {
    /// Now.
    pub score: f64,
    /// At its peak.
    pub peak_score: f64,
    /// When that was, in milliseconds.
    pub peak_at: i64,
}

/// Half as much with every half-life.
pub(super) fn decayed(score: f64, millis: i64, half_life: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "minutes are exact enough")]
    let lives = millis.max(0) as f64 / half_life as f64;
    score * (-lives).exp2()
}

/// How much more than expected: the square of what is above it, in units of it.
pub(super) fn surprise(observed: i64, expected: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "people are few enough")]
    let (observed, expected) = (observed as f64, expected.max(1) as f64);
    if observed <= expected {
        return 0.0;
    }
    (observed - expected).powi(2) / expected
}

/// Which of these things are how strong now: those that were strong before, `peaks`, and those that people `used` today,
/// with what they were used the day `before`. At most `most`, the strongest first.
pub(super) fn rise<Id: Copy + Eq + Hash>(
    mut peaks: HashMap<Id, Strength>,
    used: Vec<(Id, i64)>,
    before: &HashMap<Id, i64>,
    (now, half_life, most): (i64, i64, usize),
) -> Vec<(Id, Strength)> {
    for strength in peaks.values_mut() {
        strength.score = decayed(strength.peak_score, now - strength.peak_at, half_life);
    }
    for (id, accounts) in used {
        let score = surprise(accounts, before.get(&id).copied().unwrap_or(0));
        if peaks.get(&id).is_none_or(|peak| score > peak.score) {
            let strength = Strength {
                score,
                peak_score: score,
                peak_at: now,
            };
            peaks.insert(id, strength);
        }
    }
    let mut found: Vec<(Id, Strength)> = peaks.into_iter().collect();
    found.retain(|(_, strength)| strength.score >= WEAKEST);
    found.sort_by(|(_, a), (_, b)| b.score.total_cmp(&a.score));
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;

    #[test]
    fn strength_is_surprise_that_wears_off() {
        for (observed, expected, score) in [
            (0, 0, 0.0),
            (1, 0, 0.0),
            (5, 0, 16.0),
            (5, 5, 0.0),
            (10, 5, 5.0),
            (4, 9, 0.0),
        ] {
            assert!(
                (surprise(observed, expected) - score).abs() < 1e-9,
                "{observed} {expected}"
            );
        }
        for (millis, left) in [(-HOUR, 8.0), (0, 8.0), (4 * HOUR, 4.0), (12 * HOUR, 1.0)] {
            assert!(
                (decayed(8.0, millis, 4 * HOUR) - left).abs() < 1e-9,
                "{millis}"
            );
        }
    }

    #[test]
    fn the_strongest_are_kept_at_their_peak_or_above() {
        let peak = |peak_score, peak_at| Strength {
            score: 0.0,
            peak_score,
            peak_at,
        };
        let peaks = HashMap::from([
            ('a', peak(8.0, 0)),
            ('b', peak(8.0, 0)),
            ('c', peak(1.0, 0)),
        ]);
        let used = vec![('a', 2), ('b', 9), ('d', 4)];
        let now = (8 * HOUR, 4 * HOUR, 3);
        let found = rise(peaks, used, &HashMap::from([('d', 1)]), now);
        let shown: Vec<_> = found.iter().map(|(id, now)| (*id, now.peak_at)).collect();
        assert_eq!(shown, [('b', 8 * HOUR), ('d', 8 * HOUR), ('a', 0)]);
    }
}
