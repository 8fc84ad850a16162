//! The shape of notes: sections, paragraphs, lists, tables, and what they say as text.

use plainchart_document::{
    Block, Inline, Limits, NoteModel, Remark, SectionKind as K, Style, WORDING_COUNT, read, recognise_heading,
};

fn model(source: &str) -> NoteModel {
    read(source.as_bytes(), None, &Limits::default()).expect("small and readable")
}

fn outline(model: &NoteModel) -> Vec<(Option<&str>, K, String)> {
    model.sections.iter().map(|section| (section.heading.as_deref(), section.kind, section.text())).collect()
}

const TYPED: &str = "\
VISIT NOTE FOR A MADE-UP PERSON\r
\r
HPI: 70F w/ cough x 2 wks.\r
No fever.\r
PMH: HTN. MEDS: lisinopril 10. ALL: NKDA.\r
\r
Physical Exam\r
-------------\r
Na    140   136-145\r
K     4.1   3.5-5.1\r
\r
+ wheeze\r
- fever\r
\r
A/P\r
1. Asthma\r
   - inhaler 2 puffs\r
   - spacer\r
2) HTN: at goal\r
   same dose\r
\r
**Dispo** home\r
";

/// Proves N1 and N2: a typed note falls into its sections, with their text in canonical form.
#[test]
fn a_typed_note_has_its_sections() {
    assert_eq!(
        outline(&model(TYPED)),
        [
            (None, K::Other, "VISIT NOTE FOR A MADE-UP PERSON".to_owned()),
            (Some("HPI"), K::HistoryOfPresentIllness, "70F w/ cough x 2 wks.\nNo fever.".to_owned()),
            (Some("PMH"), K::PastHistory, "HTN.".to_owned()),
            (Some("MEDS"), K::Medications, "lisinopril 10.".to_owned()),
            (Some("ALL"), K::Allergies, "NKDA.".to_owned()),
            (
                Some("Physical Exam"),
                K::PhysicalExam,
                "Na | 140 | 136-145\nK | 4.1 | 3.5-5.1\n\n+ wheeze\n- fever".to_owned()
            ),
            (
                Some("A/P"),
                K::AssessmentAndPlan,
                "1. Asthma\n  - inhaler 2 puffs\n  - spacer\n2) HTN: at goal\n   same dose"
                    .to_owned()
                    .replace("\n   same", "\n  same")
            ),
            (Some("Dispo"), K::Disposition, "home".to_owned()),
        ]
    );
}

const PAGE: &str = "\
<html><head><title>Not shown</title></head><body><h2>History of Present Illness</h2>\
<p>Cough,<br>no fever. See <a href='HTTPS://ward.example/a?b=1&amp;c=2'>the ward</a>.</p>\
<div><b>Meds:</b> inhaler, <s>syrup</s></div><p><strong>Sleep Study</strong></p><p>Platelets 10<sup>9</sup>/L</p>\
<table><tr><th>Test</th><th>Value</th></tr><tr><td>Na<td>140<tr><td>K</td><td><p>4.1</p><p>high</p></td></tr></table>\
<table><tr><td><h3>Plan</h3><ol start=3><li>Rest<ul><li>much</ul><li value=9>Fluids</ol></td></tr></table>\
<pre>\n  PMH:\n  - HTN\n</pre><pre>a   b\n  c</pre><div style='DISPLAY : none'>Unseen</div></body></html>";

