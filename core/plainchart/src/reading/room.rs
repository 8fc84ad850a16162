//! A store with made-up charts whose ids are always the same, so that two of them can be compared byte for byte.

use std::sync::Arc;

use plainchart_access::{
    Basis, ChartFacts, ChartId, Classes, Event, GrantedBy, Kind, Kinds, Lease, LeaseId, LeaseScope, PersonId,
};
use plainchart_record::{KnownPatient, Patient};
use plainchart_vault::MemoryKeystore;
use serde_json::{Value, json};

use crate::clock::FrozenClock;
use crate::ingest::{ChartWriter, Incoming, SHARED_TYPES};
use crate::reading::Window;
use crate::session::{Configuration, Session};
use crate::store::ChartScope;
use crate::stored::tree;
use crate::sync::{Position, keys_of};
use crate::views::{EntryKind, EntryView, MedicineView, ReferralView};

/// 18 November 2026, 18:46:40 UTC.
pub(super) const NOW: i64 = 1_795_027_600_000;
/// What all synced types of a room are as of: 18 November 2026.
pub(super) const AS_OF: i64 = NOW - 3_600_000;

const CHARTS: [(&str, &str); 2] = [("https://lakeside.example/fhir", "p"), ("https://cedar.example/fhir", "q")];

/// One person with a chart at Lakeside, and one at Cedar.
pub(super) struct Room {
    pub(super) session: Session,
    pub(super) person: PersonId,
    _folder: tempfile::TempDir,
}

impl Room {
    /// The reader's own charts.
    pub(super) fn own() -> Self {
        Self::of(None)
    }

    /// Charts of somebody whom the reader helps: no sensitivity class is granted.
    pub(super) fn helped() -> Self {
        Self::of(Some(Kinds::All))
    }

    /// As [`Room::helped`], for some kinds only.
    pub(super) fn helped_with(kinds: &[Kind]) -> Self {
        Self::of(Some(Kinds::Only(kinds.iter().copied().collect())))
    }

    fn of(helped: Option<Kinds>) -> Self {
        let own = helped.is_none();
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let clock = Arc::new(FrozenClock::at(NOW));
        let session = Session::open(&configuration, Arc::new(MemoryKeystore::new()), clock).unwrap();
        let person = PersonId::from_bytes([1; 4]);
        session.record(Event::PersonAdded { person: person.clone() }).unwrap();
        for (at, (base, patient)) in CHARTS.into_iter().enumerate() {
            let (chart, base, patient) = (chart(at), base.to_owned(), patient.to_owned());
            let facts = ChartFacts { chart: chart.clone(), base, patient, own, added_ms: NOW, from_file: false };
            session.record(Event::ChartAdded { person: person.clone(), facts }).unwrap();
            if let Some(kinds) = helped.clone() {
                let lease = Lease {
                    id: LeaseId::from_bytes([u8::try_from(at).unwrap(); 8]),
                    chart,
                    actor: session.actor().unwrap(),
                    basis: Basis::Helper,
                    granted_by: GrantedBy::ThisPhone,
                    scope: LeaseScope { kinds, ..LeaseScope::see_everything_not_sensitive() },
                    starts_ms: 0,
                    ends_ms: None,
                    grace_days: 30,
                    confirmed_ms: NOW,
                    unconfirmed_since_ms: None,
                    withdrawn: false,
                    suspect: false,
                    classes_close_ms: None,
                };
                session.record(Event::LeaseMade { lease }).unwrap();
            }
        }
        let room = Self { session, person, _folder: folder };
        for (at, (_, patient)) in CHARTS.into_iter().enumerate() {
            room.take(at, &[json!({"resourceType": "Patient", "id": patient, "name": [{"text": "Ann Oakhill"}]})]);
            room.walked(at, "Nothing", None);
        }
        room
    }

