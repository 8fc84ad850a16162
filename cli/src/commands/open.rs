//! Bringing in a record that someone downloaded.

use std::sync::Arc;

use plainchart::{ImportReport, ProgressListener};

use crate::app::{App, cancel_on_interrupt, runtime};
use crate::arguments::Open;
use crate::failure::{Failure, exit};
use crate::page::{Row, Text};
use crate::progress::Teller;
use crate::{dates, show};

/// Skipped files and lines that are named one by one.
const MOST_SKIPPED: usize = 10;

pub fn run(app: &mut App, asked: &Open) -> Result<(), Failure> {
    let store = app.open()?;
    let person = asked.person.as_deref().map(|text| store.find_person(text)).transpose()?;
    let runtime = runtime()?;
    let cancel = cancel_on_interrupt(&runtime);
    let teller = Arc::new(Teller::new());
    let listener: Arc<dyn ProgressListener> = Arc::clone(&teller) as Arc<dyn ProgressListener>;
    let report = store.import(&asked.path, person.as_ref(), listener, &cancel);
    teller.done();
    let report = report?;
    store.close()?;
    if app.output.is_json() {
        app.output.json(&report)?;
    } else {
        say(app, &report)?;
    }
    if asked.strict && (report.in_chart < report.read || !report.skipped.is_empty()) {
        return Err(Failure::said(exit::INVALID_INPUT, "Not everything in it could be used."));
    }
    Ok(())
}

fn say(app: &mut App, report: &ImportReport) -> Result<(), Failure> {
    let page = &mut app.output.page;
    let entries = if report.read == 1 { "entry" } else { "entries" };
    page.text(format!(
        "{} {entries} read, {} in the chart. The file stays where it is; what was read is encrypted here.",
        report.read, report.in_chart
    ))?;
    for aside in &report.set_aside {
        page.indented(show::set_aside(aside.reason, aside.count), 2, 4)?;
    }
    for place in report.skipped.iter().take(MOST_SKIPPED) {
        page.indented(format!("No part of a record: {place}"), 2, 4)?;
    }
    if report.skipped.len() > MOST_SKIPPED {
        page.indented(format!("and {} more", report.skipped.len() - MOST_SKIPPED), 2, 4)?;
    }
    let rows: Vec<Row> = report
        .people
        .iter()
        .map(|person| {
            let born =
                person.birth_date.as_deref().map(|born| format!("born {}, ", dates::day(born))).unwrap_or_default();
            let name = person.name.as_deref().unwrap_or("a person without a name");
            (Text::strong(name), Text::plain(format!("{born}id {}", person.id)))
        })
        .collect();
    page.rows(&rows, 2)?;
    if let [person] = report.people.as_slice() {
        page.text(Text::quiet(format!("Next: plainchart notes --person {}", person.id)))?;
    }
    Ok(())
}
