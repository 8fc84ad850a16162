//! One note.

use crate::app::App;
use crate::arguments::Read;
use crate::failure::Failure;
use crate::show;

pub fn run(app: &mut App, asked: &Read) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let person = store.whose_note(&asked.note)?;
    let mut note = store.read_note(&person, &asked.note)?;
    store.close()?;
    if app.output.is_json() {
        if !asked.marks {
            note.marks.clear();
        }
        return app.output.json(&note);
    }
    let (view, now_ms) = (store.person(&person)?, app.now_ms());
    show::whose(&mut app.output.page, &view, now_ms)?;
    Ok(show::note(&mut app.output.page, &note, asked.marks)?)
}
