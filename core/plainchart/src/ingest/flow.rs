//! How a sensitivity class follows the ties between resources, the stricter winning (N4).
//!
//! A class goes one step: from a resource to what it refers to, to what refers to it, and to its duplicates. So a report
//! takes the class of a result in it, and the other results of the report do not. A label that the source itself put on
//! anything of a visit goes to the visit and to everything of it. Whoever is only named (a practitioner, a place) takes
//! the classes that all who name them have in common.

use std::collections::HashMap;

use plainchart_access::Classes;

use super::ties::{Tie, Ties};

/// Classes by what they reach. Only resources with a class of their own are in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Own classes of a resource, by its addresses.
    own: HashMap<Tie, Classes>,
    /// Classes that reach whatever has this address or mark.
    reaches: HashMap<Tie, Classes>,
    /// Classes of all that belongs to a visit.
    visits: HashMap<Tie, Classes>,
}

impl Flow {
    /// The flow from all resources of a chart.
    #[must_use]
    pub fn of<'t>(all: impl Iterator<Item = &'t Ties>) -> Self {
        let mut flow = Self::default();
        for ties in all {
            flow.add(ties);
        }
        flow
    }

    /// Adds a resource; whether classes flow elsewhere by that. What flowed from a former version of it stays: for that
    /// the flow is made anew.
    pub fn add(&mut self, ties: &Ties) -> bool {
        let own = ties.own();
        if own.is_empty() {
            return false;
        }
        let mut changed = false;
        let mut put = |map: fn(&mut Self) -> &mut HashMap<Tie, Classes>, ties: &[Tie], classes: Classes| {
            for tie in ties {
                let known = map(self).entry(*tie).or_default();
                changed |= !known.covers(classes);
                *known = known.union(classes);
            }
        };
        put(|flow| &mut flow.own, &ties.addresses, own);
        if ties.shared {
            return changed;
        }
        put(|flow| &mut flow.reaches, &ties.refers_to, own);
        put(|flow| &mut flow.reaches, &ties.same_as, own);
        put(|flow| &mut flow.reaches, &ties.visits, own);
        if !ties.labels.is_empty() {
            put(|flow| &mut flow.visits, &ties.visits, ties.labels);
        }
        changed
    }

    /// Whether no class flows anywhere.
    #[must_use]
    pub fn is_still(&self) -> bool {
        self.own.is_empty()
    }

    /// The classes of a resource: its own and those that reach it.
    #[must_use]
    pub fn classes(&self, ties: &Ties) -> Classes {
        if self.is_still() || ties.shared {
            return ties.own();
        }
        let at = |map: &HashMap<Tie, Classes>, ties: &[Tie]| {
            ties.iter().filter_map(|tie| map.get(tie)).fold(Classes::NONE, |set, classes| set.union(*classes))
        };
        ties.own()
            .union(at(&self.reaches, &ties.addresses))
            .union(at(&self.own, &ties.refers_to))
            .union(at(&self.own, &ties.visits))
            .union(at(&self.reaches, &ties.same_as))
            .union(at(&self.visits, &ties.visits))
    }
}

/// The classes that all who name a shared resource have in common; none if nobody does.
#[derive(Debug, Default)]
pub struct InCommon(HashMap<Tie, Classes>);

impl InCommon {
    /// A resource with these classes names what it refers to.
    pub fn add(&mut self, ties: &Ties, classes: Classes) {
        for tie in &ties.refers_to {
            self.0.entry(*tie).and_modify(|known| *known = known.intersection(classes)).or_insert(classes);
        }
    }

    /// The classes of a shared resource.
    #[must_use]
    pub fn classes(&self, shared: &Ties) -> Classes {
        let named = shared.addresses.iter().filter_map(|tie| self.0.get(tie)).copied();
        shared.own().union(named.reduce(Classes::intersection).unwrap_or(Classes::NONE))
    }
}

#[cfg(test)]
mod tests {
    use plainchart_access::SensitivityClass;
    use proptest::prelude::*;

    use super::*;

    fn one(class: SensitivityClass) -> Classes {
        Classes::NONE.with(class)
    }

    fn resource(address: Tie, refers_to: &[Tie], visits: &[Tie]) -> Ties {
        Ties { addresses: vec![address], refers_to: refers_to.to_vec(), visits: visits.to_vec(), ..Ties::default() }
    }

