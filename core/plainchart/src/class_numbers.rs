//! What the vault calls a set of sensitivity classes: a number by order of first use.
//!
//! Numbers of scopes stand in clear on the disk and in keystore slots. A byte that spelled the classes out would tell
//! whoever holds a copy of the disk that some chart holds, say, an HIV result; a count of first uses tells only how
//! many different sets there are. Which number means what is sealed.

use std::collections::BTreeMap;

use plainchart_access::Classes;

use crate::error::PlainchartError;

/// Classes by number, for each chart (id in hex). Nothing sensitive always has number 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClassNumbers(BTreeMap<String, Vec<Classes>>);

impl ClassNumbers {
    /// Reads the sealed table.
    ///
    /// # Errors
    /// `VaultDamaged` if it is not one.
    pub fn read(bytes: &[u8]) -> Result<Self, PlainchartError> {
        serde_json::from_slice(bytes).map(Self).map_err(|_| PlainchartError::VaultDamaged)
    }

    /// The table, to be sealed.
    ///
    /// # Errors
    /// `Internal` if it cannot be written as JSON.
    pub fn write(&self) -> Result<Vec<u8>, PlainchartError> {
        serde_json::to_vec(&self.0).map_err(|_| PlainchartError::internal("class_numbers.write"))
    }

    /// The number of a set of classes, if it has one.
    #[must_use]
    pub fn number(&self, chart: &str, classes: Classes) -> Option<u8> {
        if classes.is_empty() {
            return Some(0);
        }
        let at = self.0.get(chart)?.iter().position(|known| *known == classes)?;
        u8::try_from(at + 1).ok()
    }

    /// Gives a set of classes the next number past `highest`, the highest in use on the disk: after the table was lost
    /// an old number must not get a new meaning. There are 63 sets besides the empty one, so that a byte is enough.
    pub fn add(&mut self, chart: &str, classes: Classes, highest: u8) {
        if self.number(chart, classes).is_none() {
            let list = self.0.entry(chart.to_owned()).or_default();
            let length = list.len().max(usize::from(highest));
            list.resize(length, Classes::ALL);
            list.push(classes);
        }
    }

    /// The classes of a number. One that is not in the table is read as everything there is, the safe reading.
    #[must_use]
    pub fn classes(&self, chart: &str, number: u8) -> Classes {
        if number == 0 {
            return Classes::NONE;
        }
        let known = self.0.get(chart).and_then(|list| list.get(usize::from(number) - 1));
        known.copied().unwrap_or(Classes::ALL)
    }
}

#[cfg(test)]
mod tests {
    use plainchart_access::SensitivityClass;

    use super::*;

    /// Proves V1: the number tells the order of first use and nothing else; what it means comes back from the table.
    #[test]
    fn numbers_count_first_uses() {
        let hiv = Classes::NONE.with(SensitivityClass::Hiv);
        let other = Classes::NONE.with(SensitivityClass::Violence);
        let mut numbers = ClassNumbers::default();
        numbers.add("a", other, 0);
        numbers.add("a", hiv, 1);
        numbers.add("a", other, 2);
        numbers.add("b", hiv, 0);
        assert_eq!((numbers.number("a", hiv), numbers.number("b", hiv)), (Some(2), Some(1)));
        assert_eq!(numbers.number("b", other), None);
        let read = ClassNumbers::read(&numbers.write().unwrap()).unwrap();
        assert_eq!(read, numbers);
        assert_eq!((read.classes("a", 1), read.classes("a", 2), read.classes("a", 0)), (other, hiv, Classes::NONE));
        assert_eq!(read.classes("b", 9), Classes::ALL);
    }

    /// Proves V3, N4: a table that was lost reads old numbers as everything, and never gives them a new meaning.
    #[test]
    fn a_lost_table_gives_no_old_number_away() {
        let mut numbers = ClassNumbers::default();
        let hiv = Classes::NONE.with(SensitivityClass::Hiv);
        numbers.add("a", hiv, 3);
        assert_eq!(numbers.number("a", hiv), Some(4));
        assert_eq!(numbers.classes("a", 2), Classes::ALL);
    }
}
