//! No text is lost: the words of the source and of the model are the same, in the same order.

use plainchart_document::{Block, Format, Limits, NoteModel, read};
use proptest::collection::vec;
use proptest::prelude::*;

fn words(text: &str) -> Vec<String> {
    // Dropped on purpose: characters without width that can turn the reading direction around.
    let text = text.replace(['\u{202D}', '\u{202E}', '\u{FEFF}'], "");
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn model(source: &str) -> NoteModel {
    read(source.as_bytes(), None, &Limits::default()).expect("small and readable")
}

/// Whether all of `few` stand in `many` in this order.
fn stand_in_order(few: &[String], many: &[String]) -> Result<(), String> {
    let mut many_left = many.iter();
    match few.iter().find(|word| !many_left.any(|other| other == *word)) {
        Some(word) => Err(format!("{word:?} of {few:?} is missing in {many:?}")),
        None => Ok(()),
    }
}

fn typed_line() -> impl Strategy<Value = String> {
    let word = "[A-Za-z0-9/.,%<>&+-]{1,9}";
    let sentence = vec(word, 1..16).prop_map(|words| words.join(" "));
    let marked = (
        prop::sample::select(vec![
            "- ",
            "* ",
            "\u{2022} ",
            "1. ",
            "2) ",
            "(3) ",
            "a) ",
            "  - ",
            "    1. ",
            "+ ",
            "# ",
            "## ",
            "**",
            "\t",
        ]),
        sentence.clone(),
    )
        .prop_map(|(mark, text)| format!("{mark}{text}"));
    let heading = prop::sample::select(vec![
        "HPI:",
        "A/P",
        "PHYSICAL EXAM",
        "PMH: HTN, DM",
        "ROS -",
        "**Plan**",
        "**Plan:** go on",
        "=== LABS ===",
        "S: fine",
        "O: well",
        "MEDS (list)",
        "Vitals",
        "=====",
        "-----",
        "___ ___",
        "| a | b |",
        "|---|---|",
        "x | y",
        "Na   140   K   4",
        "Cl   100   Ca  9",
        "a\tb\tc",
        "",
        "",
        "lasix 40. PLAN: more. ALL: none",
        "Label here:",
        "[ ] box",
        "\u{c}",
        "  deep",
    ]);
    prop_oneof![3 => sentence, 3 => marked, 4 => heading.prop_map(str::to_owned), 1 => "\\PC{0,40}", 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proves N1: every word of a typed note is in the model once, in order.
    #[test]
    fn typed_notes_keep_every_word(lines in vec(typed_line(), 0..40), end in prop::sample::select(vec!["\n", "\r\n", "\r"])) {
        let source = format!("Note{end}{}", lines.join(end));
        let read = read(source.as_bytes(), None, &Limits::default());
        prop_assume!(read.as_ref().is_ok_and(|model| model.format == Format::Text));
        let model = read.expect("just seen");
        prop_assert_eq!(words(&source), words(&model.text()));
    }
}

/// A piece of a page and the words a reader sees in it.
#[derive(Debug, Clone)]
struct Markup {
    html: String,
    words: Vec<String>,
}

fn markup() -> impl Strategy<Value = Markup> {
    let leaf = prop_oneof![
        6 => vec("q[a-z0-9]{1,6}", 1..6).prop_map(|words| Markup { html: format!(" {} ", words.join(" ")), words }),
        1 => Just(Markup { html: "<br>".into(), words: vec![] }),
        1 => Just(Markup { html: "&nbsp;<hr/>&#8226; &amp; &lt;".into(), words: vec![] }),
        1 => Just(Markup { html: "<script>if (a<b) { gone() }</script><!-- gone > --><style>p{gone}</style>".into(), words: vec![] }),
        1 => Just(Markup { html: "<![CDATA[ kept <and> this > 5 ]]>".into(), words: vec!["kept".into(), "and".into(), "this".into(), "5".into()] }),
        1 => Just(Markup { html: " K &lt; 3 and &gt; 2 &eacute;t&eacute; ".into(), words: ["K", "3", "and", "2", "\u{e9}t\u{e9}"].map(str::to_owned).to_vec() }),
    ];
    let wrappers = prop::sample::select(vec![
        "p",
        "div",
        "b",
        "i",
        "span style=\"font-weight:bold\"",
        "h2",
        "ul",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "pre",
        "font color='red'",
        "a href=\"https://ward.example/\"",
        "a href='javascript:x'",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "o:p",
        "custom-tag",
        "section class=\"a b\"",
        "center",
        "div style='display:none'",
        "s",
        "fieldset",
        "noscript",
        "caption",
        "u",
    ]);
    leaf.prop_recursive(6, 60, 6, move |inner| {
        (wrappers.clone(), vec(inner, 0..6), any::<bool>()).prop_map(|(tag, parts, closed)| {
            let name = tag.split(' ').next().unwrap_or(tag);
            let body: String = parts.iter().map(|part| part.html.as_str()).collect();
            // Tags that HTML lets stay open.
            let open_ended = !closed && matches!(name, "p" | "li" | "td" | "tr" | "dt" | "dd");
            let end = if open_ended { String::new() } else { format!("</{name}>") };
            Markup {
                html: format!("<{tag}>{body}{end}"),
                words: parts.into_iter().flat_map(|part| part.words).collect(),
            }
        })
    })
}

fn declared_type() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("text/html"), Some("text/plain; charset=utf-16"), Some("x")])
}

