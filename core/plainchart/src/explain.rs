//! The glossary over a note's sections, and look-ups.

use plainchart_document::SectionKind as NoteSection;
use plainchart_glossary::{Context, Glossary, Mark, SectionKind};

use crate::error::PlainchartError;
use crate::views::{DefinitionView, MarkView, SenseView};

const ENGLISH: &str = "en";

/// The context of a section: the document crate's kinds mapped to the glossary's.
#[must_use]
pub fn section_of(kind: NoteSection, note_type: Option<&str>) -> Context<'_> {
    use NoteSection as N;
    let section = match kind {
        N::SurgicalHistory | N::PsychiatricHistory | N::ObstetricHistory | N::BirthHistory => SectionKind::PastHistory,
        N::IntervalHistory | N::Subjective => SectionKind::HistoryOfPresentIllness,
        N::HomeMedications | N::DischargeMedications => SectionKind::Medications,
        N::MentalStatusExam | N::Objective => SectionKind::PhysicalExam,
        N::PendingResults => SectionKind::Results,
        N::Technique | N::Comparison | N::Findings => SectionKind::Imaging,
        N::Impression => SectionKind::Assessment,
        N::ProblemList => SectionKind::Diagnosis,
        N::SubstanceUse => SectionKind::SocialHistory,
        same => SectionKind::parse(same.code()).unwrap_or(SectionKind::Other),
    };
    Context { section: Some(section), note_type, reader_language: None }
}

/// Marks as the facade answers them.
pub fn views_of<'m>(marks: &'m [Mark<'m>], section: Option<usize>) -> impl Iterator<Item = MarkView> + 'm {
    marks.iter().map(move |mark| MarkView {
        section,
        start: mark.start,
        end: mark.end,
        start_utf16: mark.start_utf16,
        end_utf16: mark.end_utf16,
        entry: mark.entry.to_owned(),
        kind: mark.kind.as_str().to_owned(),
        tier: mark.tier,
        certain: mark.certain,
        senses: mark
            .senses
            .iter()
            .map(|sense| SenseView { id: sense.id.to_owned(), plain: sense.definition.to_owned() })
            .collect(),
        cue: mark.cue.map(|cue| cue.as_str().to_owned()),
        first: true,
    })
}

/// Words of a short text of the chart explained, such as a title.
pub(crate) fn marks_of(glossary: &Glossary, text: &str) -> Vec<MarkView> {
    let mut marks: Vec<MarkView> = views_of(&glossary.annotate(text, &Context::default()), None).collect();
    crate::reading::tell_first(&mut marks);
    marks
}

/// Marks the words of a text that is nobody's chart. Needs no store and no key.
#[must_use]
pub fn annotate(text: &str) -> Vec<MarkView> {
    marks_of(Glossary::embedded(), text)
}

/// Looks a word up; suggestions when it is not in the glossary. Needs no store and no key.
///
/// # Errors
/// `InvalidInput{word}` for an empty word.
pub fn define(word: &str, language: Option<&str>) -> Result<DefinitionView, PlainchartError> {
    let (word, glossary) = (word.trim(), Glossary::embedded());
    if word.is_empty() {
        return Err(PlainchartError::invalid("word"));
    }
    let language = language.unwrap_or(ENGLISH);
    let Some(found) = glossary.define(word, language) else {
        let suggestions = glossary.suggest(word).into_iter().map(str::to_owned).collect();
        let (entry, headword, senses) = (None, None, Vec::new());
        return Ok(DefinitionView { entry, headword, senses, language: language.to_owned(), suggestions });
    };
    let senses = found.entries.iter().flat_map(|entry| entry.senses());
    let first = found.entries.first();
    Ok(DefinitionView {
        entry: first.map(|entry| entry.id().to_owned()),
        headword: first.and_then(|entry| entry.forms().next()).map(str::to_owned),
        senses: senses.map(|sense| SenseView { id: sense.id.to_owned(), plain: sense.definition.to_owned() }).collect(),
        language: found.language_used.to_owned(),
        suggestions: Vec::new(),
    })
}
