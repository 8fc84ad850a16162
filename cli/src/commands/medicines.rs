//! The medicines on each source's list: what a source has on its list, never what anybody takes (R4).

use super::lists::{answer, foot, head, window};
use crate::app::App;
use crate::arguments::List;
use crate::failure::Failure;
use crate::page::{Style, Text};
use crate::show;

pub fn run(app: &mut App, asked: &List) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let listing = store.medicines(&id, window(app, &asked.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, &format!("{} entries about medicines", listing.total))?;
    let page = &mut app.output.page;
    let mut last = None;
    for medicine in &listing.items {
        let place = (medicine.list, medicine.state.as_str());
        if last.is_none_or(|(list, _)| list != medicine.list) {
            page.blank()?;
            let source = listing.sources.get(medicine.list);
            page.text(Text::strong(source.and_then(|source| source.heading.as_deref()).unwrap_or(&medicine.source)))?;
        }
        if last != Some(place) {
            page.blank()?;
            page.indented(Text::default().and(&medicine.state_words, Style::Marked), 2, 4)?;
        }
        show::medicine(page, medicine, 4)?;
        last = Some(place);
    }
    foot(app, &asked.page, &listing)
}
