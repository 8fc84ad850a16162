//! Who read what of a person's chart on this computer (P6).

use plainchart::{Act, LogCheck, LogEntry, LogLine, Outcome};
use serde::Serialize;

use crate::app::App;
use crate::arguments::Log;
use crate::failure::{Failure, exit};
use crate::page::{Row, Style, Text};
use crate::{dates, show};

#[derive(Serialize)]
struct Answer<'l> {
    person: &'l str,
    lines: &'l [LogEntry],
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<LogCheck>,
}

pub fn run(app: &mut App, asked: &Log) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let lines = store.access_log(&id)?;
    let check = if asked.verify { Some(store.verify_log()?) } else { None };
    store.close()?;
    if app.output.is_json() {
        app.output.json(&Answer { person: &person.id, lines: &lines, check })?;
    } else {
        let now_ms = app.now_ms();
        show::whose(&mut app.output.page, &person, now_ms)?;
        app.output.page.rows(&lines.iter().map(|entry| row(&entry.line, now_ms)).collect::<Vec<_>>(), 2)?;
        if let Some(check) = check.filter(|check| check.whole) {
            app.output.page.text(format!(
                "All {} lines of everyone's log were checked: none was changed or taken out.",
                check.lines
            ))?;
        }
    }
    match check {
        Some(check) if !check.whole => Err(plainchart::PlainchartError::VaultDamaged.into()),
        _ if lines.is_empty() => Err(Failure::said(exit::NOT_DONE, "Nothing was written down for this person yet.")),
        _ => Ok(()),
    }
}

/// A line of the log on a page.
pub fn row(line: &LogLine, now_ms: i64) -> Row {
    let mut text = Text::plain(act(line.act));
    if let Some(id) = &line.resource {
        text.push(format!(" {id}"), Style::Quiet);
    }
    match line.outcome {
        Outcome::Done => {}
        Outcome::Held => text.push("  (you asked to wait with it)", Style::Notice),
        Outcome::Refused => text.push("  (refused)", Style::Notice),
    }
    (Text::quiet(dates::moment(line.time_ms, now_ms)), text)
}

/// What was done, as said to who did it.
const fn act(act: Act) -> &'static str {
    match act {
        Act::OpenedNote => "You opened a note",
        Act::ListedNotes => "You looked at the list of notes",
        Act::ListedResults => "You looked at the list of results",
        Act::OpenedResult => "You opened a result",
        Act::ListedMedicines => "You looked at the list of medicines",
        Act::ListedReferrals => "You looked at the list of referrals and orders",
        Act::ListedRecord => "You looked at another list of the record",
        Act::OpenedItem => "You opened an item of the record",
        Act::OpenedAttachment => "You opened a file",
        Act::ExplainedNote => "You had the words of a note explained",
        Act::Searched => "You searched",
        Act::Exported => "You took a copy out",
        Act::ReadLog => "You read this log",
        Act::SignedIn => "You signed in",
        Act::SignedOut => "You signed out",
        Act::Synced => "You got what was new",
        Act::Imported => "You brought a file in",
        Act::ChangedLease => "Your access was set up or changed",
        Act::Erased => "You erased the chart",
    }
}
