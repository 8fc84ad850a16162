//! RTF: what a reader sees on the page is in the model, in order.

use plainchart_document::{Block, Format, Inline, Limits, NoteModel, Remark, Row, Span, Style, read};

fn model(source: impl AsRef<[u8]>) -> NoteModel {
    let model = read(source.as_ref(), Some("application/rtf"), &Limits::default()).expect("small and readable");
    assert_eq!(model.format, Format::Rtf);
    model
}

fn text(source: impl AsRef<[u8]>) -> String {
    model(source).text()
}

/// A file with the usual head.
fn rtf(body: &str) -> String {
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0\\uc1{{\\fonttbl{{\\f0\\fswiss\\fcharset0 Arial{{\\*\\falt Helvetica}};}}\
         {{\\f1\\froman\\fcharset2 Symbol;}}{{\\f2\\fnil\\fcharset204 Arial Cyr;}}{{\\f3\\fnil\\fcharset128 MS Mincho;}}\
         {{\\f4\\fnil\\fcharset2 Wingdings;}}{{\\f5\\fnil\\fcharset161 Arial Greek;}}}}\
         {{\\colortbl;\\red0\\green0\\blue0;}}{{\\stylesheet{{\\ql Normal;}}{{\\s1\\b heading 1;}}{{\\s2\\outlinelevel1 My Own;}}\
         {{\\*\\cs10 \\additive Default Paragraph Font;}}}}{{\\info{{\\title Not shown}}{{\\author Nobody}}}}\
         {{\\*\\generator Writer 1;}}\\viewkind4\\pard\\plain\\f0\\fs20 {body}}}"
    )
}

fn rows(model: &NoteModel) -> Vec<&Row> {
    let blocks = model.sections.iter().flat_map(|section| &section.blocks);
    blocks.flat_map(|block| if let Block::Table { rows, .. } = block { rows.as_slice() } else { &[] }).collect()
}

/// The words of each cell, and how many columns and rows it covers.
fn cells(model: &NoteModel) -> Vec<Vec<(&str, u32, u32)>> {
    rows(model)
        .into_iter()
        .map(|row| row.cells.iter().map(|cell| (cell.text.text.as_str(), cell.column_span, cell.row_span)).collect())
        .collect()
}

fn styled(model: &NoteModel) -> Vec<(String, Style)> {
    let blocks = model.sections.iter().flat_map(|section| &section.blocks);
    let texts = blocks.filter_map(|block| if let Block::Paragraph { text, .. } = block { Some(text) } else { None });
    let words = |text: &Inline, span: &Span| text.text.get(span.start..span.end).unwrap_or_default().to_owned();
    texts.flat_map(|text| text.spans.iter().map(move |span| (words(text, span), span.style.clone()))).collect()
}

/// Proves N1: characters of every alphabet, by code page, by font, by number.
#[test]
fn characters_are_read_in_every_spelling() {
    for (body, words) in [
        ("caf\\'e9 5 \\'b5g \\'932\\'94", "café 5 µg “2”"),
        // In the Symbol font an "m" is the micro sign: "mg" there is "µg".
        ("{\\f1 \\'b3} 3, 5 {\\f1 m}g, {\\f1 \\'b1\\'b0}", "≥ 3, 5 µg, ±°"),
        ("{\\f2 \\'c4\\'e0}{\\f5 \\'e1}", "Даα"),
        ("{\\f3 \\'82\\'a0\\'82}\\b {\\f3\\'a2}\\b0 {\\f3 \\'83A}", "あいア"),
        ("{\\f3 \\'82}{\\f0 x}", "\u{FFFD}x"),
        ("\\u8805?3 \\u-4051 ?2", "≥3 −2"),
        ("x\\u8217'y \\uc0\\u8217 y \\uc2\\u960\\'a6\\'d0z {\\uc0\\u956 }g", "x’y ’y πz μg"),
        ("\\u55357?\\u56898?! \\u-10179 ?\\u-8638 ? \\u55357?x", "🙂! 🙂 \u{FFFD}x"),
        ("\\u128578?!", "🙂!"),
        ("a\\emdash b\\endash c\\bullet d\\lquote e\\rquote", "a—b–c•d‘e’"),
        ("\\ldblquote f\\rdblquote g\\~h\\_i\\-j\\{k\\}l\\\\m", "“f”g h\u{2011}ij{k}l\\m"),
        // What stands for an old reader is passed over, but never a word of the note.
        ("\\u8212\\emdash x \\u8226\\b y\\b0 z{\\u8226}w", "—x •yz•w"),
        ("{\\f4 \\'fe} yes {\\f4\\'a8} no", "☑ yes □ no"),
        ("\\u61623?\\u-3913 ?", "••"),
        ("{\\upr{ansi}{\\*\\ud{caf\\u233?}}} ok", "café ok"),
        ("10{\\super 9}/L H{\\sub 2}O \\up6 2\\up0 3", "10⁹/L H2O ²3"),
        ("one\\bin5 }}{{\\tw\\'o", "onetwo"),
        ("HTN\\DM and C:\\Temp", "HTN\\DM and C:\\Temp"),
        ("\\u1513?\\u1500? 120 \\rtlch\\u1491?", "של 120 ד"),
    ] {
        assert_eq!(text(rtf(body)), words, "{body}");
    }
}

