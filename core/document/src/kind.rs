//! The kinds of section (SPEC N2).

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $code:literal;)*) => {
        /// What a section is about. Its words stand in the catalogue as `section.<code>`.
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
        }
    };
}

kinds! {
    /// CC, presenting complaint.
    ChiefComplaint, "chief-complaint";
    /// HPI.
    HistoryOfPresentIllness, "history-of-present-illness";
    /// What is new since the last note.
    IntervalHistory, "interval-history";
    /// Why another clinician was asked.
    ReasonForReferral, "reason-for-referral";
    /// Why a person was admitted.
    ReasonForAdmission, "reason-for-admission";
    /// Why a test or procedure was done.
    Indication, "indication";
    /// What was told.
    Subjective, "subjective";
    /// What was seen and measured.
    Objective, "objective";
    /// PMH.
    PastHistory, "past-history";
    /// PSH.
    SurgicalHistory, "surgical-history";
    /// FH.
    FamilyHistory, "family-history";
    /// SH.
    SocialHistory, "social-history";
    /// Tobacco, alcohol, drugs.
    SubstanceUse, "substance-use";
    /// Past mental health care.
    PsychiatricHistory, "psychiatric-history";
    /// Periods, pregnancies.
    ObstetricHistory, "obstetric-history";
    /// Birth, for a child's chart.
    BirthHistory, "birth-history";
    /// Milestones.
    DevelopmentalHistory, "developmental-history";
    /// Current medicines.
    Medications, "medications";
    /// Medicines before admission.
    HomeMedications, "home-medications";
    /// Medicines at discharge.
    DischargeMedications, "discharge-medications";
    /// Allergies and intolerances.
    Allergies, "allergies";
    /// Vaccines.
    Immunizations, "immunizations";
    /// ROS.
    ReviewOfSystems, "review-of-systems";
    /// Blood pressure, pulse ...
    VitalSigns, "vital-signs";
    /// PE.
    PhysicalExam, "physical-exam";
    /// MSE.
    MentalStatusExam, "mental-status-exam";
    /// What a person can do from day to day.
    FunctionalStatus, "functional-status";
    /// Laboratory and other results.
    Results, "results";
    /// Results that are not there yet.
    PendingResults, "pending-results";
    /// Scans and x-rays.
    Imaging, "imaging";
    /// How a test was done.
    Technique, "technique";
    /// Earlier tests looked at beside this one.
    Comparison, "comparison";
    /// What a test or operation showed.
    Findings, "findings";
    /// A report's conclusion.
    Impression, "impression";
    /// What the clinician thinks.
    Assessment, "assessment";
    /// A/P.
    AssessmentAndPlan, "assessment-and-plan";
    /// What is to be done.
    Plan, "plan";
    /// Problems, active or past.
    ProblemList, "problem-list";
    /// The name given to the problem.
    Diagnosis, "diagnosis";
    /// What else it could be.
    DifferentialDiagnosis, "differential-diagnosis";
    /// As named on admission.
    AdmissionDiagnosis, "admission-diagnosis";
    /// As named at discharge.
    DischargeDiagnosis, "discharge-diagnosis";
    /// As named before the operation.
    PreoperativeDiagnosis, "preoperative-diagnosis";
    /// As named after the operation.
    PostoperativeDiagnosis, "postoperative-diagnosis";
    /// What was done.
    Procedure, "procedure";
    /// Anesthesia used.
    Anesthesia, "anesthesia";
    /// Blood and fluids.
    BloodLoss, "blood-loss";
    /// What went wrong, if anything.
    Complications, "complications";
    /// What was put in or left in.
    Implants, "implants";
    /// Agreement to a procedure.
    Consent, "consent";
    /// What was taken and sent.
    Specimen, "specimen";
    /// The sample by eye.
    GrossDescription, "gross-description";
    /// The sample under the microscope.
    MicroscopicDescription, "microscopic-description";
    /// Stains and molecular tests.
    SpecialStudies, "special-studies";
    /// A fixed-form pathology summary.
    SynopticReport, "synoptic-report";
    /// What happened in the hospital.
    HospitalCourse, "hospital-course";
    /// What happened in the emergency department.
    EmergencyCourse, "emergency-course";
    /// Where a person goes from here.
    Disposition, "disposition";
    /// How a person was on leaving.
    DischargeCondition, "discharge-condition";
    /// What the patient was told to do.
    Instructions, "instructions";
    /// Diet.
    Diet, "diet";
    /// Activity.
    Activity, "activity";
    /// Next visits.
    FollowUp, "follow-up";
    /// Advice to the asking clinician.
    Recommendations, "recommendations";
    /// What was ordered.
    Orders, "orders";
    /// What care aims at.
    Goals, "goals";
    /// What was explained.
    Education, "education";
    /// Code status, advance directives.
    AdvanceDirectives, "advance-directives";
    /// Written later.
    Addendum, "addendum";
    /// A supervising clinician's statement.
    Attestation, "attestation";
    /// What the writer adds.
    Comment, "comment";
    /// Who gives care.
    CareTeam, "care-team";
}
