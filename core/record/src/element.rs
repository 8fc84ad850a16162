//! Lenient access to the members of one JSON object, one level at a time.
//!
//! Each member stays a slice of the text until it is asked for, so that a bad element costs only itself (D7) and a
//! number never becomes a float (D8).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::RecordError;
use crate::json::classify;
use crate::time::FhirTime;

/// One JSON object whose members have not been read yet.
#[derive(Default)]
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// A FHIR data type that is read from an object. `None`: nothing usable in it.
pub(crate) trait Element: Sized {
    fn read(object: &Object<'_>) -> Option<Self>;
}

impl<'a> Object<'a> {
    /// Reads the members of a JSON object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, RecordError> {
        if let Ok(object) = serde_json::from_str(text) {
            return Ok(object);
        }
        match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Err(RecordError::NotAnObject),
            Err(error) => Err(classify(text, &error)),
        }
    }

    /// Reads a resource and insists on its type.
    pub(crate) fn resource(text: &'a str, expected: &'static str) -> Result<Self, RecordError> {
        let object = Self::parse(text)?;
        object.refuse_duplicates(&["resourceType"])?;
        match object.token("resourceType") {
            None => Err(RecordError::NoResourceType),
            Some(found) if found == expected => Ok(object),
            Some(_) => Err(RecordError::UnexpectedType { expected }),
        }
    }

    /// Refuses members that appear twice.
    pub(crate) fn refuse_duplicates(&self, names: &[&'static str]) -> Result<(), RecordError> {
        let twice = |name: &&&'static str| self.all(name).nth(1).is_some();
        match names.iter().find(twice) {
            Some(&member) => Err(RecordError::DuplicateMember { member }),
            None => Ok(()),
        }
    }

    /// Every member of this name, `null` included.
    pub(crate) fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a RawValue> + 's {
        self.members.iter().filter(move |(key, _)| key == name).map(|(_, value)| *value)
    }

    /// All members with their names, in the order given.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.members.iter().map(|(key, value)| (key.as_ref(), *value))
    }

    /// The member as it stands; the last one where there are several, as most readers have it. `null` is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value).filter(|v| v.get() != "null")
    }

    /// A string that holds more than white space.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(string).filter(|text| !text.trim().is_empty()).map(Cow::into_owned)
    }

    /// A code, id or address: a string without the white space around it. A bare number is taken as its text.
    pub(crate) fn token(&self, name: &str) -> Option<String> {
        self.get(name).and_then(token)
    }

    /// A number as its text, as written (D8). Numbers in quotation marks are taken too.
    pub(crate) fn number(&self, name: &str) -> Option<String> {
        let text = self.token(name)?;
        serde_json::from_str::<&RawValue>(&text).ok()?;
        text.starts_with(|c: char| c == '-' || c.is_ascii_digit()).then_some(text)
    }

    /// `true` or `false`, with or without quotation marks.
    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        match self.token(name)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// A date, dateTime or instant; text that is none of these is kept as text.
    pub(crate) fn time(&self, name: &str) -> Option<FhirTime> {
        self.token(name).map(|text| FhirTime::from_text(&text))
    }

    /// A nested object.
    pub(crate) fn object(&self, name: &str) -> Option<Object<'a>> {
        self.get(name).and_then(object)
    }

    /// A nested data type.
    pub(crate) fn element<T: Element>(&self, name: &str) -> Option<T> {
        self.object(name).and_then(|object| T::read(&object))
    }

    /// The items of an array. A value that stands alone counts as an array of one.
    pub(crate) fn items(&self, name: &str) -> Vec<&'a RawValue> {
        self.get(name).map(items).unwrap_or_default()
    }

    /// The objects of an array; other items are passed over.
    pub(crate) fn objects(&self, name: &str) -> Vec<Object<'a>> {
        self.items(name).into_iter().filter_map(object).collect()
    }

    /// The data types of an array; unusable items are passed over.
    pub(crate) fn elements<T: Element>(&self, name: &str) -> Vec<T> {
        self.objects(name).iter().filter_map(T::read).collect()
    }

    /// The strings of an array.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let kept = |item| string(item).filter(|text| !text.trim().is_empty()).map(Cow::into_owned);
        self.items(name).into_iter().filter_map(kept).collect()
    }
}

/// Reads an object, or nothing if the value is something else.
pub(crate) fn object(value: &RawValue) -> Option<Object<'_>> {
    serde_json::from_str(value.get()).ok()
}

/// The items of an array, or the value itself.
pub(crate) fn items(value: &RawValue) -> Vec<&RawValue> {
    let mut found = serde_json::from_str::<Vec<&RawValue>>(value.get()).unwrap_or_else(|_| vec![value]);
    found.retain(|item| item.get() != "null");
    found
}

/// A string. Half of a surrogate pair, which some servers cut a text at, becomes U+FFFD instead of losing the text.
pub(crate) fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    let text = value.get();
    match serde_json::from_str::<BorrowedText<'_>>(text) {
        Ok(BorrowedText(found)) => Some(found),
        Err(_) if text.starts_with('"') => serde_json::from_str::<LossyText>(text).ok().map(|t| Cow::Owned(t.0)),
        Err(_) => None,
    }
}

/// A string without the white space around it, or a number or truth value as its text.
pub(crate) fn token(value: &RawValue) -> Option<String> {
    let text = match string(value) {
        Some(text) => text.trim().to_owned(),
        None if value.get().starts_with(['{', '[', '"']) => return None,
        None => value.get().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct BorrowedText<'a>(#[serde(borrow)] Cow<'a, str>);

struct LossyText(String);

impl<'de> Deserialize<'de> for LossyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = LossyText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<LossyText, E> {
                Ok(LossyText(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                // The key is taken raw too: one that cannot be decoded must not cost its neighbours.
                while let Some((key, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
                    if let Some(key) = string(key) {
                        members.push((key, value));
                    }
                }
                Ok(Object { members })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D8: numbers keep every digit they came with.
    #[test]
    fn numbers_are_text() {
        let object =
            Object::parse(r#"{"a":1.50,"b":"7.0","c":0.1000000000000000055511,"d":1E-400,"e":"x","f":-3}"#).unwrap();
        assert_eq!(object.number("a").as_deref(), Some("1.50"));
        assert_eq!(object.number("b").as_deref(), Some("7.0"));
        assert_eq!(object.number("c").as_deref(), Some("0.1000000000000000055511"));
        assert_eq!(object.number("d").as_deref(), Some("1E-400"));
        assert_eq!(object.number("e"), None);
        assert_eq!(object.number("f").as_deref(), Some("-3"));
    }

    /// Proves D7: text and keys with half a surrogate pair cost only themselves.
    #[test]
    fn half_a_surrogate_pair_loses_nothing_else() {
        let object = Object::parse(r#"{"\ud83d":1,"a":"cut \ud83d","b":"\u00b5g"}"#).unwrap();
        assert!(object.text("a").unwrap().starts_with("cut "));
        assert_eq!(object.text("b").as_deref(), Some("µg"));
    }

    /// Proves D7: a value of the wrong shape is absent, and a lone value is an array of one.
    #[test]
    fn wrong_shapes_are_absent() {
        let object = Object::parse(r#"{"a":[1],"b":{"x":"y"},"c":null,"d":"  "}"#).unwrap();
        assert_eq!(object.text("a"), None);
        assert_eq!(object.objects("b").len(), 1);
        assert!(object.get("c").is_none());
        assert_eq!(object.text("d"), None);
        assert_eq!(Object::parse("[1]").err(), Some(RecordError::NotAnObject));
    }
}