/// Proves D2: the declared code page is used, and bytes that are UTF-8 overrule it with a remark.
#[test]
fn alphabets_are_declared_or_shown_by_the_bytes() {
    let overruled = [Remark::CharsetNotAsDeclared].as_slice();
    for (source, words, remarks) in [
        (b"{\\rtf1\\ansi\\ansicpg1251 \\'c4\\'e0}".as_slice(), "Да", [].as_slice()),
        (b"{\\rtf1\\mac caf\\'8e}", "café", &[]),
        (b"{\\rtf1\\pc caf\\'82 \\'f1 5 \\'e6g}", "café ± 5 µg", &[]),
        (b"{\\rtf1\\pca caf\\'82 \\'b8}", "café ©", &[]),
        (b"{\\rtf1\\ansi caf\xe9}", "café", &[]),
        (b"{\\rtf1\\ansi\\ansicpg932 \x82\xa0\\'82\\'a2}", "あい", &[]),
        (b"{\\rtf1\\ansi\\ansicpg65001 caf\\'c3\\'a9}", "café", &[]),
        (b"{\\rtf1\\ansi\\ansicpg1252 caf\\'c3\\'a9 \\'e2\\'89\\'a55}", "café ≥5", overruled),
        ("{\\rtf1\\ansi café \\u8805≥5}".as_bytes(), "café ≥5", overruled),
        (b"{\\rtf1\\ansi\\ansicpg9999 caf\\'e9}", "caf\u{FFFD}", &[Remark::DamagedCharacters]),
        (b"\xef\xbb\xbf \r\n{\\rtf Well}", "Well", &[]),
        (b"{\\rtf\\ansi Well}\0\0", "Well", &[]),
    ] {
        let model = model(source);
        assert_eq!((model.text().as_str(), model.remarks.as_slice()), (words, remarks), "{}", source.escape_ascii());
    }
}

/// Proves N1: what is not the note is left out, and what stands beside its text is not.
#[test]
fn groups_are_kept_or_left_out() {
    for (body, words) in [
        ("a{\\*\\unknown {b} c}d", "ad"),
        ("a{\\*\\unknown\\bin3 }}}}d", "ad"),
        (
            "a{\\pict\\pngblip 89504e47}b{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv Chest x-ray}}} ff}}{\\nonshppict{\\pict 00}}c",
            "abChest x-rayc",
        ),
        (
            "{\\header\\pard Letterhead\\par}Body{\\footer\\pard Page \\chpgn\\par} words\\par",
            "Letterhead\n\nBody words\n\nPage",
        ),
        ("One{\\super\\chftn}{\\footnote\\pard {\\super\\chftn} Below} two\\par three", "One¹ two\n\n¹ Below\n\nthree"),
        ("a{\\*\\atnid X}{\\*\\atnauthor Y}{\\*\\annotation{\\*\\atndate 1}\\pard Remark made}b", "ab\n\nRemark made"),
        (
            "a{\\shp{\\*\\shpinst\\shpleft1{\\sp{\\sn fFlip}{\\sv 1}}{\\shptxt\\pard In a box\\par}}{\\shprslt{\\*\\do\\dptxbxtext again}}}b",
            "ab\n\nIn a box",
        ),
        ("a{\\*\\do{\\dptxbx{\\dptxbxtext\\pard Old box\\par}}}b", "ab\n\nOld box"),
        ("{\\object\\objemb{\\*\\objclass X}{\\*\\objdata 00ff}{\\result 12 mmHg}} ok", "12 mmHg ok"),
        ("{\\mmath{\\*\\moMath{\\mf{\\mfPr{\\mtype lin}}{\\mr x = 5}}}}", "x = 5"),
        ("a{\\xe hidden entry}{\\*\\bkmkstart mark}b{\\*\\bkmkend mark}c", "abc"),
        ("a\\page b\\sect c", "a\nb\nc"),
        ("a\\line b\\\nc", "a\nb\nc"),
    ] {
        assert_eq!(text(rtf(body)), words, "{body}");
    }
}

