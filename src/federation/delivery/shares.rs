//! Whose turn it is in a lane: each class of messages has its share, so that what is personal comes soon and what is
//! least urgent comes nevertheless.

use crate::store::DeliveryClass;

/// What a class may send before the others have had their shares.
fn share_of(class: DeliveryClass) -> u32 {
    match class {
        DeliveryClass::Personal => 8,
        DeliveryClass::Relations => 4,
        DeliveryClass::Posts => 2,
        DeliveryClass::Reactions => 1,
    }
}

/// What each class may still send in this round.
#[derive(Debug, Default)]
pub(super) struct Shares {
    left: Vec<(DeliveryClass, u32)>,
}

impl Shares {
    /// The class whose turn it is among those that have something to send; none if none has.
    pub(super) fn choose(&mut self, waiting: &[DeliveryClass]) -> Option<DeliveryClass> {
        if waiting.is_empty() {
            return None;
        }
        self.take(waiting).or_else(|| {
            let all = DeliveryClass::ALL.iter();
            self.left = all.map(|class| (*class, share_of(*class))).collect();
            self.take(waiting)
        })
    }

    fn take(&mut self, waiting: &[DeliveryClass]) -> Option<DeliveryClass> {
        let (class, left) = self
            .left
            .iter_mut()
            .find(|(class, left)| *left > 0 && waiting.contains(class))?;
        *left -= 1;
        Some(*class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order in which so many messages of each class leave, as digits.
    fn order(mut backlog: [usize; 4]) -> String {
        let mut shares = Shares::default();
        let mut order = String::new();
        loop {
            let all = DeliveryClass::ALL.iter().enumerate();
            let waiting: Vec<DeliveryClass> = all
                .filter(|(place, _)| backlog[*place] > 0)
                .map(|(_, class)| *class)
                .collect();
            let Some(class) = shares.choose(&waiting) else {
                return order;
            };
            let place = DeliveryClass::ALL
                .iter()
                .position(|one| *one == class)
                .unwrap();
            backlog[place] -= 1;
            order.push_str(&place.to_string());
        }
    }

    #[test]
    fn classes_take_turns_by_their_shares() {
        for (backlog, expected) in [
            ([0, 0, 0, 0], ""),
            ([0, 0, 3, 0], "222"),
            ([0, 0, 0, 3], "333"),
            ([1, 1, 1, 1], "0123"),
            ([0, 0, 5, 2], "2232232"),
            ([9, 5, 3, 3], "00000000111122301233"),
            ([20, 0, 0, 2], "0000000030000000030000"),
        ] {
            assert_eq!(order(backlog), expected, "{backlog:?}");
        }
    }

    #[test]
    fn the_last_class_gets_its_share_of_a_full_backlog() {
        let order = order([800, 400, 200, 100]);
        let early = order.chars().take(150).filter(|class| *class == '3');
        assert_eq!(early.count(), 10);
        assert!(order.ends_with('3'));
    }
}
