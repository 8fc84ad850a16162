//! Results and vital signs (R1): the lab's words, the lab's range, the lab's flag; nothing that it did not give.

use plainchart_access::{Act, PersonId};
use plainchart_glossary::Glossary;
use plainchart_record::observation::ObservationKind;
use plainchart_record::results::ResultLine;
use plainchart_record::{FhirTime, ResultRecord};

use super::notes::{Window, tell_damage};
use super::people::Source;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::{Listing, ResultView, Time};

/// Searches whose as-of time is that of the results.
const RESULT_SEARCHES: &[&str] = &["observation-laboratory", "observation-vital-signs"];

impl Session {
    /// The results and vital signs of a person, newest first, from all sources (D9).
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn results(&self, person: &PersonId, window: Window) -> Result<Listing<ResultView>, PlainchartError> {
        let (mut all, mut beyond) = (Vec::new(), 0);
        let mut sources = Vec::new();
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedResults)?;
            sources.push(self.source_state(id, RESULT_SEARCHES)?);
            if let Some(pages) = self.front_pages(id, Act::ListedResults, window)? {
                for page in pages {
                    beyond += page.results.total - page.results.newest.len() as u64;
                    all.extend(page.results.newest);
                }
                continue;
            }
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let open = items
                .results
                .iter()
                .filter(|result| self.may_list(id, Act::ListedResults, &result.item, result.received_ms));
            all.extend(open.map(|result| (result.view.order, result.view.clone())));
        }
        let (items, total) = window.cut(all, beyond);
        Ok(Listing { person: person.to_string(), items, total, sources })
    }
}

pub(super) fn result_view(glossary: &Glossary, record: &ResultRecord, id: String, source: &Source) -> ResultView {
    let mut view = line_view(glossary, &record.line, id, source);
    view.kind = match record.kind {
        ObservationKind::Laboratory => "laboratory",
        ObservationKind::VitalSigns => "vital_sign",
        _ => "other",
    }
    .to_owned();
    view.status = record.status.plain().map(str::to_owned);
    view.date = record.when.as_ref().or(record.issued.as_ref()).map(Time::of);
    view.order = record.when.as_ref().or(record.issued.as_ref()).map_or(i64::MIN, FhirTime::order_key);
    view.notes.clone_from(&record.notes);
    view.parts = record
        .parts
        .iter()
        .enumerate()
        .map(|(number, part)| {
            let mut part = line_view(glossary, part, format!("{}.{number}", view.id), source);
            part.kind.clone_from(&view.kind);
            part
        })
        .collect();
    view
}

fn line_view(glossary: &Glossary, line: &ResultLine, id: String, source: &Source) -> ResultView {
    let entry = line.loinc.as_deref().and_then(|code| glossary.by_code("loinc", code));
    // Without LOINC the lab's own name, and no explanation (R1).
    let plain =
        entry.and_then(|entry| entry.senses().next().and_then(|sense| sense.plain).or_else(|| entry.forms().next()));
    let own = line.name.clone();
    let name = plain.map(str::to_owned).or_else(|| own.clone()).unwrap_or_else(|| "A result without a name".to_owned());
    let range = |range: &plainchart_record::results::ShownRange| {
        let mut text = range.text.clone();
        for detail in range.applies_to.iter().chain(&range.age) {
            text.push_str(" (");
            text.push_str(detail);
            text.push(')');
        }
        text
    };
    let flag = |flag: &plainchart_record::interpretation::Flag| {
        flag.word.map_or_else(|| format!("the lab's mark: {}", flag.recorded), |word| word.plain.to_owned())
    };
    ResultView {
        id,
        kind: String::new(),
        source_name: own.filter(|own| !own.eq_ignore_ascii_case(&name)),
        name,
        loinc: line.loinc.clone(),
        measures: entry.and_then(|entry| entry.measures()).map(str::to_owned),
        why: entry.and_then(|entry| entry.why()).map(str::to_owned),
        value: line.value.as_ref().map(|value| value.text.clone()),
        unit: line.value.as_ref().and_then(|value| value.unit.clone()),
        absent: line.absent.as_ref().and_then(|absent| absent.plain.map(str::to_owned).or(absent.recorded.clone())),
        ranges: line.ranges.iter().map(range).collect(),
        flags: line.flags.iter().map(flag).collect(),
        status: None,
        date: None,
        parts: Vec::new(),
        notes: Vec::new(),
        source: source.name.clone(),
        as_of: source.as_of_ms,
        withdrawn: false,
        order: i64::MIN,
    }
}
