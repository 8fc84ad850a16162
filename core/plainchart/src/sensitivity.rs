//! A resource's labels to sensitivity classes (N4): the record crate reads them, the access crate decides.

use std::borrow::Cow;

use plainchart_access::{Classes, CodedWord, SecurityLabel, SensitivityClass};
use plainchart_record::sensitivity::SecurityLabels;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// The classes that a resource's labels name; a label nobody can read counts as restricted.
#[must_use]
pub fn classes_of(labels: &SecurityLabels) -> Classes {
    let confidentiality = labels.confidentiality.iter().map(|code| (CONFIDENTIALITY, code.as_str()));
    let sensitivity = labels.sensitivity.iter().map(|code| (ACT_CODE, code.as_str()));
    let other = labels
        .other
        .iter()
        .map(|coding| (coding.system.as_deref().unwrap_or_default(), coding.code.as_deref().unwrap_or_default()));
    let all: Vec<_> =
        confidentiality.chain(sensitivity).chain(other).map(|(system, code)| SecurityLabel { system, code }).collect();
    let classes = Classes::from_labels(&all);
    if labels.unreadable > 0 { classes.with(SensitivityClass::Restricted) } else { classes }
}

/// The classes that a resource's codes and their words name, by the reviewed list, at any depth. Its narrative says the
/// same again in words, and is passed over. The stricter reading: also a code of a family member's or a refuted
/// condition counts.
#[must_use]
pub fn coded_classes(raw: &str) -> Classes {
    let mut found = Classes::NONE;
    let mut deserializer = serde_json::Deserializer::from_str(raw);
    // What cannot be walked to its end counts as far as it was.
    let _ = Walk(&mut found).deserialize(&mut deserializer);
    found
}

/// Walks any JSON for codings and words.
struct Walk<'f>(&'f mut Classes);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut system, mut code, mut words) = (None, None, None);
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let text = match name.as_ref() {
                "system" => &mut system,
                "code" => &mut code,
                "display" | "text" | "title" | "description" => &mut words,
                "meta" | "div" | "data" | "identifier" => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => {
                    map.next_value_seed(Walk(self.0))?;
                    continue;
                }
            };
            match map.next_value_seed(WalkText(self.0))? {
                Some(found) => *text = Some(found),
                None => continue,
            }
        }
        let coding = CodedWord {
            system: system.as_deref().unwrap_or_default(),
            code: code.as_deref().unwrap_or_default(),
            display: words.as_deref().unwrap_or_default(),
        };
        *self.0 = self.0.union(Classes::from_codings([coding]));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A member that may be the text of a coding, or something with codings in it (`code` is both in FHIR).
struct WalkText<'f>(&'f mut Classes);

impl<'de> DeserializeSeed<'de> for WalkText<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for WalkText<'_> {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<String>, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<String>, A::Error> {
        Walk(self.0).visit_map(map).map(|()| None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<String>, A::Error> {
        Walk(self.0).visit_seq(items).map(|()| None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(meta: &str) -> Classes {
        let raw = format!(r#"{{"resourceType":"Observation","id":"o","meta":{meta}}}"#);
        classes_of(&plainchart_record::read_header(&raw).unwrap().security)
    }

    /// Proves N4: a code or its words name a class at any depth; the narrative and look-alikes do not.
    #[test]
    fn from_codes_to_class() {
        let hiv = SensitivityClass::Hiv;
        for named in [
            r#"{"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"B20"}]}}"#,
            r#"{"code":{"text":"HIV 1 and 2 antibody screen"}}"#,
            r#"{"contained":[{"code":{"coding":[{"display":"HIV infection"}]}}]}"#,
            r#"{"content":[{"attachment":{"title":"HIV clinic visit"}}]}"#,
        ] {
            assert!(coded_classes(named).contains(hiv), "{named}");
        }
        for other in [r#"{"text":{"div":"<p>HIV</p>"}}"#, r#"{"code":{"text":"Hives"}}"#, "[1, 2.5, null, true]", "{"] {
            assert!(coded_classes(other).is_empty(), "{other}");
        }
    }

    /// Proves N4: from the JSON of a label to its class, and the unreadable label to restricted.
    #[test]
    fn from_json_to_class() {
        assert!(classes("{}").is_empty());
        let normal =
            r#"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}]}"#;
        assert!(classes(normal).is_empty());
        let hiv = r#"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}"#;
        assert!(classes(hiv).contains(SensitivityClass::Hiv));
        assert!(classes(r#"{"security":"R"}"#).contains(SensitivityClass::Restricted));
    }
}
