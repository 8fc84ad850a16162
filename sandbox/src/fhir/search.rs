//! A search as it was asked, what of it this hospital honours, and what it finds.

use std::cmp::Ordering;

use super::filter::{Filter, date_of};
use super::parameters::{dates, includes};
use super::refusal::Refusal;
use super::store::{Found, Store};
use crate::profile::{CategoryToken, PatientParameter, Profile, UnknownParameter};

/// A search that was understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    pub resource_type: String,
    filters: Vec<Filter>,
    sort: Vec<SortKey>,
    /// The page size asked for, if the hospital honours it.
    pub count: Option<usize>,
    /// `_include` values for this type: the name after the colon.
    pub includes: Vec<String>,
    /// Whether `_revinclude=Provenance:target` was asked.
    pub provenance: bool,
    /// The parameters honoured, as they were given; `self` repeats these and no others.
    pub honoured: Vec<(String, String)>,
    /// The parameters left out.
    pub unknown: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct SortKey {
    by: SortBy,
    descending: bool,
}

#[derive(Clone, Copy, Debug)]
enum SortBy {
    LastUpdated,
    Date,
    Id,
}

impl Search {
    pub fn parse(
        resource_type: &str,
        parameters: &[(String, String)],
        profile: &Profile,
        base: &str,
    ) -> Result<Self, Refusal> {
        let mut search = Self { resource_type: resource_type.to_owned(), ..Self::default() };
        for (name, value) in parameters {
            let listed = |names: &[String]| names.iter().any(|listed| listed == name);
            if listed(&profile.refused_parameters) {
                return Err(Refusal::bad_request("not-supported", format!("{name} is not supported")));
            }
            if !listed(&profile.ignored_parameters) && search.take(name, value, profile, base)? {
                search.honoured.push((name.clone(), value.clone()));
            } else {
                search.unknown.push(name.clone());
            }
        }
        if profile.unknown_parameter == UnknownParameter::Refused
            && let Some(name) = search.unknown.first()
        {
            return Err(Refusal::bad_request("not-supported", format!("unknown search parameter {name}")));
        }
        let has = |wanted: &str| search.honoured.iter().any(|(name, _)| name == wanted);
        if !has("category") && !has("_id") && profile.requires_category.iter().any(|needing| needing == resource_type) {
            return Err(Refusal::bad_request("required", "this search needs a category"));
        }
        if let Some(names) = profile.requires_one_of.get(resource_type)
            && !has("_id")
            && !names.iter().any(|name| has(name))
        {
            return Err(Refusal::bad_request("required", format!("this search needs one of: {}", names.join(", "))));
        }
        Ok(search)
    }

