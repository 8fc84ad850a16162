//! C-CDA documents to the note model: every element of narrative, whole and broken.

#![allow(clippy::panic, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail")]

use plainchart_document::{Block, Format, Inline, Limits, NoteModel, Remark, Section, SectionKind, Style, read};

fn document(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><?xml-stylesheet type='text/xsl' href='CDA.xsl'?>\
         <ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:sdtc=\"urn:hl7-org:sdtc\"><id root=\"1.2.3\"/>\
         <title>Visit Summary</title><recordTarget><patientRole><patient><name>Header Words</name></patient>\
         </patientRole></recordTarget><component><structuredBody>{body}</structuredBody></component></ClinicalDocument>"
    )
}

fn model(source: &str) -> NoteModel {
    read(source.as_bytes(), Some("text/xml"), &Limits::default()).expect("readable")
}

/// The section `Part` with this narrative.
fn part(narrative: &str) -> Section {
    let source =
        document(&format!("<component><section><title>Part</title><text>{narrative}</text></section></component>"));
    let mut sections = model(&source).sections;
    assert_eq!(sections.len(), 2, "{narrative}");
    sections.remove(1)
}

fn only_text(narrative: &str) -> Inline {
    match part(narrative).blocks.as_slice() {
        [Block::Paragraph { text, .. }] => text.clone(),
        other => panic!("{other:?} of {narrative}"),
    }
}

fn styled(inline: &Inline) -> Vec<(&str, Style)> {
    inline.spans.iter().map(|span| (&inline.text[span.start..span.end], span.style.clone())).collect()
}

/// Proves N1: the title is a first section, sections and their sections follow with their levels, and nothing of the
/// header or of the coded entries is among the words.
#[test]
fn sections_nest() {
    let model = model(&document(
        "<component><section><code code='8716-3'/><title>Readings:</title><text>Outer words</text>\
         <entry><observation><text>Coded words</text></observation></entry>\
         <component><section><title>Inner</title><text><paragraph>Inner words</paragraph></text></section></component>\
         </section></component><component><section><title>Plan</title><text>Last words</text></section></component>",
    ));
    let seen: Vec<_> = model
        .sections
        .iter()
        .map(|section| (section.level, section.heading.as_deref(), section.kind, section.text()))
        .collect();
    assert_eq!(
        seen,
        [
            (1, Some("Visit Summary"), SectionKind::Other, String::new()),
            (2, Some("Readings"), SectionKind::VitalSigns, "Outer words".to_owned()),
            (3, Some("Inner"), SectionKind::Other, "Inner words".to_owned()),
            (2, Some("Plan"), SectionKind::Plan, "Last words".to_owned()),
        ]
    );
    assert_eq!((model.format, model.remarks), (Format::Ccda, vec![]));
}

/// Proves N2: the title's wording decides, then the code; a section without title is called what its code is called.
#[test]
fn headings_come_from_title_and_code() {
    for (head, heading, kind) in [
        (
            "<code code='48765-2' displayName='Allergies document'/><title>Alerts</title>",
            Some("Alerts"),
            SectionKind::Allergies,
        ),
        ("<code code='48765-2'/><title>Family History</title>", Some("Family History"), SectionKind::FamilyHistory),
        ("<code code='62387-6' displayName='Interventions'/>", Some("Interventions"), SectionKind::Other),
        ("<code code='10160-0'/><title> </title>", None, SectionKind::Medications),
        ("<title>Past\n  <content>Problems</content></title>", Some("Past Problems"), SectionKind::Other),
    ] {
        let model = model(&document(&format!("<component><section>{head}<text>Words</text></section></component>")));
        let section = &model.sections[1];
        assert_eq!((section.heading.as_deref(), section.kind), (heading, kind), "{head}");
        assert_eq!(section.text(), "Words");
    }
}

