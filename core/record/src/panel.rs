//! Results in the order of a screen: each once, members under their parent, what is missing said (R1).
//!
//! The arrangement works on places, not on resources: [`Places`] turns references into places, [`arrange`] orders them.
//! Components are no results of their own; they stay with theirs.

mod places;

use std::collections::{HashMap, HashSet};

use crate::redact::hidden_debug;

pub use places::Places;

/// Members deeper than this are listed at this depth. Laboratories nest two levels.
const MAX_DEPTH: usize = 8;

/// Something that a report or a result names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Member {
    /// The result at this place.
    Here(usize),
    /// A result that is not there.
    NotShared {
        /// The words beside the reference.
        name: Option<String>,
        /// Tells one missing result from another.
        address: String,
    },
}

hidden_debug!(Member);

/// What one line of a screen shows.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// The result at this place. Stands in one line only.
    Result(usize),
    /// The result at this place, which is shown elsewhere.
    Elsewhere(usize),
    /// A result that is named and not there.
    NotShared {
        /// The words beside the reference.
        name: Option<String>,
    },
}

hidden_debug!(Shown);

/// One line of a screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// 0 for a line of the report itself, 1 for a member of such a line ...
    pub depth: usize,
    /// What it shows.
    pub shown: Shown,
}

hidden_debug!(Row);

/// Lines that belong together.
#[derive(Clone, PartialEq, Eq)]
pub struct Group {
    /// The report they belong to; none for a result that no report names.
    pub report: Option<usize>,
    /// In order.
    pub rows: Vec<Row>,
}

hidden_debug!(Group, rows);

/// Arranges results: first the reports in the order given, each with its results in the laboratory's order, then the
/// results that no report names, in the order given. Every result of `results` gets one line of its own, whatever the
/// references say.
///
/// `reports` holds what each report names, `results` what each result has as members. `newer` gives, for a result of
/// which a newer version is in the list, the place of that version, as [`crate::duplicate::newer_versions`] does: the
/// newer one stands in its place.
#[must_use]
pub fn arrange(reports: &[Vec<Member>], results: &[Vec<Member>], newer: &[Option<usize>]) -> Vec<Group> {
    let mut desk = Desk { results, newer, shown: vec![false; results.len()] };
    let mut groups: Vec<Group> = Vec::new();
    for (number, named) in reports.iter().enumerate() {
        let rows = desk.rows_of(&distinct(named.iter().map(|member| desk.current(member)), None));
        groups.push(Group { report: Some(number), rows });
    }
    // What hangs under another result comes with it; what is left after that is part of a circle.
    let mut is_member = vec![false; results.len()];
    for (place, members) in results.iter().enumerate() {
        for member in members.iter().map(|member| desk.current(member)) {
            if let Member::Here(at) = member
                && at != place
                && let Some(flag) = is_member.get_mut(at)
            {
                *flag = true;
            }
        }
    }
    for members_too in [false, true] {
        for place in 0..results.len() {
            let is_root = members_too || is_member.get(place) == Some(&false);
            if is_root && desk.is_open(place) && desk.standing(place) == place {
                groups.push(Group { report: None, rows: desk.rows_of(&[Member::Here(place)]) });
            }
        }
    }
    groups
}

struct Desk<'a> {
    results: &'a [Vec<Member>],
    newer: &'a [Option<usize>],
    shown: Vec<bool>,
}

impl Desk<'_> {
    /// The member, by its newest version.
    fn current(&self, member: &Member) -> Member {
        match member {
            Member::Here(at) if *at < self.results.len() => Member::Here(self.standing(*at)),
            Member::Here(at) => Member::NotShared { name: None, address: at.to_string() },
            missing => missing.clone(),
        }
    }

    /// The place of the newest version, or the place itself.
    fn standing(&self, place: usize) -> usize {
        let of = |at: usize| self.newer.get(at).copied().flatten();
        of(place).filter(|at| *at < self.results.len() && of(*at).is_none()).unwrap_or(place)
    }

    fn is_open(&self, place: usize) -> bool {
        self.shown.get(place) == Some(&false)
    }

    fn members(&self, place: usize) -> Vec<Member> {
        let named = self.results.get(place).map(Vec::as_slice).unwrap_or_default();
        distinct(named.iter().map(|member| self.current(member)), Some(place))
    }

    /// The lines of a report. A result that is named beside its own parent stands under the parent alone.
    fn rows_of(&mut self, named: &[Member]) -> Vec<Row> {
        let under_another = self.below(named);
        let is_below = |member: &Member| matches!(member, Member::Here(at) if under_another.contains(at));
        let (below, roots): (Vec<&Member>, Vec<&Member>) = named.iter().partition(|member| is_below(member));
        let mut rows = Vec::new();
        for member in roots {
            self.descend(member, &mut rows);
        }
        // Only results in a circle are still to be shown: each is under another and none is at the top.
        for member in below {
            if matches!(member, Member::Here(at) if self.is_open(*at)) {
                self.descend(member, &mut rows);
            }
        }
        rows
    }

    /// The results that stand somewhere under those named here.
    fn below(&self, named: &[Member]) -> HashSet<usize> {
        let mut seen = HashSet::new();
        let mut found = HashSet::new();
        let mut open: Vec<usize> = named.iter().filter_map(place_of).collect();
        while let Some(place) = open.pop() {
            // What is shown under an earlier report brings no members with it here.
            if self.is_open(place) && seen.insert(place) {
                for member in self.members(place).iter().filter_map(place_of) {
                    found.insert(member);
                    open.push(member);
                }
            }
        }
        found
    }

    /// Writes a member and all under it. Without recursion: the depth is that of outside data.
    fn descend(&mut self, member: &Member, rows: &mut Vec<Row>) {
        let mut open = vec![(0, member.clone())];
        while let Some((depth, member)) = open.pop() {
            let at_depth = depth.min(MAX_DEPTH);
            match member {
                Member::NotShared { name, .. } => rows.push(Row { depth: at_depth, shown: Shown::NotShared { name } }),
                Member::Here(place) if !self.is_open(place) => {
                    rows.push(Row { depth: at_depth, shown: Shown::Elsewhere(place) });
                }
                Member::Here(place) => {
                    if let Some(flag) = self.shown.get_mut(place) {
                        *flag = true;
                    }
                    rows.push(Row { depth: at_depth, shown: Shown::Result(place) });
                    open.extend(self.members(place).into_iter().rev().map(|member| (depth + 1, member)));
                }
            }
        }
    }
}

fn place_of(member: &Member) -> Option<usize> {
    match member {
        Member::Here(place) => Some(*place),
        Member::NotShared { .. } => None,
    }
}

/// Each member once, and none that names its own parent. A missing one has the first name given to it.
fn distinct(members: impl Iterator<Item = Member>, parent: Option<usize>) -> Vec<Member> {
    let mut kept: Vec<Member> = Vec::new();
    let mut places: HashMap<Result<usize, String>, usize> = HashMap::new();
    for member in members.filter(|member| place_of(member).is_none_or(|at| Some(at) != parent)) {
        let key = match &member {
            Member::Here(at) => Ok(*at),
            Member::NotShared { address, .. } => Err(address.clone()),
        };
        let before = places.get(&key).and_then(|at| kept.get_mut(*at));
        match (before, member) {
            (Some(Member::NotShared { name: known, .. }), Member::NotShared { name, .. }) => {
                *known = known.take().or(name);
            }
            (Some(_), _) => {}
            (None, member) => {
                places.insert(key, kept.len());
                kept.push(member);
            }
        }
    }
    kept
}
