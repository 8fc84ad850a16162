//! One test over time on a page (R2): drawn, or as a table where nothing can be drawn.

use std::io;

use plainchart::plot::{Lane, Plot, Shape};
use plainchart::{PointView, SeriesView, TrendView, UndrawnView, words};

use super::capital;
use super::chart::{self, Grid, OPEN, PRELIMINARY, SHADE, SIGNS};
use crate::dates;
use crate::page::{Page, Row, Style, Text};

/// Lines of the only lane, and of one of several.
const HIGH: [usize; 2] = [9, 7];
/// A drawing is not wider, however wide the terminal.
const WIDEST: usize = 80;
/// Values that are listed under a drawing.
const NEWEST: usize = 6;

/// A drawing of each unit, one below the other, its times on one axis.
pub fn drawing(page: &mut Page, view: &TrendView, plot: &Plot) -> io::Result<()> {
    let high = HIGH.get(usize::from(plot.lanes.len() > 1)).copied().unwrap_or(9);
    let grid = Grid::of(plot, page.width().min(WIDEST), high);
    for lane in &plot.lanes {
        page.text(Text::plain(capital(&heading(view, lane))))?;
        for line in chart::lane(plot, lane, &grid) {
            page.line(&line)?;
        }
    }
    for line in chart::axis(plot, &grid, dates::day) {
        page.line(&line)?;
    }
    legend(page, view, plot, grid.label + 2)
}

fn heading(view: &TrendView, lane: &Lane) -> String {
    let mut names: Vec<&str> = Vec::new();
    for series in lane.lines.iter().filter_map(|line| view.series.get(line.series)) {
        if !names.contains(&series.name.as_str()) {
            names.push(&series.name);
        }
    }
    lane_words(&names.join(", "), lane.unit.as_deref())
}

fn lane_words(name: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => words::say("trend.lane", &[("name", name), ("unit", unit)]),
        None => words::say("trend.lane.no-unit", &[("name", name)]),
    }
}

/// What the signs stand for, as far as they are there.
fn legend(page: &mut Page, view: &TrendView, plot: &Plot, indent: usize) -> io::Result<()> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for lane in plot.lanes.iter().filter(|lane| lane.lines.len() > 1) {
        for (line, sign) in lane.lines.iter().zip(SIGNS.iter().cycle()) {
            let series = view.series.get(line.series);
            let specimen = |series: &SeriesView| series.specimen.as_ref().map(|of| format!(" ({of})"));
            let name = series.map(|series| format!("{}{}", series.name, specimen(series).unwrap_or_default()));
            rows.extend(name.map(|name| (sign.to_string(), name)));
        }
    }
    let marks = || plot.lanes.iter().flat_map(|lane| &lane.lines).flat_map(|line| &line.marks);
    let open: Vec<String> = [Shape::OpenBelow, Shape::OpenAbove]
        .into_iter()
        .zip(OPEN)
        .filter(|(shape, _)| marks().any(|mark| mark.shape == *shape))
        .map(|(_, sign)| sign.to_string())
        .collect();
    if !open.is_empty() {
        rows.push((open.join(" "), words::say("trend.point.open-mark", &[])));
    }
    if marks().any(|mark| mark.preliminary) {
        rows.push((PRELIMINARY.to_string(), words::say("trend.point.preliminary", &[])));
    }
    let shaded = plot.lanes.iter().any(|lane| !lane.areas.is_empty());
    if shaded {
        rows.push((SHADE.to_string(), ranges_of(&view.series)));
    }
    rows.dedup();
    let rows: Vec<Row> = rows.into_iter().map(|(sign, said)| (Text::plain(sign), Text::quiet(said))).collect();
    page.rows(&rows, indent)
}

/// Each range once.
fn ranges_of(all: &[SeriesView]) -> String {
    let mut ranges: Vec<&str> = Vec::new();
    for band in all.iter().flat_map(|series| &series.bands) {
        if !ranges.contains(&band.text.as_str()) {
            ranges.push(&band.text);
        }
    }
    if ranges.is_empty() { String::new() } else { format!("this lab's range: {}", ranges.join("; ")) }
}

