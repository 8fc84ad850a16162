//! No text is lost: the words of a document's narrative and of the model are the same.

mod ccda_source;

use ccda_source::{lost, narrative_words, words};
use plainchart_document::ccda::read_header;
use plainchart_document::{Block, DocumentError, Format, Limits, NoteModel, read};
use proptest::collection::vec;
use proptest::prelude::*;

fn narrative() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => vec("q[a-z0-9]{1,6}", 1..6).prop_map(|words| format!(" {} ", words.join(" "))),
        // Without a space: where words begin and end here is the reader's to judge.
        2 => "z[a-z]{1,3}",
        1 => Just("<br/>".to_owned()),
        1 => Just("&#160;&amp; &lt;q5 &#xe9;&nbsp;&unknown;".to_owned()),
        1 => Just("<!-- gone > --><?gone too?>".to_owned()),
        1 => Just("<![CDATA[ qkept <and> this > 5 ]]>".to_owned()),
        1 => Just("<td/><item/><footnoteRef IDREF='x'/><col width='5'/>".to_owned()),
        1 => Just("\n\t  ".to_owned()),
    ];
    let wrappers = prop::sample::select(vec![
        "paragraph",
        "content styleCode=\"Bold\"",
        "content ID='a' styleCode='Italics xLabel'",
        "content",
        "content revised='delete'",
        "list",
        "list listType=\"ordered\" styleCode='BigRoman'",
        "item",
        "item ID='i'",
        "table border='1'",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td colspan='2'",
        "td",
        "th rowspan='3'",
        "caption",
        "linkHtml href='https://ward.example/?a=1&amp;b=2'",
        "linkHtml href='javascript:x'",
        "sub",
        "sup",
        "footnote ID='x'",
        "renderMultiMedia referencedObject='x'",
        "unknown",
        "cda:content",
        "paragraph xml:space='preserve'",
        "p",
        "ul",
        "li",
        "h3",
        "b",
    ]);
    leaf.prop_recursive(7, 80, 6, move |inner| {
        (wrappers.clone(), vec(inner, 0..6)).prop_map(|(tag, parts)| {
            let name = tag.split(' ').next().unwrap_or(tag);
            format!("<{tag}>{}</{name}>", parts.concat())
        })
    })
}

fn section() -> impl Strategy<Value = String> {
    let leaf = (vec("q[a-z]{1,8}", 0..4), vec(narrative(), 0..5), any::<bool>()).prop_map(|(title, parts, entry)| {
        let entry = if entry { "<entry><observation><text>gone</text></observation></entry>" } else { "" };
        format!(
            "<section><code code='1'/><title>{}</title><text>{} q</text>{entry}</section>",
            title.join(" "),
            parts.concat()
        )
    });
    leaf.prop_recursive(3, 8, 3, |inner| {
        ("q[a-z]{1,8}", narrative(), vec(inner, 0..3)).prop_map(|(title, text, inner)| {
            let inner: String = inner.iter().map(|section| format!("<component>{section}</component>")).collect();
            format!("<section><title>{title}</title><text>{text}</text>{inner}</section>")
        })
    })
}

fn document() -> impl Strategy<Value = String> {
    vec(section(), 0..4).prop_map(|sections| {
        let sections: String = sections.iter().map(|section| format!("<component>{section}</component>")).collect();
        format!(
            "<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><title>qdocument</title><author><name>gone</name>\
             </author><component><structuredBody>{sections}</structuredBody></component></ClinicalDocument>"
        )
    })
}

/// All letters, in a fixed order.
fn letters(words: &[String]) -> String {
    let mut letters: Vec<char> = words.concat().chars().collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

fn model(source: &str) -> NoteModel {
    read(source.as_bytes(), Some("application/xml"), &Limits::default()).expect("small and readable")
}

fn links(blocks: &[Block]) -> usize {
    serde_json::to_string(blocks).expect("plain data").matches("javascript").count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proves N1: every letter of the narrative and titles is in the model, every word set apart by spaces as a word, and
    /// nothing of the header, the entries or the markup.
    #[test]
    fn documents_keep_every_word(source in document()) {
        let model = model(&source);
        prop_assert_eq!(model.format, Format::Ccda);
        let of_source = narrative_words(&source);
        let of_model = words(&model.text());
        let alone: Vec<String> = of_source.iter().filter(|word| word.starts_with('q')).cloned().collect();
        prop_assert_eq!(lost(&alone, &of_model), Vec::<String>::new(), "{}\n{}", source, model.text());
        // Markers of lists and footnotes come on top.
        let (few, many) = (letters(&of_source), letters(&of_model));
        let each = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        prop_assert_eq!(lost(&each(&few), &each(&many)), Vec::<String>::new(), "{}\n{}", source, model.text());
        prop_assert!(!of_model.iter().any(|word| word.starts_with("gone") || word.starts_with("javascript")));
        prop_assert_eq!(model.sections.iter().map(|section| links(&section.blocks)).sum::<usize>(), 0);
        prop_assert!(!model.remarks.iter().any(|remark| remark.code() == "damaged-markup"));
        prop_assert!(read_header(source.as_bytes()).is_ok());
    }

    /// Proves D10 and N1: damage in the middle of a document brings nothing down, and the same bytes give the same model.
    #[test]
    fn damaged_documents_are_survived(
        source in document(),
        edits in vec((any::<prop::sample::Index>(), prop::sample::select(vec![
            "<", ">", "\"", "'", "&", "/", "", "<!--", "]]>", "\0", "<![CDATA[", "<table>", "</td>", "<section>", "<!DOCTYPE", "<?",
        ])), 1..12),
    ) {
        let mut source = source;
        for (index, insert) in edits {
            let places: Vec<(usize, char)> = source.char_indices().collect();
            let (at, old) = places[index.index(places.len())];
            source.replace_range(at..at + old.len_utf8(), insert);
        }
        let first = read(source.as_bytes(), Some("text/xml"), &Limits::default());
        prop_assert!(first.is_ok(), "{:?} {}", first, source);
        prop_assert_eq!(first, read(source.as_bytes(), Some("text/xml"), &Limits::default()));
        prop_assert_ne!(read_header(source.as_bytes()).err(), Some(DocumentError::ReaderFault));
    }

    /// Proves N1: anchors are unique in a document and the same at each reading.
    #[test]
    fn anchors_are_unique(source in document()) {
        let model = model(&source);
        let mut anchors: Vec<&str> = model.sections.iter().map(|section| section.anchor.as_str()).collect();
        model.sections.iter().for_each(|section| anchors.extend(section.blocks.iter().filter_map(Block::anchor)));
        let count = anchors.len();
        prop_assert!(anchors.iter().all(|anchor| !anchor.is_empty()));
        anchors.sort_unstable();
        anchors.dedup();
        prop_assert_eq!(anchors.len(), count);
    }
}
