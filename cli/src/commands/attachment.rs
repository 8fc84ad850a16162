//! A file of a note, byte for byte as it was received (N5).

use plainchart::{AttachmentView, PersonId, Plainchart, PlainchartError};
use serde::Serialize;

use crate::app::App;
use crate::arguments::Attachment;
use crate::failure::{Failure, exit};
use crate::page::Text;
use crate::show;
use crate::written_file;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    attachment: &'a AttachmentView,
    /// Where it was written.
    out: String,
}

pub fn run(app: &mut App, asked: &Attachment) -> Result<(), Failure> {
    written_file::check(&asked.out)?;
    let store = app.open_existing()?;
    let person = store.whose_note(&asked.note)?;
    let attachment = match store.attachment(&person, &asked.note, asked.index) {
        Err(PlainchartError::NotFound) => return Err(why_not(&store, &person, asked)),
        attachment => attachment?,
    };
    store.close()?;
    written_file::write(&asked.out, &attachment.bytes)?;
    let out = asked.out.display().to_string();
    if app.output.is_json() {
        return app.output.json(&Answer { attachment: &attachment, out });
    }
    let kind = attachment.media_type.as_deref().unwrap_or("a kind that is not said");
    let size = show::size_text(attachment.size);
    let page = &mut app.output.page;
    page.text(format!("Written: {out} ({kind}, {size}). It is as the hospital sent it."))?;
    if let Some(remark) = &attachment.remark {
        page.text(remark.as_str())?;
    }
    Ok(page.text(Text::quiet("It is not locked there: whoever uses this computer as you can open it."))?)
}

/// A file that is listed and not here has its reason.
fn why_not(store: &Plainchart, person: &PersonId, asked: &Attachment) -> Failure {
    let note = match store.read_note(person, &asked.note) {
        Ok(note) => note,
        Err(error) => return error.into(),
    };
    let listed = note.renditions.into_iter().find(|rendition| rendition.index == asked.index);
    match listed.and_then(|rendition| rendition.reason) {
        Some(reason) => Failure::said(exit::NOT_DONE, reason),
        None => PlainchartError::NotFound.into(),
    }
}
