//! Rows: many small records that are sealed together, found by group (an analyte, a month) and kept in order.
//!
//! A tail segment holds the row changes of one batch in one scope, sorted by tree and group, in the order they were made:
//! count (u32), then per change tree, act (u8 each), group, id (u16 lengths), order (i64), bytes (u32 length).
//! A home block holds one part of a group: group (u16 length), part (u32), count (u32), then per row id, order, bytes.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::scope::Tree;
use crate::wire::{Fields, PutFields};

/// One row of a group.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The row's id within its tree; a row put again under the same tree, group and id replaces it.
    pub id: Vec<u8>,
    /// Where it stands among the rows of its group, ascending; equal ones stand by id.
    pub order: i64,
    /// The content.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row(..)")
    }
}

impl Row {
    /// Bytes a row adds to a block, about.
    pub(crate) fn weight(&self) -> usize {
        self.id.len() + self.bytes.len() + 14
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put_short(&self.id);
        out.put(&self.order.to_le_bytes());
        out.put_long(&self.bytes);
    }

    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Row { id: fields.short()?.to_vec(), order: fields.i64()?, bytes: fields.long()?.to_vec() })
    }
}

/// Tree and group: what rows are found by.
pub(crate) type GroupKey = (Tree, Vec<u8>);

/// What a batch does to a row.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RowChange {
    Put(Row),
    Delete(Vec<u8>),
}

impl fmt::Debug for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RowChange::Put(_) => "Put(..)",
            RowChange::Delete(_) => "Delete(..)",
        })
    }
}

impl RowChange {
    fn id(&self) -> &[u8] {
        match self {
            RowChange::Put(row) => &row.id,
            RowChange::Delete(id) => id,
        }
    }

    fn weight(&self) -> usize {
        match self {
            RowChange::Put(row) => row.weight(),
            RowChange::Delete(id) => id.len() + 14,
        }
    }
}

/// Row changes by group, each group's in the order they were made.
#[derive(Default)]
pub(crate) struct Changes {
    groups: BTreeMap<GroupKey, Vec<RowChange>>,
    weight: usize,
}

impl Changes {
    pub fn push(&mut self, group: GroupKey, change: RowChange) {
        self.weight += change.weight();
        self.groups.entry(group).or_default().push(change);
    }

    pub fn extend(&mut self, newer: Changes) {
        self.weight += newer.weight;
        for (group, changes) in newer.into_groups() {
            self.groups.entry(group).or_default().extend(changes);
        }
    }

    /// Bytes held, about; uncompressed.
    pub fn weight(&self) -> usize {
        self.weight
    }

    pub fn get(&self, group: &GroupKey) -> &[RowChange] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    pub fn groups(&self) -> impl Iterator<Item = (&GroupKey, &Vec<RowChange>)> {
        self.groups.iter()
    }

    pub fn into_groups(mut self) -> BTreeMap<GroupKey, Vec<RowChange>> {
        std::mem::take(&mut self.groups)
    }

    /// A tail segment's content.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(self.weight + self.weight / 2 + 64));
        out.put_u32(self.groups.values().map(Vec::len).sum::<usize>() as u32);
        for ((tree, group), changes) in &self.groups {
            for change in changes {
                let gone;
                let (act, row) = match change {
                    RowChange::Put(row) => (0, row),
                    RowChange::Delete(id) => {
                        gone = Row { id: id.clone(), order: 0, bytes: vec![] };
                        (1, &gone)
                    }
                };
                out.put(&[tree.0, act]);
                out.put_short(group);
                row.put(&mut out);
            }
        }
        out
    }

    pub fn decode(content: &[u8]) -> Option<Self> {
        let mut fields = Fields(content);
        let mut changes = Changes::default();
        for _ in 0..fields.u32()? {
            let (tree, act) = (Tree(fields.u8()?), fields.u8()?);
            let group = (tree, fields.short()?.to_vec());
            let row = Row::read(&mut fields)?;
            let change = match act {
                0 => RowChange::Put(row),
                1 => RowChange::Delete(row.id),
                _ => return None,
            };
            changes.push(group, change);
        }
        fields.is_empty().then_some(changes)
    }
}

