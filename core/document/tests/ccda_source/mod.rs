//! The words of a document's titles and narrative, found by simple means and without the reader's help.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::HashMap;

/// What a reader sees as words; raised digits are digits.
pub fn words(text: &str) -> Vec<String> {
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{2070}' => '0',
            '\u{B9}' => '1',
            '\u{B2}' => '2',
            '\u{B3}' => '3',
            '\u{2074}'..='\u{2079}' => char::from_digit(u32::from(c) - 0x2070, 10).unwrap_or(c),
            _ => c,
        })
        .collect();
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of `source` that `model` has not, or not as often.
pub fn lost(source: &[String], model: &[String]) -> Vec<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    model.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let gone = source.iter().filter(|word| match left.get_mut(word.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    gone.cloned().collect()
}

fn resolved(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let Some((name, rest)) = part.split_once(';') else {
            out.push('&');
            out.push_str(part);
            continue;
        };
        let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{A0}'),
            _ => number.and_then(char::from_u32),
        };
        match character {
            Some(character) => out.push(character),
            None => out.push_str(&format!("&{name};")),
        }
        out.push_str(rest);
    }
    out
}

/// The words of every title, and of the `text` of every section, of a sound document.
pub fn narrative_words(source: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    let mut rest = source;
    loop {
        let narrative = open.windows(2).any(|pair| {
            pair == ["section", "text"] || pair == ["section", "title"] || pair == ["ClinicalDocument", "title"]
        });
        let (before, markup) = rest.split_once('<').unwrap_or((rest, ""));
        if narrative {
            text.push_str(&resolved(before));
        }
        if markup.is_empty() {
            return words(&text);
        }
        let ends = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")];
        if let Some((start, end)) = ends.iter().find(|(start, _)| markup.starts_with(start)) {
            let (inside, after) = markup.split_once(end).unwrap_or((markup, ""));
            if *start == "![CDATA[" && narrative {
                text.push_str(inside.strip_prefix(start).unwrap_or_default());
            }
            rest = after;
            continue;
        }
        let mut quote = None;
        let end = markup.find(|c| match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                false
            }
            (Some(open), c) if open == c => {
                quote = None;
                false
            }
            (None, '>') => true,
            _ => false,
        });
        let (tag, after) = markup.split_at(end.unwrap_or(markup.len()));
        rest = after.get(1..).unwrap_or_default();
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or_default();
        // "H2O" is one word, whatever stands low or high in it.
        if !matches!(name, "sub" | "sup") {
            text.push(' ');
        }
        if tag.starts_with('/') {
            open.truncate(open.iter().rposition(|open| *open == name).unwrap_or(open.len()));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
}
