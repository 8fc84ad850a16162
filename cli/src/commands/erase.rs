//! Erasing a person's chart for good.

use serde::Serialize;

use crate::app::App;
use crate::arguments::Erase;
use crate::failure::{Failure, exit};
use crate::{show, terminal};

#[derive(Serialize)]
struct Answer<'i> {
    erased: &'i str,
}

pub fn run(app: &mut App, asked: &Erase) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let name = show::name_of(&person).to_owned();
    if !asked.yes {
        if !terminal::can_ask() {
            return Err(Failure::said(
                exit::INVALID_INPUT,
                "Nobody can be asked here. Add --yes to erase. Nothing was erased.",
            ));
        }
        app.note(&format!("This erases what is saved here of {name}. It cannot be brought back, not even from a copy of this disk. The hospital still has its own."))?;
        if !terminal::agree(&format!("Erase the chart of {name}?"))? {
            return Err(Failure::said(exit::NOT_DONE, "Nothing was erased."));
        }
    }
    store.erase(&id)?;
    store.close()?;
    if app.output.is_json() {
        return app.output.json(&Answer { erased: &person.id });
    }
    Ok(app
        .output
        .page
        .text(format!("Erased: {name}. Its key is destroyed, so what is left on the disk cannot be read."))?)
}
