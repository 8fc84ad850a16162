//! SMART scopes: what was asked, what is granted of it, what that allows (SMART App Launch 2.2, "Scopes").

use std::collections::BTreeSet;

use crate::fhir::filter::Filter;
use crate::fhir::store::Found;
use crate::profile::{Permission, Profile};

/// What a grant allows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Granted {
    texts: Vec<String>,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// `None` is `*`.
    resource_type: Option<String>,
    read: bool,
    search: bool,
    restriction: Vec<(String, String)>,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interaction {
    Read,
    Search,
}

/// Scopes that are no clinical ones and are granted as they are.
const PLAIN: [&str; 4] = ["openid", "fhirUser", "profile", "launch/patient"];

impl Granted {
    /// Narrows what was asked to what exists; the rest is left out without a word.
    pub fn narrow(asked: &str, types: &BTreeSet<String>, profile: &Profile) -> Self {
        let mut granted = Self::default();
        for scope in asked.split_ascii_whitespace() {
            if granted.texts.iter().any(|text| text == scope) {
                continue;
            }
            if PLAIN.contains(&scope) || (scope == "offline_access" && profile.offers_offline_access) {
                granted.texts.push(scope.to_owned());
            } else if let Some((text, rule)) = clinical(scope, types, profile) {
                granted.texts.push(text);
                granted.rules.push(rule);
            }
        }
        granted
    }

    /// Leaves out what the person unticked on the consent page.
    pub fn without(&self, left_out: &[String]) -> Self {
        let mut kept = Self::default();
        let mut rules = self.rules.iter();
        for text in &self.texts {
            let rule = if text.starts_with("patient/") { rules.next() } else { None };
            if !left_out.contains(text) {
                kept.texts.push(text.clone());
                kept.rules.extend(rule.cloned());
            }
        }
        kept
    }

    pub fn has(&self, scope: &str) -> bool {
        self.texts.iter().any(|text| text == scope)
    }

    pub fn has_clinical(&self) -> bool {
        !self.rules.is_empty()
    }

    /// The clinical scopes, as granted.
    pub fn clinical(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str).filter(|text| text.starts_with("patient/"))
    }

    pub fn to_text(&self) -> String {
        self.texts.join(" ")
    }

    /// Whether anything of this type may be read or searched at all.
    pub fn allows_type(&self, interaction: Interaction, resource_type: &str) -> bool {
        self.rules.iter().any(|rule| rule.covers(interaction, resource_type))
    }

    /// Whether this resource may be given.
    pub fn allows(&self, interaction: Interaction, found: &Found) -> bool {
        self.rules.iter().any(|rule| rule.covers(interaction, &found.resource_type) && rule.restriction_holds(found))
    }
}

impl Rule {
    fn covers(&self, interaction: Interaction, resource_type: &str) -> bool {
        let right_type = self.resource_type.as_deref().is_none_or(|of| of == resource_type);
        right_type && if interaction == Interaction::Read { self.read } else { self.search }
    }

    /// A restriction this hospital cannot read allows nothing.
    fn restriction_holds(&self, found: &Found) -> bool {
        self.restriction.iter().all(|(name, value)| {
            let filter = Filter::parse(&found.resource_type, name, value, "").ok().flatten();
            filter.is_some_and(|filter| filter.holds(found))
        })
    }
}

