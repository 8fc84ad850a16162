//! Resources that an earlier version set aside because it could not read their type land when this one can: a re-read
//! of what is kept, not a new import.

use plainchart_access::{Chart, Classes};
use plainchart_record::ownership::KnownPatient;
use plainchart_record::set_aside::{SetAside, Support, support};
use plainchart_record::{Patient, RecordError, Subject, Target, read_header};

use crate::error::PlainchartError;
use crate::ingest::{ChartWriter, Incoming, Outcome};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};

impl Session {
    /// Lands what can be read now; how many resources did. What cannot land for any reason stays where it is: no damaged
    /// part keeps the rest from being read.
    ///
    /// # Errors
    /// None today; a caller may pass over it.
    pub(crate) fn land_what_is_supported_now(&self) -> Result<u64, PlainchartError> {
        let charts: Vec<Chart> = self.with_household(|household| household.charts().cloned().collect());
        let mut landed = 0;
        for chart in charts {
            for (classes, group) in self.groups_to_land(&chart).unwrap_or_default() {
                landed += self.land(&chart, classes, &group).unwrap_or(0);
            }
        }
        Ok(landed)
    }

    fn groups_to_land(&self, chart: &Chart) -> Result<Vec<(Classes, Vec<u8>)>, PlainchartError> {
        let scope = ChartScope::of(&chart.facts.chart);
        let prefix = format!("{}/", SetAside::UnsupportedType.as_str());
        let mut groups = Vec::new();
        for classes in self.store.classes_of(&scope)? {
            let Ok(here) = self.store.groups(&scope, classes, tree::SET_ASIDE) else { continue };
            let supported = |group: &Vec<u8>| {
                std::str::from_utf8(group)
                    .ok()
                    .and_then(|group| group.strip_prefix(&prefix))
                    .is_some_and(|resource_type| support(resource_type) == Support::Now)
            };
            groups.extend(here.into_iter().filter(supported).map(|group| (classes, group)));
        }
        Ok(groups)
    }

    fn land(&self, chart: &Chart, classes: Classes, group: &[u8]) -> Result<u64, PlainchartError> {
        let id = &chart.facts.chart;
        let (scope, now_ms) = (ChartScope::of(id), self.clock.wall_ms());
        let patient = self.patient_row(id)?;
        let full_url = patient.as_ref().and_then(|stored| stored.header.full_url.clone());
        let patient = patient.and_then(|stored| Patient::read(&stored.raw).ok());
        let known = known_as(&chart.facts.base, patient, full_url.as_deref())
            .map_err(|_| PlainchartError::internal("relanding.patient"))?;
        let mut writer = ChartWriter::new(&self.store, scope, &chart.facts.base, self.readable_classes(id), now_ms)?;
        let mut landed = 0;
        for row in self.store.rows(&scope, classes, tree::SET_ASIDE, group)? {
            let Ok(stored) = StoredResource::read_whole(&self.store, &scope, classes, &row.id, &row.bytes) else {
                continue;
            };
            let known = as_accepted(&known, &stored.raw, chart.facts.from_file);
            let incoming =
                Incoming { raw: &stored.raw, full_url: stored.header.full_url.as_deref(), referred_to: true };
            if matches!(writer.take(incoming, &known)?, Outcome::InChart(_)) {
                writer.delete_set_aside(classes, group, &row.id)?;
                landed += 1;
            }
        }
        writer.commit()?;
        self.forget_items(id);
        Ok(landed)
    }
}