/// All values by unit, the newest first; of each at most so many if a number is given.
pub fn table(page: &mut Page, view: &TrendView, most: Option<usize>) -> io::Result<()> {
    for series in &view.series {
        let name = match &series.specimen {
            Some(specimen) => format!("{} ({specimen})", series.name),
            None => series.name.clone(),
        };
        page.text(Text::strong(capital(&lane_words(&name, series.unit.as_deref()))))?;
        let shown = most.unwrap_or(series.points.len());
        let rows: Vec<Row> = series.points.iter().rev().take(shown).map(|point| point_row(point, view)).collect();
        page.rows(&rows, 2)?;
        if let Some(left @ 1..) = series.points.len().checked_sub(shown) {
            page.indented(Text::quiet(format!("{left} older values")), 2, 2)?;
        }
        if most.is_none() {
            let ranges = ranges_of(std::slice::from_ref(series));
            if !ranges.is_empty() {
                page.indented(Text::quiet(ranges), 2, 4)?;
            }
        }
    }
    Ok(())
}

fn point_row(point: &PointView, view: &TrendView) -> Row {
    let mut text = Text::plain(&point.received);
    if point.converted {
        text.push(format!(" = {}", point.value), Style::Quiet);
    }
    for (number, said) in point.flags.iter().chain(&point.status).enumerate() {
        let between = if number == 0 { ". " } else { " " };
        text.push(format!("{between}{said}"), Style::Notice);
    }
    if view.sources.len() > 1 {
        text.push(format!(", {}", point.source), Style::Quiet);
    }
    text.push(format!("  {}", point.result), Style::Quiet);
    (Text::plain(dates::written(&point.date)), text)
}

/// What is in words, undated or left out, and what is read aloud.
pub fn said(page: &mut Page, view: &TrendView) -> io::Result<()> {
    let mut apart: Vec<&str> = Vec::new();
    for reason in view.series.iter().filter_map(|series| series.apart.as_deref()) {
        if !apart.contains(&reason) {
            apart.push(reason);
        }
    }
    for reason in apart {
        page.indented(Text::default().and(reason, Style::Notice), 2, 2)?;
    }
    let left_out = words::count("trend.left-out.count", view.left_out.len() as u64, &[]);
    for (heading, list) in [
        (words::say("trend.events", &[]), &view.events),
        (words::say("trend.undated", &[]), &view.undated),
        (left_out, &view.left_out),
    ] {
        if !list.is_empty() {
            page.text(Text::strong(heading))?;
            page.rows(&list.iter().map(undrawn_row).collect::<Vec<_>>(), 2)?;
        }
    }
    if !view.spoken.is_empty() {
        page.blank()?;
        page.text(Text::quiet("Read aloud: ").and(view.spoken.join(" "), Style::Plain))?;
    }
    Ok(())
}

fn undrawn_row(undrawn: &UndrawnView) -> Row {
    let day = undrawn.date.as_ref().map_or_else(|| words::say("result-list.date.none", &[]), dates::written);
    let mut text = Text::plain(undrawn.received.as_deref().unwrap_or_default());
    if let Some(reason) = &undrawn.reason {
        let between = if text.is_empty() { "" } else { " " };
        text.push(format!("{between}{reason}"), Style::Quiet);
    }
    (Text::plain(day), text)
}

/// All of it under its title. `is_drawn`: there is a terminal that is wide enough.
pub fn trend(page: &mut Page, view: &TrendView, plot: &Plot, is_drawn: bool) -> io::Result<()> {
    page.text(Text::strong(capital(&view.title)))?;
    if plot.lanes.is_empty() {
        page.text(words::say("trend.empty", &[]))?;
    } else if is_drawn {
        drawing(page, view, plot)?;
        page.blank()?;
        table(page, view, Some(NEWEST))?;
    } else {
        table(page, view, None)?;
    }
    said(page, view)
}
