//! Members that should stand alone, read also where a source sent a list, and words where a concept should be (D7).

use serde_json::value::RawValue;

use crate::code::{CodeableConcept, Coding};
use crate::element::{Element, Object, object, string, token};
use crate::time::FhirTime;

/// The first usable data type of a member.
pub(crate) fn one<T: Element>(holder: &Object<'_>, name: &str) -> Option<T> {
    holder.items(name).into_iter().filter_map(object).find_map(|found| T::read(&found))
}

/// The first words of a member; a bare number counts as its text.
pub(crate) fn text(holder: &Object<'_>, name: &str) -> Option<String> {
    let words = |item: &RawValue| match string(item) {
        Some(words) => Some(words.into_owned()).filter(|words| !words.trim().is_empty()),
        None => token(item),
    };
    holder.items(name).into_iter().find_map(words)
}

/// The first code of a member.
pub(crate) fn code(holder: &Object<'_>, name: &str) -> Option<String> {
    holder.items(name).into_iter().find_map(token)
}

/// The first time of a member; text that is none is kept as text.
pub(crate) fn time(holder: &Object<'_>, name: &str) -> Option<FhirTime> {
    code(holder, name).map(|text| FhirTime::from_text(&text))
}

/// The first `true` or `false` of a member.
pub(crate) fn boolean(holder: &Object<'_>, name: &str) -> Option<bool> {
    match code(holder, name)?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The first concept of a member.
pub(crate) fn concept(holder: &Object<'_>, name: &str) -> Option<CodeableConcept> {
    concepts(holder, name).into_iter().next()
}

/// All concepts of a member. A Coding or bare words in the place of a concept become one.
pub(crate) fn concepts(holder: &Object<'_>, name: &str) -> Vec<CodeableConcept> {
    holder.items(name).into_iter().filter_map(concept_of).collect()
}

/// One concept, whatever shape it has.
pub(crate) fn concept_of(item: &RawValue) -> Option<CodeableConcept> {
    match object(item) {
        Some(found) => CodeableConcept::read(&found)
            .or_else(|| Coding::read(&found).map(|coding| CodeableConcept { codings: vec![coding], text: None })),
        None => token(item).map(|words| CodeableConcept { codings: Vec::new(), text: Some(words) }),
    }
}

/// The first extension with this URL.
pub(crate) fn extension<'a>(holder: &Object<'a>, url: &str) -> Option<Object<'a>> {
    holder.objects("extension").into_iter().find(|extension| extension.token("url").as_deref() == Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D7: one thing is read alike whether it stands alone, in a list, or in another shape of the same.
    #[test]
    fn shapes_of_one_thing_are_read_alike() {
        for raw in [
            r#"{"code":{"coding":[{"code":"x","display":"Cough"}]}}"#,
            r#"{"code":[7.5e1,{"coding":{"code":"x","display":"Cough"}}]}"#,
            r#"{"code":{"code":"x","display":"Cough"}}"#,
            r#"{"code":["Cough"]}"#,
            r#"{"code":"Cough"}"#,
        ] {
            let shown: Vec<String> = concepts(&Object::parse(raw).unwrap(), "code")
                .iter()
                .filter_map(|concept| concept.shown().map(str::to_owned))
                .collect();
            assert_eq!(shown.last().map(String::as_str), Some("Cough"), "{raw}");
        }
        let odd =
            Object::parse(r#"{"a":["2024-03"],"b":[null,"yes","true"],"c":[{}],"d":[true],"e":[12.50]}"#).unwrap();
        assert_eq!(time(&odd, "a").unwrap().text, "2024-03");
        assert_eq!((boolean(&odd, "b"), boolean(&odd, "d")), (None, Some(true)));
        assert_eq!((text(&odd, "c"), text(&odd, "e").as_deref()), (None, Some("12.50")));
    }
}
