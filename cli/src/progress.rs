//! Progress on standard error: one line that is written over on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use plainchart::{EntryKind, PlainchartError, Progress, ProgressListener, words};

use crate::page::Page;
use crate::terminal;

/// Tells a reader what happens.
pub struct Teller {
    state: Mutex<State>,
}

struct State {
    page: Page,
    is_terminal: bool,
    last: &'static str,
}

impl Teller {
    pub fn new() -> Self {
        let is_terminal = io::stderr().is_terminal();
        let page = Page::new(Box::new(io::stderr()), terminal::width(), false);
        Self { state: Mutex::new(State { page, is_terminal, last: "" }) }
    }

    /// Takes the passing line away.
    pub fn done(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_terminal {
            let _ = state.page.clear_passing().and_then(|()| state.page.flush());
        }
    }
}

impl ProgressListener for Teller {
    fn progress(&self, progress: &Progress) -> Result<(), PlainchartError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kind(progress);
        // Progress that cannot be shown is no reason to stop.
        let _ = if state.is_terminal {
            state.page.passing(&sentence(progress))
        } else if kind != state.last || matches!(progress, Progress::Waiting { .. }) {
            state.page.text(sentence(progress))
        } else {
            Ok(())
        };
        state.last = kind;
        Ok(())
    }
}

fn kind(progress: &Progress) -> &'static str {
    match progress {
        Progress::Fetching { resource_type, .. } => resource_type,
        Progress::Waiting { .. } => "waiting",
        Progress::Bodies { .. } => "bodies",
    }
}

/// What a FHIR type is called here.
pub fn plain_type(resource_type: &str) -> String {
    let own = match resource_type {
        "Patient" => Some("name and birth date"),
        "Practitioner" => Some("names of clinicians"),
        "PractitionerRole" => Some("where clinicians work"),
        "Organization" => Some("names of clinics"),
        "Location" => Some("places"),
        "Medication" => Some("names of medicines"),
        "RelatedPerson" => Some("family and helpers"),
        "file" => Some("entries of the file"),
        _ => None,
    };
    let list = match resource_type {
        "DocumentReference" => Some("notes"),
        "DiagnosticReport" => Some("reports"),
        "Observation" => Some("results"),
        "MedicationRequest" => Some("medicines"),
        "ServiceRequest" => Some("referrals"),
        other => EntryKind::of_type(other).map(EntryKind::code),
    };
    let listed = || words::find(&format!("list.what.{}", list?));
    own.map(str::to_owned).or_else(listed).unwrap_or_else(|| resource_type.to_owned())
}

/// One line about what happens.
pub fn sentence(progress: &Progress) -> String {
    match progress {
        Progress::Fetching { resource_type, done: 0, total: None } => {
            format!("Getting {} ...", plain_type(resource_type))
        }
        Progress::Fetching { resource_type, done, total: None } => {
            format!("Getting {}: {done}", plain_type(resource_type))
        }
        Progress::Fetching { resource_type, done, total: Some(total) } => {
            format!("Getting {}: {done} of {total}", plain_type(resource_type))
        }
        Progress::Waiting { seconds } => waiting("The hospital", *seconds),
        Progress::Bodies { done, total } => format!("Getting the text of notes: {done} of {total}"),
    }
}

/// "Lakeside asked us to wait 2 seconds."
pub fn waiting(who: &str, seconds: u32) -> String {
    let plural = if seconds == 1 { "" } else { "s" };
    format!("{who} asked us to wait {seconds} second{plural}.")
}
