//! Reading the text format that entries are written in.
//!
//! Entries are separated by blank lines; each line is `key: value`; `#` opens a comment line.

use super::SourceError;
use crate::kind::{Guard, Kind};
use crate::section::SectionKind;

/// One entry as written.
#[derive(Debug, Clone)]
pub(crate) struct SourceEntry {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) forms: Vec<SourceForm>,
    pub(crate) tier: u8,
    pub(crate) codes: Vec<(String, String)>,
    pub(crate) senses: Vec<SourceSense>,
    pub(crate) measures: String,
    pub(crate) why: String,
    pub(crate) sources: String,
    pub(crate) version: u32,
    pub(crate) language: String,
}

/// One way an entry is written in notes.
#[derive(Debug, Clone)]
pub(crate) struct SourceForm {
    pub(crate) line: usize,
    pub(crate) written: String,
    /// Case counts: the form was given with `=`.
    pub(crate) exact: bool,
}

/// One meaning.
#[derive(Debug, Clone, Default)]
pub(crate) struct SourceSense {
    pub(crate) line: usize,
    pub(crate) id: String,
    pub(crate) definition: String,
    pub(crate) plain: String,
    /// A set of [`Guard`] bits.
    pub(crate) guards: u32,
    pub(crate) rules: Vec<SourceRule>,
}

/// One `when` line: all that it names must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourceRule {
    /// A set of section bits; empty: any section.
    pub(crate) sections: u32,
    pub(crate) notes: Vec<String>,
    pub(crate) near: Vec<String>,
    pub(crate) not_near: Vec<String>,
}

/// Reads one file. Stops at the first malformed entry.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<SourceEntry>, SourceError> {
    let mut entries = Vec::new();
    let mut draft: Option<Draft> = None;
    for (number, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        let line_number = number + 1;
        let line = line.trim();
        if line.is_empty() {
            entries.extend(draft.take().map(|draft| draft.finish(file)).transpose()?);
        } else if !line.starts_with('#') {
            let (key, value) = line.split_once(':').ok_or_else(|| {
                SourceError::new(file, line_number, "a line needs a key, a colon and a value, like `tier: 1`")
            })?;
            let draft = draft.get_or_insert_with(|| Draft { line: line_number, ..Draft::default() });
            draft
                .take(line_number, key.trim(), value.trim())
                .map_err(|reason| SourceError::new(file, line_number, reason))?;
        }
    }
    entries.extend(draft.map(|draft| draft.finish(file)).transpose()?);
    Ok(entries)
}

#[derive(Default)]
struct Draft {
    line: usize,
    id: Option<String>,
    kind: Option<Kind>,
    forms: Vec<SourceForm>,
    tier: Option<u8>,
    codes: Vec<(String, String)>,
    senses: Vec<SourceSense>,
    measures: Option<String>,
    why: Option<String>,
    sources: Option<String>,
    version: Option<u32>,
    language: Option<String>,
}

impl Draft {
    fn take(&mut self, line: usize, key: &str, value: &str) -> Result<(), String> {
        if value.is_empty() {
            return Err(format!("`{key}` has no value"));
        }
        match key {
            "id" => once(&mut self.id, key, identifier(value)?)?,
            "kind" => {
                let kind = Kind::parse(value).ok_or_else(|| format!("`{value}` is not a kind of entry"))?;
                once(&mut self.kind, key, kind)?;
            }
            "forms" => self.forms.extend(forms(line, value)?),
            "tier" => {
                let tier = value.parse().ok().filter(|tier| (1..=3).contains(tier));
                once(&mut self.tier, key, tier.ok_or("a tier is 1, 2 or 3")?)?;
            }
            "code" => {
                let (system, code) =
                    value.split_once(' ').ok_or("a code is a system and a code, like `loinc 2160-0`")?;
                self.codes.push((system.to_owned(), code.trim().to_owned()));
            }
            "sense" => {
                let (id, definition) =
                    value.split_once('|').ok_or("a sense is an id, a bar and a definition, like `sense: a | b`")?;
                let definition = definition.trim().to_owned();
                if definition.is_empty() {
                    return Err("this sense has no definition after the bar".to_owned());
                }
                let id = identifier(id.trim())?;
                if self.senses.iter().any(|sense| sense.id == id) {
                    return Err(format!("the sense `{id}` is given twice"));
                }
                self.senses.push(SourceSense { line, id, definition, ..SourceSense::default() });
            }
            "when" => self.sense(key)?.rules.push(rule(value)?),
            "guard" => {
                let sense = self.sense(key)?;
                for name in list(value) {
                    let guard = Guard::parse(name).ok_or_else(|| format!("`{name}` is not something to guard"))?;
                    sense.guards |= guard.bit();
                }
            }
            "plain" => value.clone_into(&mut self.sense(key)?.plain),
            "measures" => once(&mut self.measures, key, value.to_owned())?,
            "why" => once(&mut self.why, key, value.to_owned())?,
            "sources" => once(&mut self.sources, key, value.to_owned())?,
            "version" => {
                let version = value.parse().map_err(|_| "a version is a whole number")?;
                once(&mut self.version, key, version)?;
            }
            "language" => once(&mut self.language, key, identifier(value)?)?,
            _ => return Err(format!("`{key}` is not a key of an entry")),
        }
        Ok(())
    }

    fn sense(&mut self, key: &str) -> Result<&mut SourceSense, String> {
        self.senses.last_mut().ok_or_else(|| format!("`{key}` belongs to a sense and stands before any"))
    }

