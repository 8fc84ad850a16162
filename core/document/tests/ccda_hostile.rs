//! Documents made to hurt, and broken ones: they end, stay small, and lose no words.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod ccda_source;

use ccda_source::{lost, words};
use plainchart_document::ccda::read_header;
use plainchart_document::{DocumentError, Exceeded, Format, Limits, NoteModel, Remark, read};

fn model(source: &str) -> NoteModel {
    let model = read(source.as_bytes(), Some("text/xml"), &Limits::default()).expect("readable");
    assert!(matches!(model.format, Format::Ccda | Format::Xml));
    model
}

fn document(narrative: &str) -> String {
    format!(
        "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>First words</title><component><structuredBody><component><section>\
         <title>Part</title><text>{narrative}</text></section></component></structuredBody></component></ClinicalDocument>"
    )
}

/// Proves D10 and N1: nesting of any depth is flattened, and the words stay.
#[test]
fn depth_is_flattened_and_the_words_stay() {
    for unit in ["content", "paragraph", "list><item", "table><tr><td", "section", "a", "sup", "caption", "footnote"] {
        let start = format!("<{unit}>").repeat(100_000);
        let end: String = unit.rsplit("><").map(|name| format!("</{name}>")).collect();
        for source in [
            document(&format!("{start}deepest words{}", end.repeat(100_000))),
            document(&format!("{start}deepest words")),
            format!("<observation xmlns='urn:hl7-org:v3'>{start}deepest words"),
        ] {
            let limits = Limits { blocks: 1_000_000, ..Limits::default() };
            let model = read(source.as_bytes(), Some("text/xml"), &limits).expect("readable");
            assert!(model.text().contains("deepest words"), "{unit}");
            assert!(model.remarks.contains(&Remark::NestingFlattened), "{unit}");
            let stored = serde_json::to_string(&model).expect("plain data");
            assert!(serde_json::from_str::<NoteModel>(&stored).is_ok_and(|restored| restored == model));
        }
    }
}

/// Proves D10: a body of nothing but sections costs no stack in the header either.
#[test]
fn headers_of_deep_bodies_end() {
    let sections = "<component><section><title>x</title>".repeat(50_000);
    let source = format!("<ClinicalDocument><component><structuredBody>{sections}");
    assert_eq!(read_header(source.as_bytes()).expect("a document").sections.len(), 50_000);
    let parts = "<author><assignedAuthor><assignedPerson><name><given>".repeat(50_000);
    assert!(read_header(format!("<ClinicalDocument>{parts}").as_bytes()).is_ok());
    let many = "<section/>".repeat(200_000);
    assert_eq!(
        read_header(format!("<ClinicalDocument><component>{many}").as_bytes()),
        Err(DocumentError::TooLarge { exceeded: Exceeded::Blocks, limit: 100_000 })
    );
}

/// Proves D10: attributes without end cost no more than their bytes.
#[test]
fn many_attributes_end() {
    let attributes: String = (0..100_000).map(|at| format!(" a{at}='v'")).collect();
    let same = " styleCode='Bold'".repeat(100_000);
    for attributes in [attributes, same] {
        let source = document(&format!("<content{attributes}>words here</content>"));
        assert!(model(&source).text().ends_with("words here"));
        assert!(read_header(format!("<ClinicalDocument{attributes}><id{attributes}/>").as_bytes()).is_ok());
    }
}

/// Proves D10: no declaration of a DOCTYPE is used: nothing grows and nothing is fetched.
#[test]
fn entities_are_never_expanded() {
    let bomb: String = (1..10).map(|at| format!("<!ENTITY b{at} '{}'>", format!("&b{};", at - 1).repeat(10))).collect();
    let doctype = format!("<!DOCTYPE x [<!ENTITY b0 'bomb'><!ENTITY f SYSTEM 'file:///etc/passwd'>{bomb}]>");
    let model = model(&format!("<?xml version='1.0'?>{doctype}{}", document("&b9; &f; words")));
    assert_eq!(model.text(), "First words\n\nPart\n\n&b9; &f; words");
    assert_eq!(model.remarks, [Remark::ActiveContentRemoved]);
}

/// Proves D10: what is large is read, or is a typed error.
#[test]
fn sizes_are_typed_errors() {
    let large = document(&format!("<paragraph>{}</paragraph>", "word ".repeat(1_600_000)));
    assert!(model(&large).text().len() > 7_900_000);
    let exceeded = |narrative: &str, limits: &Limits| match read(document(narrative).as_bytes(), None, limits) {
        Err(DocumentError::TooLarge { exceeded, .. }) => exceeded,
        other => panic!("{other:?} of {narrative}"),
    };
    let few = Limits { blocks: 50, ..Limits::default() };
    for unit in
        ["<paragraph>x</paragraph>", "<list><item>x</item></list>", "<table><tr><td/></tr></table>", "x<br/><br/>"]
    {
        assert_eq!(exceeded(&unit.repeat(60), &few), Exceeded::Blocks, "{unit}");
    }
    let sections = "</text></section><section><title>x</title><text>".repeat(60);
    assert_eq!(exceeded(&sections, &few), Exceeded::Blocks);
    let short = Limits { output_bytes: 500, ..Limits::default() };
    let link = format!("<linkHtml href='https://a.example/{}'>x</linkHtml>", "y".repeat(100));
    for unit in ["some more words ", "&amp;&nbsp;", "<paragraph>words</paragraph>", &link] {
        assert_eq!(exceeded(&unit.repeat(200), &short), Exceeded::OutputBytes, "{unit}");
    }
}