/// `patient/Type.read`, `patient/*.*`, `patient/Type.rs?category=...`; the text as granted and what it allows.
fn clinical(scope: &str, types: &BTreeSet<String>, profile: &Profile) -> Option<(String, Rule)> {
    let (path, query) = scope.split_once('?').map_or((scope, None), |(path, query)| (path, Some(query)));
    let (resource_type, permission) = path.strip_prefix("patient/")?.split_once('.')?;
    if resource_type != "*" && !types.contains(resource_type) {
        return None;
    }
    let v1 = matches!(permission, "read" | "*") && profile.permission != Permission::V2;
    let v2 = in_v2_order(permission) && profile.permission != Permission::V1;
    let (read, search) = match (v1, v2) {
        (true, _) => (true, true),
        (_, true) => (permission.contains('r'), permission.contains('s')),
        _ => return None,
    };
    if !read && !search {
        return None;
    }
    let restriction = query.map(|query| url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    if restriction.is_some() && !v2 {
        return None;
    }
    // Nothing here can be written: `cruds` is narrowed to what is left of it.
    let letters = [(read, "r"), (search, "s")].iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect();
    let granted: String = if v1 { "read".to_owned() } else { letters };
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let rule = Rule {
        resource_type: Some(resource_type).filter(|of| *of != "*").map(str::to_owned),
        read,
        search,
        restriction: restriction.unwrap_or_default(),
    };
    Some((format!("patient/{resource_type}.{granted}{query}"), rule))
}

fn in_v2_order(permission: &str) -> bool {
    let mut rest = "cruds".chars();
    !permission.is_empty() && permission.chars().all(|letter| rest.any(|next| next == letter))
}

/// What the SMART configuration lists.
pub(crate) fn supported(types: &BTreeSet<String>, profile: &Profile) -> Vec<String> {
    let mut scopes: Vec<String> = PLAIN.iter().map(|scope| (*scope).to_owned()).collect();
    if profile.offers_offline_access {
        scopes.push("offline_access".to_owned());
    }
    let all = std::iter::once("*").chain(types.iter().map(String::as_str));
    for resource_type in all {
        if profile.permission != Permission::V2 {
            scopes.push(format!("patient/{resource_type}.read"));
        }
        if profile.permission != Permission::V1 {
            scopes.push(format!("patient/{resource_type}.rs"));
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::fhir::store::{Lookup, Store};

    fn types() -> BTreeSet<String> {
        ["Patient", "Observation"].map(str::to_owned).into()
    }

    fn granted(asked: &str) -> Granted {
        Granted::narrow(asked, &types(), &Profile::default())
    }

    #[test]
    fn scopes_are_narrowed_to_what_exists() {
        let asked = "openid launch/patient patient/Observation.cruds patient/Spaceship.rs user/Patient.rs patient/Patient.sr patient/Patient.read patient/Observation.c openid";
        assert_eq!(granted(asked).to_text(), "openid launch/patient patient/Observation.rs patient/Patient.read");
        let v1 = Profile { permission: Permission::V1, offers_offline_access: false, ..Profile::default() };
        let narrowed = Granted::narrow("offline_access patient/*.rs patient/*.read", &types(), &v1);
        assert_eq!(narrowed.to_text(), "patient/*.read");
    }

    #[test]
    fn letters_and_wildcards_allow_what_they_say() {
        let read_only = granted("patient/Observation.r");
        assert!(read_only.allows_type(Interaction::Read, "Observation"));
        assert!(!read_only.allows_type(Interaction::Search, "Observation"));
        assert!(!read_only.allows_type(Interaction::Read, "Patient"));
        assert!(granted("patient/*.s").allows_type(Interaction::Search, "Patient"));
    }

    #[test]
    fn a_restriction_lets_through_only_what_it_names() {
        let store = Store::new(Clock::default());
        store.put(r#"{"resourceType":"Observation","id":"a","category":[{"coding":[{"system":"s","code":"laboratory"}]}]}"#).unwrap();
        let Lookup::Found(found) = store.look_up("Observation", "a") else { panic!("missing") };
        assert!(granted("patient/Observation.rs?category=s|laboratory").allows(Interaction::Search, &found));
        assert!(!granted("patient/Observation.rs?category=s|vital-signs").allows(Interaction::Search, &found));
        assert!(!granted("patient/Observation.rs?flavour=mint").allows(Interaction::Search, &found));
    }

    #[test]
    fn what_was_unticked_is_gone_from_text_and_rules() {
        let kept =
            granted("openid patient/Observation.rs patient/Patient.rs").without(&["patient/Observation.rs".to_owned()]);
        assert_eq!(kept.to_text(), "openid patient/Patient.rs");
        assert!(!kept.allows_type(Interaction::Read, "Observation"));
        assert!(kept.allows_type(Interaction::Read, "Patient"));
    }
}