/// The chart's patient; nobody's name, for a chart that a file without a Patient made.
fn known_as(base: &str, patient: Option<Patient>, full_url: Option<&str>) -> Result<KnownPatient, RecordError> {
    let patient = match patient {
        Some(patient) => patient,
        None => Patient::read(r#"{"resourceType":"Patient"}"#)?,
    };
    let known = KnownPatient::new(base, &patient);
    Ok(match full_url {
        Some(url) => known.also_at(Target::parse(url)),
        None => known,
    })
}

/// What came in a file was accepted as this chart's under the addresses of that file, which are gone: only its type
/// stood in the way. What came from a hospital must still be the chart's patient's.
fn as_accepted(known: &KnownPatient, raw: &str, from_file: bool) -> KnownPatient {
    let subject = read_header(raw).map(|header| header.subject);
    match subject {
        Ok(Subject::Of(references)) if from_file => {
            references.into_iter().fold(known.clone(), |known, reference| known.also_at(reference.target))
        }
        _ => known.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plainchart_vault::{Batch, MemoryKeystore};

    use super::*;
    use crate::clock::FrozenClock;
    use crate::session::Configuration;
    use crate::stored::{Life, StoredHeader};
    use crate::sync::{ProgressListener, Quiet};

    const RECORD: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
        {"resource":{"resourceType":"Patient","id":"7","name":[{"text":"Ines Alvão"}]}},
        {"resource":{"resourceType":"Specimen","id":"p","subject":{"reference":"Patient/7"}}}]}"#;
    const RESULT: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Zinc"},
        "subject":{"reference":"Patient/7"},"valueInteger":7}"#;

    struct Phone {
        folder: tempfile::TempDir,
        keystore: Arc<MemoryKeystore>,
    }

    impl Phone {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap(), keystore: Arc::new(MemoryKeystore::new()) }
        }

        fn open(&self) -> Session {
            let configuration = Configuration { folder: self.folder.path().join("store"), ..Configuration::default() };
            let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
            Session::open(&configuration, self.keystore.clone(), clock).unwrap()
        }

        fn import(&self, session: &Session, record: &str) -> Chart {
            let file = self.folder.path().join("record.json");
            std::fs::write(&file, record).unwrap();
            let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
            session.import(&file, None, &quiet, &crate::cancel::CancelToken::new()).unwrap();
            session.with_household(|household| household.charts().next().cloned()).unwrap()
        }
    }

    /// Leaves a row as a version that did not know Observation would have.
    fn leave(session: &Session, chart: &Chart, id: &[u8], row: &[u8]) {
        let mut batch = Batch::new();
        let to = session.store.scope(ChartScope::of(&chart.facts.chart), Classes::NONE).unwrap();
        batch.put_row(to, tree::tree(tree::SET_ASIDE), b"unsupported_type/Observation", id, 0, row);
        session.store.commit(ChartScope::of(&chart.facts.chart), batch).unwrap();
    }

    fn row_of(raw: &str) -> Vec<u8> {
        let header = StoredHeader {
            received_ms: 1,
            digest: String::new(),
            version: None,
            updated_ms: None,
            life: Life::Current,
            set_aside: Some("unsupported_type".into()),
            full_url: None,
            large: false,
            ties: None,
        };
        StoredResource { header, raw: raw.into() }.write().unwrap()
    }

    fn values(session: &Session, chart: &Chart) -> Vec<String> {
        let results = session.results(&chart.person, crate::reading::Window::ALL).unwrap();
        results.items.into_iter().filter_map(|result| result.value).collect()
    }

    /// Proves D7: what an older version could not read is kept, and lands at the next open once it can be read; the
    /// rest stays where it is.
    #[test]
    fn an_older_versions_set_aside_lands() {
        let phone = Phone::new();
        let session = phone.open();
        let chart = phone.import(&session, RECORD);
        leave(&session, &chart, b"Observation/o", &row_of(RESULT));
        drop(session);

        let session = phone.open();
        assert_eq!(values(&session, &chart), ["7"]);
        let scope = ChartScope::of(&chart.facts.chart);
        let left = session.store.groups(&scope, Classes::NONE, tree::SET_ASIDE).unwrap();
        assert_eq!(left, [b"unsupported_type/Specimen".to_vec()]);
        assert_eq!(session.land_what_is_supported_now().unwrap(), 0, "and not twice");
    }

    /// Proves D7: so does what knew its patient by the address of an entry, of a file or of a file's server.
    #[test]
    fn what_came_under_another_address_lands() {
        for url in ["urn:uuid:00000000-0000-4000-8000-000000000007", "https://x.example/fhir/Patient/7"] {
            let phone = Phone::new();
            let session = phone.open();
            let record = RECORD.replace(
                "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"7\"",
                &format!(
                    "{{\"fullUrl\":\"{url}\",\"resource\":{{\"resourceType\":\"Patient\"{}",
                    if url.starts_with("urn") { "" } else { ",\"id\":\"7\"" }
                ),
            );
            let chart = phone.import(&session, &record);
            leave(&session, &chart, b"Observation/o", &row_of(&RESULT.replace("Patient/7", url)));
            drop(session);
            let session = phone.open();
            assert_eq!(values(&session, &chart), ["7"], "{url}");
            assert_eq!(session.person(&chart.person).unwrap().name.as_deref(), Some("Ines Alvão"));
        }
    }

    /// Proves D7, V3: a chart with a row that cannot be read keeps neither the store from opening nor another chart's
    /// rows from landing.
    #[test]
    fn a_row_that_cannot_be_read_is_passed_over() {
        let phone = Phone::new();
        let session = phone.open();
        let other = phone.import(&session, &RECORD.replace("Ines", "Irma"));
        phone.import(&session, RECORD);
        let charts: Vec<Chart> = session.with_household(|household| household.charts().cloned().collect());
        let chart = charts.into_iter().find(|chart| chart.person != other.person).unwrap();
        leave(&session, &other, b"Observation/a", b"no header");
        leave(&session, &chart, b"Observation/o", &row_of(RESULT));
        drop(session);
        assert_eq!(values(&phone.open(), &chart), ["7"]);
    }
}