/// Proves N1: fields show their results, links keep only safe targets, and form fields show what was chosen.
#[test]
fn fields_show_their_results() {
    let linked = model(rtf(
        "See {\\field{\\*\\fldinst{HYPERLINK \"HTTPS://ward.example/a\" \\\\o \"tip\"}}{\\fldrslt{\\ul the ward}}} or \
        {\\field{\\*\\fldinst HYPERLINK tel:+15550100}{\\fldrslt call\\b  us\\b0}} or {\\field{\\*\\fldinst HYPERLINK \"javascript:go()\"}{\\fldrslt this}}\
        {\\field{\\*\\fldinst HYPERLINK \\\\l \"part\"}{\\fldrslt  or here}}.",
    ));
    assert_eq!(linked.text(), "See the ward or call us or this or here.");
    let links: Vec<_> = styled(&linked).into_iter().filter(|(_, style)| matches!(style, Style::Link { .. })).collect();
    assert_eq!(
        links,
        [
            ("the ward".to_owned(), Style::Link { url: "https://ward.example/a".to_owned() }),
            ("call us".to_owned(), Style::Link { url: "tel:+15550100".to_owned() }),
        ]
    );
    let form = "{\\*\\formfield{\\fftype1\\ffres25\\ffdefres1{\\*\\ffname A}}}";
    let cleared = "{\\*\\formfield{\\fftype1\\ffres0\\ffdefres1}}";
    let choice = "{\\*\\formfield{\\fftype2\\ffres1{\\*\\ffl None}{\\*\\ffl Some pain}}}";
    for (body, words) in [
        (format!("{{\\field{{\\*\\fldinst FORMCHECKBOX {form}}}{{\\fldrslt }}}}Cough"), "[x] Cough"),
        (format!("{{\\field{{\\*\\fldinst FORMCHECKBOX {cleared}}}{{\\fldrslt}}}}Fever"), "[ ] Fever"),
        (format!("Pain: {{\\field{{\\*\\fldinst FORMDROPDOWN {choice}}}{{\\fldrslt}}}}"), "Pain: Some pain"),
        ("{\\field{\\*\\fldinst SYMBOL 179 \\\\f \"Symbol\" \\\\s 10}{\\fldrslt}} 3".to_owned(), "≥ 3"),
        ("{\\field{\\*\\fldinst SYMBOL 179 \\\\f \"Symbol\"}{\\fldrslt{\\f1\\'b3}}} 3".to_owned(), "≥ 3"),
        ("{\\field{\\*\\fldinst MACROBUTTON NoMacro Name of the ward}}".to_owned(), "Name of the ward"),
        ("{\\field{\\*\\fldinst PAGE}{\\fldrslt 3}} of 4".to_owned(), "3 of 4"),
        (
            "{\\field\\fldedit{\\*\\fldinst{DATE}}{\\fldrslt{\\field{\\*\\fldinst X}{\\fldrslt 2 May}}}}!".to_owned(),
            "2 May!",
        ),
    ] {
        assert_eq!(text(rtf(&body)), words, "{body}");
    }
}

