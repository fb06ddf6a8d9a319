//! Which known name somebody may have meant.

/// How alike two names must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.7;

/// The known name that is most like `name`, when one is alike enough. Of keys written `section.key` also
/// the right key in the wrong section counts.
pub(super) fn suggest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut best = None;
    let mut best_score = ALIKE;
    for candidate in known {
        let score = alikeness(name, candidate);
        if score > best_score {
            best = Some(candidate);
            best_score = score;
        }
    }
    best
}

fn alikeness(name: &str, candidate: &str) -> f64 {
    let whole = strsim::normalized_damerau_levenshtein(name, candidate);
    let Some((_, candidate_key)) = candidate.rsplit_once('.') else {
        return whole;
    };
    let key = name.rsplit_once('.').map_or(name, |(_, key)| key);
    // A little less than the same likeness of the whole name, so that the right section wins.
    let key_alone = strsim::normalized_damerau_levenshtein(key, candidate_key) * 0.95;
    whole.max(key_alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_the_likely_name() {
        let known = [
            "server.domain",
            "server.data",
            "limits.enabled",
            "federation.enabled",
            "instance.title",
        ];
        let table = [
            ("server.domian", Some("server.domain")),
            ("serve.domain", Some("server.domain")),
            ("domain", Some("server.domain")),
            ("instance.domain", Some("server.domain")),
            ("federation.enable", Some("federation.enabled")),
            ("limits.enable", Some("limits.enabled")),
            ("server.colour", None),
            ("", None),
        ];
        for (name, expected) in table {
            assert_eq!(suggest(name, known.iter().copied()), expected, "{name}");
        }
    }
}
