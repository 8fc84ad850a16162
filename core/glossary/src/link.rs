//! Links to MedlinePlus Connect (G8): built here, opened only by the reader's own tap.
//!
//! The request follows the HL7 Infobutton URL form: code system by OID, code, language.

use std::fmt::Write as _;

/// Short name, FHIR system URI, OID (none: MedlinePlus takes no such code).
const SYSTEMS: [(&str, &str, Option<&str>); 5] = [
    ("loinc", "http://loinc.org", Some("2.16.840.1.113883.6.1")),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm", Some("2.16.840.1.113883.6.88")),
    ("icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cm", Some("2.16.840.1.113883.6.90")),
    ("snomed", "http://snomed.info/sct", Some("2.16.840.1.113883.6.96")),
    ("cvx", "http://hl7.org/fhir/sid/cvx", None),
];

/// The short name of a code system given by either name; an unknown one as it is.
pub(crate) fn system_name(system: &str) -> &str {
    SYSTEMS
        .iter()
        .find(|(name, uri, _)| name.eq_ignore_ascii_case(system) || *uri == system)
        .map_or(system, |(name, _, _)| name)
}

/// The page that explains a code, in English or Spanish. `system` as a short name (`loinc`, `rxnorm`,
/// `icd-10-cm`, `snomed`) or FHIR URI. None for a system that is not served.
///
/// To open the link tells that server the code: a shell asks before it does.
pub fn learn_more(system: &str, code: &str, language: &str) -> Option<String> {
    let system = system_name(system);
    let oid = SYSTEMS.iter().find(|(name, _, _)| *name == system).and_then(|(_, _, oid)| *oid)?;
    let language = if language.split(['-', '_']).next() == Some("es") { "es" } else { "en" };
    let mut link =
        format!("https://connect.medlineplus.gov/application?mainSearchCriteria.v.cs={oid}&mainSearchCriteria.v.c=");
    for byte in code.trim().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            link.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
    link.push_str("&informationRecipient.languageCode.c=");
    link.push_str(language);
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves G8: the link is built from code and language alone, and nothing in a code can break out of it.
    #[test]
    fn a_link_holds_system_code_and_language_and_nothing_else() {
        let link = learn_more("http://loinc.org", "2160-0", "es-MX").unwrap();
        assert_eq!(
            link,
            "https://connect.medlineplus.gov/application?mainSearchCriteria.v.cs=2.16.840.1.113883.6.1&mainSearchCriteria.v.c=2160-0&informationRecipient.languageCode.c=es"
        );
        let hostile = learn_more("rxnorm", "1&x=http://a b#", "en").unwrap();
        assert!(hostile.contains(".c=1%26x%3Dhttp%3A%2F%2Fa%20b%23&"));
        assert_eq!(learn_more("cvx", "140", "en"), None);
    }
}
