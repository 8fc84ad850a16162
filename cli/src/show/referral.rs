//! One referral or order, and what was seen of it since (R5). Every label is the core's.

use std::io;

use plainchart::{CameOfView, PartyView, ReferralView, words};

use super::entry::{as_written, link_row, marker_sentences, moment_row, party, standing, title, words_of};
use crate::dates;
use crate::page::{Page, Row, Style, Text};

/// What was asked for, of whom, why, how it stands, what came of it.
pub fn referral(page: &mut Page, referral: &ReferralView, indent: usize) -> io::Result<()> {
    title(page, &referral.title, &referral.id, indent)?;
    let inside = indent + 2;
    if let Some(plain) = &referral.plain {
        page.indented(Text::plain(plain), inside, inside)?;
    }
    standing(page, &marker_sentences(referral.withdrawn, referral.sensitive, &referral.source), inside)?;
    if !referral.entered_in_error {
        let told: Vec<&str> = [Some(referral.kind_words.as_str()), Some(&referral.state_words)]
            .into_iter()
            .chain([referral.priority_words.as_deref()])
            .flatten()
            .collect();
        page.indented(Text::plain(told.join(" · ")), inside, inside)?;
    }
    page.rows(&rows(referral), inside)?;
    if !referral.came_of.is_empty() {
        page.indented(Text::strong(words::say("referral.came-of-it", &[])), inside, inside)?;
        page.rows(&referral.came_of.iter().map(came_of_row).collect::<Vec<_>>(), inside + 2)?;
    }
    standing(page, referral.nothing_seen.as_slice(), inside)
}

/// All that is recorded of it.
pub fn referral_open(page: &mut Page, of: &ReferralView) -> io::Result<()> {
    referral(page, of, 0)?;
    let more: Vec<Row> = of.links.iter().chain(&of.made_by).filter_map(link_row).collect();
    page.rows(&more, 2)?;
    as_written(page, &label("notes"), &of.notes)?;
    words_of(page, &of.title, &of.marks)
}

fn label(id: &str) -> String {
    words::say(&format!("referral.label.{id}"), &[])
}

fn rows(referral: &ReferralView) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut say = |id: &str, text: String| {
        if !text.is_empty() {
            rows.push((Text::quiet(label(id)), Text::plain(text)));
        }
    };
    let parties = |all: &[PartyView]| all.iter().map(party).collect::<Vec<_>>().join("; ");
    say("details", referral.details.join("; "));
    say("reasons", referral.why.join("; "));
    say("performer", parties(&referral.to));
    say("performer-type", referral.to_kind.clone().unwrap_or_default());
    say("location", parties(&referral.places));
    say("requester", referral.asked_by.as_ref().map(party).unwrap_or_default());
    say("authored", referral.date.as_ref().map(dates::written).unwrap_or_default());
    say("patient-instruction", referral.patient_instruction.clone().unwrap_or_default());
    rows.extend(referral.set_for.as_ref().and_then(moment_row));
    rows.extend(referral.replaced_by.iter().filter_map(link_row));
    rows.push((Text::quiet("From"), Text::plain(&referral.source)));
    rows
}

fn came_of_row(came_of: &CameOfView) -> Row {
    let mut text = Text::plain(came_of.title.as_deref().unwrap_or_default());
    let when = came_of.when.as_ref().map(dates::written);
    for part in when.iter().chain([&came_of.standing_words].into_iter().filter(|_| came_of.standing != "here")) {
        let between = if text.is_empty() { "" } else { ", " };
        text.push(format!("{between}{part}"), Style::Plain);
    }
    if let Some(id) = &came_of.id {
        text.push(format!("  {id}"), Style::Quiet);
    }
    (Text::quiet(&came_of.kind_words), text)
}
