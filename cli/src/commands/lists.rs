//! What all lists have in common: which part is shown, whose it is, what its sources say, what is left.

use plainchart::{Listing, PersonView, Window};
use serde::Serialize;

use crate::app::App;
use crate::arguments::ListPage;
use crate::failure::Failure;
use crate::page::Text;
use crate::show;

/// What fits a reader at once.
const ON_A_PAGE: usize = 50;

/// The part that was asked for.
pub fn window(app: &App, asked: &ListPage) -> Window {
    let most = if app.output.is_json() { Window::ALL.limit } else { ON_A_PAGE };
    Window { offset: asked.offset, limit: asked.limit.unwrap_or(most) }
}

/// An item, and whose it is (P1).
#[derive(Serialize)]
pub struct Item<'l, T> {
    pub person: &'l str,
    #[serde(flatten)]
    pub item: &'l T,
}

/// A list of items; why it may be short is said on standard error (D6).
pub fn answer<T: Serialize>(app: &mut App, listing: &Listing<T>) -> Result<(), Failure> {
    for sentence in show::what_sources_say(&listing.sources, listing.total == 0, app.now_ms()) {
        app.note(&sentence)?;
    }
    let items: Vec<Item<'_, T>> = listing.items.iter().map(|item| Item { person: &listing.person, item }).collect();
    app.output.json(&items)
}

/// Whose list it is, how much is in it, and what its sources say.
pub fn head<T>(app: &mut App, person: &PersonView, listing: &Listing<T>, counted: &str) -> Result<(), Failure> {
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    show::whose(page, person, now_ms)?;
    if listing.total > 0 {
        page.text(Text::quiet(counted))?;
    }
    for sentence in show::what_sources_say(&listing.sources, listing.total == 0, now_ms) {
        page.text(sentence)?;
    }
    Ok(())
}

/// What is left, and how to see it.
pub fn foot<T>(app: &mut App, asked: &ListPage, listing: &Listing<T>) -> Result<(), Failure> {
    let until = (asked.offset + listing.items.len()) as u64;
    if until < listing.total {
        let left = listing.total - until;
        app.output.page.text(Text::quiet(format!("{left} more: --offset {until}, or --limit {}", listing.total)))?;
    }
    Ok(())
}
