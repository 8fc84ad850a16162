//! One entry of the record: a condition, an allergy, a visit ... (D1). In a list what tells it; open, all of it.

use std::io;

use plainchart::{EntryKind, EntryView, FactView, LinkView, MarkView, MomentView, PartyView, RoleView, words};

use super::marks::explanations;
use crate::dates;
use crate::page::{Page, Row, Style, Text};

const INDENT: usize = 2;

/// Its name, states, times, facts and people; what an entry about other entries is about.
pub fn entry_in_list(page: &mut Page, entry: &EntryView, several_sources: bool) -> io::Result<()> {
    title(page, &entry.title, &entry.id, INDENT)?;
    if let Some(plain) = &entry.plain {
        page.indented(Text::plain(plain), INDENT * 2, INDENT * 2)?;
    }
    standing(page, &standing_of(entry), INDENT * 2)?;
    let mut rows: Vec<Row> = state_row(entry).into_iter().chain(entry.times.iter().filter_map(moment_row)).collect();
    rows.extend(entry.facts.iter().flat_map(|fact| fact_rows(fact, 0)));
    rows.extend(entry.people.iter().map(role_row));
    if entry.kind == EntryKind::Provenance {
        rows.extend(entry.links.iter().filter_map(link_row));
    }
    if several_sources {
        rows.push((Text::quiet("From"), Text::plain(&entry.source)));
    }
    page.rows(&rows, INDENT * 2)
}

/// All that is recorded of it.
pub fn entry(page: &mut Page, entry: &EntryView) -> io::Result<()> {
    title(page, &entry.title, &entry.id, 0)?;
    if let Some(plain) = &entry.plain {
        page.indented(Text::plain(plain), INDENT, INDENT)?;
    }
    standing(page, &standing_of(entry), INDENT)?;
    let mut rows: Vec<Row> = state_row(entry).into_iter().chain(entry.times.iter().filter_map(moment_row)).collect();
    rows.extend(entry.facts.iter().flat_map(|fact| fact_rows(fact, 0)));
    rows.extend(entry.people.iter().map(role_row));
    rows.extend(entry.links.iter().filter_map(link_row));
    rows.extend(entry.made_by.iter().filter_map(link_row));
    rows.push((Text::quiet("From"), Text::plain(&entry.source)));
    page.rows(&rows, INDENT)?;
    as_written(page, "Notes, as written", &entry.notes)?;
    as_written(page, &format!("In the words of {}", entry.source), entry.narrative.as_slice())?;
    if !entry.belongs.is_empty() {
        page.blank()?;
        page.text(Text::strong("What belongs to it"))?;
        page.rows(&entry.belongs.iter().filter_map(link_row).collect::<Vec<_>>(), INDENT)?;
    }
    words_of(page, &entry.title, &entry.marks)
}

/// The name of an entry, and what to type to see all of it.
pub fn title(page: &mut Page, name: &str, id: &str, indent: usize) -> io::Result<()> {
    page.indented(Text::strong(name).and(format!("  {id}"), Style::Quiet), indent, indent + INDENT)
}

/// What is to be said before anything else.
pub fn standing(page: &mut Page, sentences: &[String], indent: usize) -> io::Result<()> {
    for sentence in sentences {
        page.indented(Text::default().and(sentence, Style::Notice), indent, indent)?;
    }
    Ok(())
}

/// Mistaken, withdrawn, private: sentences that stand above all facts.
pub fn marker_sentences(withdrawn: bool, sensitive: bool, source: &str) -> Vec<String> {
    let withdrawn = withdrawn.then(|| format!("{source} no longer has this. It is the copy from before."));
    let sensitive = sensitive.then(|| words::say("sensitivity.notice", &[]));
    withdrawn.into_iter().chain(sensitive).collect()
}

fn standing_of(entry: &EntryView) -> Vec<String> {
    let none = entry.none_known.clone();
    none.into_iter().chain(marker_sentences(entry.withdrawn, entry.sensitive, &entry.source)).collect()
}

fn state_row(entry: &EntryView) -> Option<Row> {
    let states: Vec<&str> = entry.states.iter().map(|state| state.trim_end_matches('.')).collect();
    let style = if entry.entered_in_error { Style::Notice } else { Style::Plain };
    let label = words::say("entry.fact.state", &[]);
    (!states.is_empty()).then(|| (Text::quiet(label), Text::default().and(states.join("; "), style)))
}

