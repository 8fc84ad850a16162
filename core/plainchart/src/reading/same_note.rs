//! Which entries are one note, and which note stands in the list for its versions (D2, D4).
//!
//! One note: entries that share an address of a body, or `masterIdentifier`, type and date; that share the bytes of a body, unless they
//! belong to different visits; that share another business identifier, if they are of two types and nothing else has it
//! (hospitals number visits and samples in the same way). Never two versions of one document.
//! Of the entries of one note a DocumentReference stands in the list before a DiagnosticReport, one in use before a
//! superseded one, then the newest. What can be read in any of them is shown, and the stricter label holds for all.
//!
//! In the list stands what nothing else replaces, adds to or signs; a recording stands beside its transcript. What was
//! entered in error takes no part.

use std::collections::{HashMap, HashSet, VecDeque};

use super::note_facts::{NoteFacts, Relation};
use crate::ingest::Tie;

/// Most versions told of one note.
const MOST_VERSIONS: usize = 200;

/// One entry that the reader may see.
#[derive(Clone, Copy)]
pub struct Entry<'e> {
    /// `DocumentReference/1`.
    pub key: &'e str,
    /// What other resources call it.
    pub addresses: &'e [Tie],
    /// What ties it to others.
    pub facts: &'e NoteFacts,
    /// Its place in time.
    pub order: i64,
}

/// One note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Its entries, the one that stands for it first.
    pub entries: Vec<usize>,
    /// Whether it stands in the list.
    pub stands: bool,
    /// Notes that belong to it: the first entry of each and FHIR's code of what this one does to it.
    pub versions: Vec<(usize, &'static str)>,
}

