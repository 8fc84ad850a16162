//! Whose charts are here.

use plainchart::PersonView;

use crate::app::App;
use crate::failure::Failure;
use crate::page::{Row, Text};
use crate::{dates, show};

pub fn run(app: &mut App) -> Result<(), Failure> {
    let people: Vec<PersonView> = if app.is_empty()? { Vec::new() } else { app.open()?.people()? };
    if app.output.is_json() {
        return app.output.json(&people);
    }
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    if people.is_empty() {
        page.text("Nobody's chart is here yet. `plainchart connect URL` signs in to a hospital, `plainchart open FILE` brings in a record that you downloaded.")?;
    }
    for person in &people {
        show::whose(page, person, now_ms)?;
        let mut rows: Vec<Row> = vec![(Text::quiet("id"), person.id.as_str().into())];
        // Names and birth dates of several charts stand side by side (SPEC "Person").
        for chart in &person.charts {
            let name = chart.name.as_deref().unwrap_or("no name given");
            let born =
                chart.birth_date.as_deref().map(|born| format!(", born {}", dates::day(born))).unwrap_or_default();
            rows.push((Text::quiet(&chart.source), Text::plain(format!("{name}{born}"))));
        }
        page.rows(&rows, 2)?;
        page.blank()?;
    }
    Ok(())
}
