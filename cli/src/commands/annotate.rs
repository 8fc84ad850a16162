//! The words of any text, explained.

use plainchart::MarkView;
use serde::Serialize;

use crate::app::{App, read_text};
use crate::arguments::Annotate;
use crate::failure::Failure;
use crate::page::Text;
use crate::show;

/// A note is a few thousand words; this is a thousand notes.
const MOST_BYTES: u64 = 32 << 20;

#[derive(Serialize)]
struct Answer {
    marks: Vec<MarkView>,
}

pub fn run(app: &mut App, asked: &Annotate) -> Result<(), Failure> {
    let text = read_text(&asked.file, MOST_BYTES)?;
    let marks = plainchart::annotate(&text);
    if app.output.is_json() {
        return app.output.json(&Answer { marks });
    }
    let page = &mut app.output.page;
    page.text(show::marked(text.trim_end(), &marks))?;
    if !marks.is_empty() {
        page.blank()?;
        page.text(Text::strong("In plain words"))?;
        page.rows(&show::explanations(&marks.iter().collect::<Vec<_>>(), |_| &text), 2)?;
    }
    Ok(())
}