/// Proves N1: emphasis, hidden text and deletions; the last two with a remark.
#[test]
fn marks_on_text_are_kept() {
    let marked = model(rtf(
        "{\\b Bold} \\i slanted\\i0  {\\strike gone} {\\v unseen} {\\deleted taken out}{\\revised put in} \\b x\\plain y",
    ));
    assert_eq!(marked.text(), "Bold slanted gone unseen put in xy");
    assert_eq!(marked.remarks, [Remark::HiddenTextShown, Remark::DeletedTextLeftOut]);
    let spans = [
        ("Bold", Style::Strong),
        ("slanted", Style::Emphasis),
        ("gone", Style::Struck),
        ("unseen", Style::Hidden),
        ("x", Style::Strong),
    ];
    assert_eq!(styled(&marked), spans.map(|(text, style)| (text.to_owned(), style)));
}

/// Proves N2: headings by style, by outline level, in bold, and by their wording.
#[test]
fn headings_are_found() {
    let headed = model(rtf(
        "\\pard\\s1 Any Title\\par\\pard text\\par\\pard\\s2 Another\\par\\pard\\outlinelevel0 Third:\\par\\pard more\\par\
        {\\b Sleep Study}\\par\\b HPI:\\b0  cough\\par PLAN: rest\\par",
    ));
    let found: Vec<(u32, &str, String)> =
        headed.sections.iter().map(|s| (s.level, s.heading.as_deref().unwrap(), s.text())).collect();
    assert_eq!(
        found,
        [
            (1, "Any Title", "text".to_owned()),
            (2, "Another", String::new()),
            (1, "Third", "more".to_owned()),
            (2, "Sleep Study", String::new()),
            (1, "HPI", "cough".to_owned()),
            (1, "PLAN", "rest".to_owned()),
        ]
    );
}

/// Proves N1: lists keep their markers and their depth, whichever way they are written.
#[test]
fn lists_keep_markers_and_depth() {
    let listed = model(rtf(
        "These first\\par{\\listtext\\pard\\plain\\f1 \\'b7\\tab}\\pard\\ls1\\ilvl0 One\\par{\\listtext\\f0 o\\tab}\\pard\\ls1\\ilvl1 Inner\\par\
        {\\listtext 2.\\tab}\\pard\\ls1\\ilvl2 Deep\\par{\\listtext\\f1\\'b7\\tab}\\pard\\ls1 Two\\par\\pard After\\par\
        \\pard{\\pntext\\f1\\'B7\\tab}{\\*\\pn\\pnlvlblt\\pnf1{\\pntxtb\\'B7}}Old\\par{\\pntext -\\tab}No fever\\par\\pard - typed\\par - too\\par",
    ));
    assert_eq!(
        listed.text(),
        "These first\n\n- One\n  - Inner\n    2. Deep\n- Two\n\nAfter\n\n- Old\n- No fever\n\n- typed\n- too"
    );
    let blocks: Vec<&Block> = listed.sections.iter().flat_map(|section| &section.blocks).collect();
    let Block::List { items, ordered: false, .. } = blocks[1] else { panic!("no list") };
    assert_eq!(items[0].marker.as_deref(), Some("•"));
    let set_in = model(rtf(
        "\\pard\\li360\\bullet\\tab One\\par\\pard\\li720\\endash\\tab Inner\\par\\pard\\li360\\bullet\\tab Two\\par 3.\\tab Three",
    ));
    assert_eq!(set_in.text(), "- One\n  - Inner\n- Two\n3. Three");
    let Block::List { items, .. } = blocks[3] else { panic!("no list") };
    assert_eq!(items[1].marker.as_deref(), Some("-"));
}

