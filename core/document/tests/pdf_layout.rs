//! What the places of letters on a PDF page make of them: lines, columns, tables, headings, sections.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "for tests only")]

#[path = "pdf/writer.rs"]
mod writer;

use plainchart_document::{Block, Limits, NoteModel, SectionKind, read};
use proptest::prelude::*;
use writer::{Writer, page_with, pages};

fn model(bytes: &[u8]) -> NoteModel {
    read(bytes, Some("application/pdf"), &Limits::default()).unwrap()
}

fn at(font: &str, size: f64, x: f64, y: f64, text: &str) -> String {
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

fn page(content: &str) -> NoteModel {
    model(&pages(&[content.as_bytes()]).finish(1))
}

const PROSE: &[&str] = &[
    "The patient came in for a visit after the",
    "third cycle and reported that the fatigue",
    "was better than before while the numbness",
    "in both hands had stayed about as it was",
    "at the last visit so the dose was kept as",
    "it had been and the next visit was set up",
];

/// Proves N1: columns of prose are read one after the other, whether or not their lines stand at one height.
#[test]
fn columns_of_prose_are_read_one_by_one() {
    for offset in [0.0, 5.0] {
        let mut content = at("F", 12.0, 150.0, 740.0, "A line that stands over both of the columns here");
        let mut y = 700.0;
        for line in PROSE {
            // Drawn row by row, as some writers do.
            content += &at("F", 10.0, 60.0, y, line);
            content += &at("F", 10.0, 330.0, y - offset, &line.to_uppercase());
            y -= 12.0;
        }
        content += &at("F", 10.0, 150.0, 560.0, "A line that stands under both of the columns here");
        let text = page(&content).text();
        let words: Vec<&str> = text.split_whitespace().collect();
        let left = PROSE.join(" ");
        let expected = format!(
            "A line that stands over both of the columns here {left} {} A line that stands under both of the columns here",
            left.to_uppercase()
        );
        assert_eq!(words, expected.split_whitespace().collect::<Vec<_>>());
    }
}

/// Proves N1: the cells of a result stay in its row, with empty cells in their column.
#[test]
fn rows_of_results_stay_together() {
    let mut content = String::new();
    let rows = [
        ["Test", "Result", "Units", "Range"],
        ["Sodium", "140", "mmol/L", "135 - 145"],
        ["Potassium", "5.6", "mmol/L", ""],
        ["TSH", "2.1", "\\265IU/mL", "0.4 - 4.0"],
    ];
    // Drawn column by column.
    for (column, x) in [72.0, 200.0, 300.0, 400.0].into_iter().enumerate() {
        for (row, cells) in rows.iter().enumerate() {
            let font = if row == 0 { "B" } else { "F" };
            content += &at(font, 10.0, x, 700.0 - 14.0 * row as f64, cells[column]);
        }
    }
    let model = page(&content);
    let Some(Block::Table { rows, .. }) = model.sections[0].blocks.first() else { panic!("{model:?}") };
    assert!(rows[0].cells.iter().all(|cell| cell.header) && rows[1].cells.iter().all(|cell| !cell.header));
    assert_eq!(
        model.text(),
        "Test | Result | Units | Range\nSodium | 140 | mmol/L | 135 - 145\nPotassium | 5.6 | mmol/L | \n\
         TSH | 2.1 | \u{b5}IU/mL | 0.4 - 4.0"
    );
}

/// Proves N1: rows whose fields share no columns lose nothing and stay rows.
#[test]
fn crooked_tables_keep_their_rows() {
    let content = at("F", 10.0, 72.0, 700.0, "short")
        + &at("F", 10.0, 150.0, 700.0, "and a longer field here")
        + &at("F", 10.0, 72.0, 686.0, "a field that is as long as two")
        + &at("F", 10.0, 260.0, 686.0, "end");
    let model = page(&content);
    assert!(matches!(model.sections[0].blocks[..], [Block::Preformatted { .. }]));
    let lines: Vec<Vec<String>> =
        model.text().lines().map(|line| line.split_whitespace().map(String::from).collect()).collect();
    assert_eq!(lines[0].join(" "), "short and a longer field here");
    assert_eq!(lines[1].join(" "), "a field that is as long as two end");
}

/// Proves N1 and N2: headings by their words, their size or their weight start sections; running text is joined.
#[test]
fn headings_start_sections() {
    let mut content = at("B", 18.0, 72.0, 740.0, "Discharge Summary");
    content += &at("F", 10.0, 72.0, 710.0, "ASSESSMENT AND PLAN:");
    for (row, line) in PROSE.iter().enumerate() {
        content += &at("F", 10.0, 72.0, 690.0 - 12.0 * row as f64, line);
    }
    content += &at("B", 10.0, 72.0, 600.0, "Sleep study");
    content += &at("F", 10.0, 72.0, 586.0, "- no apnea seen");
    content += &at("F", 10.0, 72.0, 574.0, "- slept six hours");
    content += &at("F", 10.0, 72.0, 540.0, "Medications: aspirin");
    let model = page(&content);
    let headings: Vec<_> = model.sections.iter().filter_map(|section| section.heading.as_deref()).collect();
    assert_eq!(headings, ["Discharge Summary", "ASSESSMENT AND PLAN", "Sleep study", "Medications"]);
    assert_eq!(model.sections[1].kind, SectionKind::AssessmentAndPlan);
    assert_eq!(model.sections[1].text(), PROSE.join(" "));
    assert!(matches!(&model.sections[2].blocks[..], [Block::List { items, .. }] if items.len() == 2));
    assert_eq!(model.sections[3].text(), "aspirin");
}

/// Proves N1: pages are set apart by a rule; what stands on each of them again is kept, but is no heading.
#[test]
fn pages_are_set_apart() {
    let one = at("B", 14.0, 72.0, 750.0, "North Hospital")
        + &at("F", 10.0, 72.0, 700.0, "First page words.")
        + &at("B", 14.0, 72.0, 30.0, "Page 1 of 2");
    let two = at("B", 14.0, 72.0, 750.0, "North Hospital")
        + &at("F", 10.0, 72.0, 700.0, "Second page words.")
        + &at("B", 14.0, 72.0, 30.0, "Page 2 of 2");
    let model = model(&pages(&[one.as_bytes(), two.as_bytes()]).finish(1));
    assert!(model.sections.iter().all(|section| section.heading.is_none()));
    let rules = model.sections.iter().flat_map(|section| &section.blocks).filter(|block| **block == Block::Rule);
    assert_eq!(rules.count(), 1);
    let text = model.text();
    assert_eq!(text.matches("North Hospital").count(), 2);
    assert!(text.contains("Page 1 of 2") && text.contains("Page 2 of 2"));
}

/// Proves N1: turned pages and turned words are read along their own lines.
#[test]
fn turned_text_is_read() {
    let lines = at("F", 10.0, 72.0, 700.0, "first line") + &at("F", 10.0, 72.0, 688.0, "second line");
    for turns in [0, 90, 180, 270, -90, 450] {
        let mut writer = pages(&[lines.as_bytes()]);
        writer.set(5, format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R/Rotate {turns}>>"));
        assert_eq!(model(&writer.finish(1)).text(), "first line\nsecond line", "{turns}");
    }
    let content = at("F", 10.0, 72.0, 700.0, "upright words")
        + "BT /F 10 Tf 0 1 -1 0 40 100 Tm (up the) Tj ( side) Tj ET BT /F 10 Tf 0 1 -1 0 52 100 Tm (and more) Tj ET\n"
        + "BT /F 40 Tf .7 .7 -.7 .7 200 300 Tm (DRAFT) Tj ET\n"
        + &at("F", 10.0, 72.0, 688.0, "go on here");
    assert_eq!(page(&content).text(), "upright words\ngo on here\n\nDRAFT\n\nup the side\nand more");
}

/// Proves N1: Hebrew, drawn from the left, is read from the right, with the numbers in it as they are.
#[test]
fn text_from_the_right_is_in_the_order_of_reading() {
    let map = b"begincmap 2 beginbfrange <01> <1B> <05D0> <20> <7E> <0020> endbfrange endcmap";
    let font = "/X <</Subtype/Type1/BaseFont/H/FirstChar 0/Widths[0 500 500 500 500 500 500 500 500 500 500 500 500 500 \
        500 500 500 500 500 500 500 500 500 500 500 500 500 500]/ToUnicode 6 0 R/FontDescriptor<</MissingWidth 500>>>>";
    // "25 mg" stands left of the two words; the first word to be read is the rightmost.
    let content = b"BT /X 10 Tf 72 700 Td (25 mg \x0e\\015\x06\x13 \x0e\x06\\015\x1a) Tj ET";
    let mut writer = page_with(content, font);
    writer.stream("", map);
    assert_eq!(model(&writer.finish(1)).text(), "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd} 25 mg");
}

/// Proves N1: a word broken at the end of a line keeps its hyphen and its break.
#[test]
fn broken_words_stay_as_written() {
    let mut content = String::new();
    for (row, line) in PROSE.iter().enumerate() {
        let line = if row == 2 { "was better than before while the numb-" } else { line };
        let line = if row == 3 { "ness had stayed about as it was all along" } else { line };
        content += &at("F", 10.0, 72.0, 690.0 - 12.0 * row as f64, line);
    }
    assert!(page(&content).text().contains("the numb-\nness had"));
}

/// A way to draw a line of words.
fn drawn(words: &[String], way: u8, x: f64, y: f64, size: f64) -> String {
    match way % 4 {
        0 => at("F", size, x, y, &words.join(" ")),
        1 => format!("BT /F {size} Tf {x} {y} Td [({})] TJ ET\n", words.join(") -320 (")),
        2 => {
            let letters = |word: &String| word.chars().map(String::from).collect::<Vec<_>>().join(") 12 (");
            let words: Vec<String> = words.iter().map(letters).collect();
            format!("BT 1 0 0 1 {x} {y} Tm /F {size} Tf [({})] TJ ET\n", words.join(") -12 ( ) 5 ("))
        }
        _ => format!("q {size} 0 0 {size} {x} {y} cm BT /F 1 Tf ({}) Tj ET Q\n", words.join(" ")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Proves N1: whatever words stand on pages, in whatever way they are drawn and packed, the model holds the same
    /// words in the same order.
    #[test]
    fn the_same_words_come_back(
        pages_of_lines in prop::collection::vec(
            prop::collection::vec((prop::collection::vec("[a-z]{2,9}|[A-Z][a-z]{1,7}|[0-9]{1,4}", 1..9), any::<u8>()), 1..20), 1..4),
        size in 7.0_f64..13.0,
        packed in any::<bool>(),
    ) {
        let contents: Vec<String> = pages_of_lines
            .iter()
            .map(|lines| {
                (0..).zip(lines).map(|(row, (words, way))| {
                    drawn(words, *way, 60.0, 740.0 - f64::from(row) * 1.4 * size, size)
                }).collect()
            })
            .collect();
        let contents: Vec<&[u8]> = contents.iter().map(String::as_bytes).collect();
        let writer: Writer = pages(&contents);
        let bytes = if packed { writer.finish_packed(1) } else { writer.finish(1) };
        let text = model(&bytes).text();
        let found: Vec<&str> = text.split_whitespace().filter(|word| *word != "|").collect();
        let expected: Vec<&String> = pages_of_lines.iter().flatten().flat_map(|(words, _)| words).collect();
        prop_assert_eq!(found, expected);
    }
}
