//! What can be shown over time.

use std::cmp::Reverse;
use std::collections::HashMap;

use plainchart_access::{Act, PersonId};
use plainchart_record::Analyte;
use plainchart_record::trend::shown_together;

use super::super::items::Listed;
use super::super::notes::tell_damage;
use super::super::results::{Desk, Gate, RESULT_SEARCHES, ResultItem, with_unit};
use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::{AnalyteView, Listing};
use crate::words::say;

/// Statuses of results without a value that counts.
const VOID: [&str; 2] = ["cancelled", "entered-in-error"];

struct Entry {
    view: AnalyteView,
    order: i64,
}

impl Session {
    /// The tests of a person that can be shown over time, the newest value first.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn analytes(&self, person: &PersonId) -> Result<Listing<AnalyteView>, PlainchartError> {
        let mut sources = Vec::new();
        let mut entries: HashMap<Analyte, Entry> = HashMap::new();
        for chart in self.charts_of(person)? {
            let id = &chart.facts.chart;
            self.permit(id, Act::ListedResults)?;
            sources.push(self.source_state(id, RESULT_SEARCHES)?);
            let items = self.items_of(id)?;
            tell_damage(&items, &mut sources);
            let heads: Vec<Vec<Analyte>> = items.kept.analytes.iter().map(shown_together).collect();
            let desk = Desk::new(&items, Gate::Reader(self, id, Act::ListedResults));
            for result in desk.current().filter(|result| !is_void(result)) {
                let mut told: Vec<&Analyte> = Vec::new();
                for measure in result.view.measures.iter().filter(|measure| measure.is_number) {
                    let Some(together) = heads.get(measure.analyte) else { continue };
                    let Some(head) = together.first() else { continue };
                    let value = value_of(result, measure.part);
                    match (told.contains(&head), entries.get_mut(head)) {
                        // The second number of a blood pressure.
                        (true, Some(entry)) => entry.add_value(result, value),
                        (_, Some(entry)) => entry.count(result, value),
                        (_, None) => {
                            let entry = Entry::new(head, together.len() > 1, result, measure.part, value);
                            entries.insert(head.clone(), entry);
                        }
                    }
                    told.push(head);
                }
            }
        }
        let mut entries: Vec<Entry> = entries.into_values().collect();
        entries.sort_by(|a, b| {
            (Reverse(a.order), &a.view.name, &a.view.key).cmp(&(Reverse(b.order), &b.view.name, &b.view.key))
        });
        let items: Vec<AnalyteView> = entries.into_iter().map(|entry| entry.view).collect();
        Ok(Listing { person: person.to_string(), total: items.len() as u64, items, sources })
    }
}

fn is_void(result: &Listed<ResultItem>) -> bool {
    result.view.view.status_code.as_deref().is_some_and(|code| VOID.contains(&code))
}

fn value_of(result: &Listed<ResultItem>, part: Option<usize>) -> Option<String> {
    let view = &result.view.view;
    let line = part.map_or(Some(view), |part| view.parts.get(part))?;
    Some(with_unit(line.value.as_deref()?, line.unit.as_deref()))
}

impl Entry {
    fn new(
        head: &Analyte,
        is_pressure: bool,
        result: &Listed<ResultItem>,
        part: Option<usize>,
        value: Option<String>,
    ) -> Self {
        let view = &result.view.view;
        let line = part.and_then(|part| view.parts.get(part)).unwrap_or(view);
        let name = if is_pressure { say("result-list.blood-pressure", &[]) } else { line.name.clone() };
        let loinc = match head {
            Analyte::Loinc(code) if !is_pressure => Some(code.clone()),
            _ => None,
        };
        Self {
            view: AnalyteView {
                key: head.key(),
                name,
                loinc,
                count: 1,
                latest: value,
                date: view.date.clone(),
                result: view.id.clone(),
                sources: vec![view.source.clone()],
            },
            order: view.order,
        }
    }

    fn count(&mut self, result: &Listed<ResultItem>, value: Option<String>) {
        let view = &result.view.view;
        self.view.count += 1;
        if !self.view.sources.contains(&view.source) {
            self.view.sources.push(view.source.clone());
        }
        if view.order > self.order {
            self.order = view.order;
            self.view.latest = value;
            self.view.date.clone_from(&view.date);
            self.view.result.clone_from(&view.id);
        }
    }

    fn add_value(&mut self, result: &Listed<ResultItem>, value: Option<String>) {
        if self.view.result == result.view.view.id
            && let Some((latest, more)) = self.view.latest.as_mut().zip(value)
        {
            latest.push_str(", ");
            latest.push_str(&more);
        }
    }
}