/// Proves N1: tables keep cells, spans, header rows and what their cells hold.
#[test]
fn tables_keep_cells_and_spans() {
    let row = "\\trowd\\cellx1000\\cellx2000\\cellx3000";
    let table = model(rtf(&format!(
        "Before\\par\\trowd\\trhdr\\cellx1000\\cellx2000\\cellx3000\\pard\\intbl Test\\cell Value\\cell Range\\cell\\row\
         {row}\\pard\\intbl Na\\cell{{\\b 140}}\\cell 136\\endash 145\\cell\\row\
         \\trowd\\cellx1010\\cellx3000\\pard\\intbl K\\cell 4.1\\par high\\cell\\row\
         \\trowd\\clvmgf\\cellx1000\\clmgf\\cellx2000\\clmrg\\cellx3000\\pard\\intbl Ca\\cell wide\\cell\\cell\\row\
         \\trowd\\clvmrg\\cellx1000\\cellx2000\\cellx3000\\pard\\intbl\\cell 2\\cell\\cell\\row\\pard After\\par"
    )));
    assert_eq!(
        table.text(),
        "Before\n\nTest | Value | Range\nNa | 140 | 136–145\nK | 4.1 high\nCa | wide\n2 | \n\nAfter"
    );
    assert_eq!(
        cells(&table),
        [
            vec![("Test", 1, 1), ("Value", 1, 1), ("Range", 1, 1)],
            vec![("Na", 1, 1), ("140", 1, 1), ("136–145", 1, 1)],
            vec![("K", 1, 1), ("4.1\nhigh", 2, 1)],
            vec![("Ca", 1, 2), ("wide", 2, 1)],
            vec![("2", 1, 1), ("", 1, 1)],
        ]
    );
    assert!(rows(&table)[0].cells.iter().all(|cell| cell.header) && !rows(&table)[1].cells[0].header);
    assert_eq!(rows(&table)[1].cells[1].text.spans[0].style, Style::Strong);
}

/// Proves N1: tables of every make: cut short, without `\intbl`, without a last cell, within one another, for layout.
#[test]
fn odd_tables_lose_no_words() {
    let cut = "\\trowd\\cellx1000\\cellx2000";
    let nested = "\\nestcell q2\\nestcell{\\*\\nesttableprops\\trowd\\cellx1\\cellx900\\nestrow}{\\nonesttables\\par}";
    for (body, words) in [
        (
            format!("{cut}\\pard\\intbl Na\\cell K\\cell\\row p1\\cell q2\\cell\\row\\pard end"),
            "Na | K\np1 | q2\n\nend",
        ),
        (format!("{cut}\\pard Na\\cell K\\cell\\row\\pard end"), "Na | K\n\nend"),
        (format!("{cut}\\pard\\intbl Na\\cell K\\row\\pard end"), "Na | K\n\nend"),
        (format!("{cut}\\pard\\intbl Na\\cell K\\cell\\row{cut}\\pard\\intbl p1\\cell q2"), "Na | K\np1 | q2"),
        (format!("{cut}\\pard\\intbl Na\\cell K\\cell\\pard end\\par"), "Na | K\n\nend"),
        (format!("{cut}\\pard\\intbl Na\\cell K\\cell p1\\cell\\row"), "Na | K | p1"),
        ("\\trowd\\cellx9000\\pard\\intbl One\\par two\\cell\\row\\pard three".to_owned(), "One\ntwo\n\nthree"),
        ("\\trowd\\pard One\\par two\\par three".to_owned(), "One\ntwo\nthree"),
        (
            format!(
                "{cut}\\pard\\intbl Na\\cell\\pard\\intbl\\itap2 p1{nested}\\pard\\intbl\\itap1 K\\cell{cut}\\row\\pard end"
            ),
            "Na\n\np1 | q2\n\nK\n\nend",
        ),
        (
            format!(
                "{{\\header {cut}\\pard\\intbl Name\\cell Ward\\cell\\row\\pard\\par}}{cut}\\pard\\intbl Na\\cell K\\cell\\row"
            ),
            "Name | Ward\n\nNa | K",
        ),
        (format!("{cut}\\pard\\intbl Na{{\\footnote Below}}\\cell K\\cell\\row"), "Na Below | K"),
        (
            "\\pard Na\\tab 140\\tab 136-145\\par K\\tab 4.1\\tab 3.5-5.1\\par\\par end".to_owned(),
            "Na | 140 | 136-145\nK | 4.1 | 3.5-5.1\n\nend",
        ),
        ("Name:\\tab Jo".to_owned(), "Name: Jo"),
        // A known heading with white space behind its line.
        ("{\\b Hx: fine} \\tab\\par".to_owned(), "Hx\n\nfine"),
    ] {
        assert_eq!(text(rtf(&body)), words, "{body}");
    }
}