/// Puts entries into notes; each entry is in exactly one.
#[must_use]
pub fn fold(entries: &[Entry<'_>]) -> Vec<Group> {
    let order = best_first(entries);
    let related = Related::of(entries);
    let mut groups = twins(entries, &order, &related);
    let mut group_of = vec![0; entries.len()];
    for (at, group) in groups.iter().enumerate() {
        for entry in &group.entries {
            if let Some(place) = group_of.get_mut(*entry) {
                *place = at;
            }
        }
    }
    let edges = Edges::of(entries, &related, &group_of, groups.len());
    let stands = edges.stands();
    let firsts: Vec<usize> = groups.iter().map(|group| group.entries.first().copied().unwrap_or(0)).collect();
    for (at, group) in groups.iter_mut().enumerate() {
        group.stands = stands.contains(&at);
        group.versions =
            edges.reached_from(at).into_iter().map(|(to, code)| (firsts.get(to).copied().unwrap_or(0), code)).collect();
        let when = |entry: usize| entries.get(entry).map_or(i64::MIN, |entry| entry.order);
        group.versions.sort_by_key(|(entry, _)| std::cmp::Reverse(when(*entry)));
    }
    groups
}

/// Indices, what should stand for others first.
fn best_first(entries: &[Entry<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| {
        entries.get(*at).map(|entry| {
            let is_report = !entry.key.starts_with("DocumentReference/");
            (is_report, !entry.facts.is_current, std::cmp::Reverse(entry.order), entry.key)
        })
    });
    order
}

/// Entries that name each other.
struct Related {
    /// From, what it does, to.
    edges: Vec<(usize, Relation, usize)>,
    /// Which entries hang together, by number.
    component: Vec<usize>,
}

impl Related {
    fn of(entries: &[Entry<'_>]) -> Self {
        let mut by_address: HashMap<Tie, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for address in entry.addresses {
                by_address.entry(*address).or_default().push(at);
            }
        }
        let mut edges = Vec::new();
        let mut sets = Sets::new(entries.len());
        for (from, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.facts.is_void) {
            for (relation, target) in &entry.facts.relations {
                let named = by_address.get(target).map(Vec::as_slice).unwrap_or_default();
                let Some(to) = the_one(entries, named).filter(|to| *to != from) else { continue };
                if entries.get(to).is_some_and(|other| !other.facts.is_void) {
                    edges.push((from, *relation, to));
                    sets.join(from, to);
                }
            }
        }
        let component = (0..entries.len()).map(|at| sets.find(at)).collect();
        Self { edges, component }
    }
}

/// The one note that an address names. A number that several notes have names none of them.
fn the_one(entries: &[Entry<'_>], named: &[usize]) -> Option<usize> {
    let (first, rest) = named.split_first()?;
    let facts = |at: &usize| entries.get(*at).map(|entry| entry.facts);
    let same = |other: &usize| {
        facts(first).zip(facts(other)).is_some_and(|(one, other)| {
            let shares = |one: &[Tie], other: &[Tie]| one.iter().any(|mark| other.contains(mark));
            shares(&one.marks, &other.marks) || shares(&one.bytes, &other.bytes)
        })
    };
    rest.iter().all(same).then_some(*first)
}

fn twins(entries: &[Entry<'_>], order: &[usize], related: &Related) -> Vec<Group> {
    let mut sets = Sets::new(entries.len());
    // Components of relations that a set reaches into: two of one component are two versions.
    let mut reach: Vec<Vec<usize>> = related.component.iter().map(|component| vec![*component]).collect();
    let mut join = |sets: &mut Sets, a: usize, b: usize| {
        let (a, b) = (sets.find(a), sets.find(b));
        let both = reach.get(a).zip(reach.get(b));
        if a == b || both.is_none_or(|(one, other)| one.iter().any(|component| other.contains(component))) {
            return;
        }
        let mut merged: Vec<usize> = both.map(|(one, other)| [one.as_slice(), other].concat()).unwrap_or_default();
        merged.sort_unstable();
        let root = sets.join(a, b);
        if let Some(place) = reach.get_mut(root) {
            *place = merged;
        }
    };
    let shared = |list: fn(&NoteFacts) -> &[Tie]| {
        let mut by_mark: HashMap<Tie, Vec<usize>> = HashMap::new();
        for at in order {
            let Some(entry) = entries.get(*at).filter(|entry| !entry.facts.is_void) else { continue };
            for mark in list(entry.facts) {
                by_mark.entry(*mark).or_default().push(*at);
            }
        }
        let mut shared: Vec<(Tie, Vec<usize>)> = by_mark.into_iter().filter(|(_, all)| all.len() > 1).collect();
        shared.sort_unstable();
        shared
    };
    for (_, all) in shared(|facts| &facts.marks) {
        for (one, other) in all.iter().zip(all.iter().skip(1)) {
            join(&mut sets, *one, *other);
        }
    }
    for (_, all) in shared(|facts| &facts.bytes) {
        // By visit: those without one belong to the first.
        let mut kept: Vec<usize> = Vec::new();
        for at in all {
            let facts = |at: usize| entries.get(at).map(|entry| entry.facts);
            let fits = |other: &&usize| facts(at).zip(facts(**other)).is_some_and(|(a, b)| same_visit(a, b));
            match kept.iter().find(fits) {
                Some(first) => join(&mut sets, *first, at),
                None => kept.push(at),
            }
        }
    }
    for (_, all) in shared(|facts| &facts.numbers) {
        let type_of = |at: usize| entries.get(at).and_then(|entry| entry.key.split_once('/')).map(|(kind, _)| kind);
        if let [one, other] = all.as_slice()
            && type_of(*one) != type_of(*other)
        {
            join(&mut sets, *one, *other);
        }
    }
    let mut at_root: HashMap<usize, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for at in order {
        let root = sets.find(*at);
        let next = groups.len();
        let place = *at_root.entry(root).or_insert(next);
        if place == next {
            groups.push(Group::default());
        }
        if let Some(group) = groups.get_mut(place) {
            group.entries.push(*at);
        }
    }
    groups
}

fn same_visit(one: &NoteFacts, other: &NoteFacts) -> bool {
    one.visits.is_empty() || other.visits.is_empty() || one.visits.iter().any(|visit| other.visits.contains(visit))
}

/// Relations between notes, as a tree hangs: below a note is what it stands for.
struct Edges {
    /// By the upper note: the lower one, FHIR's code downwards, whether the lower one leaves the list.
    down: Vec<Vec<(usize, &'static str, bool)>>,
    /// By the lower note: the upper one, FHIR's code upwards.
    up: Vec<Vec<(usize, &'static str)>>,
}

impl Edges {
    fn of(entries: &[Entry<'_>], related: &Related, group_of: &[usize], groups: usize) -> Self {
        let mut edges = Self { down: vec![Vec::new(); groups], up: vec![Vec::new(); groups] };
        for (from, relation, to) in &related.edges {
            let is_recording = entries.get(*to).is_some_and(|entry| entry.facts.is_recording);
            let ends = group_of.get(*from).copied().zip(group_of.get(*to).copied());
            let Some((from, to)) = ends.filter(|(from, to)| from != to) else { continue };
            let (upper, lower, down, up, leaves) = match relation {
                Relation::Replaces => (from, to, relation.code(), relation.reversed(), true),
                Relation::Transforms => (from, to, relation.code(), relation.reversed(), !is_recording),
                Relation::Appends | Relation::Signs => (to, from, relation.reversed(), relation.code(), true),
            };
            if let Some(below) = edges.down.get_mut(upper) {
                below.push((lower, down, leaves));
            }
            if let Some(above) = edges.up.get_mut(lower) {
                above.push((upper, up));
            }
        }
        edges
    }

    /// The notes that stand in the list. In a circle the one that comes first does: notes are in the order of
    /// [`best_first`].
    fn stands(&self) -> HashSet<usize> {
        let mut leaves = vec![false; self.down.len()];
        for (lower, _, folds) in self.down.iter().flatten() {
            if let Some(place) = leaves.get_mut(*lower) {
                *place |= *folds;
            }
        }
        let mut stands: HashSet<usize> = HashSet::new();
        let mut covered = vec![false; self.down.len()];
        let free = leaves.iter().enumerate().filter(|(_, leaves)| !**leaves).map(|(at, _)| at);
        for at in free.chain(0..self.down.len()).collect::<Vec<_>>() {
            if covered.get(at).copied().unwrap_or(true) {
                continue;
            }
            stands.insert(at);
            let mut open = vec![at];
            while let Some(at) = open.pop() {
                let Some(place) = covered.get_mut(at).filter(|place| !**place) else { continue };
                *place = true;
                let below = self.down.get(at).into_iter().flatten();
                open.extend(below.filter(|(_, _, folds)| *folds).map(|(lower, ..)| *lower));
            }
        }
        stands
    }

    /// Everything above and everything below a note, nearest first, each once.
    fn reached_from(&self, start: usize) -> Vec<(usize, &'static str)> {
        let mut seen = HashSet::from([start]);
        let mut found = Vec::new();
        let down = |at: usize| self.down.get(at).into_iter().flatten().map(|(to, code, _)| (*to, *code)).collect();
        let up = |at: usize| self.up.get(at).cloned().unwrap_or_default();
        let ways: [&dyn Fn(usize) -> Vec<(usize, &'static str)>; 2] = [&down, &up];
        for way in ways {
            let mut open = VecDeque::from([start]);
            while let Some(at) = open.pop_front() {
                for (to, code) in way(at) {
                    if found.len() < MOST_VERSIONS && seen.insert(to) {
                        found.push((to, code));
                        open.push_back(to);
                    }
                }
            }
        }
        found
    }
}

/// Disjoint sets.
struct Sets(Vec<usize>);

impl Sets {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn find(&mut self, mut at: usize) -> usize {
        while let Some(next) = self.0.get(at).copied().filter(|next| *next != at) {
            let further = self.0.get(next).copied().unwrap_or(next);
            if let Some(place) = self.0.get_mut(at) {
                *place = further;
            }
            at = further;
        }
        at
    }

    /// Answers the common root: the lower of the two.
    fn join(&mut self, a: usize, b: usize) -> usize {
        let (a, b) = (self.find(a), self.find(b));
        let (root, other) = (a.min(b), a.max(b));
        if let Some(place) = self.0.get_mut(other) {
            *place = root;
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> impl Strategy<Value = (Vec<Tie>, NoteFacts, i64)> {
        let relation = prop_oneof![
            Just(Relation::Replaces),
            Just(Relation::Transforms),
            Just(Relation::Appends),
            Just(Relation::Signs)
        ];
        let relations = prop::collection::vec((relation, 100_u64..110), 0..3);
        let marks = || prop::collection::vec(1_u64..6, 0..2);
        (0_u64..10, marks(), marks(), marks(), marks(), relations, any::<[bool; 3]>(), -3_i64..3).prop_map(
            |(address, marks, bytes, numbers, visits, relations, [is_void, is_recording, is_current], order)| {
                let facts = NoteFacts { marks, bytes, numbers, visits, relations, is_void, is_recording, is_current };
                (vec![100 + address], facts, order)
            },
        )
    }

    proptest! {
        /// Proves D2, D4: whatever entries say of each other, each is in one note; what was entered in error stands by
        /// itself; and every note stands in the list or can be reached from one that does.
        #[test]
        fn no_entry_is_lost(all in prop::collection::vec(facts(), 0..12)) {
            let keys: Vec<String> = (0..all.len())
                .map(|at| format!("{}/{at}", if at % 3 == 0 { "DiagnosticReport" } else { "DocumentReference" }))
                .collect();
            let entries: Vec<Entry<'_>> = all
                .iter()
                .zip(&keys)
                .map(|((addresses, facts, order), key)| Entry { key, addresses, facts, order: *order })
                .collect();
            let groups = fold(&entries);
            let mut seen: Vec<usize> = groups.iter().flat_map(|group| group.entries.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..entries.len()).collect::<Vec<_>>());
            let reached: HashSet<usize> = groups
                .iter()
                .filter(|group| group.stands)
                .flat_map(|group| group.versions.iter().map(|(at, _)| *at).chain(group.entries.first().copied()))
                .collect();
            for group in &groups {
                prop_assert!(reached.contains(&group.entries[0]));
                let is_void = group.entries.iter().any(|at| entries[*at].facts.is_void);
                prop_assert!(!is_void || group.entries.len() == 1 && group.stands && group.versions.is_empty());
            }
        }
    }
}
