//! A note's files for the phone's own viewer or player: pictures, sound, film, pages, byte for byte (N5).

use plainchart_access::{Act, PersonId};

use super::note_groups::NoteGroups;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::AttachmentView;
use crate::words::say;

impl Session {
    /// The bytes of one of a note's files, as the source sent them. `index` as in the note's list of files.
    ///
    /// # Errors
    /// `NotFound` for a note or a file that is not there or not here yet, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn attachment(&self, person: &PersonId, note: &str, index: usize) -> Result<AttachmentView, PlainchartError> {
        for chart in self.charts_of(person)? {
            let chart = &chart.facts.chart;
            let items = self.items_of(chart)?;
            let Some(asked) = items.note(note) else { continue };
            let (resource_type, received_ms) = (asked.view.view.resource_type.as_str(), asked.received_ms);
            self.permit_item(chart, Act::OpenedAttachment, resource_type, &asked.item, received_ms)?;
            if asked.view.facts.is_void {
                return Err(PlainchartError::NotFound);
            }
            let groups = NoteGroups::of(&items, |note| {
                self.may_list(chart, Act::OpenedAttachment, &note.item, note.received_ms)
            });
            let group = groups.containing(note).ok_or(PlainchartError::NotFound)?;
            let taken = self.files_of(chart, groups.entries_of(group))?.take(index)?;
            return Ok(AttachmentView {
                person: person.to_string(),
                kind: taken.kind.to_owned(),
                media_type: taken.media_type,
                title: taken.title,
                size: taken.bytes.len() as u64,
                remark: taken.remark.map(|remark| say(&format!("note.body.{}", remark.code()), &[])),
                bytes: taken.bytes,
            });
        }
        Err(PlainchartError::NotFound)
    }
}
