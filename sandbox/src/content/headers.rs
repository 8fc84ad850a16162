//! The header lines of a note: in the note's own file before an empty line, or in a `NAME.head` beside it.

use std::collections::BTreeMap;

use super::{ContentError, Source};

/// Every header there is. A word that is not here is a mistake, never silently without effect.
const KNOWN: [&str; 39] = [
    "Appends",
    "Author",
    "Author-Id",
    "Based-On",
    "Binary",
    "Category",
    "Conclusion",
    "Content-Type",
    "Date",
    "Doc-Status",
    "Encounter",
    "Entered",
    "Event",
    "Format",
    "Hash",
    "Id",
    "Inline",
    "Issued",
    "Label-In",
    "Language",
    "Loose-Date",
    "Panel",
    "Period",
    "Rendition-Of",
    "Replaces",
    "Report",
    "Results",
    "Same-Bytes-As",
    "Same-Url-As",
    "Security",
    "Signs",
    "Size",
    "Status",
    "Title",
    "Transforms",
    "Type",
    "Url",
    "Version-Of",
    "Withdrawn",
];

/// The headers of one note. Empty values count as left out.
#[derive(Clone)]
pub(super) struct Headers<'a> {
    source: Source<'a>,
    lines: BTreeMap<&'a str, (usize, &'a str)>,
}

impl<'a> Headers<'a> {
    /// Reads header lines up to the first empty line or the end; the rest is the body.
    pub fn read(source: Source<'a>) -> Result<(Self, Option<&'a str>), ContentError> {
        let mut headers = Self { source, lines: BTreeMap::new() };
        let mut rest = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
        for number in 1.. {
            let (line, after) = rest.split_once('\n').map_or((rest, None), |(line, after)| (line, Some(after)));
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                return Ok((headers, after));
            }
            let (name, value) =
                line.split_once(':').ok_or_else(|| source.mistake(number, "a header line has no colon"))?;
            let (name, value) = (name.trim(), value.trim());
            if !KNOWN.contains(&name) {
                return Err(source.mistake(number, format!("{name} is not a header")));
            }
            if headers.lines.insert(name, (number, value)).is_some() {
                return Err(source.mistake(number, format!("{name} stands twice")));
            }
            let Some(after) = after else { return Ok((headers, None)) };
            rest = after;
        }
        Ok((headers, None))
    }

    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.lines.get(name).map(|(_, value)| *value).filter(|value| !value.is_empty())
    }

    pub fn needed(&self, name: &str) -> Result<&'a str, ContentError> {
        self.get(name).ok_or_else(|| self.source.mistake(1, format!("no {name} header")))
    }

    /// The values of a comma-separated header.
    pub fn list(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).into_iter().flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
    }

    /// One of `allowed`; the first of them if the header is left out.
    pub fn one_of<'b>(&self, name: &str, allowed: &[&'b str]) -> Result<&'b str, ContentError>
    where
        'a: 'b,
    {
        let Some(value) = self.get(name) else { return Ok(allowed.first().copied().unwrap_or_default()) };
        let found = allowed.iter().find(|one| one.eq_ignore_ascii_case(value));
        found.copied().ok_or_else(|| self.mistake(name, &format!("is none of {}", allowed.join(", "))))
    }

    pub fn says_yes(&self, name: &str) -> Result<bool, ContentError> {
        Ok(self.one_of(name, &["no", "yes"])? == "yes")
    }

    pub fn mistake(&self, name: &str, reason: &str) -> ContentError {
        let line = self.lines.get(name).map_or(1, |(line, _)| *line);
        self.source.mistake(line, format!("{name} {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Headers<'_>, Option<&str>), ContentError> {
        Headers::read(Source { name: "a/notes/one.txt", text })
    }

    #[test]
    fn headers_end_at_the_first_empty_line_and_the_body_keeps_its_own() {
        let (headers, body) = read("Type: 1\r\nTitle: a: b\n\n\n body\n").unwrap();
        assert_eq!((headers.get("Type"), headers.get("Title")), (Some("1"), Some("a: b")));
        assert_eq!(body, Some("\n body\n"));
        assert_eq!(read("Type: 1\nTitle: x").unwrap().1, None);
    }

    #[test]
    fn a_misspelt_doubled_or_impossible_header_is_a_mistake_with_its_line() {
        for bad in ["Type: 1\nTitel: x\n\n", "Type: 1\nType: 2\n\n", "Type: 1\nno colon\n\n"] {
            assert!(matches!(read(bad).err(), Some(ContentError::Mistake { line: 2, .. })), "{bad}");
        }
        let (headers, _) = read("Type: 1\nInline: perhaps\n\n").unwrap();
        assert!(matches!(headers.says_yes("Inline"), Err(ContentError::Mistake { line: 2, .. })));
    }
}
