//! What came of requests: an index of everything in a chart that names one, made once (R5).

use std::collections::HashMap;

use plainchart_access::{Item, Kind};
use plainchart_record::identity::lookups;
use plainchart_record::referral_answer::{AnswerKind, AnswerStanding};
use plainchart_record::{DiagnosticReport, FhirTime, Target, answer};

use super::items::{ItemPlace, Shelf, day};
use super::links::own_tie;
use crate::ingest::Tie;
use crate::stored::{Life, StoredResource};

/// Members that can name a request. Most resources have none of them; looking costs less than reading.
const NAMING: [&str; 3] = ["\"basedOn\"", "\"related\"", "\"focus\""];

/// One resource that names a request.
pub struct Answered {
    /// What sort of answer it is.
    pub kind: AnswerKind,
    /// Whether it has happened.
    pub standing: AnswerStanding,
    /// When it happened or is set for.
    pub when: Option<FhirTime>,
    /// What it is called, where it stands in no list.
    pub title: Option<String>,
    /// What it goes by in the lists.
    pub tie: Option<Tie>,
    /// Its facts for the gate, where it stands in no list.
    pub item: Item,
    /// When it came, ms since 1970 UTC.
    pub received_ms: i64,
}

/// All answers of a chart, by what they name.
#[derive(Default)]
pub struct Answers {
    all: Vec<Answered>,
    by_request: HashMap<Target, Vec<usize>>,
}

impl Answers {
    /// Adds a resource if it answers a request. What was recorded by mistake, or is gone, answers none.
    pub(super) fn add(&mut self, shelf: &Shelf<'_>, place: &ItemPlace, stored: &StoredResource) {
        if stored.header.life == Life::Withdrawn || !NAMING.iter().any(|member| stored.raw.contains(member)) {
            return;
        }
        let Ok(Some(answer)) = answer(&stored.raw) else { return };
        if answer.standing == AnswerStanding::EnteredInError {
            return;
        }
        let at = self.all.len();
        for target in answer.requests.iter().flat_map(|reference| lookups(reference, shelf.base)) {
            let named = self.by_request.entry(target).or_default();
            if named.last() != Some(&at) {
                named.push(at);
            }
        }
        let kind = if answer.kind == AnswerKind::Report { Kind::Result } else { Kind::Other };
        let date = day(answer.when.as_ref());
        let report = (answer.kind == AnswerKind::Report).then(|| DiagnosticReport::read(&stored.raw).ok()).flatten();
        self.all.push(Answered {
            kind: answer.kind,
            standing: answer.standing,
            when: answer.when,
            title: report.and_then(|report| report.title().map(str::to_owned)),
            tie: own_tie(place, stored),
            item: Item { kind, classes: place.classes, date, id: String::new() },
            received_ms: stored.header.received_ms,
        });
    }

    /// What names the request that goes by these targets, newest first.
    pub(super) fn of(&self, targets: &[Target]) -> Vec<&Answered> {
        let mut at: Vec<usize> =
            targets.iter().filter_map(|target| self.by_request.get(target)).flatten().copied().collect();
        at.sort_unstable();
        at.dedup();
        let mut found: Vec<&Answered> = at.into_iter().filter_map(|at| self.all.get(at)).collect();
        found.sort_by_key(|answer| std::cmp::Reverse(answer.when.as_ref().map_or(i64::MIN, FhirTime::order_key)));
        found
    }
}
