//! What sort of request a ServiceRequest is, by its category, else by its own code and words (R5).

use crate::code::{CodeableConcept, Coding};
use crate::code_enum::facts;
use crate::service_request::ServiceRequest;

facts! {
    /// The sort of request: `referral.kind.<code>`.
    ReferralKind {
        /// To another clinician or service.
        Referral = "referral";
        /// A laboratory test.
        Laboratory = "laboratory";
        /// Imaging.
        Imaging = "imaging";
        /// A procedure or an operation.
        Procedure = "procedure";
        /// Teaching or counselling.
        Counselling = "counselling";
        /// Help with food, housing and the like.
        SocialNeed = "social-need";
        /// Another, or not told.
        Other = "other";
    }
}

/// Codes of categories: HL7 v2's diagnostic services (table 0074), HL7's observation categories, US Core's categories,
/// and those that FHIR R4 names for `ServiceRequest.category`.
const CATEGORY_CODES: [(&str, ReferralKind); 36] = [
    ("laboratory", ReferralKind::Laboratory),
    ("lab", ReferralKind::Laboratory),
    ("ch", ReferralKind::Laboratory),
    ("hm", ReferralKind::Laboratory),
    ("mb", ReferralKind::Laboratory),
    ("sp", ReferralKind::Laboratory),
    ("sr", ReferralKind::Laboratory),
    ("vr", ReferralKind::Laboratory),
    ("cp", ReferralKind::Laboratory),
    ("cy", ReferralKind::Laboratory),
    ("ge", ReferralKind::Laboratory),
    ("imm", ReferralKind::Laboratory),
    ("bg", ReferralKind::Laboratory),
    ("tx", ReferralKind::Laboratory),
    ("108252007", ReferralKind::Laboratory),
    ("imaging", ReferralKind::Imaging),
    ("rad", ReferralKind::Imaging),
    ("rx", ReferralKind::Imaging),
    ("ct", ReferralKind::Imaging),
    ("cus", ReferralKind::Imaging),
    ("nmr", ReferralKind::Imaging),
    ("nms", ReferralKind::Imaging),
    ("ous", ReferralKind::Imaging),
    ("rus", ReferralKind::Imaging),
    ("vus", ReferralKind::Imaging),
    ("xrc", ReferralKind::Imaging),
    ("363679005", ReferralKind::Imaging),
    ("procedure", ReferralKind::Procedure),
    ("387713003", ReferralKind::Procedure),
    ("409063005", ReferralKind::Counselling),
    ("409073007", ReferralKind::Counselling),
    ("sdoh", ReferralKind::SocialNeed),
    ("referral", ReferralKind::Referral),
    ("refer", ReferralKind::Referral),
    ("3457005", ReferralKind::Referral),
    ("consult", ReferralKind::Referral),
];

/// Words of a category or of what is asked for, in English and Spanish. A word counts when it begins one; the first
/// that is found decides, so that "referral to radiology" is a referral.
const WORDS: [(&str, ReferralKind); 38] = [
    ("referral", ReferralKind::Referral),
    ("refer", ReferralKind::Referral),
    ("consult", ReferralKind::Referral),
    ("interconsulta", ReferralKind::Referral),
    ("derivacion", ReferralKind::Referral),
    ("remision", ReferralKind::Referral),
    ("food pantry", ReferralKind::SocialNeed),
    ("housing", ReferralKind::SocialNeed),
    ("transportation", ReferralKind::SocialNeed),
    ("counsel", ReferralKind::Counselling),
    ("education", ReferralKind::Counselling),
    ("imaging", ReferralKind::Imaging),
    ("radiology", ReferralKind::Imaging),
    ("radiography", ReferralKind::Imaging),
    ("x-ray", ReferralKind::Imaging),
    ("xr", ReferralKind::Imaging),
    ("mri", ReferralKind::Imaging),
    ("ct", ReferralKind::Imaging),
    ("computed tomography", ReferralKind::Imaging),
    ("ultrasound", ReferralKind::Imaging),
    ("us", ReferralKind::Imaging),
    ("mammogra", ReferralKind::Imaging),
    ("radiografia", ReferralKind::Imaging),
    ("ecografia", ReferralKind::Imaging),
    ("laboratory", ReferralKind::Laboratory),
    ("laboratorio", ReferralKind::Laboratory),
    ("lab", ReferralKind::Laboratory),
    ("labs", ReferralKind::Laboratory),
    ("blood count", ReferralKind::Laboratory),
    ("culture", ReferralKind::Laboratory),
    ("metabolic panel", ReferralKind::Laboratory),
    ("pathology", ReferralKind::Laboratory),
    ("surgery", ReferralKind::Procedure),
    ("surgical", ReferralKind::Procedure),
    ("procedure", ReferralKind::Procedure),
    ("biopsy", ReferralKind::Procedure),
    ("colonoscopy", ReferralKind::Procedure),
    ("endoscopy", ReferralKind::Procedure),
];

/// Short words that count only when they stand alone: "us" also begins "use".
const WHOLE_ONLY: [&str; 6] = ["xr", "mri", "ct", "us", "lab", "labs"];

impl ReferralKind {
    /// By the categories' codes, then their words, then the words of what is asked for.
    #[must_use]
    pub fn of(request: &ServiceRequest) -> Self {
        let codes = request.categories.iter().flat_map(|category| &category.codings).filter_map(of_code);
        let category_words = request.categories.iter().filter_map(of_words);
        let of_itself = request.code.iter().filter_map(of_words);
        codes.chain(category_words).chain(of_itself).next().unwrap_or(Self::Other)
    }
}

fn of_code(coding: &Coding) -> Option<ReferralKind> {
    let code = coding.code.as_deref()?;
    CATEGORY_CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, kind)| *kind)
}

fn of_words(concept: &CodeableConcept) -> Option<ReferralKind> {
    let displays = concept.codings.iter().filter_map(|coding| coding.display.as_deref());
    concept.text.as_deref().into_iter().chain(displays).find_map(of_text)
}

fn of_text(text: &str) -> Option<ReferralKind> {
    let plain: String = text.to_lowercase().chars().map(without_accent).collect();
    WORDS.iter().find(|(word, _)| stands_in(&plain, word)).map(|(_, kind)| *kind)
}

fn stands_in(text: &str, word: &str) -> bool {
    let whole = WHOLE_ONLY.contains(&word);
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !(before.is_some_and(char::is_alphanumeric) || whole && after.is_some_and(char::is_alphanumeric))
    })
}

fn without_accent(c: char) -> char {
    match c {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        other => other,
    }
}
