//! Getting what is new.

use std::sync::Arc;

use plainchart::{
    CancelToken, PersonId, Plainchart, PlainchartError, ProgressListener, SignInReason, SyncOptions, SyncReport,
};

use crate::app::{App, cancel_on_interrupt, runtime};
use crate::arguments::Sync;
use crate::failure::{Failure, exit};
use crate::page::{Row, Style, Text};
use crate::progress::{Teller, plain_type};
use crate::show;

pub fn run(app: &mut App, asked: &Sync) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let runtime = runtime()?;
    let cancel = cancel_on_interrupt(&runtime);
    let one = asked.person.as_deref().map(|text| store.find_person(text)).transpose()?;
    let people = match &one {
        Some(person) => vec![person.clone()],
        None => everyone(&store)?,
    };
    let mut complete = true;
    let mut synced = false;
    for person in people {
        match runtime.block_on(sync(&store, &person, asked.full, &cancel)) {
            Ok(report) => {
                synced = true;
                complete &= report.is_complete();
                answer(app, &store, &person, &report)?;
            }
            // Someone whose record came as a file has no hospital to ask.
            Err(PlainchartError::SignInRequired { reason: SignInReason::NeverConnected }) if one.is_none() => {}
            Err(error) => {
                store.close()?;
                return Err(error.into());
            }
        }
    }
    store.close()?;
    if !synced {
        return Err(PlainchartError::SignInRequired { reason: SignInReason::NeverConnected }.into());
    }
    if asked.strict && !complete {
        return Err(Failure::said(exit::SERVER, "Not everything came, or something was set aside."));
    }
    Ok(())
}

fn everyone(store: &Plainchart) -> Result<Vec<PersonId>, Failure> {
    Ok(store.people()?.iter().map(|person| store.find_person(&person.id)).collect::<Result<_, _>>()?)
}

async fn sync(
    store: &Plainchart,
    person: &PersonId,
    full: bool,
    cancel: &CancelToken,
) -> Result<SyncReport, PlainchartError> {
    let teller = Arc::new(Teller::new());
    let listener: Arc<dyn ProgressListener> = Arc::clone(&teller) as Arc<dyn ProgressListener>;
    let report = store.sync(person, SyncOptions { full }, listener, cancel).await;
    teller.done();
    report
}

fn answer(app: &mut App, store: &Plainchart, person: &PersonId, report: &SyncReport) -> Result<(), Failure> {
    if app.output.is_json() {
        return app.output.json(report);
    }
    let (view, now_ms) = (store.person(person)?, app.now_ms());
    let page = &mut app.output.page;
    show::whose(page, &view, now_ms)?;
    let rows: Vec<Row> = report
        .types
        .iter()
        .map(|kind| {
            let mut text = Text::plain(format!("{} came, {} in the chart", kind.received, kind.in_chart));
            if kind.withdrawn > 0 {
                text.push(format!(", {} no longer at the hospital", kind.withdrawn), Style::Plain);
            }
            if kind.set_aside > 0 {
                text.push(format!(", {} set aside", kind.set_aside), Style::Notice);
            }
            if let Some(problem) = kind.problem {
                text.push(format!("; not complete ({})", problem.replace('_', " ")), Style::Notice);
            }
            (Text::strong(plain_type(&kind.resource_type)), text)
        })
        .collect();
    page.rows(&rows, 2)?;
    if report.bodies_wanted > 0 {
        page.text(format!("The text of {} notes is not here yet. Sync again to get it.", report.bodies_wanted))?;
    }
    for (reason, count) in &report.reasons {
        page.text(Text::quiet(show::set_aside(reason, *count)))?;
    }
    // Of a chart that is read for someone else the cost is not told (N4).
    if report.requests > 0 {
        page.text(Text::quiet(format!("{} requests, {} KB.", report.requests, report.bytes.div_ceil(1024))))?;
    }
    Ok(())
}
