//! The kinds of notes in plain words: the ten of US Core (D2).

/// A kind of note.
#[derive(Debug, PartialEq, Eq)]
pub struct NoteType {
    /// LOINC code.
    pub loinc: &'static str,
    /// What to call it.
    pub plain: &'static str,
    /// One sentence on what it is.
    pub meaning: &'static str,
}

const fn note(loinc: &'static str, plain: &'static str, meaning: &'static str) -> NoteType {
    NoteType { loinc, plain, meaning }
}

/// All kinds that we name.
pub const NOTE_TYPES: [NoteType; 10] = [
    note("11488-4", "Consultation note", "What a specialist found and suggests, after being asked to help."),
    note("18842-5", "Hospital stay summary", "What happened in a hospital stay and what comes next."),
    note("34117-2", "Health history and exam", "The story so far, what the exam found, and the plan."),
    note("28570-0", "Procedure note", "What was done in a procedure and how it went."),
    note("11506-3", "Progress note", "How things are going, and the plan."),
    note("18748-4", "Imaging report", "What was seen on pictures of the body, such as an X-ray or a scan."),
    note("11502-2", "Lab report", "What tests on blood or other samples showed."),
    note("11526-1", "Pathology report", "What was seen in cells or tissue under a microscope."),
    note("11504-8", "Surgery report", "What was done in an operation and how it went."),
    note("34111-5", "Emergency room note", "What was found and done in the emergency room."),
];

/// The kind with this LOINC code. For any other, show the source's own title.
#[must_use]
pub fn note_type(loinc: &str) -> Option<&'static NoteType> {
    NOTE_TYPES.iter().find(|note| note.loinc == loinc)
}
