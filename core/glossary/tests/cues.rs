//! What the words around a mention say of it (G5), and where that ends.

mod fixture;

use fixture::{cue, cue_in, marks};
use plainchart_glossary::{Cue, SectionKind};

fn check(expected: Option<Cue>, cases: &[(&str, &str)]) {
    for (text, entry) in cases {
        assert_eq!(cue(text, entry), expected, "{entry} in {text:?}");
    }
}

/// Proves G5: what was looked for and not there is marked so, through a whole list.
#[test]
fn negated_mentions_are_marked() {
    check(
        Some(Cue::Negated),
        &[
            ("No fever.", "fever"),
            ("Denies fever, chills, or cough.", "cough"),
            ("no fever, chills or cough", "chills"),
            ("Without evidence of pneumonia", "pneumonia"),
            ("There is no evidence of acute pneumonia.", "pneumonia"),
            ("negative for pneumonia", "pneumonia"),
            ("Pneumonia was ruled out.", "pneumonia"),
            ("neg. for fever", "fever"),
            ("Chest pain: denies", "chest-pain"),
            ("Fever: no, cough: yes", "fever"),
            ("abdomen is non-tender", "tender"),
            ("She did not have fever", "fever"),
            ("(-) fever", "fever"),
            ("denies that he has fever", "fever"),
            ("The patient was seen in the clinic today and reports no new cough, wheeze,\nor fever", "fever"),
            ("No family history of breast cancer", "breast-cancer"),
            ("no evidence of\npneumonia", "pneumonia"),
        ],
    );
}

/// Proves G5: the reach of "no" ends where the statement does.
#[test]
fn a_negation_ends_where_its_statement_does() {
    check(
        None,
        &[
            ("No fever but dyspnea.", "dyspnea"),
            ("no fever; cough for days", "cough"),
            ("No fever. Cough for days", "cough"),
            ("no fever\ncough for days", "cough"),
            ("Denies chills, reports cough", "cough"),
            ("denies fever, has cough", "cough"),
            ("no chills, however fever", "fever"),
            ("no chills except fever", "fever"),
            ("- no fever\n- cough", "cough"),
            ("Fever present, pneumonia ruled out", "fever"),
            ("no fever, + cough", "cough"),
            ("no new rash anywhere on her arms or on any part of the trunk today. fever", "fever"),
        ],
    );
    let text = "No fever but dyspnea.";
    assert_eq!(marks(text).iter().map(|mark| mark.cue).collect::<Vec<_>>(), [Some(Cue::Negated), None]);
}

/// Proves G5: what only looks like a negation is none.
#[test]
fn pseudo_negations_deny_nothing() {
    check(
        None,
        &[
            ("No change in cough", "cough"),
            ("not only fever", "fever"),
            ("gram negative pneumonia", "pneumonia"),
            ("no increase in cough", "cough"),
            ("history of present illness: fever", "fever"),
        ],
    );
}

/// Proves G5: doubt is marked, and doubt about a denial is doubt.
#[test]
fn uncertain_mentions_are_marked() {
    check(
        Some(Cue::Uncertain),
        &[
            ("Possible pneumonia", "pneumonia"),
            ("r/o pneumonia", "pneumonia"),
            ("?pneumonia", "pneumonia"),
            ("pneumonia?", "pneumonia"),
            ("concern for pneumonia", "pneumonia"),
            ("suspicious for pneumonia.", "pneumonia"),
            ("Cannot exclude pneumonia", "pneumonia"),
            ("pneumonia cannot be ruled out", "pneumonia"),
            ("pneumonia has not been ruled out", "pneumonia"),
            ("PNA vs asthma", "pneumonia"),
            ("asthma versus pneumonia", "pneumonia"),
            ("no fever, possible pneumonia", "pneumonia"),
            ("evaluate for pneumonia", "pneumonia"),
        ],
    );
}

/// Proves G5: a relative's illness is not the reader's.
#[test]
fn family_mentions_are_marked() {
    check(
        Some(Cue::Family),
        &[
            ("Mother had breast cancer.", "breast-cancer"),
            ("Father with hypertension", "hypertension"),
            ("Brother: hypertension", "hypertension"),
            ("FH: breast cancer", "breast-cancer"),
            ("breast cancer in her mother", "breast-cancer"),
            ("family history of breast cancer", "breast-cancer"),
            ("FAMILY HISTORY:\nBreast cancer, aunt", "breast-cancer"),
        ],
    );
    check(
        None,
        &[
            ("Mother reports fever", "fever"),
            ("Her daughter brought her in with fever", "fever"),
            ("Mother had breast cancer. Fever today", "fever"),
            ("FH: breast cancer\nExam: tender", "tender"),
            ("FH: none. Possibly. Fever today", "fever"),
        ],
    );
    assert_eq!(cue_in(Some(SectionKind::FamilyHistory), "Breast cancer", "breast-cancer"), Some(Cue::Family));
    assert_eq!(cue_in(Some(SectionKind::FamilyHistory), "No breast cancer", "breast-cancer"), Some(Cue::Negated));
}

/// Proves G5: what is past is marked so, and the present after it is not.
#[test]
fn past_mentions_are_marked() {
    check(
        Some(Cue::History),
        &[
            ("h/o pneumonia", "pneumonia"),
            ("history of hypertension", "hypertension"),
            ("58 yo with hx of HTN presents with cough", "hypertension"),
            ("PMH: hypertension", "hypertension"),
            ("pneumonia in the past", "pneumonia"),
        ],
    );
    check(
        None,
        &[
            ("history of hypertension, presents with cough", "cough"),
            ("h/o asthma, now with fever", "fever"),
            ("PMH: asthma. Presents with fever", "fever"),
        ],
    );
    assert_eq!(cue_in(Some(SectionKind::PastHistory), "Hypertension", "hypertension"), Some(Cue::History));
}

/// Proves must-not 2: a phrase whose own words deny or doubt is not denied by them; its definition says it.
#[test]
fn a_phrase_is_not_denied_by_its_own_words() {
    check(None, &[("no acute distress", "no-acute-distress"), ("cannot exclude pneumonia", "cannot-exclude")]);
    check(None, &[("patient denies fever", "denies")]);
}

/// Proves G5: "negative" after a test is its result, and says nothing against the test.
#[test]
fn a_negative_test_was_still_a_test() {
    check(None, &[("Blood culture negative", "culture")]);
    check(Some(Cue::Negated), &[("Pneumonia negative", "pneumonia"), ("no blood culture", "culture")]);
}