/// Proves N1 and N2: a page falls into its sections; layout tables dissolve and real ones stay.
#[test]
fn a_page_has_its_sections() {
    let model = model(PAGE);
    assert_eq!(
        outline(&model),
        [
            (
                Some("History of Present Illness"),
                K::HistoryOfPresentIllness,
                "Cough,\nno fever. See the ward.".to_owned()
            ),
            (Some("Meds"), K::Medications, "inhaler, syrup".to_owned()),
            (
                Some("Sleep Study"),
                K::Other,
                "Platelets 10\u{2079}/L\n\nTest | Value\nNa | 140\nK | 4.1 high".to_owned()
            ),
            (Some("Plan"), K::Plan, "3. Rest\n  - much\n9. Fluids".to_owned()),
            (Some("PMH"), K::PastHistory, "- HTN\n\na   b\n  c\n\nUnseen".to_owned()),
        ]
    );
    assert_eq!(model.remarks, [Remark::HiddenTextShown]);
    let styled: Vec<(String, Style)> = model
        .sections
        .iter()
        .flat_map(|section| &section.blocks)
        .filter_map(|block| match block {
            Block::Paragraph { text: Inline { text, spans }, .. } => Some(
                spans
                    .iter()
                    .map(|span| (text.get(span.start..span.end).unwrap_or_default().to_owned(), span.style.clone())),
            ),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(
        styled,
        [
            ("the ward".to_owned(), Style::Link { url: "https://ward.example/a?b=1&c=2".to_owned() }),
            ("syrup".to_owned(), Style::Struck),
            ("Unseen".to_owned(), Style::Hidden),
        ]
    );
    let header = model.sections[2].blocks.iter().find_map(|block| match block {
        Block::Table { rows, .. } => {
            Some(rows.iter().map(|row| row.cells.iter().all(|cell| cell.header)).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(header, Some(vec![true, false, false]));
}

/// Proves N1: XHTML's empty elements do not swallow what follows.
#[test]
fn xhtml_reads_like_html() {
    let model = model(
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='x'/></head><body><p/><div/>\
        <b/>Seen<br/>today <![CDATA[BP < 120 & well]]><table><tr><td/><td>x</td></tr></table></body></html>",
    );
    assert_eq!(model.text(), "Seen\ntoday BP < 120 & well\n\n | x");
}

/// Proves N1: lines broken by a program are joined, lines broken by a person are not.
#[test]
fn only_wrapped_lines_are_joined() {
    let wrapped = "The patient was seen today for a cough that has lasted for some two\n\
                   weeks now and that is worse at night. There was no fever, no chill and\n\
                   no pain in the chest. The cough is dry and there is no wheeze heard by\n\
                   anyone.\nLungs: clear.\nHeart: regular.";
    let text = model(wrapped).text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.ends_with("anyone.\nLungs: clear.\nHeart: regular."));
    assert_eq!(model("BP 120/80\nHR 70\nWell today").text(), "BP 120/80\nHR 70\nWell today");
}

/// Proves N1: a table is only made where no value can slip into another column.
#[test]
fn doubtful_columns_stay_as_typed() {
    let doubtful = model("      A    B    C\nNa   140       141\nK         4.0  4.1");
    assert!(matches!(&doubtful.sections[0].blocks[..], [Block::Preformatted { .. }]));
    assert_eq!(doubtful.text(), "      A    B    C\nNa   140       141\nK         4.0  4.1");
    let clear = model("Test     Value\n-----    -----\nNa       140\nK        4.0");
    assert_eq!(clear.text(), "Test | Value\nNa | 140\nK | 4.0");
    let Block::Table { rows, .. } = &clear.sections[0].blocks[0] else { panic!("no table") };
    assert!(rows[0].cells.iter().all(|cell| cell.header) && !rows[1].cells[0].header);
}

/// Proves N2: at least eighty wordings, and case, marks and spelling do not matter.
#[test]
fn wordings_are_known_in_every_spelling() {
    const { assert!(WORDING_COUNT >= 80) };
    for (wording, kind) in [
        ("HPI", K::HistoryOfPresentIllness),
        ("h.p.i.", K::HistoryOfPresentIllness),
        ("Hx of Present Illness:", K::HistoryOfPresentIllness),
        ("PC", K::ChiefComplaint),
        ("Presenting Complaint", K::ChiefComplaint),
        ("A/P", K::AssessmentAndPlan),
        ("A & P", K::AssessmentAndPlan),
        ("ASSESSMENT AND PLAN", K::AssessmentAndPlan),
        ("Assessment+Plan", K::AssessmentAndPlan),
        ("Impression / Plan", K::AssessmentAndPlan),
        ("O/E", K::PhysicalExam),
        ("Exam (by video)", K::PhysicalExam),
        ("PMHx", K::PastHistory),
        ("Patient's Medications", K::Medications),
        ("Drug history", K::Medications),
        ("Immunisations", K::Immunizations),
        ("Anaesthesia", K::Anesthesia),
        ("F/U", K::FollowUp),
        ("Follow-up", K::FollowUp),
        ("Gross Description", K::GrossDescription),
        ("Code Status", K::AdvanceDirectives),
        ("ED Course", K::EmergencyCourse),
    ] {
        assert_eq!(recognise_heading(wording), Some(kind), "{wording}");
    }
    for unknown in ["", ":", "Lungs", "Exam was brief", "he", "Metformin 500", &"x".repeat(100)] {
        assert_eq!(recognise_heading(unknown), None, "{unknown}");
    }
}

/// Proves N2: in a test's report, "Exam" names the test and "History" its reason.
#[test]
fn reports_use_the_words_differently() {
    let kinds = |source: &str| model(source).sections.iter().map(|section| section.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds("EXAM: CT head\nHISTORY: fall\nTECHNIQUE: no contrast\nIMPRESSION: none"),
        [K::Procedure, K::Indication, K::Technique, K::Impression]
    );
    assert_eq!(kinds("HISTORY: fall\nEXAM: well"), [K::HistoryOfPresentIllness, K::PhysicalExam]);
}

/// Proves N1: the ranges of blocks are the places of their words in the section's text.
#[test]
fn block_ranges_cover_the_text() {
    for source in [TYPED, PAGE, "a\n\n---\n\n- b\n- c\n\nd"] {
        for section in &model(source).sections {
            let text = section.text();
            let ranges = section.block_ranges();
            assert_eq!(ranges.len(), section.blocks.len());
            for (block, range) in section.blocks.iter().zip(&ranges) {
                assert_eq!(text.get(range.clone()), Some(block.text().as_str()));
            }
            assert_eq!(ranges.last().map_or(0, |last| last.end), text.len());
        }
    }
}

/// Proves N1: an anchor outlives a change elsewhere in the note.
#[test]
fn anchors_do_not_move_with_other_text() {
    let anchor = |source: &str| {
        model(source).sections.iter().find(|section| section.kind == K::Plan).unwrap().blocks[0]
            .anchor()
            .unwrap()
            .to_owned()
    };
    assert_eq!(anchor("HPI: cough\nPlan: rest"), anchor("HPI: cough, worse\n\nLabs: none\n\nPlan: rest"));
    assert_ne!(anchor("Plan: rest"), anchor("Plan: rest more"));
}

/// Proves V6: neither `Debug` nor an error shows a word of the note.
#[test]
fn debug_shows_no_words() {
    let marker = "zebrafinch";
    let source = format!(
        "<h1>{marker}</h1><p>{marker} <a href='https://{marker}.example'>{marker}</a><ul><li>{marker}</ul><table><tr><td>{marker}<td>{marker}</table><pre>{marker}</pre>"
    );
    let model = model(&source);
    assert!(model.text().contains(marker));
    assert!(!format!("{model:?}").contains(marker));
    for section in &model.sections {
        assert!(!format!("{section:?} {:?}", section.blocks).contains(marker));
        for block in &section.blocks {
            match block {
                Block::Paragraph { text, .. } => assert!(!format!("{text:?} {:?}", text.spans).contains(marker)),
                Block::List { items, .. } => assert!(!format!("{items:?}").contains(marker)),
                Block::Table { rows, .. } => assert!(!format!("{rows:?} {:?}", rows[0].cells).contains(marker)),
                _ => {}
            }
        }
    }
    let error = read(source.as_bytes(), None, &Limits { output_bytes: 20, ..Limits::default() }).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(marker));
}