    /// Whether the parameter is honoured.
    fn take(&mut self, name: &str, value: &str, profile: &Profile, base: &str) -> Result<bool, Refusal> {
        let invalid = |reason: String| Refusal::bad_request("invalid", reason);
        match name {
            "_count" if profile.honours_count => {
                let count: usize = value.parse().map_err(|_| invalid("_count is not a number".to_owned()))?;
                self.count = Some(count.clamp(1, profile.max_page_size.max(1)));
            }
            "_sort" if profile.honours_sort => {
                for key in value.split(',') {
                    let (descending, key) = key.strip_prefix('-').map_or((false, key), |key| (true, key));
                    let by = match key {
                        "_lastUpdated" => SortBy::LastUpdated,
                        "date" => SortBy::Date,
                        "_id" => SortBy::Id,
                        _ => return Ok(false),
                    };
                    self.sort.push(SortKey { by, descending });
                }
            }
            "_include" => match value.split_once(':') {
                Some((of, name)) if of == self.resource_type => {
                    // `Type:name:Target` narrows to one target type; here it brings them all.
                    let name = name.split(':').next().unwrap_or(name);
                    if name != "*" && !includes(&self.resource_type).any(|(known, _)| known == name) {
                        return Ok(false);
                    }
                    self.includes.push(name.to_owned());
                }
                _ => return Ok(false),
            },
            "_revinclude" if value == "Provenance:target" => self.provenance = true,
            "_format" => return Ok(value.contains("json")),
            "_count" | "_sort" => return Ok(false),
            "_lastUpdated" if !profile.honours_last_updated => return Ok(false),
            _ => match Filter::parse(&self.resource_type, name, value, base).map_err(invalid)? {
                Some(_) if is_misread(name, value, profile) => self.filters.push(Filter::Nothing),
                Some(filter) => self.filters.push(filter),
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// Everything that matches and that `visible` lets through, in order.
    pub fn run(&self, store: &Store, visible: impl Fn(&Found) -> bool) -> Vec<Found> {
        let all = store.of_type(&self.resource_type).into_iter();
        let mut found: Vec<Found> =
            all.filter(|found| visible(found) && self.filters.iter().all(|filter| filter.holds(found))).collect();
        found.sort_by(|a, b| self.order(a, b));
        found
    }

    /// Without `_sort` the newest change comes first, as many servers do.
    fn order(&self, a: &Found, b: &Found) -> Ordering {
        let newest_first = [SortKey { by: SortBy::LastUpdated, descending: true }];
        let keys = if self.sort.is_empty() { newest_first.as_slice() } else { &self.sort };
        let by_keys = keys.iter().map(|key| {
            let order = match key.by {
                SortBy::LastUpdated => a.last_updated.cmp(&b.last_updated),
                SortBy::Date => started(a).cmp(&started(b)),
                SortBy::Id => a.id.cmp(&b.id),
            };
            if key.descending { order.reverse() } else { order }
        });
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| a.id.cmp(&b.id))
    }
}

/// Whether this hospital takes the value for something that nobody and nothing here is.
fn is_misread(name: &str, value: &str, profile: &Profile) -> bool {
    match (name, profile.category_token) {
        ("patient" | "subject", _) => profile.patient_parameter == PatientParameter::BareId && value.contains('/'),
        ("category", CategoryToken::WithSystem) => !value.split(',').all(|token| token.contains('|')),
        ("category", CategoryToken::WithoutSystem) => value.contains('|'),
        _ => false,
    }
}

fn started(found: &Found) -> Option<i64> {
    date_of(found.body.indexed(), dates(&found.resource_type)).map(|period| period.start_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const BASE: &str = "http://h/fhir";

    fn search(pairs: &[(&str, &str)], profile: &Profile) -> Result<Search, Refusal> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Search::parse("Observation", &pairs, profile, BASE)
    }

    fn store() -> Store {
        let store = Store::new(Clock::default());
        for (id, date, category) in [
            ("a", "2024-05-01", "laboratory"),
            ("b", "2026-01-02T10:00:00Z", "laboratory"),
            ("c", "2025", "vital-signs"),
        ] {
            store
                .put(&format!(
                    r#"{{"resourceType":"Observation","id":"{id}","status":"final","subject":{{"reference":"Patient/p"}},"effectiveDateTime":"{date}","category":[{{"coding":[{{"system":"s","code":"{category}"}}]}}]}}"#
                ))
                .unwrap();
        }
        store
    }

    fn ids(pairs: &[(&str, &str)]) -> String {
        let search = search(pairs, &Profile::default()).unwrap();
        search.run(&store(), |_| true).into_iter().map(|found| found.id).collect()
    }

    #[test]
    fn each_parameter_narrows_as_fhir_says() {
        assert_eq!(ids(&[("_sort", "date")]), "acb");
        assert_eq!(ids(&[("_sort", "-date")]), "bca");
        assert_eq!(ids(&[("_sort", "_lastUpdated")]), "abc");
        assert_eq!(ids(&[]), "cba");
        assert_eq!(ids(&[("category", "laboratory"), ("_sort", "date")]), "ab");
        assert_eq!(ids(&[("category", "s|laboratory,vital-signs"), ("_sort", "date")]), "acb");
        assert_eq!(ids(&[("category", "t|laboratory")]), "");
        assert_eq!(ids(&[("date", "ge2025-06"), ("date", "lt2026-01-03")]), "cb");
        assert_eq!(ids(&[("date", "2024")]), "a");
        assert_eq!(ids(&[("_id", "a,c"), ("_sort", "_id")]), "ac");
        assert_eq!(ids(&[("patient", "http://h/fhir/Patient/p"), ("_id", "a")]), "a");
        assert_eq!(ids(&[("patient", "q")]), "");
        assert_eq!(ids(&[("_lastUpdated", "gt2100")]), "");
    }

    #[test]
    fn self_repeats_only_what_is_honoured() {
        let profile = Profile { honours_last_updated: false, honours_sort: false, ..Profile::default() };
        let pairs = [
            ("patient", "p"),
            ("_lastUpdated", "ge2020"),
            ("_sort", "_lastUpdated"),
            ("flavour", "mint"),
            ("_count", "5"),
        ];
        let search = search(&pairs, &profile).unwrap();
        let names: Vec<_> = search.honoured.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["patient", "_count"]);
        assert_eq!(search.unknown, ["_lastUpdated", "_sort", "flavour"]);
    }

    #[test]
    fn what_cannot_be_read_or_must_be_there_is_refused() {
        let plain = Profile::default();
        assert!(search(&[("date", "yesterday")], &plain).is_err());
        assert!(search(&[("_count", "many")], &plain).is_err());
        let strict = Profile { unknown_parameter: UnknownParameter::Refused, ..Profile::default() };
        assert!(search(&[("flavour", "mint")], &strict).is_err());
        let epic = Profile { requires_category: vec!["Observation".to_owned()], ..Profile::default() };
        assert!(search(&[("patient", "p")], &epic).is_err());
        assert!(search(&[("patient", "p"), ("category", "laboratory")], &epic).is_ok());
    }
}
