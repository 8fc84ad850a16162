//! Pages made to hurt: they end, stay small, and lose no words.

use plainchart_document::{DocumentError, Exceeded, Format, Limits, NoteModel, Remark, read};

const SIZE: usize = 512 * 1024;

fn filled(unit: &str) -> String {
    unit.repeat(SIZE / unit.len())
}

fn page(body: &str) -> Result<NoteModel, DocumentError> {
    read(format!("<html><body>{body}").as_bytes(), Some("text/html"), &Limits::default())
}

/// Proves D10 and N1: nesting of any depth is flattened, in time that grows with the page, and the words stay.
#[test]
fn depth_is_flattened_and_the_words_stay() {
    let divs = format!("{}deepest words{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
    for body in [
        divs,
        format!("{}deepest words", filled("<ul><li>")),
        format!("{}deepest words", filled("<table><tr><td>")),
        format!("{}deepest words", filled("<b><i>")),
        format!("{}deepest words", filled("<blockquote><ol><li><table>")),
        format!("{}deepest words", filled("<pre><span>")),
    ] {
        let model = page(&body).unwrap();
        assert!(model.text().ends_with("deepest words"));
        assert!(model.remarks.contains(&Remark::NestingFlattened));
    }
}

/// Proves D10 and N1: markup that is read again and again after each break ends all the same, with its last words.
#[test]
fn endless_breaks_end_and_keep_the_last_words() {
    for unit in [
        "<a x='>'",
        "<a x=\"<b y='>",
        "<p ",
        "<!--",
        "<![CDATA[",
        "<script>",
        "<style><title>",
        "<? ",
        "</",
        "<unknown>",
        "<p class=\"",
        "<textarea><select><option>",
    ] {
        let model = page(&format!("first {} last words", filled(unit))).unwrap();
        let text = model.text();
        assert!(text.starts_with("first"), "{unit}");
        assert!(text.ends_with("last words"), "{unit}");
    }
}

/// Proves D10: size is a typed error, before any reading and while the model grows.
#[test]
fn sizes_are_typed_errors() {
    let exceeded = |bytes: &[u8], limits: Limits| match read(bytes, None, &limits) {
        Err(DocumentError::TooLarge { exceeded, limit }) => (exceeded, limit),
        other => panic!("{other:?}"),
    };
    let limits = Limits { input_bytes: 9, ..Limits::default() };
    assert_eq!(exceeded(b"ten bytes.", limits), (Exceeded::InputBytes, 9));
    assert!(read(b"ten bytes", None, &limits).is_ok());
    let limits = Limits { blocks: 50, ..Limits::default() };
    for many in ["word\n\n", "- item\n", "<p>word", "<ul><li>item</ul>", "<table><td>x<td>y</table>", "HPI:\n"] {
        assert_eq!(exceeded(many.repeat(60).as_bytes(), limits), (Exceeded::Blocks, 50), "{many}");
    }
    let limits = Limits { output_bytes: 500, ..Limits::default() };
    let link = format!("<a href='https://a.example/{}'>x</a>", "y".repeat(100));
    for many in ["some more words\n\n", "- an item\n", "<p>some words</p>", "a   b\nc   d\n", &link] {
        assert_eq!(exceeded(many.repeat(60).as_bytes(), limits), (Exceeded::OutputBytes, 500), "{many}");
    }
}

/// Proves D10: typed text that never ends a line, an item or a table is read in time that grows with it.
#[test]
fn endless_text_ends() {
    let limits = Limits { blocks: usize::MAX, ..Limits::default() };
    for unit in [
        "A: ",
        "PLAN: ",
        "word ",
        "a\n",
        "|---|\n",
        "a|b\n",
        "----\n",
        "a   b\n",
        "- x\n  ",
        "1. x\n- y\n",
        "\n",
        "HPI: x. ",
        "+\n-",
    ] {
        let model = read(format!("Start {}", filled(unit)).as_bytes(), None, &limits).unwrap();
        assert_eq!(model.format, Format::Text, "{unit}");
    }
}

/// Proves N1: scripts, frames, forms, pictures and unsafe links leave nothing active behind, whatever their spelling.
#[test]
fn nothing_active_survives() {
    let model = page(
        "<p>Before</p><SCRIPT>steal('<p>not text</p>')</SCRIPT ><style>@import 'x'</style><iframe src=//x>inner</iframe>\
         <object data=x><p>Fallback words</p></object><embed src=x><img src=https://x.example/t.gif onerror=go() alt='Chest x-ray'>\
         <form action=https://x.example><input type=hidden value=secret><input value='Typed answer'><input type=checkbox checked> \
         Asked<button onclick=go()>Send</button></form><svg onload=go()><text>Drawn</text></svg>\
         <a href='java&#115;cript:go()' onclick=go()>A link</a> <a href=https://ward.example/a>Good</a><meta http-equiv=refresh content='0;x'>\
         <base href=//x><link rel=stylesheet href=x><noscript>Without script</noscript><template>Kept</template>",
    )
    .unwrap();
    let json = serde_json::to_string(&model).unwrap();
    for gone in [
        "script>",
        "steal",
        "not text",
        "@import",
        "iframe",
        "inner",
        "onerror",
        "onclick",
        "go()",
        "x.example",
        "secret",
        "javascript",
        "refresh",
    ] {
        assert!(!json.contains(gone), "{gone} in {json}");
    }
    let text = model.text();
    for kept in [
        "Before",
        "Fallback words",
        "Chest x-ray",
        "Typed answer",
        "[x] Asked",
        "Send",
        "Drawn",
        "A link",
        "Good",
        "Without script",
        "Kept",
    ] {
        assert!(text.contains(kept), "{kept} not in {text}");
    }
    assert!(json.contains("https://ward.example/a"));
    assert!(model.remarks.contains(&Remark::ActiveContentRemoved));
    assert!(model.remarks.contains(&Remark::PicturesNotShown));
}

/// Proves D10: however deep lists were nested, the model is shallow enough to be stored and read back.
#[test]
fn models_are_shallow() {
    let typed: String = (0..60).map(|depth| format!("{}- item\n", "  ".repeat(depth))).collect();
    for source in [typed, format!("<p>{}item", "<ul><li>item".repeat(60)), "<table><tr><td>x<td>".repeat(60)] {
        let model = read(source.as_bytes(), None, &Limits::default()).unwrap();
        let stored = serde_json::to_string(&model).unwrap();
        let deepest = stored.bytes().fold((0_i32, 0), |(depth, deepest), byte| {
            let depth = depth + i32::from(matches!(byte, b'{' | b'[')) - i32::from(matches!(byte, b'}' | b']'));
            (depth, depth.max(deepest))
        });
        assert!(deepest.1 < 100, "{deepest:?}");
        assert_eq!(serde_json::from_str::<NoteModel>(&stored).unwrap(), model);
    }
}
