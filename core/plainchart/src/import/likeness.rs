//! What tells whether two documents of one import are about one person: a record number, or name and birth date.

use plainchart_record::Patient;

/// What is known of someone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Record numbers, as `system|value`.
    ids: Vec<String>,
    /// First given and family name, in small letters.
    names: Vec<String>,
    /// Birth date as FHIR writes it.
    pub born: Option<String>,
}

impl Likeness {
    /// Of a Patient resource.
    pub fn of(patient: &Patient) -> Self {
        let mut likeness = Self { born: patient.birth_date.as_ref().map(|date| date.text.clone()), ..Self::default() };
        for identifier in &patient.identifiers {
            if let (Some(system), Some(value)) = (&identifier.system, &identifier.value) {
                likeness.add_id(system, value);
            }
        }
        for name in &patient.names {
            let given = name.given.first().map(String::as_str);
            likeness.add_name(given, name.family.as_deref(), name.text.as_deref());
        }
        likeness
    }

    /// A record number.
    pub fn add_id(&mut self, system: &str, value: &str) {
        if !system.is_empty() && !value.is_empty() {
            self.ids.push(format!("{}|{value}", system.to_lowercase()));
        }
    }

    /// A name: by its parts, else by the first and last word of it.
    pub fn add_name(&mut self, given: Option<&str>, family: Option<&str>, text: Option<&str>) {
        let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
        let given = given.or(words.first().copied());
        let family =
            family.filter(|family| !family.trim().is_empty()).or(words.last().copied().filter(|_| words.len() > 1));
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        if let (Some(given), Some(family)) = (given.and_then(|given| given.split_whitespace().next()), family) {
            self.names.push(format!("{} {}", letters(given), letters(family)));
        }
    }

    /// Whether both are one person. A common number does not make one person of two whose names and birth dates both
    /// differ.
    pub fn is_same(&self, other: &Self) -> bool {
        let shared = |one: &[String], other: &[String]| one.iter().any(|text| other.contains(text));
        let same_name = shared(&self.names, &other.names);
        let born = self.born.as_ref().zip(other.born.as_ref());
        let whole = |date: &str| date.len() >= 10;
        let same_birth = born.is_some_and(|(one, other)| one == other && whole(one));
        let other_name = !same_name && !self.names.is_empty() && !other.names.is_empty();
        let other_birth = born.is_some_and(|(one, other)| one != other);
        same_name && same_birth || shared(&self.ids, &other.ids) && !(other_name && other_birth)
    }

    /// Takes in what another says of the same person.
    pub fn join(&mut self, other: &Self) {
        self.ids.extend(other.ids.iter().filter(|id| !self.ids.contains(id)).cloned().collect::<Vec<_>>());
        self.names.extend(other.names.iter().filter(|name| !self.names.contains(name)).cloned().collect::<Vec<_>>());
        self.born = self.born.take().or_else(|| other.born.clone());
    }

    /// What a chart of this person goes by: the first record number, else name and birth date. None: nothing tells.
    pub fn mark(&self) -> Option<[&str; 2]> {
        let born = self.born.as_deref();
        match (self.ids.first(), self.names.first(), born) {
            (Some(id), ..) => Some([id, born.unwrap_or_default()]),
            (None, Some(name), Some(born)) => Some([name, born]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, name: &str, born: &str) -> Likeness {
        let mut likeness = Likeness::default();
        likeness.add_id("urn:oid:1.2", id);
        likeness.add_name(None, None, Some(name));
        likeness.born = Some(born.to_owned());
        likeness
    }

    /// Proves P1: a record number, or name and birth date, make one person; neither alone against the other two.
    #[test]
    fn who_is_one_person() {
        let ann = one("7", "Ann M Oakhill", "1950-02-03");
        for (other, same) in [
            (one("8", "ANN OAKHILL", "1950-02-03"), true),
            (one("7", "Ann Reedham", "1950-02-03"), true),
            (one("7", "Ann Oakhill", "1951-02-03"), true),
            (one("7", "Bea Fernley", "1951-02-03"), false),
            (one("8", "Ann Oakhill", "1951-02-03"), false),
            (one("8", "Ann Oakhill", "1950"), false),
            (one("8", "Bea Fernley", "1950-02-03"), false),
        ] {
            assert_eq!(ann.is_same(&other), same);
            assert_eq!(other.is_same(&ann), same);
        }
    }
}