/// Proves N1: runs of text keep their words, styles and safe links.
#[test]
fn runs_of_text() {
    let inline = only_text(
        "<paragraph>Take <content styleCode='Bold xLabel'>two</content> <content styleCode=\"Italics\">now</content>, \
         <content styleCode='Underline'>not</content> <content revised='delete'>three</content></paragraph>",
    );
    assert_eq!(inline.text, "Take two now, not three");
    assert_eq!(styled(&inline), [("two", Style::Strong), ("now", Style::Emphasis), ("three", Style::Struck)]);
    let link = |href: &str| styled(&only_text(&format!("See <linkHtml href=\"{href}\">this page</linkHtml>."))).len();
    assert_eq!(["https://ward.example/a?b=1&amp;c=2", "tel:+15550100", "mailto:a@ward.example"].map(link), [1, 1, 1]);
    assert_eq!(["http://ward.example", "javascript:alert(1)", "#part", "file:///x"].map(link), [0, 0, 0, 0]);
    assert_eq!(only_text("See <linkHtml href='javascript:x()'>this page</linkHtml>.").text, "See this page.");
    for (narrative, text) in [
        ("H<sub>2</sub>O and 10<sup>9</sup>/L", "H2O and 10\u{2079}/L"),
        ("one<br/>two<br></br>three", "one\ntwo\nthree"),
        ("<![CDATA[BP < 120 & > 80]]> fine", "BP < 120 & > 80 fine"),
        ("5&#160;mg&nbsp;&lt;&#x3c;&amp;&eacute;&mu;&unknown; &bad", "5 mg <<&\u{e9}\u{3bc}&unknown; &bad"),
        ("<unknownThing a='b'>kept</unknownThing> <other>kept too</other>", "kept kept too"),
        ("<cda:paragraph>pre<cda:content>fixed</cda:content></cda:paragraph>", "pre fixed"),
        ("<content ID='a'>120</content>/<content ID='b'>80</content>mm[Hg]", "120/80 mm[Hg]"),
        ("<content ID='a'>Aspirin</content><content ID='b'>81 mg</content>", "Aspirin 81 mg"),
        ("<content styleCode='Bold'>N</content>ame", "Name"),
        ("seen<footnote ID='f1'>by phone</footnote>, told<footnoteRef IDREF='f1'/>", "seen [1: by phone], told [1]"),
        ("K <low> today, Na < 136, AT&T", "K <low> today, Na < 136, AT&T"),
        ("a <!-- not this --> b <?nor this?> c", "a b c"),
        ("12\u{202e}21", "1221"),
    ] {
        assert_eq!(only_text(narrative).text, text, "{narrative}");
    }
}

/// Proves N1: lists keep order, markers, captions and what is nested in them.
#[test]
fn lists() {
    let text = |narrative: &str| part(narrative).text();
    let list = "<list><caption>Take <content>daily</content></caption><item>One<br/>more</item><item><paragraph>Two</paragraph>\
                <list listType='ordered'><item>Inner</item><item><caption>Label</caption>rest</item></list></item></list>";
    assert_eq!(text(list), "Take daily\n\n- One\n  more\n- Two\n  1. Inner\n  2. Label\n    rest");
    let letters = "<list listType='ordered' styleCode='LittleAlpha'><item>x</item><item/><item>y</item></list>";
    assert_eq!(text(letters), "a. x\nc. y");
    assert_eq!(text("<list>Stray<item>x</item>words</list>"), "- Stray\n- x\n- words");
    assert_eq!(text("<ul><li>x</li></ul><ol><li>y</li></ol>"), "- x\n\n1. y");
    assert_eq!(text("<item>Lone</item>"), "Lone");
    assert!(matches!(part(letters).blocks.as_slice(), [Block::List { ordered: true, .. }]));
}

/// Proves N1: tables keep every cell, which of them name a column, their spans, and lines within a cell.
#[test]
fn tables() {
    let section = part(
        "<table border='1'><caption>Blood counts of May</caption><col width='10'/><colgroup><col/></colgroup>\
         <tfoot><tr><td colspan='2'>Foot</td></tr></tfoot>\
         <thead><tr><th>Test</th><td>Value</td></tr></thead><tbody><tr><th rowspan='2'>Sodium</th><td>140</td></tr>\
         <tr><td><paragraph>low</paragraph><list listType='ordered'><item>one</item><item>two</item></list>\
         <list><item><content styleCode='Bold'>three</content></item></list></td></tr><tr><td/><td> </td></tr>\
         <tr><td/><td>kept</td></tr></tbody></table>",
    );
    assert_eq!(section.blocks[0].text(), "Blood counts of May");
    let Block::Table { rows, .. } = &section.blocks[1] else { panic!("{section:?}") };
    let cells: Vec<Vec<&str>> =
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.text.as_str()).collect()).collect();
    assert_eq!(
        cells,
        [
            vec!["Test", "Value"],
            vec!["Sodium", "140"],
            vec!["low\n1. one\n2. two\n- three"],
            vec!["", "kept"],
            vec!["Foot"]
        ]
    );
    let cell = |row: usize, at: usize| &rows[row].cells[at];
    assert!(cell(0, 0).header && cell(0, 1).header && cell(1, 0).header && !cell(1, 1).header);
    assert_eq!((cell(1, 0).row_span, cell(4, 0).column_span, cell(1, 1).row_span), (2, 2, 1));
    assert_eq!(styled(&cell(2, 0).text), [("three", Style::Strong)]);
}

