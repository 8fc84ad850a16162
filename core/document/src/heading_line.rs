//! Which lines of a note are headings, as clinicians type them: `HPI:`, `A/P`, `PHYSICAL EXAM`, `# Chief Complaint`,
//! `**Plan**`, `ROS -`, `PMH: HTN, DM`, `--- LABS ---`.
//!
//! A known wording needs little else to be a heading; an unknown one needs the typist's own marks.

use crate::headings::{LONGEST_HEADING, recognise_heading};

/// A line that starts a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeadingLine<'a> {
    /// The wording, without marks.
    pub(crate) heading: &'a str,
    /// What stands behind it on the same line.
    pub(crate) rest: &'a str,
    /// 1 is the outermost.
    pub(crate) level: u32,
}

/// What the lines around say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Surroundings {
    /// An empty line, a heading, a list or the start of the note stands before.
    pub(crate) blank_before: bool,
    /// The note uses `S:` and `O:`, so single letters are headings.
    pub(crate) soap: bool,
}

/// Longest heading that is taken on the strength of its marks alone, in bytes and words.
const LONGEST_UNKNOWN: usize = 60;
const MOST_WORDS_UNKNOWN: usize = 7;
/// Known wordings that are also ordinary words or entries: never a heading without a colon.
const NEVER_BARE: &[&str] = &[
    "all",
    "code",
    "overall",
    "function",
    "condition",
    "report",
    "result",
    "course",
    "activity",
    "diet",
    "gross",
    "problems",
    "drugs",
    "clinical",
    "note",
    "notes",
    "comment",
    "comments",
    "remarks",
    "method",
    "methods",
    "rec",
    "rx",
    "obs",
    "imp",
    "fluids",
    "physical",
    "code status",
    "discussion",
    "study",
    "advice",
];

/// Reads a line as a heading, or says that it is none.
pub(crate) fn heading_line(line: &str, around: Surroundings) -> Option<HeadingLine<'_>> {
    let line = line.trim();
    let marked = markdown(line).or_else(|| starred_label(line)).or_else(|| framed(line));
    if marked.is_some() || !line.starts_with(char::is_alphanumeric) {
        return marked;
    }
    labelled(line, around)
        .or_else(|| dashed(line))
        .or_else(|| bare(line, around))
        .or_else(|| unknown_label(line, around))
}

/// `# Plan`, `## Anything`. One `#` before unknown words is how problems are listed, so it stays text.
fn markdown(line: &str) -> Option<HeadingLine<'_>> {
    let body = line.trim_start_matches('#');
    let level = line.len() - body.len();
    let body = strip_marks(body.trim_matches([' ', '#'])).0;
    if !(1..=6).contains(&level) {
        return None;
    }
    let level = u32::try_from(level).ok()?;
    let (label, rest) = body.split_once(':').unwrap_or((body, ""));
    if recognise_heading(label).is_some() {
        return Some(HeadingLine { heading: label.trim(), rest: rest.trim(), level });
    }
    (level >= 2 && rest.trim().is_empty() && is_short(label)).then(|| HeadingLine {
        heading: label.trim(),
        rest: "",
        level,
    })
}

/// `**Plan:** start` and `__Plan__: start`.
fn starred_label(line: &str) -> Option<HeadingLine<'_>> {
    let mark = ["**", "__"].into_iter().find(|mark| line.starts_with(mark))?;
    let (label, rest) = line.strip_prefix(mark)?.split_once(mark)?;
    let label = label.trim().trim_end_matches(':').trim();
    let rest = rest.trim_start_matches([':', ' ']).trim();
    let heading = recognise_heading(label).is_some() || (rest.is_empty() && is_short(label));
    heading.then_some(HeadingLine { heading: label, rest, level: 1 })
}

/// `=== PLAN ===`, `[Plan]`, `*Plan*`: the same marks at both ends.
fn framed(line: &str) -> Option<HeadingLine<'_>> {
    let (body, width) = strip_marks(line);
    let body = body.trim_end_matches(':').trim();
    let known = width >= 1 && recognise_heading(body).is_some();
    (known || (width >= 2 && is_short(body))).then_some(HeadingLine { heading: body, rest: "", level: 1 })
}

