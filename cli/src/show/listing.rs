//! What an empty or unfinished list says: never just "none" (D6).

use plainchart::SourceState;

use crate::dates;

/// What each source says of a list, one sentence each; nothing for a source that said everything.
pub fn what_sources_say(sources: &[SourceState], is_empty: bool, now_ms: i64) -> Vec<String> {
    let mut all: Vec<String> = sources.iter().filter_map(|source| sentence(source, is_empty, now_ms)).collect();
    if all.is_empty() && is_empty {
        all.push("No hospital and no file was asked for this yet.".to_owned());
    }
    all
}

fn sentence(source: &SourceState, is_empty: bool, now_ms: i64) -> Option<String> {
    if source.empty.is_some() {
        return source.empty.clone();
    }
    let name = &source.source;
    match (source.problem.as_deref(), source.as_of_ms) {
        (Some("not_granted"), _) => Some(format!("Your sign-in at {name} does not include this.")),
        (Some("not_shared"), _) => Some(format!("{name} does not share this.")),
        (Some(_), _) => Some(format!("The list from {name} may not be complete.")),
        (None, None) => Some(format!("{name} was not asked for this yet. `plainchart sync` asks.")),
        (None, Some(as_of_ms)) if is_empty && name == "a file" => {
            Some(format!("None in the file that was opened {}.", dates::moment(as_of_ms, now_ms)))
        }
        (None, Some(as_of_ms)) if is_empty => {
            Some(format!("None shared by {name} as of {}.", dates::moment(as_of_ms, now_ms)))
        }
        (None, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(as_of_ms: Option<i64>, problem: Option<&str>) -> SourceState {
        SourceState {
            source: "Lakeside".into(),
            as_of_ms,
            problem: problem.map(str::to_owned),
            heading: None,
            empty: None,
        }
    }

    /// Proves D6 and D3: an empty list names its source and time; a refused search is "not shared", never "none".
    #[test]
    fn an_empty_list_is_never_just_none() {
        let say = |sources: &[SourceState]| what_sources_say(sources, true, 1_000).join(" ");
        assert!(say(&[source(Some(1_000), None)]).starts_with("None shared by Lakeside as of today "));
        assert_eq!(say(&[source(Some(1_000), Some("not_shared"))]), "Lakeside does not share this.");
        assert!(say(&[source(None, None)]).contains("was not asked"));
        assert!(!say(&[]).is_empty());
        assert!(what_sources_say(&[source(Some(1), None)], false, 1).is_empty());
    }
}
