//! The facade's values to the records that cross.

use plainchart as core;

use crate::records::{
    Candidate, Connected, Definition, ImportSummary, LogLine, Mark, NoteList, NoteSummary, NoteView, Offer, PersonView,
    ResultList, ResultPart, ResultView, SectionView, Sense, SetAsideCount, SignInStep, SourceState, SyncSummary, Time,
    TypeSummary,
};

impl From<core::Time> for Time {
    fn from(time: core::Time) -> Self {
        let core::Time { text, epoch_ms, offset_minutes, precision } = time;
        Self { text, epoch_ms, offset_minutes, precision }
    }
}

impl From<core::PersonView> for PersonView {
    fn from(person: core::PersonView) -> Self {
        let standing = match person.reader {
            core::Reader::Own => "own",
            core::Reader::File => "file",
            core::Reader::Helper { .. } => "helper",
            core::Reader::Ended => "ended",
        };
        Self {
            id: person.id,
            name: person.name,
            birth_date: person.birth_date,
            standing: standing.to_owned(),
            source: person.source,
            as_of_ms: person.as_of,
            deceased: person.deceased,
        }
    }
}

impl From<core::Candidate> for Candidate {
    fn from(candidate: core::Candidate) -> Self {
        Self {
            patient: candidate.patient,
            name: candidate.name,
            birth_date: candidate.birth_date,
            is_reader: candidate.is_reader,
        }
    }
}

impl From<core::SignInStep> for SignInStep {
    fn from(step: core::SignInStep) -> Self {
        match step {
            core::SignInStep::OpenBrowser(url) => Self::OpenBrowser { url: url.to_string() },
            core::SignInStep::Offer(offer) => Self::Ask {
                offer: Offer {
                    id: offer.id,
                    candidates: all(offer.candidates),
                    granted: offer.granted,
                    not_granted: offer.not_granted,
                    source: offer.source,
                },
            },
        }
    }
}

impl From<core::Connected> for Connected {
    fn from(connected: core::Connected) -> Self {
        Self {
            connection: connected.connection,
            person: connected.person.id,
            granted: connected.granted,
            not_granted: connected.not_granted,
        }
    }
}

impl From<core::SyncReport> for SyncSummary {
    fn from(report: core::SyncReport) -> Self {
        let complete = report.is_complete();
        Self {
            person: report.person,
            types: all(report.types),
            requests: report.requests,
            bytes: report.bytes,
            complete,
        }
    }
}

impl From<core::TypeReport> for TypeSummary {
    fn from(report: core::TypeReport) -> Self {
        Self {
            resource_type: report.resource_type,
            received: report.received,
            in_chart: report.in_chart,
            set_aside: report.set_aside,
            withdrawn: report.withdrawn,
            problem: report.problem.map(str::to_owned),
        }
    }
}

impl From<core::ImportReport> for ImportSummary {
    fn from(report: core::ImportReport) -> Self {
        let count = |count: &core::SetAsideCount| SetAsideCount { reason: count.reason.to_owned(), count: count.count };
        Self {
            read: report.read,
            in_chart: report.in_chart,
            set_aside: report.set_aside.iter().map(count).collect(),
            people: report.people.into_iter().map(|person| person.id).collect(),
        }
    }
}

impl From<core::SourceState> for SourceState {
    fn from(state: core::SourceState) -> Self {
        Self { source: state.source, as_of_ms: state.as_of_ms, problem: state.problem }
    }
}

impl From<core::NoteSummary> for NoteSummary {
    fn from(note: core::NoteSummary) -> Self {
        Self {
            id: note.id,
            title: note.title,
            date: note.date.map(Time::from),
            authors: note.authors,
            source: note.source,
            status: note.status,
            withdrawn: note.withdrawn,
            sensitive: note.sensitive,
            is_new: note.new,
        }
    }
}

impl From<core::Listing<core::NoteSummary>> for NoteList {
    fn from(list: core::Listing<core::NoteSummary>) -> Self {
        Self { person: list.person, items: all(list.items), total: list.total, sources: all(list.sources) }
    }
}

impl From<core::Listing<core::ResultView>> for ResultList {
    fn from(list: core::Listing<core::ResultView>) -> Self {
        Self { person: list.person, items: all(list.items), total: list.total, sources: all(list.sources) }
    }
}

impl From<core::SectionView> for SectionView {
    fn from(section: core::SectionView) -> Self {
        let core::SectionView { anchor, heading, plain_heading, text, .. } = section;
        Self { anchor, heading, plain_heading, text }
    }
}

impl From<core::SenseView> for Sense {
    fn from(sense: core::SenseView) -> Self {
        Self { id: sense.id, plain: sense.plain }
    }
}

impl From<core::MarkView> for Mark {
    fn from(mark: core::MarkView) -> Self {
        Self {
            section: mark.section.and_then(|section| u32::try_from(section).ok()),
            start: mark.start as u64,
            end: mark.end as u64,
            start_utf16: mark.start_utf16 as u64,
            end_utf16: mark.end_utf16 as u64,
            entry: mark.entry,
            kind: mark.kind,
            tier: mark.tier.into(),
            certain: mark.certain,
            senses: all(mark.senses),
            cue: mark.cue,
            first: mark.first,
        }
    }
}

impl From<core::NoteView> for NoteView {
    fn from(note: core::NoteView) -> Self {
        Self {
            person: note.person,
            summary: note.summary.into(),
            sections: all(note.sections),
            marks: all(note.marks),
            remarks: note.remarks,
            notice: note.notice,
        }
    }
}

impl From<core::ResultView> for ResultView {
    fn from(result: core::ResultView) -> Self {
        let part = |part: core::ResultView| ResultPart { name: part.name, value: part.value, unit: part.unit };
        Self {
            id: result.id,
            kind: result.kind,
            name: result.name,
            loinc: result.loinc,
            measures: result.measures,
            why: result.why,
            value: result.value,
            unit: result.unit,
            ranges: result.ranges,
            flags: result.flags,
            status: result.status,
            date: result.date.map(Time::from),
            parts: result.parts.into_iter().map(part).collect(),
            source: result.source,
        }
    }
}

impl From<core::DefinitionView> for Definition {
    fn from(definition: core::DefinitionView) -> Self {
        Self {
            entry: definition.entry,
            senses: all(definition.senses),
            language: definition.language,
            suggestions: definition.suggestions,
        }
    }
}

impl From<core::LogEntry> for LogLine {
    fn from(entry: core::LogEntry) -> Self {
        Self {
            number: entry.number,
            time_ms: entry.line.time_ms,
            act: entry.line.act.code().to_owned(),
            outcome: entry.line.outcome.code().to_owned(),
        }
    }
}

pub(crate) fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}