/// Tails stay in memory while the vault is open; locking wipes them.
impl Drop for Changes {
    fn drop(&mut self) {
        for change in self.groups.values_mut().flatten() {
            if let RowChange::Put(row) = change {
                row.bytes.zeroize();
            }
        }
    }
}

/// One part of a group, as a home block holds it.
pub(crate) struct Part {
    pub group: Vec<u8>,
    pub number: u32,
    pub rows: Vec<Row>,
}

impl Part {
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(self.weight() + 64));
        out.put_short(&self.group);
        out.put_u32(self.number);
        out.put_u32(self.rows.len() as u32);
        self.rows.iter().for_each(|row| row.put(&mut out));
        out
    }

    pub fn decode(content: &[u8]) -> Option<Self> {
        let mut fields = Fields(content);
        let mut part = Part { group: fields.short()?.to_vec(), number: fields.u32()?, rows: vec![] };
        for _ in 0..fields.u32()? {
            part.rows.push(Row::read(&mut fields)?);
        }
        fields.is_empty().then_some(part)
    }

    pub fn weight(&self) -> usize {
        self.rows.iter().map(Row::weight).sum()
    }
}

/// Lays newer changes over a group's rows; answers them in order.
pub(crate) fn overlay(rows: Vec<Row>, changes: &[RowChange]) -> Vec<Row> {
    let mut last: HashMap<&[u8], &RowChange> = HashMap::with_capacity(changes.len());
    for change in changes {
        last.insert(change.id(), change);
    }
    let mut all: Vec<Row> = rows.into_iter().filter(|row| !last.contains_key(&row.id[..])).collect();
    all.extend(last.into_values().filter_map(|change| match change {
        RowChange::Put(row) => Some(row.clone()),
        RowChange::Delete(_) => None,
    }));
    sort(&mut all);
    all
}

/// By order, then id.
pub(crate) fn sort(rows: &mut [Row]) {
    rows.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
}

/// Lays changes over a group's parts and says which parts are different now. A part takes rows up to `target` bytes; rows
/// past the last part's end begin a new part once it is full, so that old parts stay as they are.
pub(crate) fn fold(parts: &mut Vec<Part>, group: &[u8], changes: Vec<RowChange>, target: usize) -> Vec<usize> {
    let mut last: HashMap<Vec<u8>, RowChange> = HashMap::with_capacity(changes.len());
    for change in changes {
        last.insert(change.id().to_vec(), change);
    }
    let mut touched: Vec<bool> = vec![false; parts.len()];
    for (part, touched) in parts.iter_mut().zip(&mut touched) {
        let before = part.rows.len();
        part.rows.retain(|row| !last.contains_key(&row.id));
        *touched |= part.rows.len() != before;
    }
    let mut new: Vec<Row> = last
        .into_values()
        .filter_map(|change| match change {
            RowChange::Put(row) => Some(row),
            RowChange::Delete(_) => None,
        })
        .collect();
    sort(&mut new);
    let mut spans: Vec<Span> = parts.iter().map(Span::of).collect();
    for row in new {
        let at = home_of(&spans, &row, target);
        if at == parts.len() {
            parts.push(Part { group: group.to_vec(), number: at as u32, rows: vec![] });
            touched.push(true);
            spans.push(Span { end: None, weight: 0 });
        }
        if let (Some(part), Some(touched), Some(span)) = (parts.get_mut(at), touched.get_mut(at), spans.get_mut(at)) {
            span.end = span.end.max(Some(row.order));
            span.weight += row.weight();
            part.rows.push(row);
            *touched = true;
        }
    }
    split_large(parts, &mut touched, group, target);
    let changed: Vec<usize> = touched.iter().enumerate().filter(|(_, touched)| **touched).map(|(at, _)| at).collect();
    for at in &changed {
        if let Some(part) = parts.get_mut(*at) {
            sort(&mut part.rows);
        }
    }
    changed
}

