//! One entry of any list, in full.

use plainchart::{EntryView, MedicineView, PersonId, Plainchart, PlainchartError, ReferralView, ResultDetail, Window};
use serde::Serialize;

use super::lists::Item;
use crate::app::App;
use crate::arguments::Show;
use crate::failure::{Failure, exit};
use crate::show;

/// What an id was found to be.
#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    Entry(Box<EntryView>),
    Result(Box<ResultDetail>),
    Medicine { entry: Box<MedicineView>, heading: String },
    Referral(Box<ReferralView>),
}

pub fn run(app: &mut App, asked: &Show) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let found = find(&store, &id, &asked.id)?;
    store.close()?;
    let person_id = person.id.as_str();
    if app.output.is_json() {
        return match &found {
            Found::Entry(entry) => app.output.json(&Item { person: person_id, item: entry }),
            // It says itself whose it is.
            Found::Result(result) => app.output.json(result),
            Found::Medicine { entry, .. } => app.output.json(&Item { person: person_id, item: entry }),
            Found::Referral(referral) => app.output.json(&Item { person: person_id, item: referral }),
        };
    }
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    show::whose(page, &person, now_ms)?;
    match &found {
        Found::Entry(entry) => show::entry(page, entry)?,
        Found::Result(result) => show::result_open(page, result)?,
        Found::Medicine { entry, heading } => show::medicine_open(page, entry, heading)?,
        Found::Referral(referral) => show::referral_open(page, referral)?,
    }
    Ok(())
}

/// The first letter of an id is its list.
fn find(store: &Plainchart, person: &PersonId, id: &str) -> Result<Found, Failure> {
    Ok(match id.chars().next() {
        Some('n') => {
            store.whose_note(id)?;
            return Err(Failure::said(
                exit::INVALID_INPUT,
                format!("This is a note: `plainchart read {id}` opens it."),
            ));
        }
        Some('r') => Found::Result(Box::new(store.result(person, id)?)),
        Some('m') => {
            let list = store.medicines(person, Window::ALL)?;
            let entry = list.items.into_iter().find(|medicine| medicine.id == id).ok_or(PlainchartError::NotFound)?;
            let heading = list.sources.get(entry.list).and_then(|source| source.heading.clone());
            Found::Medicine { heading: heading.unwrap_or_else(|| entry.source.clone()), entry: Box::new(entry) }
        }
        Some('s') => {
            let list = store.referrals(person, Window::ALL)?.items;
            let entry = list.into_iter().find(|referral| referral.id == id).ok_or(PlainchartError::NotFound)?;
            Found::Referral(Box::new(entry))
        }
        _ => Found::Entry(Box::new(store.entry(person, id)?)),
    })
}
