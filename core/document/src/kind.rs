//! The kinds of section and their names in plain words (SPEC N2).

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $plain:literal;)*) => {
        /// What a section is about. The plain name says no more than the heading did: no sex, no advice, no verdict.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum SectionKind {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
            /// No heading, or one that the table does not know.
            #[serde(rename = "other", other)]
            Other,
        }

        impl SectionKind {
            /// Every kind but [`SectionKind::Other`].
            pub const NAMED: &[Self] = &[$(Self::$name),*];

            /// Stable name, the same as in stored models.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Other => "other",
                }
            }

            /// The kind in plain words, in English.
            #[must_use]
            pub const fn plain_heading(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($plain),)*
                    Self::Other => None,
                }
            }
        }
    };
}

kinds! {
    /// CC, presenting complaint.
    ChiefComplaint, "chief-complaint", "The main reason for the visit";
    /// HPI.
    HistoryOfPresentIllness, "history-of-present-illness", "What led to this visit";
    /// What is new since the last note.
    IntervalHistory, "interval-history", "What has happened since last time";
    /// Why another clinician was asked.
    ReasonForReferral, "reason-for-referral", "Why another clinician was asked";
    /// Why a person was admitted.
    ReasonForAdmission, "reason-for-admission", "Why the hospital stay began";
    /// Why a test or procedure was done.
    Indication, "indication", "Why this was done";
    /// What was told.
    Subjective, "subjective", "What was said about how things are going";
    /// What was seen and measured.
    Objective, "objective", "What was seen and measured";
    /// PMH.
    PastHistory, "past-history", "Past health problems";
    /// PSH.
    SurgicalHistory, "surgical-history", "Past operations";
    /// FH.
    FamilyHistory, "family-history", "Health problems in the family";
    /// SH.
    SocialHistory, "social-history", "Daily life, work and habits";
    /// Tobacco, alcohol, drugs.
    SubstanceUse, "substance-use", "Tobacco, alcohol and drugs";
    /// Past mental health care.
    PsychiatricHistory, "psychiatric-history", "Past mental health care";
    /// Periods, pregnancies.
    ObstetricHistory, "obstetric-history", "Periods and pregnancies";
    /// Birth, for a child's chart.
    BirthHistory, "birth-history", "Birth and the first weeks";
    /// Milestones.
    DevelopmentalHistory, "developmental-history", "How growing and learning have gone";
    /// Current medicines.
    Medications, "medications", "Medicines";
    /// Medicines before admission.
    HomeMedications, "home-medications", "Medicines used at home before this";
    /// Medicines at discharge.
    DischargeMedications, "discharge-medications", "Medicines when leaving the hospital";
    /// Allergies and intolerances.
    Allergies, "allergies", "Allergies and bad reactions";
    /// Vaccines.
    Immunizations, "immunizations", "Vaccines";
    /// ROS.
    ReviewOfSystems, "review-of-systems", "Questions about each part of the body";
    /// Blood pressure, pulse ...
    VitalSigns, "vital-signs", "Basic checks, like blood pressure and pulse";
    /// PE.
    PhysicalExam, "physical-exam", "What the exam found";
    /// MSE.
    MentalStatusExam, "mental-status-exam", "How mood, speech and thinking seemed";
    /// What a person can do from day to day.
    FunctionalStatus, "functional-status", "How daily tasks are going";
    /// Laboratory and other results.
    Results, "results", "Test results";
    /// Results that are not there yet.
    PendingResults, "pending-results", "Tests with no result yet";
    /// Scans and x-rays.
    Imaging, "imaging", "Scans and x-rays";
    /// How a test was done.
    Technique, "technique", "How the test was done";
    /// Earlier tests looked at beside this one.
    Comparison, "comparison", "Older tests looked at side by side";
    /// What a test or operation showed.
    Findings, "findings", "What was seen";
    /// A report's conclusion.
    Impression, "impression", "The summing-up";
    /// What the clinician thinks.
    Assessment, "assessment", "What the clinician thinks";
    /// A/P.
    AssessmentAndPlan, "assessment-and-plan", "What the clinician thinks, and the plan";
    /// What is to be done.
    Plan, "plan", "The plan";
    /// Problems, active or past.
    ProblemList, "problem-list", "List of health problems";
    /// The name given to the problem.
    Diagnosis, "diagnosis", "The name given to the health problem";
    /// What else it could be.
    DifferentialDiagnosis, "differential-diagnosis", "What it could be";
    /// As named on admission.
    AdmissionDiagnosis, "admission-diagnosis", "The health problem when the stay began";
    /// As named at discharge.
    DischargeDiagnosis, "discharge-diagnosis", "The health problem when the stay ended";
    /// As named before the operation.
    PreoperativeDiagnosis, "preoperative-diagnosis", "The health problem as named before the operation";
    /// As named after the operation.
    PostoperativeDiagnosis, "postoperative-diagnosis", "The health problem as named after the operation";
    /// What was done.
    Procedure, "procedure", "What was done";
    /// Anesthesia used.
    Anesthesia, "anesthesia", "How pain and sleep were handled";
    /// Blood and fluids.
    BloodLoss, "blood-loss", "Blood and fluids, in and out";
    /// What went wrong, if anything.
    Complications, "complications", "Problems that came up, if any";
    /// What was put in or left in.
    Implants, "implants", "What was put in";
    /// Agreement to a procedure.
    Consent, "consent", "The talk about risks and choices";
    /// What was taken and sent.
    Specimen, "specimen", "What was sent to the lab";
    /// The sample by eye.
    GrossDescription, "gross-description", "How the sample looks to the eye";
    /// The sample under the microscope.
    MicroscopicDescription, "microscopic-description", "How the sample looks under a microscope";
    /// Stains and molecular tests.
    SpecialStudies, "special-studies", "More tests on the sample";
    /// A fixed-form pathology summary.
    SynopticReport, "synoptic-report", "The sample's report as a set list";
    /// What happened in the hospital.
    HospitalCourse, "hospital-course", "What happened during the stay";
    /// What happened in the emergency department.
    EmergencyCourse, "emergency-course", "What happened in the emergency room";
    /// Where a person goes from here.
    Disposition, "disposition", "Where care goes from here";
    /// How a person was on leaving.
    DischargeCondition, "discharge-condition", "How things were on leaving";
    /// What the patient was told to do.
    Instructions, "instructions", "What to do after this";
    /// Diet.
    Diet, "diet", "Food and drink";
    /// Activity.
    Activity, "activity", "How active to be";
    /// Next visits.
    FollowUp, "follow-up", "Next visits and checks";
    /// Advice to the asking clinician.
    Recommendations, "recommendations", "What is suggested";
    /// What was ordered.
    Orders, "orders", "Tests and care asked for";
    /// What care aims at.
    Goals, "goals", "What care aims for";
    /// What was explained.
    Education, "education", "What was explained";
    /// Code status, advance directives.
    AdvanceDirectives, "advance-directives", "Wishes for care in an emergency";
    /// Written later.
    Addendum, "addendum", "Added later";
    /// A supervising clinician's statement.
    Attestation, "attestation", "A word from the clinician in charge";
    /// What the writer adds.
    Comment, "comment", "A comment";
    /// Who gives care.
    CareTeam, "care-team", "Who gives care";
}
