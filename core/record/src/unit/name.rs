//! Units that have a spoken name in the catalogue: `unit.<code>`.

use crate::unit::Unit;

/// UCUM and the code of its name.
const NAMES: [(&str, &str); 42] = [
    ("mg/dL", "mg-per-dl"),
    ("g/dL", "g-per-dl"),
    ("g/L", "g-per-l"),
    ("mg/L", "mg-per-l"),
    ("ug/dL", "ug-per-dl"),
    ("ng/mL", "ng-per-ml"),
    ("pg/mL", "pg-per-ml"),
    ("ng/dL", "ng-per-dl"),
    ("mmol/L", "mmol-per-l"),
    ("umol/L", "umol-per-l"),
    ("nmol/L", "nmol-per-l"),
    ("pmol/L", "pmol-per-l"),
    ("mmol/mol", "mmol-per-mol"),
    ("meq/L", "meq-per-l"),
    ("U/L", "u-per-l"),
    ("[iU]/L", "iu-per-l"),
    ("m[iU]/L", "miu-per-l"),
    ("[iU]/mL", "iu-per-ml"),
    ("%", "percent"),
    ("10*3/uL", "thousand-per-ul"),
    ("10*6/uL", "million-per-ul"),
    ("/uL", "per-ul"),
    ("fL", "fl"),
    ("pg", "pg"),
    ("mg/g", "mg-per-g"),
    ("mg/g{creat}", "mg-per-g-creatinine"),
    ("mg/(24.h)", "mg-per-day"),
    ("mL/min", "ml-per-min"),
    ("mL/min/{1.73_m2}", "ml-per-min-body-size"),
    ("mm/h", "mm-per-h"),
    ("mosm/kg", "mosm-per-kg"),
    ("mm[Hg]", "mm-hg"),
    ("/min", "per-min"),
    ("Cel", "celsius"),
    ("[degF]", "fahrenheit"),
    ("kg", "kg"),
    ("[lb_av]", "lb"),
    ("cm", "cm"),
    ("[in_i]", "in"),
    ("kg/m2", "kg-per-m2"),
    ("s", "s"),
    ("/[HPF]", "per-hpf"),
];

/// The code of the unit's name in words, if we have one: the same number can be read out with it.
#[must_use]
pub fn unit_name(unit: &Unit) -> Option<&'static str> {
    NAMES.iter().find(|(code, _)| Unit::parse(code).is_some_and(|known| known.same(unit))).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N6: each name belongs to one unit, and that unit finds it.
    #[test]
    fn every_named_unit_finds_its_name() {
        for (code, name) in NAMES {
            assert_eq!(unit_name(&Unit::parse(code).unwrap()), Some(name), "{code}");
        }
    }
}
