//! A C-CDA document that was brought in (N1): whom it is about, and the DocumentReference and the Patient that we make of
//! its header. Both are kept apart by a `fullUrl` of ours; the document's own bytes are their body, whole and as they came.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainchart_document::DocumentError;
use plainchart_document::ccda::{
    Concept, DocumentRelation, Header, Hl7Time, InstanceIdentifier, Participation, PersonName, RecordTarget,
    RelatedDocument, read_header,
};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Map, Value, json};

use super::likeness::Likeness;
use crate::stored::digest_of;

/// Code systems of HL7 version 3 that FHIR names otherwise.
const SYSTEMS: &[(&str, &str)] = &[
    ("2.16.840.1.113883.6.1", "http://loinc.org"),
    ("2.16.840.1.113883.5.25", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"),
    ("2.16.840.1.113883.5.4", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
    ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
];
const CONFIDENTIALITY: &str = "2.16.840.1.113883.5.25";
/// Security observations that are about handling or integrity label nothing as private.
const LABELLING: [&str; 2] = ["SECCLASSOBS", "SECCATOBS"];
/// Earlier versions of a set that a document takes the place of.
const MOST_VERSIONS: u64 = 50;
/// Media type of the body.
pub const MEDIA_TYPE: &str = "text/xml";

/// A C-CDA document with its header.
pub struct ClinicalDocument {
    /// As it came.
    pub bytes: Vec<u8>,
    header: Header,
    digest: String,
}

impl ClinicalDocument {
    /// Reads the header. `None`: it is no C-CDA document.
    ///
    /// # Errors
    /// It is one, and is over a bound or cannot be read.
    pub fn read(bytes: Vec<u8>) -> Result<Option<Self>, DocumentError> {
        match read_header(&bytes) {
            Ok(header) => Ok(Some(Self { digest: digest_of(&bytes), header, bytes })),
            Err(DocumentError::UnsupportedFormat { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same for finding out whom it is about; a folder may hold many.
    pub fn without_bytes(self) -> Self {
        Self { bytes: Vec::new(), ..self }
    }

    /// Whom it is about, each by what tells people apart.
    pub fn about(&self) -> Vec<Likeness> {
        self.header.patients.iter().map(likeness).collect()
    }

    /// SHA-256 of the bytes, first 16 in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// `fullUrl` of the DocumentReference made of it.
    pub fn full_url(&self) -> String {
        format!("urn:plainchart:document:{}", self.digest)
    }

    /// A Patient of what the document says of the person that it is about.
    pub fn patient(&self, id: &str) -> String {
        let mut patient = Map::new();
        patient.insert("resourceType".to_owned(), json!("Patient"));
        patient.insert("id".to_owned(), json!(id));
        if let [target] = self.header.patients.as_slice() {
            put_list(&mut patient, "identifier", target.ids.iter().filter_map(identifier).collect());
            put_list(&mut patient, "name", target.names.iter().map(human_name).collect());
            put(&mut patient, "birthDate", target.birth_time.as_ref().and_then(date));
            put(&mut patient, "gender", target.gender.as_ref().and_then(gender));
        }
        let keeper = self.header.custodian.as_ref().map(|name| json!({ "display": name }));
        put(&mut patient, "managingOrganization", keeper);
        Value::Object(patient).to_string()
    }

    /// The DocumentReference. `subject`: the address of its patient. The same document always gives the same text.
    pub fn document_reference(&self, subject: &str) -> String {
        let header = &self.header;
        let mut document = Map::new();
        document.insert("resourceType".to_owned(), json!("DocumentReference"));
        let labels = self.labels();
        if !labels.is_empty() {
            document.insert("meta".to_owned(), json!({ "security": labels }));
        }
        put(&mut document, "language", header.language.as_ref().map(|language| json!(language)));
        put(&mut document, "masterIdentifier", header.id.as_ref().and_then(identifier));
        let set = header.set_id.as_ref().zip(header.version_number);
        put_list(&mut document, "identifier", set.map(|(set, version)| of_set(set, version)).into_iter().collect());
        document.insert("status".to_owned(), json!("current"));
        put(&mut document, "type", header.code.as_ref().and_then(concept));
        document.insert("subject".to_owned(), json!({ "reference": subject }));
        put(&mut document, "date", header.effective_time.as_ref().and_then(date_time));
        put_list(&mut document, "author", header.authors.iter().filter_map(party).collect());
        put(&mut document, "authenticator", header.legal_authenticator.as_ref().and_then(party));
        put(&mut document, "custodian", header.custodian.as_ref().map(|name| json!({ "display": name })));
        put_list(&mut document, "relatesTo", self.relations());
        put(&mut document, "description", header.title.as_ref().map(|title| json!(title)));
        let mut attachment = Map::new();
        attachment.insert("contentType".to_owned(), json!(MEDIA_TYPE));
        put(&mut attachment, "language", header.language.as_ref().map(|language| json!(language)));
        attachment.insert("size".to_owned(), json!(self.bytes.len()));
        let hash = STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.bytes).as_ref());
        attachment.insert("hash".to_owned(), json!(hash));
        put(&mut attachment, "title", header.title.as_ref().map(|title| json!(title)));
        document.insert("content".to_owned(), json!([{ "attachment": attachment }]));
        if let Some(visit) = &header.encompassing_encounter {
            let mut period = Map::new();
            put(&mut period, "start", visit.effective_time.low.as_ref().and_then(date_time));
            put(&mut period, "end", visit.effective_time.high.as_ref().and_then(date_time));
            if !period.is_empty() {
                document.insert("context".to_owned(), json!({ "period": period }));
            }
        }
        Value::Object(document).to_string()
    }

    /// Labels of the document and of every section in it: the strictest counts for the whole (N4).
    fn labels(&self) -> Vec<Value> {
        let sections = &self.header.sections;
        let of_sections = sections.iter().flat_map(|section| &section.confidentiality);
        let levels = self.header.confidentiality.iter().chain(of_sections).filter_map(|level| {
            let system = level.system.as_deref().unwrap_or(CONFIDENTIALITY);
            level.code.as_ref().map(|code| json!({ "system": system_of(system), "code": code }))
        });
        let observed = sections.iter().flat_map(|section| &section.labels);
        let observed = observed.filter(|label| LABELLING.contains(&label.observation.as_str()));
        let observed = observed.filter_map(|label| coding(&label.value));
        let mut labels: Vec<Value> = Vec::new();
        for label in levels.chain(observed) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }

    /// What the document replaces, adds to or was made from: by the other's id, or its place in its set; and the
    /// earlier versions of its own set.
    fn relations(&self) -> Vec<Value> {
        let mut relations: Vec<Value> = Vec::new();
        let mut add = |code: &str, number: Option<Value>| {
            let Some(number) = number else { return };
            let text = |member: &str| number.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            let target = format!("DocumentReference?identifier={}|{}", text("system"), text("value"));
            let relation = json!({ "code": code, "target": { "reference": target, "identifier": number } });
            if !relations.contains(&relation) {
                relations.push(relation);
            }
        };
        for RelatedDocument { relation, ids, set_id, version_number } in &self.header.related_documents {
            let code = match relation {
                DocumentRelation::Replaces => "replaces",
                DocumentRelation::Appends => "appends",
                DocumentRelation::Transforms => "transforms",
                DocumentRelation::Other => continue,
            };
            ids.iter().for_each(|id| add(code, identifier(id)));
            if let Some((set, version)) = set_id.as_ref().zip(*version_number) {
                add(code, Some(of_set(set, version)));
            }
        }
        if let Some((set, version)) = self.header.set_id.as_ref().zip(self.header.version_number) {
            for earlier in (version.saturating_sub(MOST_VERSIONS)..version).rev() {
                add("replaces", Some(of_set(set, earlier)));
            }
        }
        relations
    }
}

fn put(object: &mut Map<String, Value>, member: &str, value: Option<Value>) {
    if let Some(value) = value {
        object.insert(member.to_owned(), value);
    }
}

fn put_list(object: &mut Map<String, Value>, member: &str, values: Vec<Value>) {
    put(object, member, (!values.is_empty()).then_some(Value::Array(values)));
}

/// Root and extension as FHIR has them; a root alone is a number by itself.
fn identifier(id: &InstanceIdentifier) -> Option<Value> {
    let root = id.root.as_deref().map(str::trim).filter(|root| !root.is_empty())?;
    let system = uri_of(root);
    Some(match id.extension.as_deref().map(str::trim).filter(|extension| !extension.is_empty()) {
        Some(extension) => json!({ "system": system, "value": extension }),
        None => json!({ "system": "urn:ietf:rfc3986", "value": system }),
    })
}

/// A version's number within its set. The name of the set is a digest: it may hold what an address cannot.
fn of_set(set: &InstanceIdentifier, version: u64) -> Value {
    let text = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_lowercase();
    let name = json!([text(&set.root), text(&set.extension)]).to_string();
    json!({ "system": format!("urn:plainchart:set:{}", digest_of(name.as_bytes())), "value": version.to_string() })
}

/// OID or UUID as an address.
fn uri_of(root: &str) -> String {
    let is_oid = root.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    format!("urn:{}:{}", if is_oid { "oid" } else { "uuid" }, root.to_ascii_lowercase())
}

fn system_of(system: &str) -> String {
    let known = SYSTEMS.iter().find(|(oid, _)| *oid == system.trim());
    known.map_or_else(|| uri_of(system.trim()), |(_, name)| (*name).to_owned())
}

fn coding(concept: &Concept) -> Option<Value> {
    let mut coding = Map::new();
    coding.insert("code".to_owned(), json!(concept.code.as_ref()?));
    put(&mut coding, "system", concept.system.as_deref().map(|system| json!(system_of(system))));
    put(&mut coding, "display", concept.display.as_ref().map(|display| json!(display)));
    Some(Value::Object(coding))
}

fn concept(concept: &Concept) -> Option<Value> {
    let coding = coding(concept);
    match (coding, &concept.display) {
        (Some(coding), Some(display)) => Some(json!({ "coding": [coding], "text": display })),
        (Some(coding), None) => Some(json!({ "coding": [coding] })),
        (None, Some(display)) => Some(json!({ "text": display })),
        (None, None) => None,
    }
}

fn gender(concept: &Concept) -> Option<Value> {
    let code = match concept.code.as_deref()? {
        "M" => "male",
        "F" => "female",
        "UN" => "other",
        _ => return None,
    };
    Some(json!(code))
}

fn human_name(name: &PersonName) -> Value {
    let mut human = Map::new();
    let name_use = match name.name_use.as_deref() {
        Some("L" | "OR" | "C") => Some("official"),
        Some("P") => Some("nickname"),
        _ => None,
    };
    put(&mut human, "use", name_use.map(|name_use| json!(name_use)));
    put(&mut human, "text", name.text.as_ref().map(|text| json!(text)));
    if !name.family.is_empty() {
        human.insert("family".to_owned(), json!(name.family.join(" ")));
    }
    for (member, parts) in [("given", &name.given), ("prefix", &name.prefix), ("suffix", &name.suffix)] {
        put_list(&mut human, member, parts.iter().map(|part| json!(part)).collect());
    }
    Value::Object(human)
}

/// A name in one line.
fn shown(name: &PersonName) -> Option<String> {
    let parts = [&name.prefix, &name.given, &name.family, &name.suffix];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    if parts.is_empty() { name.text.clone() } else { Some(parts.join(" ")) }
}

/// Who did something: the person, else the program, else the organization.
fn party(participation: &Participation) -> Option<Value> {
    let person = participation.names.iter().find_map(shown);
    let name = person.or_else(|| participation.device.clone()).or_else(|| participation.organization.clone())?;
    Some(json!({ "display": name }))
}

/// As FHIR writes it, no finer than it was written. An hour alone is no time in FHIR: the day is told.
fn date_time(time: &Hl7Time) -> Option<Value> {
    let parts = time.parts?;
    let mut text = format!("{:04}", parts.year);
    for part in [parts.month, parts.day].into_iter().map_while(|part| part) {
        text.push_str(&format!("-{part:02}"));
    }
    if let (Some(hour), Some(minute)) = (parts.hour, parts.minute) {
        text.push_str(&format!("T{hour:02}:{minute:02}"));
        if let Some(second) = parts.second {
            text.push_str(&format!(":{second:02}"));
        }
        match parts.offset_minutes {
            Some(0) => text.push('Z'),
            Some(offset) => {
                let (sign, minutes) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
                text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
            None => {}
        }
    }
    Some(json!(text))
}

/// The day of a time of birth.
fn date(time: &Hl7Time) -> Option<Value> {
    let text = date_time(time)?;
    Some(json!(text.as_str()?.split('T').next()?))
}

fn likeness(target: &RecordTarget) -> Likeness {
    let mut likeness = Likeness::default();
    for id in &target.ids {
        if let Some(number) = identifier(id).filter(|_| id.extension.is_some()) {
            let text = |member: &str| number.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            likeness.add_id(&text("system"), &text("value"));
        }
    }
    for name in &target.names {
        let given = name.given.first().map(String::as_str);
        likeness.add_name(given, Some(name.family.join(" ").as_str()), name.text.as_deref());
    }
    likeness.born = target.birth_time.as_ref().and_then(date).and_then(|date| date.as_str().map(str::to_owned));
    likeness
}