/// Proves N1: a page that was wrapped in RTF is read as the page, once.
#[test]
fn a_wrapped_page_is_read_once() {
    let wrapped = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0 Arial;}}{\\*\\htmltag19 <html>}{\\*\\htmltag34 <head>}{\\*\\htmltag41 </head>}\
        {\\*\\htmltag50 <body>}{\\*\\htmltag96 <h2>}\\htmlrtf {\\b\\htmlrtf0 Plan{\\*\\htmltag104 </h2>}\\htmlrtf }\\htmlrtf0 \
        {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 INR < 3 & caf\\'e9{\\*\\htmltag84 &nbsp;}\\htmlrtf \\'a0\\htmlrtf0 {\\*\\mhtmltag84 <a>}\
        {\\*\\htmltag84 <a href=\"https://ward.example/\">}\\htmlrtf {\\field{\\*\\fldinst{HYPERLINK \"https://ward.example/\"}}{\\fldrslt\\htmlrtf0 ward\\htmlrtf }\\htmlrtf0 \\htmlrtf }\\htmlrtf0 {\\*\\htmltag92 </a>}\
        {\\*\\htmltag72 </p>}\\htmlrtf\\par}\\htmlrtf0 {\\*\\htmltag58 </body>}}";
    let page = model(wrapped);
    assert_eq!(page.sections[0].heading.as_deref(), Some("Plan"));
    assert_eq!(page.sections[0].text(), "INR < 3 & café ward");
    assert!(styled(&page).iter().any(|(text, style)| text == "ward" && matches!(style, Style::Link { .. })));
    assert_eq!(text("{\\rtf1\\ansi\\fromhtml1 Only\\par words}"), "Only\nwords");
}

/// Proves N1: missing and spare braces cost no words.
#[test]
fn wrong_braces_cost_no_words() {
    for (source, words) in [
        ("{\\rtf1\\ansi{\\b one} two", "one two"),
        ("{\\rtf1\\ansi one}} two} three", "one two three"),
        ("{\\rtf1\\ansi one }{\\rtf1\\ansi{\\fonttbl{\\f0 X;}}two}", "one two"),
        ("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}\\pard\\f0 one\\par}", "one"),
        ("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;\\pard\\f0 one\\par}", "one"),
        ("{\\rtf1\\ansi{\\colortbl;\\red1;\\pard one\\par", "one"),
        ("{\\rtf1\\ansi{\\fonttbl\\f0 Arial;\\f1\\fcharset2 Symbol;}5 {\\f1 m}g", "5 µg"),
        ("{\\rtf1\\ansi\\b\\i{\\ul one}\\par two\\", "one\ntwo"),
    ] {
        assert_eq!(text(source), words, "{source}");
    }
}

/// Proves N1: a row that belongs whole to the one above leaves, and takes its part of every span along.
#[test]
fn a_row_merged_whole_moves_no_number() {
    let row = |marks: &str, first: &str, second: &str| {
        format!("\\trowd{marks}\\cellx2000{marks}\\cellx4000\\intbl {first}\\cell {second}\\cell\\row ")
    };
    let body =
        [row("\\clvmgf", "Na", "140"), row("\\clvmrg", "", ""), row("", "K", "4.1"), row("", "Cl", "100")].concat();
    let model = model(rtf(&body));
    assert_eq!(
        cells(&model),
        [[("Na", 1, 1), ("140", 1, 1)], [("K", 1, 1), ("4.1", 1, 1)], [("Cl", 1, 1), ("100", 1, 1)]]
    );
}

/// Proves N1: the same in HTML, whose tables end in the same way.
#[test]
fn an_empty_row_moves_no_number() {
    for empty in ["<tr></tr>", "<tr><td></td></tr>"] {
        let source = format!(
            "<html><body><table><tr><td rowspan=2>Na</td><td>140</td></tr>{empty}<tr><td>K</td><td>4.1</td></tr></table></body></html>"
        );
        let model = read(source.as_bytes(), Some("text/html"), &Limits::default()).expect("readable");
        assert_eq!(cells(&model), [[("Na", 1, 1), ("140", 1, 1)], [("K", 1, 1), ("4.1", 1, 1)]], "{empty}");
    }
}
