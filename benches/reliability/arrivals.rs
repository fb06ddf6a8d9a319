//! What sinks took, compared with what was posted: what is missing, what came twice, what overtook what.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::shared::figures::Figure;
use crate::shared::sinks::Sinks;

/// Deliveries that the node has under way to one peer at the same time, by default: so far order may be off.
const WINDOW: usize = 4;

/// The comparison.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comparison {
    /// Posts that came, each counted once for each host.
    pub came: usize,
    /// Posts that did not.
    pub lost: usize,
    /// Deliveries beyond the first of the same post to the same host.
    pub repeats: usize,
    /// Posts that came before more older ones than can be under way at the same time.
    pub overtakers: usize,
}

impl Comparison {
    /// Compares what some hosts took with the ids of what was posted, in the order of posting.
    pub fn of(sinks: &Sinks, hosts: Range<usize>, posted: &[String]) -> Self {
        let places: HashMap<&str, usize> = posted
            .iter()
            .enumerate()
            .map(|(place, id)| (id.as_str(), place))
            .collect();
        let mut sum = Self::default();
        for host in hosts {
            let arrivals = sinks.arrivals(host);
            let came = arrivals
                .iter()
                .filter_map(|arrival| places.get(arrival.id.as_str()).copied());
            sum.add(came, posted.len());
        }
        sum
    }

    fn add(&mut self, came: impl Iterator<Item = usize>, total: usize) {
        let (mut seen, mut first_missing) = (HashSet::new(), 0);
        for place in came {
            if !seen.insert(place) {
                self.repeats += 1;
                continue;
            }
            let older_and_missing = (first_missing..place).filter(|older| !seen.contains(older));
            if older_and_missing.take(WINDOW + 1).count() > WINDOW {
                self.overtakers += 1;
            }
            while seen.contains(&first_missing) {
                first_missing += 1;
            }
        }
        self.came += seen.len();
        self.lost += total - seen.len();
    }

    /// As figures: everything came, nothing twice, and at most so many out of order (the messages with which peers
    /// that were down are tried may be).
    pub fn figures(&self, probes: usize) -> Vec<Figure> {
        vec![
            Figure::all("posts at all hosts", self.came, self.came + self.lost),
            Figure::none("  lost", self.lost),
            Figure::none("  repeated", self.repeats),
            Figure::count("  ahead of more than four older ones", self.overtakers)
                .at_most(probes as f64)
                .vital(),
        ]
    }
}
