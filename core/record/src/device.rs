//! `Device`: implants and other devices (D1, P8).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::{Element, Object};
use crate::identifier::ContactPoint;
use crate::member::{code, concept, concepts, one, text, time};
use crate::none_known::NoneKnown;
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::FhirTime;
use crate::when::at;

code_list! {
    /// `Device.status`.
    DeviceStatus = "device.status" {
        Active = "active",
        Inactive = "inactive",
        EnteredInError = "entered-in-error",
        Unknown = "unknown",
    }
}

/// `Device.udiCarrier`: the unique device identifier on its label.
#[derive(Clone, PartialEq, Eq)]
pub struct UdiCarrier {
    /// The part that names the model.
    pub device_identifier: Option<String>,
    /// The whole barcode as people read it.
    pub carrier_hrf: Option<String>,
    /// Who gives such numbers, as a URI.
    pub issuer: Option<String>,
    /// Which law it follows, as a URI.
    pub jurisdiction: Option<String>,
    /// How it was entered: `barcode`, `manual` ...
    pub entry_type: Option<String>,
}

hidden_debug!(UdiCarrier);

impl Element for UdiCarrier {
    fn read(carrier: &Object<'_>) -> Option<Self> {
        let read = Self {
            device_identifier: code(carrier, "deviceIdentifier"),
            carrier_hrf: text(carrier, "carrierHRF"),
            issuer: code(carrier, "issuer"),
            jurisdiction: code(carrier, "jurisdiction"),
            entry_type: code(carrier, "entryType"),
        };
        (read.device_identifier.is_some() || read.carrier_hrf.is_some()).then_some(read)
    }
}

/// `Device.deviceName`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceName {
    /// The name.
    pub name: String,
    /// `user-friendly-name`, `patient-reported-name`, `model-name` ...
    pub kind: Option<String>,
}

hidden_debug!(DeviceName);

impl Element for DeviceName {
    fn read(name: &Object<'_>) -> Option<Self> {
        Some(Self { name: text(name, "name").or_else(|| text(name, "value"))?, kind: code(name, "type") })
    }
}

/// A device as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Device {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<DeviceStatus>,
    /// `statusReason`.
    pub status_reasons: Vec<CodeableConcept>,
    /// `udiCarrier`.
    pub udi_carriers: Vec<UdiCarrier>,
    /// `distinctIdentifier`.
    pub distinct_identifier: Option<String>,
    /// `manufacturer`.
    pub manufacturer: Option<String>,
    /// `manufactureDate`.
    pub manufacture_date: Option<FhirTime>,
    /// `expirationDate`.
    pub expiration_date: Option<FhirTime>,
    /// `lotNumber`.
    pub lot_number: Option<String>,
    /// `serialNumber`.
    pub serial_number: Option<String>,
    /// `deviceName`.
    pub names: Vec<DeviceName>,
    /// `modelNumber`.
    pub model_number: Option<String>,
    /// `partNumber`.
    pub part_number: Option<String>,
    /// `type`.
    pub kind: Option<CodeableConcept>,
    /// `version.value`.
    pub versions: Vec<String>,
    /// `safety`, such as what to know before a scan with magnets.
    pub safety: Vec<CodeableConcept>,
    /// `patient`.
    pub patient: Option<Reference>,
    /// `owner`: who looks after it.
    pub owner: Option<Party>,
    /// `contact`.
    pub contacts: Vec<ContactPoint>,
    /// `location`.
    pub location: Option<Party>,
    /// `parent`: the device that it is a part of.
    pub parent: Option<Party>,
}

/// Which name people know it by, first.
const ORDER_OF_NAMES: [&str; 3] = ["user-friendly-name", "patient-reported-name", "registered-name"];

impl Device {
    /// The name that people know it by, else any other.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        let rank = |name: &DeviceName| {
            let place = |kind: &str| ORDER_OF_NAMES.iter().position(|known| *known == kind);
            name.kind.as_deref().and_then(place).unwrap_or(ORDER_OF_NAMES.len())
        };
        self.names.iter().min_by_key(|name| rank(name)).map(|name| name.name.as_str())
    }
}

const UDI: &[Rule<UdiCarrier, Said>] = &[
    rule("deviceIdentifier", "device.udi.device-identifier", |u| u.device_identifier.tell()),
    rule("carrierHRF", "device.udi.carrier", |u| u.carrier_hrf.tell()),
];

impl Clinical for Device {
    const TYPE: &'static str = "Device";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("manufactureDate", "device.time.manufacture", |d| at(&d.manufacture_date)),
            rule("expirationDate", "device.time.expiration", |d| at(&d.expiration_date)),
        ],
        facts: &[
            rule("type", "device.fact.type", |d| d.kind.tell()),
            rule("statusReason", "device.fact.status-reason", |d| d.status_reasons.tell()),
            rule("manufacturer", "device.fact.manufacturer", |d| d.manufacturer.tell()),
            rule("modelNumber", "device.fact.model-number", |d| d.model_number.tell()),
            rule("partNumber", "device.fact.part-number", |d| d.part_number.tell()),
            rule("serialNumber", "device.fact.serial-number", |d| d.serial_number.tell()),
            rule("lotNumber", "device.fact.lot-number", |d| d.lot_number.tell()),
            rule("distinctIdentifier", "device.fact.distinct-identifier", |d| d.distinct_identifier.tell()),
            rule("udiCarrier", "device.fact.udi", |d| groups(UDI, &d.udi_carriers)),
            rule("version", "device.fact.version", |d| d.versions.tell()),
            rule("safety", "device.fact.safety", |d| d.safety.tell()),
            rule("contact", "device.fact.contact", |d| d.contacts.tell()),
        ],
        roles: &[
            rule("owner", "device.role.owner", |d| plainly(&d.owner)),
            rule("location", "device.role.location", |d| plainly(&d.location)),
        ],
        links: &[rule("parent", "device.link.parent", |d| d.parent.iter().cloned().collect())],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let first = |name: &str| parties_in(resource, resource, name).into_iter().next();
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            status_reasons: concepts(resource, "statusReason"),
            udi_carriers: resource.elements("udiCarrier"),
            distinct_identifier: code(resource, "distinctIdentifier"),
            manufacturer: text(resource, "manufacturer"),
            manufacture_date: time(resource, "manufactureDate"),
            expiration_date: time(resource, "expirationDate"),
            lot_number: text(resource, "lotNumber"),
            serial_number: text(resource, "serialNumber"),
            names: resource.elements("deviceName"),
            model_number: text(resource, "modelNumber"),
            part_number: text(resource, "partNumber"),
            kind: concept(resource, "type"),
            versions: resource.objects("version").iter().filter_map(|version| text(version, "value")).collect(),
            safety: concepts(resource, "safety"),
            patient: one(resource, "patient"),
            owner: first("owner"),
            contacts: resource.elements("contact"),
            location: first("location"),
            parent: first("parent"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        let kind = Title::of(&self.kind);
        match self.display_name() {
            Some(name) => Title { text: Some(name.to_owned()), ..kind },
            None => kind.or_words(self.model_number.as_ref()),
        }
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn none_known(&self) -> Option<NoneKnown> {
        self.kind.as_ref().and_then(NoneKnown::of)
    }

    fn more_word_ids() -> Vec<String> {
        [word_ids::<DeviceStatus>(), labels(UDI)].concat()
    }
}

clinical!(Device);
