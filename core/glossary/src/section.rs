//! The parts of a note that decide what a word in them can mean.

/// The section of a note a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are the documentation
pub enum SectionKind {
    FamilyHistory,
    PastHistory,
    HistoryOfPresentIllness,
    ReviewOfSystems,
    Medications,
    Allergies,
    PhysicalExam,
    VitalSigns,
    Results,
    Imaging,
    Assessment,
    Plan,
    AssessmentAndPlan,
    SocialHistory,
    Procedure,
    HospitalCourse,
    Instructions,
    ChiefComplaint,
    Diagnosis,
    Other,
}

use SectionKind as S;

const NAMES: [(&str, SectionKind); 20] = [
    ("family-history", S::FamilyHistory),
    ("past-history", S::PastHistory),
    ("history-of-present-illness", S::HistoryOfPresentIllness),
    ("review-of-systems", S::ReviewOfSystems),
    ("medications", S::Medications),
    ("allergies", S::Allergies),
    ("physical-exam", S::PhysicalExam),
    ("vital-signs", S::VitalSigns),
    ("results", S::Results),
    ("imaging", S::Imaging),
    ("assessment", S::Assessment),
    ("plan", S::Plan),
    ("assessment-and-plan", S::AssessmentAndPlan),
    ("social-history", S::SocialHistory),
    ("procedure", S::Procedure),
    ("hospital-course", S::HospitalCourse),
    ("instructions", S::Instructions),
    ("chief-complaint", S::ChiefComplaint),
    ("diagnosis", S::Diagnosis),
    ("other", S::Other),
];

impl SectionKind {
    /// The name used in entry files and answers, such as `family-history`.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(_, kind)| *kind == self).map_or("other", |(name, _)| name)
    }

    /// The section with this name.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// One bit of a set of sections.
    pub(crate) fn bit(self) -> u32 {
        1 << (self as u8)
    }

    /// The set of sections a name in an entry stands for: a section, or a family of them.
    pub(crate) fn set(name: &str) -> Option<u32> {
        let several: &[SectionKind] = match name {
            "history" => &[S::PastHistory, S::HistoryOfPresentIllness],
            "exam" => &[S::PhysicalExam, S::VitalSigns],
            "labs" => &[S::Results],
            // A note that joins two sections is in both.
            "assessment" => &[S::Assessment, S::AssessmentAndPlan],
            "plan" => &[S::Plan, S::AssessmentAndPlan],
            _ => return Self::parse(name).map(Self::bit),
        };
        Some(several.iter().fold(0, |set, kind| set | kind.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_has_a_name_and_a_bit_of_its_own() {
        let mut seen = 0;
        for (name, kind) in NAMES {
            assert_eq!(SectionKind::parse(name), Some(kind));
            assert_eq!(kind.as_str(), name);
            assert_eq!(seen & kind.bit(), 0, "{name}");
            seen |= kind.bit();
        }
    }
}
