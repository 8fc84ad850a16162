//! Every sentence of the core, by id and arguments (SPEC T3): one catalogue per language, `words/<language>/*.txt`,
//! compiled into sorted tables. An app can choose the language and put its own words in the place of any sentence.

mod of_document;

use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

use ring::digest::{Context, SHA256};

pub use of_document::{plain_heading, remark};

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The language that has every sentence.
const COMPLETE: &str = "en";

/// What the app chose.
struct Choice {
    language: &'static str,
    replaced: HashMap<String, String>,
    edition: String,
}

static CHOICE: RwLock<Option<Choice>> = RwLock::new(None);

/// Languages that have a catalogue, by BCP 47 tag.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().map(|(language, _)| *language)
}

/// Every id with its English sentence, sorted by id: what an app can replace.
pub fn sentences() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES.iter().filter(|(language, _)| *language == COMPLETE).flat_map(|(_, table)| table.iter().copied())
}

/// Chooses the reader's language for this process, and sentences of the app's own by id (T3 "replaceable"). A tag
/// without a catalogue (`fr`) falls back to English; of `es-MX` the `es` is taken. Answers the tag in use.
pub fn choose(language: &str, replaced: HashMap<String, String>) -> &'static str {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let language = languages().find(|known| *known == primary).unwrap_or(COMPLETE);
    *CHOICE.write().unwrap_or_else(PoisonError::into_inner) =
        Some(Choice { language, edition: edition_of(language, &replaced), replaced });
    language
}

/// The tag of the language in use.
#[must_use]
pub fn language() -> &'static str {
    CHOICE.read().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(COMPLETE, |choice| choice.language)
}

/// Names the words in use: the language, and a hash of the sentences that the app replaced. What was made in words of
/// another edition is outdated.
pub(crate) fn edition() -> String {
    let choice = CHOICE.read().unwrap_or_else(PoisonError::into_inner);
    choice.as_ref().map_or_else(|| COMPLETE.to_owned(), |choice| choice.edition.clone())
}

fn edition_of(language: &str, replaced: &HashMap<String, String>) -> String {
    if replaced.is_empty() {
        return language.to_owned();
    }
    let mut context = Context::new(&SHA256);
    for (id, text) in replaced.iter().collect::<BTreeMap<_, _>>() {
        for part in [id, text] {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part.as_bytes());
        }
    }
    let hash: String = context.finish().as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{language}.{hash}")
}

/// The sentence with this id; none if the catalogue does not have it.
#[must_use]
pub fn find(id: &str) -> Option<String> {
    let choice = CHOICE.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(own) = choice.as_ref().and_then(|choice| choice.replaced.get(id)) {
        return Some(own.clone());
    }
    let language = choice.as_ref().map_or(COMPLETE, |choice| choice.language);
    look_up(language, id).or_else(|| look_up(COMPLETE, id)).map(str::to_owned)
}

/// The sentence with this id and its arguments in place. An id without a sentence is a defect; it shows as itself, so
/// that nothing that should be said is silently missing.
#[must_use]
pub fn say(id: &str, arguments: &[(&str, &str)]) -> String {
    let sentence = find(id);
    debug_assert!(sentence.is_some(), "no sentence {id}");
    debug_assert!(
        look_up(COMPLETE, id)
            .is_none_or(|text| names_in(text).all(|name| arguments.iter().any(|(known, _)| *known == name))),
        "{id} lacks an argument"
    );
    fill(&sentence.unwrap_or_else(|| id.to_owned()), arguments)
}

/// As [`say`], in the form that fits the number; `{count}` is the number.
#[must_use]
pub fn count(id: &str, number: u64, arguments: &[(&str, &str)]) -> String {
    let form = if number == 1 { "one" } else { "other" };
    let number = number.to_string();
    let mut all = vec![("count", number.as_str())];
    all.extend_from_slice(arguments);
    say(&format!("{id}[{form}]"), &all)
}

fn look_up(language: &str, id: &str) -> Option<&'static str> {
    let (_, table) = LANGUAGES.iter().find(|(known, _)| *known == language)?;
    let at = table.binary_search_by(|(known, _)| (*known).cmp(id)).ok()?;
    table.get(at).map(|(_, text)| *text)
}

/// The names of the arguments that a sentence takes.
fn names_in(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// Puts arguments in one pass: an argument that holds braces itself stays as it is.
fn fill(sentence: &str, arguments: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match arguments.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(value),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn arguments_of(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = names_in(text).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Proves T3: the tables are sorted, English has every id, another language the same arguments.
    #[test]
    fn catalogues_are_whole() {
        for (language, table) in LANGUAGES {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0), "{language}");
            for (id, text) in *table {
                let english = look_up(COMPLETE, id).unwrap_or_else(|| panic!("{language} {id} is not in English"));
                assert_eq!(arguments_of(text), arguments_of(english), "{language} {id}");
            }
        }
        let plural = |form: &str| {
            let (_, table) = LANGUAGES.iter().find(|(language, _)| *language == COMPLETE).unwrap();
            table.iter().filter_map(|(id, _)| id.strip_suffix(form).map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(plural("[one]"), plural("[other]"));
    }

    /// Proves T3, D6: an edition tells languages apart, and every replaced sentence.
    #[test]
    fn an_edition_tells_all_words_apart() {
        let with = |pairs: &[(&str, &str)]| {
            let replaced = pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect();
            edition_of("en", &replaced)
        };
        assert_eq!(with(&[]), "en");
        let all =
            [with(&[]), with(&[("a", "b")]), with(&[("a", "c")]), with(&[("ab", "")]), with(&[("a", "b"), ("c", "d")])];
        let apart: std::collections::HashSet<&String> = all.iter().collect();
        assert_eq!(apart.len(), all.len());
        assert_eq!(with(&[("a", "b"), ("c", "d")]), with(&[("c", "d"), ("a", "b")]));
        assert_ne!(edition_of("es", &HashMap::new()), "en");
    }

    proptest! {
        /// Proves T3: an argument is put in as it is, whatever it holds.
        #[test]
        fn arguments_are_put_in(value in "\\PC{0,40}") {
            prop_assert_eq!(fill("a {x} b {x}{y}", &[("x", &value)]), format!("a {value} b {value}{{y}}"));
        }
    }
}