/// A place in a page, and what is written over it.
fn edit() -> impl Strategy<Value = (prop::sample::Index, &'static str)> {
    let marks = ["<", ">", "\"", "'", "&", "/", "", "<!--", "]]>", "\0", "<script>", "<table>", "</td>"];
    (any::<prop::sample::Index>(), prop::sample::select(marks.to_vec()))
}

fn page() -> impl Strategy<Value = Markup> {
    vec(markup(), 0..8).prop_map(|parts| Markup {
        html: format!(
            "<html><head><title>gone</title></head><body class=\"note\" id='n'>{}",
            parts.iter().map(|part| part.html.as_str()).collect::<String>()
        ),
        words: parts.into_iter().flat_map(|part| part.words).collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proves N1: every word a reader would see on a page is in the model once, in order, and no tag is.
    #[test]
    fn pages_keep_every_word(page in page()) {
        let model = model(&page.html);
        prop_assert_eq!(model.format, Format::Html);
        let text = model.text();
        prop_assert_eq!(&page.words, &words(&text), "{} -> {}", page.html, text);
        prop_assert!(!text.contains("<script") && !text.contains("</"));
    }

    /// Proves N1: a page cut off anywhere keeps the words before the cut.
    #[test]
    fn cut_pages_keep_what_came(page in page(), place in any::<prop::sample::Index>()) {
        let cut = place.index(page.html.len());
        let bytes = &page.html.as_bytes()[..cut];
        let model = read(bytes, Some("text/html"), &Limits::default()).expect("small");
        let came = String::from_utf8_lossy(bytes).into_owned();
        // Only the generator's own words, and only those that came whole.
        let mut rest = came.as_str();
        let mut whole: Vec<String> = Vec::new();
        for word in &page.words {
            let Some(at) = rest.find(&format!(" {word} ")) else { break };
            rest = rest.split_at(at + word.len() + 1).1;
            whole.push(word.clone());
        }
        prop_assert_eq!(stand_in_order(&whole, &words(&model.text())), Ok(()), "{}", came);
    }

    /// Proves N1: a quote left open anywhere swallows no word.
    #[test]
    fn a_lost_quote_loses_no_word(page in page(), which in 0..200_usize) {
        let quotes: Vec<usize> = page.html.match_indices(['"', '\'']).map(|(at, _)| at).collect();
        let mut broken = page.html.clone();
        broken.remove(quotes[which % quotes.len()]);
        let model = model(&broken);
        prop_assert_eq!(stand_in_order(&page.words, &words(&model.text())), Ok(()), "{}", broken);
    }

    /// Proves N1 and D10: no bytes at all bring the reader down, and the same bytes give the same model.
    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..600), declared in declared_type()) {
        let first = read(&bytes, declared, &Limits::default());
        prop_assert_ne!(&first, &Err(plainchart_document::DocumentError::ReaderFault));
        prop_assert_eq!(first, read(&bytes, declared, &Limits::default()));
    }

    /// Proves N1 and D10: damage in the middle of a page brings nothing down and makes nothing active.
    #[test]
    fn damaged_pages_are_survived(page in page(), edits in vec(edit(), 1..12)) {
        let mut html = page.html;
        for (index, insert) in edits {
            let places: Vec<(usize, char)> = html.char_indices().collect();
            let (at, old) = places[index.index(places.len())];
            html.replace_range(at..at + old.len_utf8(), insert);
        }
        let model = read(html.as_bytes(), Some("text/html"), &Limits::default()).expect("small");
        prop_assert!(model.sections.iter().flat_map(|section| &section.blocks).all(only_safe_links));
    }

    /// Proves N1: anchors are unique in a note, the same at each reading, and survive being stored.
    #[test]
    fn anchors_are_unique_and_stable(lines in vec(typed_line(), 0..40), page in page()) {
        for source in [lines.join("\n"), page.html] {
            let Ok(model) = read(source.as_bytes(), None, &Limits::default()) else { continue };
            let mut anchors: Vec<&str> = model.sections.iter().map(|section| section.anchor.as_str()).collect();
            model.sections.iter().for_each(|section| gather(&section.blocks, &mut anchors));
            prop_assert!(anchors.iter().all(|anchor| !anchor.is_empty()));
            let count = anchors.len();
            anchors.sort_unstable();
            anchors.dedup();
            prop_assert_eq!(anchors.len(), count);
            let stored = serde_json::to_string(&model).expect("plain data");
            let restored: NoteModel = serde_json::from_str(&stored).expect("as stored");
            prop_assert_eq!(&restored, &read(source.as_bytes(), None, &Limits::default()).expect("as before"));
        }
    }
}

fn gather<'a>(blocks: &'a [Block], anchors: &mut Vec<&'a str>) {
    for block in blocks {
        anchors.extend(block.anchor());
        if let Block::List { items, .. } = block {
            items.iter().for_each(|item| gather(&item.blocks, anchors));
        }
    }
}

fn only_safe_links(block: &Block) -> bool {
    let json = serde_json::to_value(block).expect("plain data");
    let mut pending = vec![&json];
    while let Some(value) = pending.pop() {
        match value {
            serde_json::Value::Object(members) => {
                if let Some(url) = members.get("url").and_then(|url| url.as_str())
                    && !["https:", "tel:", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
                {
                    return false;
                }
                pending.extend(members.values());
            }
            serde_json::Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    true
}