/// Proves N1: what stands where it should not in a table is kept, in order.
#[test]
fn odd_tables_lose_nothing() {
    for (narrative, text) in [
        ("<table>Stray<tr>in row<td>cell</td></tr>end</table>", "Stray\nin row\ncell\nend"),
        ("<table><td>a</td><td>b</td></table>", "a | b"),
        (
            "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr><tr><td>d</td></tr></table>e</td></tr></table>",
            "a b | c d e",
        ),
        ("<tr><td>no</td><td>table</td></tr>", "no\n\ntable"),
        ("<table><caption>Only</caption></table>", "Only"),
        ("<table><tr><td>a<td>b</td></td></tr></table>", "a b"),
        ("<table><tr><td colspan='0' rowspan='x'>a</td></tr></table>", "a"),
    ] {
        assert_eq!(part(narrative).text(), text, "{narrative}");
    }
}

/// Proves N1: pictures are told of and their captions stay.
#[test]
fn pictures_are_told_of() {
    let source = document(
        "<component><section><title>Part</title><text>Seen<renderMultiMedia referencedObject='MM1'><caption>Left \
         hand</caption></renderMultiMedia></text></section></component>",
    );
    let model = model(&source);
    assert_eq!(model.sections[1].text(), "Seen\n\nLeft hand");
    assert_eq!(model.remarks, [Remark::PicturesNotShown]);
}

/// Proves N1: where white space counts, lines stay lines, and a typed note in them is read as one.
#[test]
fn kept_white_space() {
    assert_eq!(part("<content xml:space='preserve'>a   b</content>").text(), "a   b");
    let section = part("<paragraph xml:space=\"preserve\">Sodium   140\r\n  Low    3</paragraph>");
    assert_eq!(section.text(), "Sodium   140\n  Low    3");
    let typed = document(
        "<component><section><title>Note</title><text xml:space='preserve'>HPI: cough\n\nPlan:\n- rest\n- tea\n</text></section></component>",
    );
    let model = model(&typed);
    let headings: Vec<_> = model.sections.iter().map(|section| (section.level, section.heading.as_deref())).collect();
    assert_eq!(headings, [(1, Some("Visit Summary")), (2, Some("Note")), (3, Some("HPI")), (3, Some("Plan"))]);
    assert_eq!(model.sections[3].text(), "- rest\n- tea");
}

/// Proves N1: text anywhere in a body is kept, and a section without text is still there.
#[test]
fn stray_text_and_empty_sections() {
    let model = model(&document(
        "loose<component><section nullFlavor='NI'><title>Goals</title><text/></section></component>\
         <component><section><title>Plan</title>in the section<text>in the text</text><odd>in an odd one</odd></section></component>",
    ));
    let seen: Vec<_> = model.sections.iter().map(|section| (section.heading.as_deref(), section.text())).collect();
    assert_eq!(
        seen,
        [
            (Some("Visit Summary"), String::new()),
            (None, "loose".to_owned()),
            (Some("Goals"), String::new()),
            (Some("Plan"), "in the section\n\nin the text\n\nin an odd one".to_owned()),
        ]
    );
    assert_eq!(model.remarks, []);
}

/// Proves N1: a section with entries only says so, and gives the words that stand in them.
#[test]
fn coded_sections_say_so() {
    let model = model(&document(
        "<component><section><title>Results</title><entry><observation><code code='1'><originalText>Lead level</originalText></code>\
         <author><assignedAuthor><assignedPerson><name>Not shown</name></assignedPerson></assignedAuthor></author>\
         </observation></entry></section></component>",
    ));
    assert_eq!(model.sections[1].text(), "Lead level");
    assert_eq!(model.remarks, [Remark::CodedDataNotShown]);
}

const MIXED: &str = "<component><section><title>Part \u{e9}</title><text><paragraph>caf\u{e9} 5 \u{b5}g</paragraph></text></section></component>";

/// Proves D2: a document is read in the characters it is written in.
#[test]
fn characters_are_decoded_first() {
    let source = document(MIXED);
    let expected = model(&source).sections;
    let with_declaration =
        |name: &str| source.replace("version=\"1.0\"?>", &format!("version=\"1.0\" encoding=\"{name}\"?>"));
    let utf16 = |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{}", with_declaration("UTF-16")).encode_utf16().flat_map(order).collect()
    };
    let latin = with_declaration("ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [
        format!("\u{FEFF}{source}").into_bytes(),
        format!("\u{FEFF}\n  <!-- first -->{source}").into_bytes(),
        with_declaration("utf-8").into_bytes(),
        utf16("\u{FEFF}", u16::to_le_bytes),
        utf16("\u{FEFF}", u16::to_be_bytes),
        utf16("", u16::to_le_bytes),
        utf16("", u16::to_be_bytes),
        latin,
    ] {
        let model = read(&bytes, None, &Limits::default()).unwrap();
        assert_eq!(model.format, Format::Ccda);
        assert!(model.sections == expected);
    }
}

