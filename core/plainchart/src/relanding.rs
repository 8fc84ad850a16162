//! Resources that an earlier version set aside because it could not read their type land when this one can: a re-read
//! of what is kept, not a new import.

use plainchart_access::{Chart, Classes};
use plainchart_record::Patient;
use plainchart_record::ownership::KnownPatient;
use plainchart_record::set_aside::{SetAside, Support, support};

use crate::error::PlainchartError;
use crate::ingest::{ChartWriter, Incoming, Outcome};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};

impl Session {
    /// Lands what can be read now; how many resources did.
    ///
    /// # Errors
    /// The vault's.
    pub(crate) fn land_what_is_supported_now(&self) -> Result<u64, PlainchartError> {
        let charts: Vec<Chart> = self.with_household(|household| household.charts().cloned().collect());
        let mut landed = 0;
        for chart in charts {
            for (classes, group) in self.groups_to_land(&chart)? {
                landed += self.land(&chart, classes, &group)?;
            }
        }
        Ok(landed)
    }

    fn groups_to_land(&self, chart: &Chart) -> Result<Vec<(Classes, Vec<u8>)>, PlainchartError> {
        let scope = ChartScope::of(&chart.facts.chart);
        let prefix = format!("{}/", SetAside::UnsupportedType.as_str());
        let mut groups = Vec::new();
        for classes in self.store.classes_of(&scope)? {
            let here = self.store.groups(&scope, classes, tree::SET_ASIDE)?;
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
        let Some(patient) = self.patient_row(id)?.and_then(|stored| Patient::read(&stored.raw).ok()) else {
            return Ok(0);
        };
        let known = KnownPatient::new(&chart.facts.base, &patient);
        let mut writer = ChartWriter::new(&self.store, scope, &chart.facts.base, self.readable_classes(id), now_ms)?;
        let mut landed = 0;
        for row in self.store.rows(&scope, classes, tree::SET_ASIDE, group)? {
            let stored = StoredResource::read(&row.bytes)?;
            // It was accepted as this chart's when it came; only its type stood in the way.
            let incoming =
                Incoming { raw: &stored.raw, full_url: stored.header.full_url.as_deref(), referred_to: true };
            if matches!(writer.take(incoming, &known)?, Outcome::InChart(_)) {
                writer.delete_set_aside(classes, group, &row.id)?;
                landed += 1;
            }
        }
        self.store.commit(writer.take_batch()?)?;
        self.forget_items(id);
        Ok(landed)
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
        {"resource":{"resourceType":"Procedure","id":"p","subject":{"reference":"Patient/7"}}}]}"#;
    const RESULT: &str = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"Zinc"},
        "subject":{"reference":"Patient/7"},"valueInteger":7}"#;

    /// Proves D7: what an older version could not read is kept, and lands at the next open once it can be read; the
    /// rest stays where it is.
    #[test]
    fn an_older_versions_set_aside_lands() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let keystore = Arc::new(MemoryKeystore::new());
        let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
        let session = Session::open(&configuration, keystore.clone(), clock.clone()).unwrap();
        let file = folder.path().join("record.json");
        std::fs::write(&file, RECORD).unwrap();
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        session.import(&file, None, &quiet, &crate::cancel::CancelToken::new()).unwrap();
        let chart = session.with_household(|household| household.charts().next().cloned()).unwrap();
        // As a version that did not know Observation would have left it.
        let scope = ChartScope::of(&chart.facts.chart);
        let header = StoredHeader {
            received_ms: 1,
            digest: String::new(),
            version: None,
            updated_ms: None,
            life: Life::Current,
            set_aside: Some("unsupported_type".into()),
            full_url: None,
        };
        let row = StoredResource { header, raw: RESULT.into() }.write().unwrap();
        let mut batch = Batch::new();
        let to = session.store.scope(scope, Classes::NONE).unwrap();
        let set_aside = tree::tree(tree::SET_ASIDE);
        batch.put_row(to, set_aside, b"unsupported_type/Observation", b"Observation/o", 0, &row);
        session.store.commit(batch).unwrap();
        drop(session);

        let session = Session::open(&configuration, keystore, clock).unwrap();
        let person = chart.person;
        let results = session.results(&person, crate::reading::Window::ALL).unwrap();
        assert_eq!(results.items.len(), 1);
        assert_eq!(results.items[0].value.as_deref(), Some("7"));
        let left = session.store.groups(&scope, Classes::NONE, tree::SET_ASIDE).unwrap();
        assert_eq!(left, [b"unsupported_type/Procedure".to_vec()]);
        assert_eq!(session.land_what_is_supported_now().unwrap(), 0, "and not twice");
    }
}