    /// Stores resources in a chart, closed ones too, whoever reads: what is closed must be closed by the gate as well.
    pub(super) fn take(&self, at: usize, resources: &[Value]) {
        let (base, patient) = CHARTS[at];
        let owner = Patient::read(&format!(r#"{{"resourceType":"Patient","id":"{patient}"}}"#)).unwrap();
        let identity = KnownPatient::new(base, &owner);
        let scope = ChartScope::of(&chart(at));
        let mut writer = ChartWriter::new(&self.session.store, scope, base, Classes::ALL, NOW).unwrap();
        for resource in resources {
            let mut resource = resource.clone();
            let resource_type = resource["resourceType"].as_str().unwrap().to_owned();
            let shared = SHARED_TYPES.contains(&resource_type.as_str());
            if !shared && !matches!(resource_type.as_str(), "Patient" | "Provenance") {
                let member = if ["AllergyIntolerance", "Immunization", "Device"].contains(&resource_type.as_str()) {
                    "patient"
                } else {
                    "subject"
                };
                resource[member] = json!({"reference": format!("Patient/{patient}")});
            }
            let raw = resource.to_string();
            let referred_to = shared || resource_type == "Provenance";
            writer.take(Incoming { raw: &raw, full_url: None, referred_to }, &identity).unwrap();
        }
        writer.unsettle();
        writer.commit().unwrap();
        self.session.forget_items(&chart(at));
    }

    /// Every search was walked; those of one type have a problem.
    pub(super) fn walked(&self, at: usize, resource_type: &str, problem: Option<&str>) {
        let mut position = Position::default();
        for plan in crate::sync::PLAN {
            for key in keys_of(plan.resource_type) {
                let walked = position.walked.entry(key.to_owned()).or_default();
                walked.as_of_ms = AS_OF;
                walked.problem = problem.filter(|_| plan.resource_type == resource_type).map(str::to_owned);
            }
        }
        let scope = ChartScope::of(&chart(at));
        let store = &self.session.store;
        let mut batch = plainchart_vault::Batch::default();
        let bytes = serde_json::to_vec(&position).unwrap();
        let open = store.scope(scope, Classes::NONE).unwrap();
        batch.put_value(open, tree::tree(tree::WALK), b"position", &bytes);
        store.commit(scope, batch).unwrap();
        self.session.forget_items(&chart(at));
    }

    pub(super) fn medicines(&self) -> Vec<MedicineView> {
        self.session.medicines(&self.person, Window::ALL).unwrap().items
    }

    pub(super) fn referrals(&self) -> Vec<ReferralView> {
        self.session.referrals(&self.person, Window::ALL).unwrap().items
    }

    pub(super) fn entries(&self, kind: EntryKind) -> Vec<EntryView> {
        self.session.entries(&self.person, kind, Window::ALL).unwrap().items
    }

    /// All that the reader can see of these lists, as the bytes a shell gets.
    pub(super) fn everything(&self) -> Vec<String> {
        let mut seen = vec![
            serde_json::to_string(&self.session.medicines(&self.person, Window::ALL).unwrap()).unwrap(),
            serde_json::to_string(&self.session.referrals(&self.person, Window::ALL).unwrap()).unwrap(),
        ];
        for kind in EntryKind::ALL {
            let list = self.session.entries(&self.person, kind, Window::ALL).unwrap();
            seen.push(serde_json::to_string(&list).unwrap());
            for entry in list.items {
                let open = self.session.entry(&self.person, &entry.id).unwrap();
                seen.push(serde_json::to_string(&open).unwrap());
            }
        }
        seen
    }
}

/// The id of a chart.
pub(super) fn chart(at: usize) -> ChartId {
    ChartId::from_bytes([u8::try_from(at).unwrap() + 7; 16])
}

/// A resource with `rest` over its type and id.
pub(super) fn resource(resource_type: &str, id: &str, rest: Value) -> Value {
    let mut made = json!({"resourceType": resource_type, "id": id});
    made.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    made
}

/// An active order for a medicine.
pub(super) fn order(id: &str, rest: Value) -> Value {
    let mut made = resource("MedicationRequest", id, json!({"status": "active", "intent": "order"}));
    made.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    made
}

/// An active referral.
pub(super) fn referral(id: &str, rest: Value) -> Value {
    let plain =
        json!({"status": "active", "intent": "order", "code": {"text": "Lung clinic"}, "authoredOn": "2026-10-01"});
    let mut made = resource("ServiceRequest", id, plain);
    made.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    made
}

/// A finished visit.
pub(super) fn visit(id: &str, rest: Value) -> Value {
    let mut made = resource(
        "Encounter",
        id,
        json!({"status": "finished", "type": [{"text": "Office visit"}], "period": {"start": "2026-10-20"}}),
    );
    made.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    made
}

/// The same with a label.
pub(super) fn closed(mut made: Value) -> Value {
    made["meta"] =
        json!({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]});
    made
}
