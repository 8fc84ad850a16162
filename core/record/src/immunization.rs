//! `Immunization`: vaccines given, and why not (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{boolean, concept, concepts, one, text, time};
use crate::none_known::NoneKnown;
use crate::projection::{Clinical, Participation, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::FhirTime;
use crate::when::{When, at};

code_list! {
    /// `Immunization.status`.
    ImmunizationStatus = "immunization.status" {
        Completed = "completed",
        NotDone = "not-done",
        EnteredInError = "entered-in-error",
    }
}

/// Someone who gave or ordered it.
#[derive(Clone, PartialEq, Eq)]
pub struct ImmunizationPerformer {
    /// As what.
    pub function: Option<CodeableConcept>,
    /// Who.
    pub actor: Option<Party>,
}

hidden_debug!(ImmunizationPerformer);

/// A reaction after it.
#[derive(Clone, PartialEq, Eq)]
pub struct ImmunizationReaction {
    /// When it began.
    pub date: Option<FhirTime>,
    /// What was found.
    pub detail: Option<Party>,
    /// The person said so.
    pub reported: Option<bool>,
}

hidden_debug!(ImmunizationReaction);

/// Its place in a series of doses.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtocolApplied {
    /// The series.
    pub series: Option<String>,
    /// Against what.
    pub target_diseases: Vec<CodeableConcept>,
    /// `doseNumber[x]`.
    pub dose_number: Option<Said>,
    /// `seriesDoses[x]`.
    pub series_doses: Option<Said>,
    /// Who made the schedule.
    pub authority: Option<Party>,
}

hidden_debug!(ProtocolApplied);

/// A vaccine as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Immunization {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<ImmunizationStatus>,
    /// `statusReason`: why it was not given.
    pub status_reason: Option<CodeableConcept>,
    /// `vaccineCode`.
    pub vaccine_code: Option<CodeableConcept>,
    /// `patient`.
    pub patient: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `occurrence[x]`.
    pub occurrence: Option<When>,
    /// `recorded`.
    pub recorded: Option<FhirTime>,
    /// `primarySource`: told by those who gave it.
    pub primary_source: Option<bool>,
    /// `reportOrigin`: told by whom else.
    pub report_origin: Option<CodeableConcept>,
    /// `location`.
    pub location: Option<Party>,
    /// `manufacturer`.
    pub manufacturer: Option<Party>,
    /// `lotNumber`.
    pub lot_number: Option<String>,
    /// `expirationDate`.
    pub expiration_date: Option<FhirTime>,
    /// `site`.
    pub site: Option<CodeableConcept>,
    /// `route`.
    pub route: Option<CodeableConcept>,
    /// `doseQuantity`.
    pub dose: Option<Quantity>,
    /// `performer`.
    pub performers: Vec<ImmunizationPerformer>,
    /// `reasonCode`.
    pub reasons: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `isSubpotent`: it may not count as a full dose.
    pub is_subpotent: Option<bool>,
    /// `subpotentReason`.
    pub subpotent_reasons: Vec<CodeableConcept>,
    /// `reaction`.
    pub reactions: Vec<ImmunizationReaction>,
    /// `protocolApplied`.
    pub protocols: Vec<ProtocolApplied>,
}

const CVX_SYSTEMS: [&str; 2] = ["http://hl7.org/fhir/sid/cvx", "urn:oid:2.16.840.1.113883.12.292"];

impl Immunization {
    /// The vaccine's CVX code.
    #[must_use]
    pub fn cvx(&self) -> Option<&str> {
        let is_cvx =
            |system: &str| CVX_SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system.trim_end_matches('/')));
        let codings = &self.vaccine_code.as_ref()?.codings;
        codings.iter().filter(|coding| coding.system.as_deref().is_some_and(is_cvx)).find_map(|c| c.code.as_deref())
    }
}

const REACTION: &[Rule<ImmunizationReaction, Said>] = &[
    rule("date", "immunization.reaction.date", |r| r.date.tell()),
    rule("detail", "immunization.reaction.detail", |r| r.detail.tell()),
    rule("reported", "immunization.reaction.reported", |r| r.reported.tell()),
];

const PROTOCOL: &[Rule<ProtocolApplied, Said>] = &[
    rule("series", "immunization.protocol.series", |p| p.series.tell()),
    rule("targetDisease", "immunization.protocol.target-disease", |p| p.target_diseases.tell()),
    rule("doseNumber", "immunization.protocol.dose-number", |p| p.dose_number.tell()),
    rule("seriesDoses", "immunization.protocol.series-doses", |p| p.series_doses.tell()),
    rule("authority", "immunization.protocol.authority", |p| p.authority.tell()),
];