    fn finish(mut self, file: &str) -> Result<SourceEntry, SourceError> {
        let missing = |key: &str| SourceError::new(file, self.line, format!("this entry has no `{key}`"));
        let id = self.id.ok_or_else(|| missing("id"))?;
        let kind = self.kind.ok_or_else(|| missing("kind"))?;
        let tier = self.tier.ok_or_else(|| missing("tier"))?;
        let sources = self.sources.ok_or_else(|| missing("sources"))?;
        let version = self.version.ok_or_else(|| missing("version"))?;
        let language = self.language.ok_or_else(|| missing("language"))?;
        if self.forms.is_empty() {
            return Err(missing("forms"));
        }
        if self.senses.is_empty() {
            // A test may say only what it measures.
            let measures = self.measures.as_ref().filter(|_| kind == Kind::Test).ok_or_else(|| missing("sense"))?;
            self.senses = vec![SourceSense {
                line: self.line,
                id: id.clone(),
                definition: measures.clone(),
                ..SourceSense::default()
            }];
        }
        Ok(SourceEntry {
            file: file.to_owned(),
            line: self.line,
            id,
            kind,
            forms: self.forms,
            tier,
            codes: self.codes,
            senses: self.senses,
            measures: self.measures.unwrap_or_default(),
            why: self.why.unwrap_or_default(),
            sources,
            version,
            language,
        })
    }
}

fn once<T>(slot: &mut Option<T>, key: &str, value: T) -> Result<(), String> {
    if slot.replace(value).is_some() { Err(format!("`{key}` is given twice in one entry")) } else { Ok(()) }
}

fn identifier(value: &str) -> Result<String, String> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if plain && !value.is_empty() {
        Ok(value.to_owned())
    } else {
        Err(format!("`{value}` is not an id: letters, digits and hyphens only"))
    }
}

pub(crate) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn forms(line: usize, value: &str) -> Result<Vec<SourceForm>, String> {
    list(value)
        .map(|item| {
            let (written, exact) = match item.strip_prefix('=') {
                Some(rest) => (rest.trim(), true),
                None => (item, false),
            };
            // A sign of its own, like the prescription sign, may be a form; common punctuation may not.
            if written.chars().any(|c| c.is_alphanumeric() || !c.is_ascii()) {
                Ok(SourceForm { line, written: written.to_owned(), exact })
            } else {
                Err(format!("the form `{item}` has no letter or digit"))
            }
        })
        .collect()
}

fn rule(value: &str) -> Result<SourceRule, String> {
    let mut rule = SourceRule::default();
    for part in value.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, values) = part
            .split_once('=')
            .ok_or_else(|| format!("`{part}` is not a cue: write `section=`, `near=`, `not-near=` or `note=`"))?;
        let mut values = list(values).peekable();
        if values.peek().is_none() {
            return Err(format!("`{name}=` names nothing"));
        }
        match name.trim() {
            "section" => {
                for value in values {
                    rule.sections |=
                        SectionKind::set(value).ok_or_else(|| format!("`{value}` is not a section of a note"))?;
                }
            }
            "note" => rule.notes.extend(values.map(str::to_owned)),
            "near" => rule.near.extend(values.map(str::to_owned)),
            "not-near" => rule.not_near.extend(values.map(str::to_owned)),
            other => return Err(format!("`{other}` is not a cue: write `section`, `near`, `not-near` or `note`")),
        }
    }
    if rule == SourceRule::default() { Err("this `when` names no cue".to_owned()) } else { Ok(rule) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id: a\nkind: term\nforms: b, =C\ntier: 1\nsense: d | A thing.\nwhen: section=plan; near=x y,z*\nguard: cancer\nsources: us\nversion: 2\nlanguage: en\n";

    #[test]
    fn an_entry_is_read_as_written() {
        let entries = read("f", &format!("# note\n{GOOD}\n\n{}", GOOD.replace("id: a", "id: e"))).unwrap();
        assert_eq!(entries.len(), 2);
        let sense = &entries[0].senses[0];
        assert_eq!((sense.rules[0].near.len(), sense.guards), (2, Guard::Cancer.bit()));
        assert!(entries[0].forms[1].exact && entries[0].forms[1].written == "C");
    }

    /// Proves that no malformed entry is let in, and that the message names its place (G2).
    #[test]
    fn a_malformed_entry_names_its_line() {
        for (good, bad, line) in [
            ("kind: term", "kind: terms", 2),
            ("kind: term", "kind term", 2),
            ("forms: b, =C", "forms: b, =/", 3),
            ("tier: 1", "tier: 4", 4),
            ("tier: 1", "tier: 1\ntier: 2", 5),
            ("sense: d | A thing.", "sense: d A thing.", 5),
            ("sense: d | A thing.", "sense: d |", 5),
            ("section=plan", "section=plans", 6),
            ("near=x y,z*", "near=", 6),
            ("near=x y,z*", "close=x", 6),
            ("guard: cancer", "guard: cancers", 7),
            ("version: 2", "version: two", 9),
            ("sources: us\n", "", 1),
            ("version: 2\n", "", 1),
            ("language: en\n", "", 1),
            ("sense: d | A thing.\n", "", 5),
            ("id: a\n", "", 1),
            ("id: a", "id: a b", 1),
            ("language: en", "languages: en", 10),
        ] {
            let text = GOOD.replace(good, bad);
            assert_ne!(text, GOOD);
            let error = read("f.txt", &text).expect_err(bad);
            assert_eq!((error.file.as_str(), error.line), ("f.txt", line), "{bad}: {error}");
        }
    }
}
