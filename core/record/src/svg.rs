//! A plot as SVG: one text, the same for the same plot, without script, style sheet or anything fetched.
//!
//! Everything is drawn in `currentColor`, so that it follows dark and light. Shapes carry what colours would: an open
//! triangle for a value beyond what the test can measure, a dashed ring for a result that may still change.

use std::fmt::Write;

use crate::plot::{Area, Lane, Mark, Plot, Shape};

/// Room around the plot for labels, in pixels.
const LEFT: u32 = 64;
const RIGHT: u32 = 24;
const TOP: u32 = 28;
const BOTTOM: u32 = 28;
const RADIUS: u32 = 4;

/// The words of a drawing. All come from the caller, who has the catalogue and the reader's language.
#[derive(Clone, Default)]
pub struct Labels {
    /// Set before the ids in the drawing, so that several can stand on one page.
    pub id: String,
    /// What is drawn: read out first.
    pub title: String,
    /// What is to be seen, in a sentence or two, for those who hear it.
    pub description: String,
    /// What stands above each lane. Missing: the unit as received.
    pub lanes: Vec<String>,
    /// The times of the plot, as they are to be read. Missing: as written.
    pub times: Vec<String>,
    /// What is said of each point, lane by lane and line by line. Missing: value and time as received.
    pub marks: Vec<String>,
}

crate::redact::hidden_debug!(Labels, lanes, times, marks);

/// Draws a plot. The drawing is larger than the plot by the room that the labels need.
#[must_use]
pub fn svg(plot: &Plot, labels: &Labels) -> String {
    let mut drawing = Drawing { text: String::new() };
    let (width, height) = (plot.width + LEFT + RIGHT, plot.height + TOP + BOTTOM);
    let id = escape(&labels.id);
    drawing.line(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"{id}title {id}desc\" fill=\"none\" stroke=\"none\" font-family=\"sans-serif\" \
         font-size=\"12\">"
    ));
    drawing.line(format_args!("<title id=\"{id}title\">{}</title>", escape(&labels.title)));
    drawing.line(format_args!("<desc id=\"{id}desc\">{}</desc>", escape(&labels.description)));
    drawing.line(format_args!("<g transform=\"translate({LEFT} {TOP})\">"));
    let mut said = labels.marks.iter();
    for (at, lane) in plot.lanes.iter().enumerate() {
        let heading = labels.lanes.get(at).or(lane.unit.as_ref());
        drawing.lane(lane, plot.width, heading.map(String::as_str));
        for line in &lane.lines {
            drawing.path(&line.marks);
            for mark in &line.marks {
                let plain = || format!("{}, {}", mark.label, mark.when.text);
                drawing.mark(mark, &said.next().cloned().unwrap_or_else(plain));
            }
        }
    }
    for (at, tick) in plot.times.iter().enumerate() {
        let text = labels.times.get(at).map_or(tick.when.text.as_str(), String::as_str);
        let anchor = if at == 0 && plot.times.len() > 1 { "start" } else { "end" };
        drawing.text(tick.x, plot.height + 20, anchor, text);
    }
    drawing.line(format_args!("</g>\n</svg>"));
    drawing.text
}

struct Drawing {
    text: String,
}

impl Drawing {
    fn line(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{arguments}");
    }

    fn text(&mut self, x: u32, y: u32, anchor: &str, text: &str) {
        let text = escape(text);
        self.line(format_args!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"currentColor\">{text}</text>"
        ));
    }

    fn lane(&mut self, lane: &Lane, width: u32, heading: Option<&str>) {
        lane.areas.iter().for_each(|area| self.area(area));
        let bottom = lane.y_to.saturating_sub(1);
        self.line(format_args!(
            "<path d=\"M0 {} V{bottom} H{width}\" stroke=\"currentColor\" stroke-opacity=\"0.5\"/>",
            lane.y
        ));
        if let Some(heading) = heading {
            let (y, heading) = (i64::from(lane.y) - 10, escape(heading));
            self.line(format_args!("<text x=\"0\" y=\"{y}\" fill=\"currentColor\">{heading}</text>"));
        }
        for tick in &lane.ticks {
            let text = escape(&tick.text);
            self.line(format_args!(
                "<text x=\"-8\" y=\"{}\" dy=\"4\" text-anchor=\"end\" fill=\"currentColor\">{text}</text>",
                tick.y
            ));
        }
    }

    /// A range: a pale ground, with a dashed edge where it has a bound.
    fn area(&mut self, area: &Area) {
        let Area { x, x_to, y, y_to, .. } = area;
        let (width, height) = (x_to.saturating_sub(*x), y_to.saturating_sub(*y));
        self.line(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"currentColor\" fill-opacity=\"0.12\"/>"
        ));
        for (edge, open) in [(y, area.open_above), (y_to, area.open_below)] {
            if !open {
                self.line(format_args!(
                    "<path d=\"M{x} {edge} H{x_to}\" stroke=\"currentColor\" stroke-opacity=\"0.5\" \
                     stroke-dasharray=\"4 3\"/>"
                ));
            }
        }
    }

    /// The lines between joined marks; a new start wherever two must not be joined.
    fn path(&mut self, marks: &[Mark]) {
        let mut path = String::new();
        for mark in marks {
            let step = if mark.joined { 'L' } else { 'M' };
            let _ = write!(path, "{step}{} {} ", centre(mark), mark.y);
        }
        let path = path.trim_end();
        if marks.iter().any(|mark| mark.joined) {
            self.line(format_args!("<path d=\"{path}\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"));
        }
    }

    fn mark(&mut self, mark: &Mark, said: &str) {
        let (x, y, said) = (centre(mark), mark.y, escape(said));
        let dashes = if mark.preliminary { " stroke-dasharray=\"2 2\"" } else { "" };
        let fill = match (mark.shape, mark.preliminary) {
            (Shape::Closed, false) => "currentColor",
            _ => "none",
        };
        self.line(format_args!("<g stroke=\"currentColor\" stroke-width=\"1.5\"><title>{said}</title>"));
        if let Some(end) = mark.x_to.filter(|end| *end > mark.x) {
            self.line(format_args!("<path d=\"M{} {y} H{end}\" stroke-opacity=\"0.5\"/>", mark.x));
        }
        let (r, d) = (RADIUS, RADIUS * 2);
        match mark.shape {
            Shape::Closed => {
                self.line(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{fill}\"{dashes}/>"))
            }
            Shape::OpenBelow => self.line(format_args!("<path d=\"M{x} {y} m-{r} 0 h{d} l-{r} {d} z\"{dashes}/>")),
            Shape::OpenAbove => self.line(format_args!("<path d=\"M{x} {y} m-{r} 0 h{d} l-{r} -{d} z\"{dashes}/>")),
        }
        if mark.critical {
            self.line(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{d}\"/>"));
        }
        self.line(format_args!("</g>"));
    }
}

/// Where a mark stands: in the middle of a day without a time.
fn centre(mark: &Mark) -> u32 {
    mark.x_to.map_or(mark.x, |end| u32::midpoint(mark.x, end))
}

/// Text for an element or an attribute. Characters that XML cannot hold are left out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => escaped.push(other),
        }
    }
    escaped
}