/// Proves N1: names are told by what stands behind the prefix.
#[test]
fn prefixes_change_nothing() {
    let source = document(MIXED);
    let prefixed = source
        .replace("</", "</\u{1}")
        .replace('<', "<cda:")
        .replace("<cda:/\u{1}", "</cda:")
        .replace("<cda:?", "<?")
        .replace("xmlns=", "xmlns:cda=");
    assert!(prefixed.contains("<cda:section>") && prefixed.contains("</cda:section>"));
    assert!(model(&prefixed).sections == model(&source).sections);
}

fn unstructured(text: &str) -> NoteModel {
    model(&format!(
        "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>Letter</title><component><nonXMLBody>{text}</nonXMLBody></component></ClinicalDocument>"
    ))
}

/// Proves N1: a file in the place of a body is read as what it is, under the document's title.
#[test]
fn files_within_are_read() {
    for (text, expected) in [
        ("<text mediaType='text/plain'>HPI: cough &amp; cold</text>", "cough & cold"),
        // "HPI: cough & cold", in Base64 over two lines and without padding.
        ("<text mediaType='text/plain' representation='B64'>SFBJOiBjb3Vn\n aCAmIGNvbGQ</text>", "cough & cold"),
        ("<text mediaType='text/rtf' representation='B64'>e1xydGYxIEhQSTogY291Z2ggJiBjb2xkfQ==</text>", "cough & cold"),
        ("<text mediaType='text/html'><![CDATA[<h2>HPI</h2><p>cough &amp; cold</p>]]></text>", "cough & cold"),
    ] {
        let model = unstructured(text);
        let seen: Vec<_> =
            model.sections.iter().map(|section| (section.level, section.heading.as_deref(), section.text())).collect();
        assert_eq!(seen.first(), Some(&(1, Some("Letter"), String::new())), "{text}");
        let (level, heading, words) = &seen[1];
        assert!(*level > 1 && *heading == Some("HPI") && words == expected, "{seen:?}");
        assert_eq!((model.format, model.remarks.as_slice()), (Format::Ccda, [].as_slice()), "{text}");
    }
}

/// Proves N1: a file that cannot be shown, or did not come, is told of; a document in a document in a document is not
/// followed.
#[test]
fn files_that_cannot_be_read_are_told_of() {
    let inner = "<ClinicalDocument><component><nonXMLBody><text mediaType='text/plain'>deep</text></nonXMLBody></component></ClinicalDocument>";
    let nested = format!("<text mediaType='text/xml'><![CDATA[{inner}]]></text>");
    for (text, remark) in [
        ("<text mediaType='image/png' representation='B64'>iVBORw0KGgo=</text>", Remark::EmbeddedFileNotShown),
        ("<text mediaType='text/plain' representation='B64'>%%%%</text>", Remark::EmbeddedFileNotShown),
        (
            "<text mediaType='text/plain' representation='B64' compression='GZ'>SFBJ</text>",
            Remark::EmbeddedFileNotShown,
        ),
        ("<text mediaType='application/pdf'><reference value='letter.pdf'/></text>", Remark::TextElsewhere),
        (nested.as_str(), Remark::EmbeddedFileNotShown),
    ] {
        let model = unstructured(text);
        assert_eq!((model.sections.len(), model.sections[0].heading.as_deref()), (1, Some("Letter")), "{text}");
        assert!(model.remarks.contains(&remark), "{text} {:?}", model.remarks);
    }
}

/// Proves N1: a part of a document, several of them, and XML of any other kind give all their text.
#[test]
fn other_xml_gives_its_text() {
    for (source, text) in [
        (
            "<!-- a part --><section><templateId root='1'/><title>Problems</title><text>Asthma</text><entry/></section>",
            "Problems\n\nAsthma",
        ),
        (
            "<observation classCode='OBS'><text>Seen</text></observation><observation classCode='OBS'><value>5 years</value></observation>",
            "Seen\n\n5 years",
        ),
        (
            "<recordTarget><templateId root='1'/><name><given>Ann</given><family>Vale</family></name><addr><city>Bath</city>\
             <state>MA</state></addr></recordTarget>",
            "Ann Vale\n\nBath MA",
        ),
        ("<labs><test unit='mmol'>Sodium</test><value>140</value></labs>", "Sodium\n\n140"),
        (
            "<Composition xmlns='http://hl7.org/fhir'><title value='Summary'/><section><title value='Plan'/><text>\
             <div xmlns='http://www.w3.org/1999/xhtml'><p>Rest <b>well</b></p><ul><li>tea</li></ul></div></text></section></Composition>",
            "Plan\n\nRest well\n\n- tea",
        ),
    ] {
        let model = model(source);
        assert_eq!(model.format, Format::Xml, "{source}");
        assert_eq!(model.text(), text, "{source}");
    }
}