/// `HPI: 81M with ...`
fn labelled(line: &str, around: Surroundings) -> Option<HeadingLine<'_>> {
    let (label, rest) = line.split_once(':')?;
    let label = label.trim();
    let upper = label.chars().next().is_some_and(char::is_uppercase);
    let acceptable = match label {
        "S" | "O" | "A" | "P" => around.soap,
        "ALL" => true,
        _ if label.chars().count() < 2 || label.eq_ignore_ascii_case("all") => false,
        // A lower-case word and a colon in the middle of a wrapped sentence is only that.
        _ => upper || around.blank_before,
    };
    (acceptable && recognise_heading(label).is_some()).then(|| HeadingLine {
        heading: label,
        rest: rest.trim(),
        level: 1,
    })
}

/// `ROS - negative`, `Plan –`. A heading in mixed case needs the dash to stand alone.
fn dashed(line: &str) -> Option<HeadingLine<'_>> {
    let (at, dash) = line.char_indices().find(|(at, c)| {
        matches!(c, '-' | '\u{2013}' | '\u{2014}') && line.get(..*at).is_some_and(|before| before.ends_with(' '))
    })?;
    let label = line.get(..at)?.trim();
    let rest = line.get(at + dash.len_utf8()..)?;
    let spaced = rest.is_empty() || rest.starts_with(' ');
    let loud = rest.trim().is_empty() || is_upper(label);
    (spaced && loud && label.chars().count() >= 2 && recognise_heading(label).is_some()).then(|| HeadingLine {
        heading: label,
        rest: rest.trim(),
        level: 1,
    })
}

/// `PHYSICAL EXAM`, `Assessment & Plan` alone on their line.
fn bare(line: &str, around: Surroundings) -> Option<HeadingLine<'_>> {
    let label = line.split(['(', '[']).next().unwrap_or(line);
    let letters = label.chars().filter(|c| c.is_alphabetic()).count();
    // Two letters alone can also be an entry of a list: "PE" under "DVT".
    let long_enough =
        letters >= 3 || label.contains(['/', '&', '+']) || (letters == 2 && is_upper(label) && around.blank_before);
    let loud = is_upper(label) || (around.blank_before && is_title(label));
    let plausible = loud && long_enough && !line.ends_with(['.', ',', ';']);
    let ordinary = NEVER_BARE.iter().any(|word| line.eq_ignore_ascii_case(word));
    (plausible && !ordinary && recognise_heading(line).is_some()).then_some(HeadingLine {
        heading: line,
        rest: "",
        level: 1,
    })
}

/// `SLEEP STUDY:` or `Sleep Study:` alone on its line after an empty one.
fn unknown_label(line: &str, around: Surroundings) -> Option<HeadingLine<'_>> {
    let label = line.strip_suffix(':')?.trim();
    let title = is_upper(label) || is_title(label);
    (around.blank_before && title && is_short(label)).then_some(HeadingLine { heading: label, rest: "", level: 1 })
}

/// Whether `text` is short enough, and enough of a phrase, to be a heading by its marks alone.
pub(crate) fn is_short(text: &str) -> bool {
    let text = text.trim();
    text.len() <= LONGEST_UNKNOWN
        && text.split_whitespace().count() <= MOST_WORDS_UNKNOWN
        && text.chars().any(char::is_alphabetic)
        && !text.ends_with(['.', ';', ',', '?', '!'])
        && !text.contains([':', '|', '\t'])
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Every longer word starts with a capital.
pub(crate) fn is_title(text: &str) -> bool {
    let mut words =
        text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3).peekable();
    let first = text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    first && words.all(|word| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase))
}

/// Takes equal numbers of marks off both ends; answers with what is inside and how many there were.
fn strip_marks(line: &str) -> (&str, usize) {
    let is_mark = |c: char| matches!(c, '*' | '_' | '=' | '-' | '~' | '[' | ']' | '<' | '>');
    let without_left = line.trim_start_matches(is_mark);
    let left = line.len() - without_left.len();
    let body = without_left.trim_end_matches(is_mark);
    let right = without_left.len() - body.len();
    if left == 0 || right == 0 || body.is_empty() { (line, 0) } else { (body.trim(), left.min(right)) }
}