/// Proves D10 and N1: broken markup without end is read in time that grows with it, with the words around it.
#[test]
fn endless_breaks_end_and_keep_the_words() {
    for unit in [
        "<a x='>",
        "<a x=\"",
        "<a x=\"<b y='>",
        "<p ",
        "<!--",
        "<![CDATA[",
        "<? ",
        "</",
        "</td>",
        "<!",
        "<",
        "&",
        "&&;",
        "<a<",
        "&#;",
        "<td>",
        "<td",
        "<!DOCTYPE",
        "<!DOCTYPE x [",
        "<unknown>",
        "<item><td>",
        "<footnote ID='1'>",
        "<section>",
        "<title>",
        "<entry>",
        "<author>",
        "]]>",
    ] {
        let source = document(&format!("start words {} last words", unit.repeat(400_000 / unit.len())));
        let limits = Limits { blocks: usize::MAX, ..Limits::default() };
        let model = read(source.as_bytes(), Some("text/xml"), &limits).expect("readable");
        let text = model.text();
        assert!(text.contains("start words"), "{unit}");
        let in_an_entry = matches!(unit, "<entry>" | "<author>") && !text.contains("last words");
        assert!(text.contains("last words") || in_an_entry, "{unit}");
        assert!(read_header(source.as_bytes()).is_ok(), "{unit}");
    }
}

const WHOLE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\
    <templateId root=\"2.16\"/><title>qtitle</title><author><name>Nobody</name></author><component><structuredBody><component>\
    <section><code code=\"8716-3\"/><title>qvitals</title><text ID='t'><paragraph>qone <content styleCode=\"Bold\">qtwo</content> \
    &amp; &#233;qthree</paragraph><!-- said > not --><list><item>qfour</item><item><linkHtml href=\"https://a.example/\">qfive</linkHtml>\
    </item></list><table><thead><tr><th>qsix</th></tr></thead><tbody><tr><td colspan='2'>qseven<br/>qeight</td></tr></tbody></table>\
    <![CDATA[ qnine < qten ]]></text><entry><observation classCode='OBS'><value value='5'/></observation></entry></section>\
    </component><component><section><title>qlast</title><text>qend caf\u{e9}</text></section></component></structuredBody></component>\
    </ClinicalDocument>\n";

/// Proves N1: a document cut off anywhere keeps every word before the cut, and says that it is damaged.
#[test]
fn a_cut_document_keeps_what_came() {
    let all: Vec<&str> = WHOLE.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with('q')).collect();
    assert_eq!(all.len(), 14);
    let start = WHOLE.find("<title>").unwrap();
    for cut in start..WHOLE.len() {
        let bytes = &WHOLE.as_bytes()[..cut];
        let model = read(bytes, Some("text/xml"), &Limits::default()).unwrap_or_else(|error| panic!("{cut}: {error}"));
        let came = String::from_utf8_lossy(bytes);
        let whole: Vec<String> = all
            .iter()
            .filter(|word| came.find(*word).is_some_and(|at| came.len() > at + word.len()))
            .map(|word| (*word).to_owned())
            .collect();
        let read_words = words(&model.text());
        let read_words: Vec<String> =
            read_words.iter().map(|word| word.trim_start_matches('\u{e9}').to_owned()).collect();
        assert_eq!(lost(&whole, &read_words), Vec::<String>::new(), "cut at {cut}: {}", model.text());
        assert!(read_words.iter().all(|word| word != "Nobody" && word != "said"), "{cut}");
        let ends = came.trim_end().ends_with("</ClinicalDocument>");
        assert_eq!(model.remarks.contains(&Remark::DamagedMarkup), !ends, "{cut}");
        let _ = read_header(bytes);
    }
}

/// Proves N1: a lost end tag, a lost quote or a tag too many costs no word.
#[test]
fn one_break_costs_no_word() {
    let all: Vec<String> =
        WHOLE.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with('q')).map(str::to_owned).collect();
    let start = WHOLE.find("<section>").unwrap();
    let end = WHOLE.rfind("<title>qlast").unwrap();
    let mut broken: Vec<String> = Vec::new();
    for (at, _) in WHOLE.match_indices(['"', '\'']).filter(|(at, _)| (start..end).contains(at)) {
        broken.push(format!("{}{}", &WHOLE[..at], &WHOLE[at + 1..]));
    }
    for (at, _) in WHOLE.match_indices("</").filter(|(at, _)| (start..end).contains(at)) {
        let close = at + WHOLE[at..].find('>').unwrap() + 1;
        broken.push(format!("{}{}", &WHOLE[..at], &WHOLE[close..]));
        for extra in ["</td>", "</unknown>", "<td>", "<br>", "<", "&"] {
            broken.push(format!("{}{extra}{}", &WHOLE[..at], &WHOLE[at..]));
        }
    }
    assert!(broken.len() > 100);
    for source in broken {
        let model = model(&source);
        let read_words: Vec<String> =
            words(&model.text()).iter().map(|word| word.trim_start_matches('\u{e9}').to_owned()).collect();
        assert_eq!(lost(&all, &read_words), Vec::<String>::new(), "{source}\n{}", model.text());
    }
}
