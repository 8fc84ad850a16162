//! Whose chart it is stands on every heading (P1).

use std::io;

use plainchart::{ChartView, PersonView, Reader, words};

use crate::dates;
use crate::page::{Page, Text};

const NO_NAME: &str = "a person without a name";

/// A name to show.
pub fn name_of(person: &PersonView) -> &str {
    person.name.as_deref().unwrap_or(NO_NAME)
}

/// How the reader stands to the chart.
pub fn reads_as(reader: &Reader) -> String {
    match reader {
        Reader::Own => "your own chart".to_owned(),
        Reader::File => "a record you opened as a file".to_owned(),
        Reader::Helper { until_ms, unconfirmed_since_ms } => {
            let mut text = "you help this person".to_owned();
            if let Some(until_ms) = until_ms {
                text.push_str(", until ");
                text.push_str(&dates::on(*until_ms));
            }
            if let Some(since_ms) = unconfirmed_since_ms {
                text.push_str("; not confirmed by the hospital since ");
                text.push_str(&dates::on(*since_ms));
            }
            text
        }
        Reader::Ended => "this access has ended or could not be renewed".to_owned(),
    }
}

/// Where a chart comes from, and as of when (D6).
pub fn source_line(chart: &ChartView, now_ms: i64) -> String {
    let from = match chart.source.as_str() {
        source if chart.from_file && source != "a file" => format!("{source} (a file)"),
        source => source.to_owned(),
    };
    match chart.as_of_ms {
        Some(as_of_ms) => format!("{from}, as of {}", dates::moment(as_of_ms, now_ms)),
        None => format!("{from}, never synced"),
    }
}

/// The heading of everything about a person, and the constant sentence of someone else's chart (N4).
pub fn whose(page: &mut Page, person: &PersonView, now_ms: i64) -> io::Result<()> {
    let mut name = name_of(person).to_uppercase();
    if let Some(age) = person
        .birth_date
        .as_deref()
        .and_then(|born| dates::age(born, dates::today(now_ms)))
        .filter(|_| !person.deceased)
    {
        name.push_str(&format!(", {age}"));
    }
    let mut parts = vec![name, reads_as(&person.reader)];
    parts.extend(person.charts.iter().map(|chart| source_line(chart, now_ms)));
    page.heading(&parts)?;
    if matches!(person.reader, Reader::Helper { .. } | Reader::Ended) {
        page.text(Text::quiet(words::say("sensitivity.proxy", &[])))?;
    }
    Ok(())
}
