//! The people on this phone (P1), and where their charts come from.

use plainchart_access::{Chart, ChartId, Classes, LeaseState, Person, PersonId, Standing};
use plainchart_record::Patient;
use plainchart_record::patient::Deceased;

use crate::connect::source_name;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};
use crate::sync::{Position, read_position};
use crate::views::{ChartView, PersonView, Reader, SourceState};

/// Bases of charts that came as files begin like this.
pub const FILE_BASE: &str = "urn:plainchart:file:";

/// Where a chart comes from, and as of when.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub name: String,
    pub as_of_ms: i64,
}

impl Session {
    /// Everyone whose chart is on this phone and open to the reader, or was.
    ///
    /// # Errors
    /// The vault's.
    pub fn people(&self) -> Result<Vec<PersonView>, PlainchartError> {
        self.store.check_unlocked()?;
        let people: Vec<Person> = self.with_household(|household| household.people().cloned().collect());
        let mut views = people.iter().map(|person| self.person_view(person)).collect::<Result<Vec<_>, _>>()?;
        views.sort_by(|a, b| (a.reader != Reader::Own, &a.name).cmp(&(b.reader != Reader::Own, &b.name)));
        Ok(views)
    }

    /// One person.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn person(&self, id: &PersonId) -> Result<PersonView, PlainchartError> {
        self.store.check_unlocked()?;
        let person = self.with_household(|household| household.person(id).cloned()).ok_or(PlainchartError::NotFound)?;
        self.person_view(&person)
    }

    fn person_view(&self, person: &Person) -> Result<PersonView, PlainchartError> {
        let mut charts = Vec::new();
        let (mut deceased, mut reader) = (false, None);
        for chart in self.charts_of(&person.id)? {
            let patient = self.patient_of(&chart.facts.chart)?;
            let source = self.source_of(&chart.facts.chart)?;
            reader.get_or_insert(self.reader_of(&chart.facts.chart));
            deceased |= patient
                .as_ref()
                .is_some_and(|patient| !matches!(patient.deceased, Deceased::No | Deceased::NotRecorded));
            charts.push(ChartView {
                source: source.name,
                as_of_ms: (source.as_of_ms > 0).then_some(source.as_of_ms),
                from_file: chart.facts.from_file,
                name: patient.as_ref().and_then(Patient::display_name),
                birth_date: patient.and_then(|patient| patient.birth_date).map(|date| date.text),
            });
        }
        Ok(PersonView {
            id: person.id.to_string(),
            name: charts.iter().find_map(|chart| chart.name.clone()),
            birth_date: charts.iter().find_map(|chart| chart.birth_date.clone()),
            reader: reader.unwrap_or(Reader::Ended),
            source: charts.iter().map(|chart| chart.source.as_str()).collect::<Vec<_>>().join(", "),
            as_of: charts.iter().filter_map(|chart| chart.as_of_ms).min(),
            charts,
            deceased,
        })
    }

    pub(crate) fn charts_of(&self, person: &PersonId) -> Result<Vec<Chart>, PlainchartError> {
        self.store.check_unlocked()?;
        self.with_household(|household| {
            let person = household.person(person).ok_or(PlainchartError::NotFound)?;
            Ok(person.charts.iter().filter_map(|chart| household.chart(chart).cloned()).collect())
        })
    }

    fn reader_of(&self, chart: &ChartId) -> Reader {
        let now = self.known_time(chart);
        self.with_household(|household| {
            let Some(actor) = household.owner() else { return Reader::Ended };
            match household.standing(actor, chart) {
                Standing::Own if household.chart(chart).is_some_and(|known| known.facts.from_file) => Reader::File,
                Standing::Own => Reader::Own,
                Standing::Stranger => Reader::Ended,
                Standing::Proxy(lease) => match lease.state(now) {
                    LeaseState::Active => Reader::Helper { until_ms: lease.ends_ms, unconfirmed_since_ms: None },
                    LeaseState::Unconfirmed { since_ms } => {
                        Reader::Helper { until_ms: lease.ends_ms, unconfirmed_since_ms: Some(since_ms) }
                    }
                    LeaseState::Paused | LeaseState::Ended => Reader::Ended,
                },
            }
        })
    }

    /// The Patient of a chart, unless the access has ended: then its name is not shown either.
    pub(crate) fn patient_of(&self, chart: &ChartId) -> Result<Option<Patient>, PlainchartError> {
        if self.reader_of(chart) == Reader::Ended {
            return Ok(None);
        }
        Ok(self.patient_row(chart)?.and_then(|stored| Patient::read(&stored.raw).ok()))
    }

    /// Whether the source says that the person has died: nothing is called new then (A9).
    pub(super) fn is_deceased(&self, chart: &ChartId) -> Result<bool, PlainchartError> {
        let patient = self.patient_of(chart)?;
        Ok(patient.is_some_and(|patient| !matches!(patient.deceased, Deceased::No | Deceased::NotRecorded)))
    }

    pub(crate) fn patient_row(&self, chart: &ChartId) -> Result<Option<StoredResource>, PlainchartError> {
        let rows = self.store.readable_rows(&ChartScope::of(chart), Classes::NONE, tree::RESOURCES, b"Patient")?;
        // A damaged name is no name until the next sync brings it again.
        let (store, scope) = (&self.store, ChartScope::of(chart));
        let whole = |row: &plainchart_vault::Row| {
            StoredResource::read_whole(store, &scope, Classes::NONE, &row.id, &row.bytes).ok()
        };
        Ok(rows.first().and_then(whole))
    }

    pub(crate) fn position_of(&self, chart: &ChartId) -> Result<Position, PlainchartError> {
        match read_position(&self.store, ChartScope::of(chart)) {
            Err(PlainchartError::VaultDamaged) => Ok(Position::default()),
            position => position,
        }
    }

    /// Where a chart comes from: the organization the Patient names, else the host; and as of when.
    pub(crate) fn source_of(&self, chart: &ChartId) -> Result<Source, PlainchartError> {
        let base = self.with_household(|household| household.chart(chart).map(|chart| chart.facts.clone()));
        let base = base.ok_or(PlainchartError::NotFound)?;
        let patient = self.patient_row(chart)?;
        let organization = |stored: &StoredResource| Patient::read(&stored.raw).ok()?.managing_organization?.name;
        let named = patient.as_ref().and_then(organization);
        let name = named.unwrap_or_else(|| source_name(&base.base));
        let position = self.position_of(chart)?;
        let as_of_ms =
            match position.walked.values().map(|walked| walked.as_of_ms).filter(|as_of_ms| *as_of_ms > 0).min() {
                Some(as_of_ms) => as_of_ms,
                None if base.from_file => patient.map_or(base.added_ms, |stored| stored.header.received_ms),
                None => 0,
            };
        Ok(Source { name, as_of_ms })
    }

    /// The chart's server.
    pub(crate) fn base_of(&self, chart: &ChartId) -> Result<String, PlainchartError> {
        let base = self.with_household(|household| household.chart(chart).map(|chart| chart.facts.base.clone()));
        base.ok_or(PlainchartError::NotFound)
    }

    /// Per source: as of when, and why a kind may be incomplete (D6).
    pub(crate) fn source_state(&self, chart: &ChartId, keys: &[&str]) -> Result<SourceState, PlainchartError> {
        let source = self.source_of(chart)?;
        let position = self.position_of(chart)?;
        let as_of_ms = position.as_of_ms(keys).or((source.as_of_ms > 0).then_some(source.as_of_ms));
        let refused = |key: &&&str| position.walked.get(**key).is_some_and(|walked| walked.problem.is_some());
        let problem = keys
            .iter()
            .find(refused)
            .and_then(|key| position.walked.get(*key))
            .and_then(|walked| walked.problem.clone());
        Ok(SourceState { source: source.name, as_of_ms, problem, heading: None, empty: None })
    }
}