/// Offsets in `line` where a heading in capitals and with a colon starts in the middle: `... DM. MEDS: none`.
pub(crate) fn headings_within(line: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    for (colon, _) in line.match_indices(':') {
        let Some(before) = line.get(..colon) else { continue };
        // The label runs back over capitals, spaces and joining marks to the end of the sentence before it.
        let label_start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_uppercase() || matches!(c, ' ' | '/' | '&' | '\''))
            .last()
            .map_or(colon, |(at, _)| at);
        let Some(label) = before.get(label_start..) else { continue };
        let start = label_start + (label.len() - label.trim_start().len());
        let sentence_ended = before.get(..start).is_some_and(|head| head.trim_end().ends_with(['.', ',', ';']));
        let label = label.trim();
        if start > 0
            && sentence_ended
            && label.len() <= LONGEST_HEADING
            && label.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && recognise_heading(label).is_some()
        {
            starts.push(start);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(&str, &str)> {
        let around = Surroundings { blank_before: true, soap: false };
        heading_line(line, around).map(|found| (found.heading, found.rest))
    }

    /// Proves N2: the ways in which clinicians write a heading.
    #[test]
    fn typed_headings_are_recognised() {
        for (line, heading, rest) in [
            ("HPI:", "HPI", ""),
            ("A/P", "A/P", ""),
            ("Assessment & Plan:", "Assessment & Plan", ""),
            ("PHYSICAL EXAM", "PHYSICAL EXAM", ""),
            ("# Chief Complaint", "Chief Complaint", ""),
            ("## Anything at all", "Anything at all", ""),
            ("**Plan**", "Plan", ""),
            ("**Plan:** rest and fluids", "Plan", "rest and fluids"),
            ("ROS -", "ROS", ""),
            ("ROS - neg except above", "ROS", "neg except above"),
            ("PMH: HTN, DM", "PMH", "HTN, DM"),
            ("=== LABS ===", "LABS", ""),
            ("[Plan]", "Plan", ""),
            ("H.P.I.: as above", "H.P.I.", "as above"),
            ("Allergies (checked 3/4): NKDA", "Allergies (checked 3/4)", "NKDA"),
            ("SLEEP STUDY:", "SLEEP STUDY", ""),
            ("MEDS (list from the pharmacy)", "MEDS (list from the pharmacy)", ""),
            ("FH", "FH", ""),
        ] {
            assert_eq!(read(line), Some((heading, rest)), "{line}");
        }
    }

    /// Proves N2: sentences, entries and problems are not made into headings.
    #[test]
    fn ordinary_lines_are_not_headings() {
        for line in [
            "# CT chest 11/10: 1.8 cm nodule RUL",
            "# Dementia: donepezil up",
            "NKDA",
            "All",
            "He says the following about it:",
            "Lungs: clear",
            "Seen at 10:30 today",
            "plan to recheck in 6 weeks",
            "- Allergies: none",
            "Diet",
            "-----",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
        let wrapped = Surroundings::default();
        assert_eq!(heading_line("plan: as discussed", wrapped), None);
        assert_eq!(heading_line("S: feels well", wrapped), None);
        assert_eq!(heading_line("PE", wrapped), None);
        assert_eq!(heading_line("Exam (mine) was brief", wrapped), None);
        assert!(heading_line("S: feels well", Surroundings { soap: true, ..wrapped }).is_some());
    }

    #[test]
    fn headings_in_the_middle_of_a_line_are_found() {
        let line = "PMH: HTN, DM. MEDS: lisinopril 10. ALL: NKDA. BP: 120. He said: no.";
        let found: Vec<&str> = headings_within(line).into_iter().filter_map(|at| line.get(at..at + 4)).collect();
        assert_eq!(found, ["MEDS", "ALL:"]);
    }
}