/// How far a part reaches and how full it is.
struct Span {
    /// The highest order in it; none if it is empty.
    end: Option<i64>,
    weight: usize,
}

impl Span {
    fn of(part: &Part) -> Self {
        Span { end: part.rows.iter().map(|row| row.order).max(), weight: part.weight() }
    }
}

/// The part whose stretch of the order a row falls in; past all of them the last one, or a new one when that is full.
fn home_of(spans: &[Span], row: &Row, target: usize) -> usize {
    let filled = || spans.iter().enumerate().filter_map(|(at, span)| Some((span.end?, at)));
    let within = filled().filter(|(end, _)| row.order <= *end).min();
    let newest = filled().max();
    match (within, newest) {
        (Some((_, at)), _) => at,
        (None, Some((_, at))) if spans.get(at).is_some_and(|span| span.weight + row.weight() <= target) => at,
        (None, Some(_)) => spans.iter().position(|span| span.end.is_none()).unwrap_or(spans.len()),
        (None, None) => 0,
    }
}

fn split_large(parts: &mut Vec<Part>, touched: &mut Vec<bool>, group: &[u8], target: usize) {
    for at in 0..parts.len() {
        let Some(part) = parts.get_mut(at).filter(|part| part.weight() > target + target / 4) else { continue };
        sort(&mut part.rows);
        let mut rows = std::mem::take(&mut part.rows).into_iter().peekable();
        let mut pieces: Vec<Vec<Row>> = vec![];
        while rows.peek().is_some() {
            let mut weight = 0;
            let mut piece = vec![];
            while let Some(row) = rows.next_if(|row| piece.is_empty() || weight + row.weight() <= target) {
                weight += row.weight();
                piece.push(row);
            }
            pieces.push(piece);
        }
        let mut pieces = pieces.into_iter();
        part.rows = pieces.next().unwrap_or_default();
        for rows in pieces {
            parts.push(Part { group: group.to_vec(), number: parts.len() as u32, rows });
            touched.push(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change() -> impl Strategy<Value = RowChange> {
        let id = (0_u8..12).prop_map(|id| vec![id]);
        let put = (id.clone(), 0_i64..20, prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(id, order, bytes)| RowChange::Put(Row { id, order, bytes }));
        prop_oneof![4 => put, 1 => id.prop_map(RowChange::Delete)]
    }

    proptest! {
        /// Proves V3: folding a tail into its parts and laying it over the rows give the same group, none lost or doubled.
        #[test]
        fn folding_keeps_what_overlaying_shows(rounds in prop::collection::vec(prop::collection::vec(change(), 0..12), 1..6)) {
            let mut parts: Vec<Part> = vec![];
            let mut shown: Vec<Row> = vec![];
            for changes in rounds {
                shown = overlay(shown, &changes);
                fold(&mut parts, b"g", changes, 100);
                let mut folded: Vec<Row> = parts.iter().flat_map(|part| part.rows.clone()).collect();
                sort(&mut folded);
                prop_assert_eq!(&folded, &shown);
                for (at, part) in parts.iter().enumerate() {
                    prop_assert_eq!(part.number as usize, at);
                    prop_assert!(part.rows.len() <= 1 || part.weight() <= 125);
                }
            }
        }

        /// Proves V3: a segment is read back as it was written, and cut anywhere it is refused rather than misread.
        #[test]
        fn a_cut_segment_is_refused(changes in prop::collection::vec(change(), 1..6), cut in any::<prop::sample::Index>()) {
            let mut all = Changes::default();
            changes.iter().for_each(|change| all.push((Tree(1), b"g".to_vec()), change.clone()));
            let content = all.encode();
            let back = Changes::decode(&content).expect("whole");
            prop_assert!(back.get(&(Tree(1), b"g".to_vec())) == &changes[..]);
            prop_assert!(Changes::decode(&content[..cut.index(content.len())]).is_none());
        }
    }
}
