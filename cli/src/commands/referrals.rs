//! Referrals and orders, newest first, each with what came of it (R5).

use super::lists::{answer, foot, head, window};
use crate::app::App;
use crate::arguments::List;
use crate::failure::Failure;
use crate::show;

pub fn run(app: &mut App, asked: &List) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let listing = store.referrals(&id, window(app, &asked.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, &format!("{} referrals and orders, newest first", listing.total))?;
    for referral in &listing.items {
        app.output.page.blank()?;
        show::referral(&mut app.output.page, referral, 2)?;
    }
    foot(app, &asked.page, &listing)
}