impl Clinical for Immunization {
    const TYPE: &'static str = "Immunization";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("occurrence", "immunization.time.occurrence", |i| i.occurrence.iter().cloned().collect()),
            rule("recorded", "immunization.time.recorded", |i| at(&i.recorded)),
        ],
        facts: &[
            rule("statusReason", "immunization.fact.status-reason", |i| i.status_reason.tell()),
            rule("protocolApplied", "immunization.fact.protocol", |i| groups(PROTOCOL, &i.protocols)),
            rule("doseQuantity", "immunization.fact.dose", |i| i.dose.tell()),
            rule("site", "immunization.fact.site", |i| i.site.tell()),
            rule("route", "immunization.fact.route", |i| i.route.tell()),
            rule("reasonCode", "immunization.fact.reason", |i| i.reasons.tell()),
            rule("manufacturer", "immunization.fact.manufacturer", |i| i.manufacturer.tell()),
            rule("lotNumber", "immunization.fact.lot-number", |i| i.lot_number.tell()),
            rule("expirationDate", "immunization.fact.expiration-date", |i| i.expiration_date.tell()),
            rule("isSubpotent", "immunization.fact.is-subpotent", |i| i.is_subpotent.tell()),
            rule("subpotentReason", "immunization.fact.subpotent-reason", |i| i.subpotent_reasons.tell()),
            rule("primarySource", "immunization.fact.primary-source", |i| i.primary_source.tell()),
            rule("reportOrigin", "immunization.fact.report-origin", |i| i.report_origin.tell()),
            rule("reaction", "immunization.fact.reaction", |i| groups(REACTION, &i.reactions)),
        ],
        roles: &[
            rule("performer", "immunization.role.performer", |i| i.performers.iter().map(performer).collect()),
            rule("location", "immunization.role.location", |i| plainly(&i.location)),
        ],
        links: &[
            rule("encounter", "immunization.link.encounter", |i| i.encounter.iter().cloned().collect()),
            rule("reasonReference", "immunization.link.reason", |i| i.reason_references.clone()),
            rule("reaction", "immunization.link.reaction", |i| {
                i.reactions.iter().filter_map(|reaction| reaction.detail.clone()).collect()
            }),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let party = |part: &Object<'_>, name: &str| parties_in(resource, part, name).into_iter().next();
        let performer = |performer: &Object<'_>| ImmunizationPerformer {
            function: concept(performer, "function"),
            actor: party(performer, "actor"),
        };
        let reaction = |reaction: &Object<'_>| ImmunizationReaction {
            date: time(reaction, "date"),
            detail: party(reaction, "detail"),
            reported: boolean(reaction, "reported"),
        };
        let protocol = |protocol: &Object<'_>| ProtocolApplied {
            series: text(protocol, "series"),
            target_diseases: concepts(protocol, "targetDisease"),
            dose_number: Said::choice(protocol, "doseNumber"),
            series_doses: Said::choice(protocol, "seriesDoses"),
            authority: party(protocol, "authority"),
        };
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            status_reason: concept(resource, "statusReason"),
            vaccine_code: concept(resource, "vaccineCode"),
            patient: one(resource, "patient"),
            encounter: party(resource, "encounter"),
            occurrence: When::choice(resource, "occurrence"),
            recorded: time(resource, "recorded"),
            primary_source: boolean(resource, "primarySource"),
            report_origin: concept(resource, "reportOrigin"),
            location: party(resource, "location"),
            manufacturer: party(resource, "manufacturer"),
            lot_number: text(resource, "lotNumber"),
            expiration_date: time(resource, "expirationDate"),
            site: concept(resource, "site"),
            route: concept(resource, "route"),
            dose: one(resource, "doseQuantity"),
            performers: resource.objects("performer").iter().map(performer).collect(),
            reasons: concepts(resource, "reasonCode"),
            reason_references: parties_in(resource, resource, "reasonReference"),
            is_subpotent: boolean(resource, "isSubpotent"),
            subpotent_reasons: concepts(resource, "subpotentReason"),
            reactions: resource.objects("reaction").iter().map(reaction).collect(),
            protocols: resource.objects("protocolApplied").iter().map(protocol).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(&self.vaccine_code)
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn none_known(&self) -> Option<NoneKnown> {
        self.vaccine_code.as_ref().and_then(NoneKnown::of)
    }

    fn more_word_ids() -> Vec<String> {
        [word_ids::<ImmunizationStatus>(), labels(REACTION), labels(PROTOCOL)].concat()
    }
}

fn performer(performer: &ImmunizationPerformer) -> Participation {
    Participation { party: performer.actor.clone(), described: performer.function.tell(), period: None, absent: None }
}

clinical!(Immunization);
