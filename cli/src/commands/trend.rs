//! One test over time: on the page, as SVG, or as facts (R2).

use std::io::{self, IsTerminal};

use plainchart::{AnalyteView, PersonId, PersonView, Plainchart, PlainchartError, ResultView, TrendView, Window};
use serde::Serialize;

use crate::app::App;
use crate::arguments::Results;
use crate::failure::{Failure, exit};
use crate::page::Text;
use crate::{show, written_file};

/// Dots of the layout; the drawing scales them to its cells.
const PLOT: (u32, u32) = (4_000, 4_000);
/// Size of the SVG, pixels without its labels.
const SVG: (u32, u32) = (640, 320);
/// A terminal narrower than this gets the table.
const NARROWEST: usize = 48;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    trend: &'a TrendView,
    /// Where the drawing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    svg: Option<String>,
}

pub fn run(
    app: &mut App,
    store: &Plainchart,
    (id, person): (&PersonId, &PersonView),
    asked: &Results,
    wanted: &str,
) -> Result<(), Failure> {
    if let Some(file) = &asked.svg {
        written_file::check(file)?;
    }
    let key = key_of(store, id, wanted)?;
    let (view, plot) = store.trend_plot(id, &key, PLOT.0, PLOT.1)?;
    if let Some(file) = &asked.svg {
        written_file::write(file, store.trend_svg(id, &key, SVG.0, SVG.1)?.as_bytes())?;
    }
    store.close()?;
    let svg = asked.svg.as_ref().map(|file| file.display().to_string());
    if app.output.is_json() {
        return app.output.json(&Answer { trend: &view, svg });
    }
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    show::whose(page, person, now_ms)?;
    let is_drawn = io::stdout().is_terminal() && page.width() >= NARROWEST;
    show::trend(page, &view, &plot, is_drawn)?;
    if let Some(svg) = svg {
        let said =
            format!("Drawing written: {svg}. It is not locked there: whoever uses this computer as you can open it.");
        page.text(Text::quiet(said))?;
    }
    Ok(())
}

/// A test that goes by a name.
struct Named {
    key: String,
    name: String,
    /// Opaque id of one of its results.
    result: String,
}

/// What opens the trend of a test that was named: by the id of a result, by code, in plain words or in the lab's.
fn key_of(store: &Plainchart, person: &PersonId, wanted: &str) -> Result<String, Failure> {
    let wanted = wanted.trim();
    let all = store.analytes(person)?.items;
    let is_key = |analyte: &AnalyteView| analyte.key == wanted || analyte.loinc.as_deref() == Some(wanted);
    if let Some(analyte) = all.iter().find(|analyte| is_key(analyte)) {
        return Ok(analyte.key.clone());
    }
    let words = wanted.to_lowercase();
    if words.is_empty() {
        return Err(PlainchartError::invalid("trend").into());
    }
    if let Some(analyte) = all.iter().find(|analyte| analyte.name.to_lowercase() == words) {
        return Ok(analyte.key.clone());
    }
    let mut found: Vec<Named> = Vec::new();
    for analyte in all.iter().filter(|analyte| analyte.name.to_lowercase().contains(&words)) {
        let (key, name, result) = (analyte.key.clone(), analyte.name.clone(), analyte.result.clone());
        found.push(Named { key, name, result });
    }
    let results = store.results(person, Window::ALL)?.items;
    for result in results.iter().flat_map(with_parts) {
        let names = [Some(result.name.as_str()), result.source_name.as_deref()];
        let name = names.into_iter().flatten().find(|name| name.to_lowercase().contains(&words));
        if let (Some(name), Some(key)) = (name, &result.analyte)
            && !found.iter().any(|found| found.key == *key)
        {
            found.push(Named { key: key.clone(), name: name.to_owned(), result: result.id.clone() });
        }
    }
    match found.as_slice() {
        // The id of a result is known to the store alone.
        [] => Ok(wanted.to_owned()),
        [one] => Ok(one.key.clone()),
        several => Err(several_fit(several)),
    }
}

fn with_parts(result: &ResultView) -> Vec<&ResultView> {
    std::iter::once(result).chain(result.parts.iter().flat_map(with_parts)).collect()
}

fn several_fit(several: &[Named]) -> Failure {
    const MOST: usize = 12;
    let mut sentence = "Several tests go by that name. Say which:".to_owned();
    for named in several.iter().take(MOST) {
        let name: String = Text::plain(&named.name).0.into_iter().map(|piece| piece.text).collect();
        sentence.push_str(&format!("\n  --trend {}  {name}", named.result));
    }
    if several.len() > MOST {
        sentence.push_str(&format!("\n  and {} more", several.len() - MOST));
    }
    Failure::said(exit::INVALID_INPUT, sentence)
}
