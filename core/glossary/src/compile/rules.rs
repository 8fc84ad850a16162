//! Reading `rules/<language>.txt`: the words that give cues, end them, or show what is not prose.

use super::SourceError;
use super::source::list;
use crate::kind::Guard;

/// What a signal word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    /// Looks like a signal and is none ("no longer").
    Nothing,
    NegatedAfter,
    /// Reaches a few words only ("not").
    NegatedNear,
    /// Reaches one word, joined by a hyphen or space ("non").
    NegatedNext,
    NegatedBefore,
    /// As the one above, and says nothing of a test it follows ("negative").
    NegatedResult,
    UncertainAfter,
    UncertainBefore,
    UncertainBoth,
    FamilyAfter,
    FamilyBefore,
    FamilyHeading,
    HistoryAfter,
    HistoryBefore,
    HistoryHeading,
    Ends,
    EndsNegated,
    EndsFamily,
    EndsHistory,
    ListWord,
    Title,
    NameLabel,
    Credential,
    Unit,
    NoStop,
}

const ROLES: [(&str, Role); 25] = [
    ("nothing", Role::Nothing),
    ("negated after", Role::NegatedAfter),
    ("negated near", Role::NegatedNear),
    ("negated next", Role::NegatedNext),
    ("negated before", Role::NegatedBefore),
    ("negated result", Role::NegatedResult),
    ("uncertain after", Role::UncertainAfter),
    ("uncertain before", Role::UncertainBefore),
    ("uncertain both", Role::UncertainBoth),
    ("family after", Role::FamilyAfter),
    ("family before", Role::FamilyBefore),
    ("family heading", Role::FamilyHeading),
    ("history after", Role::HistoryAfter),
    ("history before", Role::HistoryBefore),
    ("history heading", Role::HistoryHeading),
    ("ends", Role::Ends),
    ("ends negated", Role::EndsNegated),
    ("ends family", Role::EndsFamily),
    ("ends history", Role::EndsHistory),
    ("list word", Role::ListWord),
    ("title", Role::Title),
    ("name label", Role::NameLabel),
    ("credential", Role::Credential),
    ("unit", Role::Unit),
    ("no stop", Role::NoStop),
];

impl Role {
    pub(crate) fn from_number(number: u32) -> Self {
        ROLES.iter().find(|(_, role)| *role as u32 == number).map_or(Role::Nothing, |(_, role)| *role)
    }
}

/// A signal phrase.
#[derive(Debug)]
pub(crate) struct Signal {
    pub(crate) line: usize,
    pub(crate) role: Role,
    pub(crate) written: String,
    pub(crate) exact: bool,
}

/// All rules of one language.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) signals: Vec<Signal>,
    /// Words whose presence is a reason for a guarded sense.
    pub(crate) guards: Vec<(Guard, String)>,
    /// May, will, or: never an abbreviation without capitals and a deciding context.
    pub(crate) little_words: Vec<String>,
    /// Bid, pet, aids: never an abbreviation without capitals.
    pub(crate) also_words: Vec<String>,
}

/// Reads rules. Lines are `role: phrase, phrase`; `let name: words` names a set that `{name}` in a
/// later phrase stands for.
pub(crate) fn read(file: &str, text: &str) -> Result<Rules, SourceError> {
    let mut rules = Rules::default();
    let mut sets: Vec<(String, Vec<String>)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let (number, line) = (number + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |reason: String| SourceError::new(file, number, reason);
        let (name, phrases) =
            line.split_once(':').ok_or_else(|| wrong("a rule is a role, a colon and phrases".to_owned()))?;
        let name = name.trim();
        if let Some(set) = name.strip_prefix("let ") {
            sets.push((format!("{{{set}}}"), list(phrases).map(str::to_owned).collect()));
        } else if let Some(guard) = name.strip_prefix("guard ") {
            let guard = Guard::parse(guard).ok_or_else(|| wrong(format!("`{guard}` is not something to guard")))?;
            rules.guards.extend(list(phrases).map(|phrase| (guard, phrase.to_owned())));
        } else if name == "little words" {
            rules.little_words.extend(list(phrases).map(str::to_owned));
        } else if name == "also words" {
            rules.also_words.extend(list(phrases).map(str::to_owned));
        } else {
            let role = ROLES.iter().find(|(known, _)| *known == name);
            let (_, role) = role.ok_or_else(|| wrong(format!("`{name}` is not a role")))?;
            for phrase in list(phrases) {
                for written in expand(phrase, &sets) {
                    let (written, exact) = match written.strip_prefix('=') {
                        Some(rest) => (rest.to_owned(), true),
                        None => (written, false),
                    };
                    rules.signals.push(Signal { line: number, role: *role, written, exact });
                }
            }
        }
    }
    Ok(rules)
}

/// Replaces the first set named in the phrase by each of its words.
fn expand(phrase: &str, sets: &[(String, Vec<String>)]) -> Vec<String> {
    match sets.iter().find(|(name, _)| phrase.contains(name.as_str())) {
        Some((name, words)) => words.iter().map(|word| phrase.replacen(name.as_str(), word, 1)).collect(),
        None => vec![phrase.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_set_stands_for_each_of_its_words() {
        let rules = read("r", "let kin: mother, father\nfamily after: {kin} had, =FH\n").unwrap();
        let written: Vec<_> = rules.signals.iter().map(|signal| (signal.written.as_str(), signal.exact)).collect();
        assert_eq!(written, [("mother had", false), ("father had", false), ("FH", true)]);
    }

    #[test]
    fn an_unknown_role_names_its_line() {
        assert_eq!(read("r", "\nnegated: no").unwrap_err().line, 2);
        assert_eq!(read("r", "guard luck: no").unwrap_err().line, 1);
    }
}
