//! What the LOINC code of a section says it is about, where its title does not (C-CDA R2.1, section templates).

use crate::kind::SectionKind::{self, *};

/// Codes by kind; those of six digits are DICOM's (PS3.16). Document types (11488-4 and the like) and headings for everything (51855-5) tell nothing.
const CODES: &[(SectionKind, &[&str])] = &[
    (ChiefComplaint, &["10154-3", "29299-5", "46239-0", "8661-1"]),
    (HistoryOfPresentIllness, &["10164-2"]),
    (ReasonForReferral, &["42349-1"]),
    (Indication, &["59768-2", "121109", "18785-6"]),
    (Subjective, &["61150-9"]),
    (Objective, &["61149-1"]),
    (PastHistory, &["11348-0", "11329-0"]),
    (SurgicalHistory, &["10167-5"]),
    (FamilyHistory, &["10157-6", "8670-2"]),
    (SocialHistory, &["29762-2"]),
    (ObstetricHistory, &["10162-6", "49033-4"]),
    (DevelopmentalHistory, &["11334-0"]),
    (Medications, &["10160-0", "29549-3", "18610-6"]),
    (HomeMedications, &["42346-7"]),
    (DischargeMedications, &["10183-2", "75311-1"]),
    (Allergies, &["48765-2"]),
    (Immunizations, &["11369-6"]),
    (ReviewOfSystems, &["10187-3"]),
    (VitalSigns, &["8716-3"]),
    (PhysicalExam, &["29545-1", "10210-3", "10184-0", "8709-8"]),
    (MentalStatusExam, &["10190-7"]),
    (FunctionalStatus, &["47420-5"]),
    (Results, &["30954-2", "11493-4", "26436-6"]),
    (Imaging, &["18726-0"]),
    (Technique, &["55111-9"]),
    (Comparison, &["18834-2"]),
    (Findings, &["59776-5", "121070", "18782-3", "10215-2"]),
    (Impression, &["19005-8", "121072", "121073", "121077"]),
    (Assessment, &["51848-0"]),
    (AssessmentAndPlan, &["51847-2"]),
    (Plan, &["18776-5", "59772-4"]),
    (ProblemList, &["11450-4"]),
    (Diagnosis, &["29308-4"]),
    (AdmissionDiagnosis, &["42347-5", "46241-6"]),
    (DischargeDiagnosis, &["11535-2", "78375-3"]),
    (PreoperativeDiagnosis, &["10219-4"]),
    (PostoperativeDiagnosis, &["10218-6", "59769-0"]),
    (Procedure, &["29554-3", "47519-4", "10223-6", "29300-1"]),
    (Anesthesia, &["59774-0", "10213-7"]),
    (BloodLoss, &["59770-8", "10216-0", "11537-8"]),
    (Complications, &["55109-3", "10830-8"]),
    (Implants, &["59771-6", "46264-8"]),
    (Specimen, &["59773-2"]),
    (HospitalCourse, &["8648-8"]),
    (Disposition, &["59775-7"]),
    (DischargeCondition, &["8651-2"]),
    (Instructions, &["8653-8", "69730-0", "74213-0"]),
    (Diet, &["42344-2", "61144-2"]),
    (Goals, &["61146-7"]),
    (Education, &["34895-3"]),
    (AdvanceDirectives, &["42348-3"]),
    (Addendum, &["55107-7"]),
    (CareTeam, &["85847-2"]),
];

/// The kind of section a code stands for.
pub(super) fn kind_of_code(code: &str) -> Option<SectionKind> {
    let code = code.trim();
    CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N2: a code stands for one kind.
    #[test]
    fn codes_are_named_once() {
        let mut codes: Vec<&str> = CODES.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert_eq!(kind_of_code(" 8716-3 "), Some(VitalSigns));
        assert_eq!(kind_of_code("11488-4"), None);
    }
}
