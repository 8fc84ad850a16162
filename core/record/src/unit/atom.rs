//! The atoms and prefixes of our part of UCUM. Factors are exact, against m, s, g, K, mol and the bases named here.

use crate::rational::Rational;
use crate::unit::{Base, Unit};

/// One atom: `factor` times the bases to their powers. A base is an atom that stands for itself.
struct Atom {
    symbol: &'static str,
    metric: bool,
    factor: (i128, i128),
    bases: &'static [(&'static str, i32)],
}

const fn metric(symbol: &'static str, factor: (i128, i128), bases: &'static [(&'static str, i32)]) -> Atom {
    Atom { symbol, metric: true, factor, bases }
}

const fn plain(symbol: &'static str, factor: (i128, i128), bases: &'static [(&'static str, i32)]) -> Atom {
    Atom { symbol, metric: false, factor, bases }
}

/// Metric and equal to nothing else: an amount that no factor leads to or from.
const fn own(symbol: &'static str, bases: &'static [(&'static str, i32)]) -> Atom {
    metric(symbol, (1, 1), bases)
}

const LENGTH: &[(&str, i32)] = &[("m", 1)];
const VOLUME: &[(&str, i32)] = &[("m", 3)];
const TIME: &[(&str, i32)] = &[("s", 1)];
const MASS: &[(&str, i32)] = &[("g", 1)];
const PRESSURE: &[(&str, i32)] = &[("g", 1), ("m", -1), ("s", -2)];
const ENERGY: &[(&str, i32)] = &[("g", 1), ("m", 2), ("s", -2)];
const NONE: &[(&str, i32)] = &[];

const ATOMS: &[Atom] = &[
    // Bases.
    own("m", LENGTH),
    own("s", TIME),
    own("g", MASS),
    own("K", &[("K", 1)]),
    own("mol", &[("mol", 1)]),
    own("cd", &[("cd", 1)]),
    own("rad", &[("rad", 1)]),
    own("C", &[("C", 1)]),
    // Numbers.
    plain("%", (1, 100), NONE),
    plain("[ppth]", (1, 1_000), NONE),
    plain("[ppm]", (1, 1_000_000), NONE),
    plain("[ppb]", (1, 1_000_000_000), NONE),
    plain("[pptr]", (1, 1_000_000_000_000), NONE),
    plain("10*", (10, 1), NONE),
    plain("10^", (10, 1), NONE),
    // Volume and mass.
    metric("l", (1, 1_000), VOLUME),
    metric("L", (1, 1_000), VOLUME),
    metric("t", (1_000_000, 1), MASS),
    plain("g%", (10_000, 1), &[("g", 1), ("m", -3)]),
    metric("Ao", (1, 10_000_000_000), LENGTH),
    // Time. Month and year are UCUM's mean Julian ones.
    plain("min", (60, 1), TIME),
    plain("h", (3_600, 1), TIME),
    plain("d", (86_400, 1), TIME),
    plain("wk", (604_800, 1), TIME),
    plain("mo", (2_629_800, 1), TIME),
    plain("mo_j", (2_629_800, 1), TIME),
    plain("a", (31_557_600, 1), TIME),
    plain("a_j", (31_557_600, 1), TIME),
    metric("Hz", (1, 1), &[("s", -1)]),
    // Amount and activity.
    metric("kat", (1, 1), &[("mol", 1), ("s", -1)]),
    metric("U", (1, 60_000_000), &[("mol", 1), ("s", -1)]),
    own("eq", &[("eq", 1)]),
    own("osm", &[("osm", 1)]),
    // Pressure, force, energy, power.
    metric("N", (1_000, 1), &[("g", 1), ("m", 1), ("s", -2)]),
    metric("dyn", (1, 100), &[("g", 1), ("m", 1), ("s", -2)]),
    metric("Pa", (1_000, 1), PRESSURE),
    metric("bar", (100_000_000, 1), PRESSURE),
    plain("atm", (101_325_000, 1), PRESSURE),
    metric("m[Hg]", (133_322_000, 1), PRESSURE),
    metric("m[H2O]", (9_806_650, 1), PRESSURE),
    plain("[psi]", (44_482_216_152_605, 6_451_600), PRESSURE),
    metric("J", (1_000, 1), ENERGY),
    metric("cal", (4_184, 1), ENERGY),
    plain("[Cal]", (4_184_000, 1), ENERGY),
    metric("W", (1_000, 1), &[("g", 1), ("m", 2), ("s", -3)]),
    metric("P", (100, 1), &[("g", 1), ("m", -1), ("s", -1)]),
    metric("St", (1, 10_000), &[("m", 2), ("s", -1)]),
    // Electricity.
    metric("A", (1, 1), &[("C", 1), ("s", -1)]),
    metric("V", (1_000, 1), &[("g", 1), ("m", 2), ("s", -2), ("C", -1)]),
    metric("Ohm", (1_000, 1), &[("g", 1), ("m", 2), ("s", -1), ("C", -2)]),
    // Radiation. A becquerel is no hertz and a sievert no gray.
    own("Bq", &[("Bq", 1)]),
    metric("Ci", (37_000_000_000, 1), &[("Bq", 1)]),
    own("Gy", &[("Gy", 1)]),
    metric("RAD", (1, 100), &[("Gy", 1)]),
    own("Sv", &[("Sv", 1)]),
    metric("REM", (1, 100), &[("Sv", 1)]),
    plain("[hnsf'U]", (1, 1), &[("[hnsf'U]", 1)]),
    // Optics and angles. A full turn has no exact number of radians: degrees are a base of their own.
    plain("[diop]", (1, 1), &[("m", -1)]),
    plain("[p'diop]", (1, 1), &[("[p'diop]", 1)]),
    plain("deg", (1, 1), &[("deg", 1)]),
    plain("'", (1, 60), &[("deg", 1)]),
    plain("''", (1, 3_600), &[("deg", 1)]),
    own("lm", &[("lm", 1)]),
    own("lx", &[("lx", 1)]),
    // United States and international customary units.
    plain("[in_i]", (254, 10_000), LENGTH),
    plain("[in_us]", (100, 3_937), LENGTH),
    plain("[ft_i]", (3_048, 10_000), LENGTH),
    plain("[yd_i]", (9_144, 10_000), LENGTH),
    plain("[mi_i]", (1_609_344, 1_000), LENGTH),
    plain("[sin_i]", (64_516, 100_000_000), &[("m", 2)]),
    plain("[sft_i]", (9_290_304, 100_000_000), &[("m", 2)]),
    plain("[gr]", (6_479_891, 100_000_000), MASS),
    plain("[lb_av]", (45_359_237, 100_000), MASS),
    plain("[oz_av]", (45_359_237, 1_600_000), MASS),
    plain("[stone_av]", (635_029_318, 100_000), MASS),
    plain("[dr_av]", (45_359_237, 25_600_000), MASS),
    plain("[gal_us]", (3_785_411_784, 1_000_000_000_000), VOLUME),
    plain("[qt_us]", (946_352_946, 1_000_000_000_000), VOLUME),
    plain("[pt_us]", (473_176_473, 1_000_000_000_000), VOLUME),
    plain("[cup_us]", (2_365_882_365, 10_000_000_000_000), VOLUME),
    plain("[foz_us]", (295_735_295_625, 10_000_000_000_000_000), VOLUME),
    plain("[tbs_us]", (1_478_676_478_125, 100_000_000_000_000_000), VOLUME),
    plain("[tsp_us]", (492_892_159_375, 100_000_000_000_000_000), VOLUME),
    plain("[drp]", (1, 20_000_000), VOLUME),
    plain("[Ch]", (1, 3_000), LENGTH),
    plain("[MET]", (35, 600_000_000_000), &[("m", 3), ("s", -1), ("g", -1)]),
    // What only its own procedure defines: no factor leads from one to another.
    own("[iU]", &[("[iU]", 1)]),
    own("[IU]", &[("[iU]", 1)]),
    own("[arb'U]", &[("[arb'U]", 1)]),
    own("[USP'U]", &[("[USP'U]", 1)]),
    own("[GPL'U]", &[("[GPL'U]", 1)]),
    own("[MPL'U]", &[("[MPL'U]", 1)]),
    own("[APL'U]", &[("[APL'U]", 1)]),
    own("[beth'U]", &[("[beth'U]", 1)]),
    own("[anti'Xa'U]", &[("[anti'Xa'U]", 1)]),
    own("[todd'U]", &[("[todd'U]", 1)]),
    own("[dye'U]", &[("[dye'U]", 1)]),
    own("[smgy'U]", &[("[smgy'U]", 1)]),
    own("[bdsk'U]", &[("[bdsk'U]", 1)]),
    own("[ka'U]", &[("[ka'U]", 1)]),
    own("[knk'U]", &[("[knk'U]", 1)]),
    own("[mclg'U]", &[("[mclg'U]", 1)]),
    own("[tb'U]", &[("[tb'U]", 1)]),
    own("[CFU]", &[("[CFU]", 1)]),
    own("[PFU]", &[("[PFU]", 1)]),
    own("[FFU]", &[("[FFU]", 1)]),
    own("[BAU]", &[("[BAU]", 1)]),
    own("[ELU]", &[("[ELU]", 1)]),
    own("[EU]", &[("[EU]", 1)]),
    own("[AU]", &[("[AU]", 1)]),
    own("[BAU'a]", &[("[BAU'a]", 1)]),
    own("[Lf]", &[("[Lf]", 1)]),
    own("[LD_50]", &[("[LD_50]", 1)]),
    own("[CCID_50]", &[("[CCID_50]", 1)]),
    own("[TCID_50]", &[("[TCID_50]", 1)]),
    own("[EID_50]", &[("[EID_50]", 1)]),
    plain("[HPF]", (1, 1), &[("[HPF]", 1)]),
    plain("[LPF]", (1, 1), &[("[LPF]", 1)]),
    // Logarithms stay what they are.
    plain("[pH]", (1, 1), &[("[pH]", 1)]),
    own("B", &[("B", 1)]),
    own("Np", &[("Np", 1)]),
];

/// A temperature with a zero of its own: degrees to kelvin are `(value + offset) * factor`.
struct Temperature {
    symbol: &'static str,
    factor: (i128, i128),
    offset: (i128, i128),
}

const TEMPERATURES: [Temperature; 2] = [
    Temperature { symbol: "Cel", factor: (1, 1), offset: (27_315, 100) },
    Temperature { symbol: "[degF]", factor: (5, 9), offset: (45_967, 100) },
];

const PREFIXES: [(&str, i32); 20] = [
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("da", 1),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("z", -21),
    ("y", -24),
];

/// The unit of an atom, with its prefix if it has one. An atom goes before a prefix: `cd` is no hundredth of a day.
pub(super) fn find(symbol: &str) -> Option<Unit> {
    if let Some(temperature) = TEMPERATURES.iter().find(|temperature| temperature.symbol == symbol) {
        return unit(temperature.factor, temperature.offset, &[("K", 1)]);
    }
    if let Some(atom) = ATOMS.iter().find(|atom| atom.symbol == symbol) {
        return unit(atom.factor, (0, 1), atom.bases);
    }
    PREFIXES.iter().find_map(|(prefix, power)| {
        let rest = symbol.strip_prefix(prefix)?;
        let atom = ATOMS.iter().find(|atom| atom.metric && atom.symbol == rest)?;
        // Nobody measures in megagrams: `Mg/dL` and `Mmol/L` are typed so for a milligram and a millimole.
        if *power > 3 && matches!(rest, "g" | "mol") {
            return None;
        }
        let mut unit = unit(atom.factor, (0, 1), atom.bases)?;
        unit.factor = unit.factor.times(Rational::new(10, 1)?.power(*power)?)?;
        Some(unit)
    })
}

fn unit(factor: (i128, i128), offset: (i128, i128), bases: &[(&'static str, i32)]) -> Option<Unit> {
    let mut unit = Unit::one();
    unit.factor = Rational::new(factor.0, factor.1)?;
    unit.offset = Rational::new(offset.0, offset.1)?;
    for (symbol, power) in bases {
        unit.raise(Base { symbol, below: false }, *power)?;
    }
    Some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves R2: every atom can be read, and no two rows have one symbol.
    #[test]
    fn the_table_holds_together() {
        for (at, atom) in ATOMS.iter().enumerate() {
            assert!(find(atom.symbol).is_some(), "{}", atom.symbol);
            assert!(ATOMS.iter().skip(at + 1).all(|other| other.symbol != atom.symbol), "{}", atom.symbol);
        }
    }
}