    /// Proves N4: a report takes the class of a result in it; the other results of the report do not.
    #[test]
    fn a_class_goes_one_step() {
        let (hiv, glucose, report) = (resource(1, &[], &[]), resource(2, &[], &[]), resource(3, &[1, 2], &[]));
        let hiv = Ties { codes: one(SensitivityClass::Hiv), ..hiv };
        let flow = Flow::of([&hiv, &glucose, &report].into_iter());
        assert_eq!(flow.classes(&report), one(SensitivityClass::Hiv));
        assert_eq!(flow.classes(&glucose), Classes::NONE);
        let labelled = Ties { labels: one(SensitivityClass::Restricted), ..report };
        let flow = Flow::of([&glucose, &labelled].into_iter());
        assert_eq!(flow.classes(&glucose), one(SensitivityClass::Restricted));
    }

    /// Proves N4: a label on one thing of a visit closes the visit and all of it; a code only what it is tied to.
    #[test]
    fn a_label_closes_its_visit() {
        let visit = Ties { visits: vec![9], ..resource(9, &[], &[]) };
        let (note, medicine) = (resource(1, &[], &[9]), resource(2, &[], &[9]));
        let labelled = Ties { labels: one(SensitivityClass::Restricted), ..note.clone() };
        let flow = Flow::of([&visit, &labelled, &medicine].into_iter());
        assert_eq!(flow.classes(&visit), one(SensitivityClass::Restricted));
        assert_eq!(flow.classes(&medicine), one(SensitivityClass::Restricted));
        let coded = Ties { codes: one(SensitivityClass::SexualHealth), ..note };
        let flow = Flow::of([&visit, &coded, &medicine].into_iter());
        assert_eq!(flow.classes(&visit), one(SensitivityClass::SexualHealth));
        assert_eq!(flow.classes(&medicine), Classes::NONE);
    }

    /// Proves N4: of two twins the label of one is the label of both.
    #[test]
    fn the_stricter_twin_wins() {
        let twin = |address, labels| Ties { labels, same_as: vec![77], ..resource(address, &[], &[]) };
        let (closed, open) = (twin(1, one(SensitivityClass::MentalHealth)), twin(2, Classes::NONE));
        let flow = Flow::of([&closed, &open].into_iter());
        assert_eq!(flow.classes(&open), one(SensitivityClass::MentalHealth));
    }

    /// Proves N4: who is named only by closed items is closed, who is named by an open one too is open.
    #[test]
    fn who_is_named_by_all() {
        let mut common = InCommon::default();
        common.add(&resource(1, &[50, 51], &[]), one(SensitivityClass::Hiv));
        common.add(&resource(2, &[51], &[]), Classes::NONE);
        let shared = |address| Ties { shared: true, ..resource(address, &[], &[]) };
        assert_eq!(common.classes(&shared(50)), one(SensitivityClass::Hiv));
        assert_eq!(common.classes(&shared(51)), Classes::NONE);
        assert_eq!(common.classes(&shared(52)), Classes::NONE);
    }

    /// Proves N4: an order takes the class of the medicine that it names by reference.
    #[test]
    fn a_medicine_closes_its_orders() {
        let medicine = Ties { shared: true, codes: one(SensitivityClass::Hiv), ..resource(60, &[], &[]) };
        let order = resource(1, &[60], &[]);
        let flow = Flow::of([&medicine, &order].into_iter());
        assert_eq!(flow.classes(&order), one(SensitivityClass::Hiv));
    }

    fn any_ties() -> impl Strategy<Value = Ties> {
        let few = || proptest::collection::vec(0u64..12, 0..3);
        (0u8..64, 0u8..64, few(), few(), few(), few(), proptest::bool::weighted(0.6)).prop_map(
            |(labels, codes, addresses, refers_to, visits, same_as, open)| Ties {
                labels: Classes::from_byte(if open { 0 } else { labels }),
                codes: Classes::from_byte(if open { 0 } else { codes }),
                addresses,
                refers_to,
                visits,
                same_as,
                ..Ties::default()
            },
        )
    }

    proptest! {
        /// Proves N4: another resource never takes a class away, and the order does not matter.
        #[test]
        fn the_stricter_wins(all in proptest::collection::vec(any_ties(), 1..8), more in any_ties()) {
            let flow = Flow::of(all.iter());
            prop_assert_eq!(&flow, &Flow::of(all.iter().rev()));
            let stricter = Flow::of(all.iter().chain([&more]));
            for ties in &all {
                prop_assert!(flow.classes(ties).covers(ties.own()));
                prop_assert!(stricter.classes(ties).covers(flow.classes(ties)));
            }
        }
    }
}