/// Proves N1: nothing that could act or fetch survives.
#[test]
fn nothing_active_survives() {
    let source = document(
        "<component><section><title>Part</title><text onload='go()'><script>steal()</script><linkHtml href='data:text/html,x'>\
         link</linkHtml><img src='https://t.example/x.gif' alt='A chart'/><iframe src='//x'>frame</iframe></text></section></component>",
    );
    let model = model(&source);
    let json = serde_json::to_string(&model).unwrap();
    for gone in ["steal", "go()", "t.example", "data:", "frame", "onload"] {
        assert!(!json.contains(gone), "{gone}");
    }
    assert_eq!(model.sections[1].text(), "link A chart");
    assert_eq!(model.remarks, [Remark::PicturesNotShown, Remark::ActiveContentRemoved]);
}

/// What the cells of the only table hold, with the rows each covers.
fn table(narrative: &str) -> Vec<Vec<(String, u32)>> {
    match part(narrative).blocks.as_slice() {
        [Block::Table { rows, .. }] => rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| (cell.text.text.clone(), cell.row_span)).collect())
            .collect(),
        other => panic!("{other:?} of {narrative}"),
    }
}

/// Proves N1: a row without words takes its part of a span along, and no span leaves its group of rows: every number
/// stays under its heading.
#[test]
fn spans_keep_numbers_under_their_headings() {
    let cell = |text: &str, rows: u32| (text.to_owned(), rows);
    for empty in ["<tr/>", "<tr></tr>", "<tr><td/></tr>", "<tr><td> </td></tr>"] {
        let narrative = format!(
            "<table><tr><td rowspan='2'>Na</td><td>140</td></tr>{empty}<tr><td>K</td><td>4.1</td></tr></table>"
        );
        let expected = [vec![cell("Na", 1), cell("140", 1)], vec![cell("K", 1), cell("4.1", 1)]];
        assert_eq!(table(&narrative), expected, "{empty}");
    }
    let groups = "<table><tbody><tr><td rowspan='9'>Na</td><td>140</td></tr><tr><td>138</td></tr></tbody>\
        <tbody><tr><td rowspan='0'>K</td><td>4.1</td></tr><tr><td>4.2</td></tr></tbody><tfoot><tr><td>Foot</td></tr></tfoot></table>";
    let expected = [
        vec![cell("Na", 2), cell("140", 1)],
        vec![cell("138", 1)],
        vec![cell("K", 2), cell("4.1", 1)],
        vec![cell("4.2", 1)],
        vec![cell("Foot", 1)],
    ];
    assert_eq!(table(groups), expected);
}

/// Proves N1: the cells of a table in a cell stand on one line, row by row.
#[test]
fn a_table_in_a_cell_keeps_its_rows() {
    let inner = "<table><tr><td>Na</td><td>140</td></tr><tr><td>K</td><td>4.1</td></tr></table>";
    let seen = table(&format!("<table><tr><td>A</td><td>{inner}</td></tr><tr><td>B</td><td>2</td></tr></table>"));
    assert_eq!(seen[0][1].0, "Na | 140\nK | 4.1");
    assert_eq!(table("<table><tr><td>X</td><td>Na<td>140</td></td></tr></table>")[0][1].0, "Na 140");
}

/// Proves N1: what an entry says the patient does not have is not among the words; that something is missing is told.
#[test]
fn denied_entries_are_not_shown() {
    for denied in ["true", "1"] {
        let model = model(&document(&format!(
            "<component><section><title>Problems</title><text/>\
             <entry><act><entryRelationship><observation negationInd='{denied}'><text>Diabetes</text><value displayName='x'/>\
             </observation></entryRelationship></act></entry>\
             <entry><observation negationInd='false'><text>Asthma</text></observation></entry></section></component>"
        )));
        assert_eq!(model.sections[1].text(), "Asthma");
        assert_eq!(model.remarks, [Remark::CodedDataNotShown]);
    }
}
