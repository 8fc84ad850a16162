//! The kinds of notes that are told in plain words: the ten of US Core (D2).

/// A kind of note. `note.type.<loinc>` says what to call it, `note.type.<loinc>.meaning` what it is.
#[derive(Debug, PartialEq, Eq)]
pub struct NoteType {
    /// LOINC code.
    pub loinc: &'static str,
}

const fn note(loinc: &'static str) -> NoteType {
    NoteType { loinc }
}

/// All kinds that we name.
pub const NOTE_TYPES: [NoteType; 10] = [
    // Consultation note.
    note("11488-4"),
    // Hospital stay summary.
    note("18842-5"),
    // Health history and exam.
    note("34117-2"),
    // Procedure note.
    note("28570-0"),
    // Progress note.
    note("11506-3"),
    // Imaging report.
    note("18748-4"),
    // Lab report.
    note("11502-2"),
    // Pathology report.
    note("11526-1"),
    // Surgery report.
    note("11504-8"),
    // Emergency room note.
    note("34111-5"),
];

/// The kind with this LOINC code. For any other, show the source's own title.
#[must_use]
pub fn note_type(loinc: &str) -> Option<&'static NoteType> {
    NOTE_TYPES.iter().find(|note| note.loinc == loinc)
}