/// A time with its label; none where there is neither a time nor words.
pub fn moment_row(moment: &MomentView) -> Option<Row> {
    dates::stretch(moment).map(|when| (Text::quiet(&moment.label), Text::plain(when)))
}

/// A fact and those that belong to it, each level further in.
pub fn fact_rows(fact: &FactView, depth: usize) -> Vec<Row> {
    let label = match depth {
        0 => Text::quiet(&fact.label),
        _ => Text::quiet(format!("{}· {}", "  ".repeat(depth - 1), fact.label)),
    };
    let mut text = Text::default();
    for said in fact.text.clone().into_iter().chain(fact.time.as_ref().and_then(dates::stretch)) {
        if !text.is_empty() {
            text.push(", ", Style::Plain);
        }
        text.push(said, Style::Plain);
    }
    if let Some(plain) = &fact.plain {
        text.push(format!(" ({})", plain.trim_end_matches('.')), Style::Quiet);
    }
    let text_is_missing = text.is_empty();
    let mut rows = Vec::new();
    if !text_is_missing || !fact.facts.is_empty() {
        rows.push((label, text));
    }
    match fact.facts.as_slice() {
        // One of the same name under a heading of that name.
        [only] if text_is_missing && only.label == fact.label => return fact_rows(only, depth),
        inner => rows.extend(inner.iter().flat_map(|inner| fact_rows(inner, depth + 1))),
    }
    rows
}

/// A name with telephones, as recorded.
pub fn party(party: &PartyView) -> String {
    let telephones = party.telephones.iter().map(String::as_str);
    party.name.as_deref().into_iter().chain(telephones).collect::<Vec<_>>().join(", ")
}

/// Someone's part, and as what.
pub fn role_row(role: &RoleView) -> Row {
    let who = party(&role.party);
    let text = match (&role.described, who.is_empty()) {
        (Some(described), true) => described.clone(),
        (Some(described), false) => format!("{who} ({described})"),
        (None, _) => who,
    };
    (Text::quiet(&role.label), Text::plain(text))
}

/// Where a link leads; none where nothing is known of it.
pub fn link_row(link: &LinkView) -> Option<Row> {
    let mut text = Text::plain(link.name.as_deref().unwrap_or_default());
    if let Some(when) = &link.when {
        let between = if text.is_empty() { "" } else { ", " };
        text.push(format!("{between}{}", dates::written(when)), Style::Plain);
    }
    if let Some(id) = &link.id {
        let between = if text.is_empty() { "" } else { "  " };
        text.push(format!("{between}{id}"), Style::Quiet);
    }
    (!text.is_empty()).then(|| (Text::quiet(&link.label), text))
}

/// Words of the source under a heading of ours.
pub fn as_written(page: &mut Page, heading: &str, texts: &[String]) -> io::Result<()> {
    if texts.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.text(Text::strong(heading))?;
    for text in texts {
        page.indented(text.trim_end(), INDENT, INDENT)?;
    }
    Ok(())
}

/// The words of a name in plain words.
pub fn words_of(page: &mut Page, text: &str, marks: &[MarkView]) -> io::Result<()> {
    let rows = explanations(&marks.iter().collect::<Vec<_>>(), |_| text);
    if rows.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.text(Text::strong("In plain words"))?;
    page.rows(&rows, INDENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(label: &str, text: Option<&str>, facts: Vec<FactView>) -> FactView {
        FactView { label: label.into(), text: text.map(str::to_owned), plain: None, time: None, facts }
    }

    /// Proves D1 on screen: facts that belong together stand below the one they belong to; an empty one says nothing.
    #[test]
    fn facts_that_belong_together_stand_together() {
        let reaction = fact("What happened", None, vec![fact("Signs", Some("hives"), Vec::new())]);
        let rows: Vec<Row> =
            [reaction, fact("Empty", None, Vec::new())].iter().flat_map(|fact| fact_rows(fact, 0)).collect();
        let shown = |text: &Text| text.0.iter().map(|piece| piece.text.as_str()).collect::<String>();
        let rows: Vec<String> = rows.iter().map(|(label, text)| format!("{}={}", shown(label), shown(text))).collect();
        assert_eq!(rows, ["What happened=", "· Signs=hives"]);
    }
}
