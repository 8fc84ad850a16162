//! The wordings of headings, American and British (SPEC N2).
//!
//! Each is as `recognise_heading` folds it: lower case, `&` and `+` as "and", `/` and `-` as a space, no dots. A wording
//! stands under one kind only; to add one, add it here.

use crate::kind::SectionKind::{self, *};

/// Kind, and its wordings with a bar between them.
pub(crate) const WORDINGS: &[(SectionKind, &str)] = &[
    (
        ChiefComplaint,
        "chief complaint|chief complaints|cc|c c|presenting complaint|presenting complaints|pc|reason for visit|\
         reason for the visit|reason for encounter|reason for appointment|presenting problem|\
         reason for presentation|chief concern|chief complaint reason for visit|rfv",
    ),
    (
        HistoryOfPresentIllness,
        "history of present illness|history of the present illness|hpi|hx of present illness|present illness|\
         history of presenting complaint|history of presenting illness|hpc|hopc|history of present complaint|\
         history of current illness|brief history|history|hx|history present illness|present history|\
         clinical summary|brief hpi",
    ),
    (
        IntervalHistory,
        "interval history|interval hx|interim history|interval events|overnight events|24 hour events|\
         events overnight|24h events|interval update|since last visit|overnight",
    ),
    (
        ReasonForReferral,
        "reason for consultation|reason for consult|reason for referral|referral reason|consult question|\
         reason for the consultation|consultation request|clinical question",
    ),
    (ReasonForAdmission, "reason for admission|reason for hospitalization|reason for hospitalisation"),
    (
        Indication,
        "indication|indications|clinical indication|clinical indications|reason for exam|reason for study|\
         indication for procedure|indications for procedure|indication for the procedure|reason for test|\
         indications for the procedure|indication for surgery|indications for surgery|indications for operation|\
         clinical history|clinical information|clinical details|clinical|history and indication|\
         reason for examination",
    ),
    (Subjective, "subjective|subj|s"),
    (Objective, "objective|obj|o"),
    (
        PastHistory,
        "past medical history|pmh|pmhx|past hx|past history|medical history|med hx|medical hx|past medical hx|phx|\
         prior medical history|past medical and surgical history|pmh psh|pmhx pshx|past medical surgical history|\
         previous medical history|background|past health history|comorbidities|\
         past medical history past surgical history|significant past medical history",
    ),
    (
        SurgicalHistory,
        "past surgical history|psh|pshx|surgical history|surgical hx|past surgical hx|past operations|\
         prior surgeries|previous surgery|past procedures|previous operations|past surgeries|surghx",
    ),
    (FamilyHistory, "family history|fh|fhx|famhx|fam hx|family hx|family medical history|family health history"),
    (
        SocialHistory,
        "social history|sh|shx|sochx|soc hx|social hx|personal history|personal and social history|habits|\
         social determinants|social determinants of health|social situation|lifestyle|occupational history",
    ),
    (
        SubstanceUse,
        "substance use|substance use history|substance history|tobacco alcohol and drugs|tobacco use|alcohol use|\
         smoking history|alcohol and drug use|drug and alcohol history",
    ),
    (PsychiatricHistory, "past psychiatric history|psychiatric history|psych history|psych hx|mental health history"),
    (
        ObstetricHistory,
        "obstetric history|ob history|gynecologic history|gynaecological history|gyn history|ob gyn history|\
         obstetrical history|menstrual history|obhx|gynhx|gynecological history|pregnancy history|ob hx|gyn hx",
    ),
    (BirthHistory, "birth history|birth hx|perinatal history|neonatal history|prenatal history"),
    (DevelopmentalHistory, "developmental history|development|developmental|milestones|developmental milestones"),
    (
        Medications,
        "medications|medication|meds|current medications|current meds|medication list|rx|drugs|current medication|\
         drug history|dh|dhx|medicines|regular medications|active medications|outpatient medications|\
         current outpatient medications|medication history|scheduled meds|prescriptions|inpatient medications|\
         scheduled medications|current facility administered medications|tablets|medications prior to visit|\
         repeat medication|medication reconciliation|med list",
    ),
    (
        HomeMedications,
        "home medications|home meds|medications on admission|admission medications|meds on admission|\
         medications prior to admission|pta medications|pta meds|prior to admission medications",
    ),
    (
        DischargeMedications,
        "discharge medications|discharge meds|medications on discharge|medications at discharge|ttos|tto|tta|\
         discharge medication list",
    ),
    (
        Allergies,
        "allergies|allergy|all|drug allergies|allergies and intolerances|medication allergies|algy|\
         allergies intolerances|adverse reactions|allergies and adverse reactions|known allergies|\
         allergies and sensitivities|allergic history",
    ),
    (
        Immunizations,
        "immunizations|immunisations|immunization history|vaccines|vaccinations|imm|immunization|\
         immunisation history|vaccination history|immunization status|health maintenance",
    ),
    (
        ReviewOfSystems,
        "review of systems|ros|systems review|review of symptoms|systematic enquiry|system review|systemic review|\
         systems enquiry|review of system",
    ),
    (
        VitalSigns,
        "vital signs|vitals|vs|vital|obs|observations|vital sign|last vitals|vss|vital signs in last 24 hours|\
         measurements",
    ),
    (
        PhysicalExam,
        "physical exam|physical examination|pe|p e|pex|exam|examination|o e|on examination|physical|phys exam|\
         physical findings|clinical examination|focused exam|examination findings|physical assessment|\
         exam findings",
    ),
    (
        MentalStatusExam,
        "mental status exam|mental status examination|mse|mental status|mental state examination|psychiatric exam|\
         psychiatric examination|cog|cognition|cognitive testing|cognitive screening|cognitive exam|\
         cognitive assessment",
    ),
    (
        FunctionalStatus,
        "functional status|function|adls|activities of daily living|functional history|adl|baseline function|\
         prior level of function",
    ),
    (
        Results,
        "results|labs|lab|laboratory|laboratory data|lab results|laboratory results|data|bloods|\
         laboratory studies|diagnostic studies|diagnostic data|diagnostics|investigations|ix|lab data|\
         labs and studies|labs studies|studies|test results|pertinent results|data reviewed|labs imaging|\
         laboratory findings|diagnostic results|microbiology|blood tests|laboratory values|recent labs|\
         labs and imaging|pertinent labs|data review|laboratory tests|diagnostic tests|ekg|ecg",
    ),
    (
        PendingResults,
        "pending at discharge|pending results|pending|results pending|labs pending|pending labs|pending studies|\
         pending tests|tests pending at discharge",
    ),
    (
        Imaging,
        "imaging|radiology|imaging studies|radiology results|radiographs|x rays|radiologic studies|\
         imaging results|radiology studies|radiographic studies|diagnostic imaging|xrays|x ray|ct|mri|ultrasound|\
         cxr|echo|echocardiogram",
    ),
    (Technique, "technique|procedure technique|exam technique|protocol|method|methods|methodology"),
    (Comparison, "comparison|comparisons|comparison studies|prior studies|previous studies|compared with"),
    (
        Findings,
        "findings|operative findings|intraoperative findings|gross findings|surgical findings|report|\
         procedure findings|imaging findings|key findings|result",
    ),
    (
        Impression,
        "impression|imp|conclusion|conclusions|interpretation|summary|final impression|opinion|overall|\
         summary and impression|diagnostic impression|clinical impression|impressions|conclusion summary",
    ),
    (
        Assessment,
        "assessment|a|asmt|assmt|assess|formulation|discussion|medical decision making|mdm|clinical assessment|\
         case formulation|assessments",
    ),
    (
        AssessmentAndPlan,
        "impression recs|assessment recs|assessment and plan|a p|a and p|ap|assessment plan|impression and plan|impression plan|i p|\
         assessment and recommendations|assessment recommendations|imp plan|plan and assessment|\
         assessment and plans|assessment and plan by problem|assessment impression and plan|diagnosis and plan|\
         problems and plan|impression and recommendations|impression recommendations|plan by problem|a plan|\
         mdm and plan",
    ),
    (
        Plan,
        "plan|p|plans|treatment plan|plan of care|care plan|management plan|management|treatment|\
         plan of treatment|postoperative plan|action plan|plan of action|therapy|treatments",
    ),
    (
        ProblemList,
        "problem list|active problems|problems|active problem list|patient active problem list|issues|\
         active issues|current problems|health problems|health concerns|resolved problems|chronic problems|\
         active medical problems|chronic conditions|medical problems",
    ),
    (
        Diagnosis,
        "diagnosis|diagnoses|dx|final diagnosis|final diagnoses|primary diagnosis|secondary diagnosis|\
         principal diagnosis|visit diagnosis|visit diagnoses|encounter diagnosis|encounter diagnoses|\
         working diagnosis|final pathologic diagnosis|pathologic diagnosis|pathological diagnosis|\
         secondary diagnoses|clinical diagnosis|final pathological diagnosis|cytologic diagnosis|\
         histologic diagnosis|pathology diagnosis",
    ),
    (DifferentialDiagnosis, "differential diagnosis|differential|ddx|differential diagnoses"),
    (
        AdmissionDiagnosis,
        "admission diagnosis|admitting diagnosis|admission diagnoses|admitting diagnoses|diagnosis on admission",
    ),
    (
        DischargeDiagnosis,
        "discharge diagnosis|discharge diagnoses|diagnosis at discharge|diagnoses at discharge|\
         diagnosis on discharge",
    ),
    (
        PreoperativeDiagnosis,
        "preoperative diagnosis|preop diagnosis|pre op diagnosis|preoperative diagnoses|preprocedure diagnosis|\
         pre operative diagnosis|preop dx|pre procedure diagnosis|pre op dx",
    ),
    (
        PostoperativeDiagnosis,
        "postoperative diagnosis|postop diagnosis|post op diagnosis|postoperative diagnoses|\
         postprocedure diagnosis|post operative diagnosis|postop dx|post procedure diagnosis|post op dx",
    ),
    (
        Procedure,
        "procedure|procedures|procedure performed|procedures performed|operation|operation performed|\
         operative procedure|description of procedure|procedure in detail|title of operation|procedure details|\
         description of operation|procedure description|operations|details of procedure|operative note|\
         description of the procedure|name of operation|procedure note|operation in detail|title of procedure|\
         operative technique|operations performed|procedure detail|name of procedure|operative report|\
         details of the procedure|examination performed|exam performed|study|procedures this visit|\
         title of procedures|operative procedure in detail|description of the operation|operative description",
    ),
    (Anesthesia, "anesthesia|anaesthesia|anesthetic|anaesthetic|sedation|type of anesthesia"),
    (
        BloodLoss,
        "estimated blood loss|ebl|blood loss|fluids|urine output|i o|ios|intake and output|intake output|\
         fluids received|ins and outs|drains",
    ),
    (Complications, "complications|complication|intraoperative complications|immediate complications"),
    (Implants, "implants|implant|hardware|devices|implants used"),
    (Consent, "consent|informed consent"),
    (
        Specimen,
        "specimen|specimens|specimen submitted|specimens submitted|specimens removed|specimen s|tissue submitted|\
         specimen source|specimens sent|adequacy|specimen adequacy|specimen type|source of specimen|\
         parts submitted|specimen received",
    ),
    (GrossDescription, "gross description|macroscopic description|gross|gross examination|macroscopy"),
    (
        MicroscopicDescription,
        "microscopic description|microscopic|microscopy|microscopic examination|microscopic findings|histology",
    ),
    (
        SpecialStudies,
        "immunohistochemistry|special stains|ancillary studies|molecular studies|flow cytometry|ihc|\
         special studies|molecular results|biomarkers|immunohistochemical stains",
    ),
    (SynopticReport, "synoptic report|synoptic|synoptic summary"),
    (
        HospitalCourse,
        "hospital course|brief hospital course|course|hospital course by problem|hospital course by system|\
         clinical course|course in hospital|hospital summary|progress in hospital|summary of hospital course|\
         hospitalization course|course of hospitalization|summary of stay",
    ),
    (EmergencyCourse, "emergency department course|ed course|er course|emergency room course|course in ed"),
    (Disposition, "disposition|dispo|discharge disposition|discharge plan|discharge planning"),
    (
        DischargeCondition,
        "condition at discharge|discharge condition|condition on discharge|condition|discharge status|\
         discharge exam|patient condition|condition exam at discharge|exam at discharge",
    ),
    (
        Instructions,
        "discharge instructions|patient instructions|instructions|home care instructions|instructions to patient|\
         instructions for patient|post procedure instructions|after visit instructions|return precautions|\
         postoperative instructions|aftercare|what to do|safety net advice|safety netting",
    ),
    (Diet, "diet|nutrition|diet instructions"),
    (Activity, "activity|activities|activity instructions"),
    (
        FollowUp,
        "follow up|followup|f u|fu|fup|follow up plan|follow up appointments|return to clinic|rtc|\
         follow up instructions|next appointment|next visit|future appointments|next steps|follow up care",
    ),
    (Recommendations, "recommendations|recommendation|recs|rec|suggestions|advice"),
    (Orders, "orders|orders placed|orders placed this encounter|medications ordered|new orders"),
    (Goals, "goals|goals of care|goal|treatment goals"),
    (Education, "patient education|education|counseling|counselling|teaching"),
    (
        AdvanceDirectives,
        "code status|advance directives|advance directive|resuscitation status|advance care planning|code|\
         ceiling of care|treatment escalation plan",
    ),
    (Addendum, "addendum|addenda|late entry|amendment|correction"),
    (
        Attestation,
        "attestation|attending attestation|teaching physician attestation|attending note|attending statement|\
         attending addendum|teaching statement|physician attestation",
    ),
    (Comment, "comment|comments|note|notes|remarks"),
    (CareTeam, "care team|patient care team|providers|surgeon|assistant|treatment team|surgeons"),
];
