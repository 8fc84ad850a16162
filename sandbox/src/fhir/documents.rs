//! What becomes of a document after it was written: amended, superseded, entered in error.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::owner::target;
use super::resource::Resource;
use super::store::{Lookup, Store, StoreError};
use crate::clock::instant;

/// The member that holds a type's attachments, and whether an attachment is a member of its items.
const ATTACHMENTS: [(&str, &str, bool); 2] =
    [("DocumentReference", "content", true), ("DiagnosticReport", "presentedForm", false)];

const VERIFICATION: [(&str, &str); 2] = [
    ("Condition", "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
    ("AllergyIntolerance", "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"),
];

impl Store {
    /// Replaces one member of a resource by this JSON text; the others keep theirs. A new version.
    pub fn set(&self, resource_type: &str, id: &str, member: &str, json: &str) -> Result<u64, StoreError> {
        let value = RawValue::from_string(json.to_owned())?;
        self.put_resource(self.current(resource_type, id)?.with(member, &value), None)
    }

    /// New words for a DocumentReference or DiagnosticReport, at the same id and, where the words lie in a Binary, at
    /// the same URL. `docStatus` or the report's `status` is `amended`. Only the first rendition stays: the others
    /// would hold the old words.
    pub fn amend(&self, resource_type: &str, id: &str, words: impl AsRef<[u8]>) -> Result<u64, StoreError> {
        let document = self.current(resource_type, id)?;
        let document = self.with_words(document, resource_type, words.as_ref(), None)?;
        let member = if resource_type == "DocumentReference" { "docStatus" } else { "status" };
        self.put_resource(document.with(member, "amended"), None)
    }

    /// A new DocumentReference `new_id` that replaces this one (`relatesTo`), dated now; the old one stays, its status
    /// `superseded`. Returns the version of the new one.
    pub fn supersede(&self, id: &str, new_id: &str, words: impl AsRef<[u8]>) -> Result<u64, StoreError> {
        let of = "DocumentReference";
        let old = self.current(of, id)?;
        let new = old.clone().with("id", new_id);
        let new = self.with_words(new, of, words.as_ref(), Some(new_id))?;
        let replaces = json!([{"code": "replaces", "target": {"reference": format!("{of}/{id}")}}]);
        let new = new.with("status", "current").with("docStatus", "final").with("relatesTo", &replaces);
        let number = self.put_resource(new.with("date", &instant(self.now())), None)?;
        self.put_resource(old.with("status", "superseded"), None)?;
        Ok(number)
    }

    /// Says that a resource should never have been: what is left of it is its type, its id and the status
    /// `entered-in-error`. It still belongs to whom it belonged, and searches find it by what it was.
    pub fn enter_in_error(&self, resource_type: &str, id: &str) -> Result<u64, StoreError> {
        self.current(resource_type, id)?;
        let stub = Resource::new(resource_type, id);
        let system = VERIFICATION.iter().find(|(of, _)| *of == resource_type);
        let stub = match (system, resource_type) {
            (Some((_, system)), _) => {
                stub.with("verificationStatus", &json!({"coding": [{"system": system, "code": "entered-in-error"}]}))
            }
            (None, "Goal") => stub.with("lifecycleStatus", "entered-in-error"),
            (None, _) => stub.with("status", "entered-in-error"),
        };
        self.put_version(stub, None, true)
    }

    fn current(&self, resource_type: &str, id: &str) -> Result<Resource, StoreError> {
        match self.look_up(resource_type, id) {
            Lookup::Found(found) => Ok(Resource::parse(&found.body.text)?),
            _ => Err(StoreError::Missing),
        }
    }

    /// The document with other words in its first attachment. `copy`: a Binary is not changed, a new one is made for
    /// the document of that id.
    fn with_words(
        &self,
        document: Resource,
        resource_type: &str,
        words: &[u8],
        copy: Option<&str>,
    ) -> Result<Resource, StoreError> {
        let place = ATTACHMENTS.iter().find(|(of, ..)| *of == resource_type);
        let (_, member, nested) = place.ok_or(StoreError::NoAttachment)?;
        let items = document.get(member).ok_or(StoreError::NoAttachment)?;
        let mut item = items.get(0).cloned().ok_or(StoreError::NoAttachment)?;
        let attachment = if *nested { item.get_mut("attachment") } else { Some(&mut item) };
        let attachment = attachment.and_then(Value::as_object_mut).ok_or(StoreError::NoAttachment)?;
        self.write_words(attachment, words, copy)?;
        Ok(document.with(member, &json!([item])))
    }

    fn write_words(
        &self,
        attachment: &mut Map<String, Value>,
        words: &[u8],
        copy: Option<&str>,
    ) -> Result<(), StoreError> {
        let data = BASE64_STANDARD.encode(words);
        let hash = BASE64_STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, words));
        attachment.insert("size".into(), words.len().into());
        attachment.insert("hash".into(), hash.into());
        let url = attachment.get("url").and_then(Value::as_str).and_then(target).map(|(_, id)| id.to_owned());
        let Some(binary) = url else {
            attachment.insert("data".into(), data.into());
            return Ok(());
        };
        let bytes = self.current("Binary", &binary)?.with("data", &data);
        let bytes = match copy {
            None => bytes,
            Some(document) => {
                let new = format!("{document}-file");
                attachment.insert("url".into(), format!("Binary/{new}").into());
                let context = json!({"reference": format!("DocumentReference/{document}")});
                bytes.with("id", &new).with("securityContext", &context)
            }
        };
        self.put_resource(bytes, None).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn store() -> Store {
        let store = Store::new(Clock::default());
        for json in [
            r#"{"resourceType":"DocumentReference","id":"d","status":"current","subject":{"reference":"Patient/p"},"x":1.50,"content":[{"attachment":{"contentType":"text/plain","url":"Binary/b"}},{"attachment":{"data":"AA=="}}]}"#,
            r#"{"resourceType":"Binary","id":"b","contentType":"text/plain","securityContext":{"reference":"DocumentReference/d"},"data":"b2xk"}"#,
            r#"{"resourceType":"DiagnosticReport","id":"r","status":"final","category":[{"coding":[{"code":"LAB"}]}],"subject":{"reference":"Patient/p"},"presentedForm":[{"contentType":"text/plain","data":"b2xk"}]}"#,
            r#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"}}"#,
        ] {
            store.put(json).unwrap();
        }
        store
    }

    fn value(store: &Store, resource_type: &str, id: &str) -> Value {
        serde_json::from_str(&store.get(resource_type, id).unwrap()).unwrap()
    }

    #[test]
    fn amended_words_come_at_the_same_url_and_the_rest_keeps_its_digits() {
        let store = store();
        assert_eq!(store.amend("DocumentReference", "d", "new").unwrap(), 2);
        let document = value(&store, "DocumentReference", "d");
        let attachment = &document["content"][0]["attachment"];
        assert_eq!((attachment["url"].as_str(), attachment["size"].as_u64()), (Some("Binary/b"), Some(3)));
        assert_eq!(
            (document["docStatus"].as_str(), document["content"].as_array().unwrap().len()),
            (Some("amended"), 1)
        );
        assert!(store.get("DocumentReference", "d").unwrap().contains("1.50"));
        assert_eq!(value(&store, "Binary", "b")["data"], BASE64_STANDARD.encode("new"));
        store.amend("DiagnosticReport", "r", "new").unwrap();
        let report = value(&store, "DiagnosticReport", "r");
        assert_eq!(
            (report["status"].as_str(), report["presentedForm"][0]["size"].as_u64()),
            (Some("amended"), Some(3))
        );
        assert!(matches!(store.amend("Condition", "c", "new"), Err(StoreError::NoAttachment)));
        assert!(matches!(store.amend("DocumentReference", "none", "new"), Err(StoreError::Missing)));
    }

    #[test]
    fn a_superseding_document_points_to_the_old_one_which_keeps_its_words() {
        let store = store();
        store.supersede("d", "e", "new").unwrap();
        let (old, new) = (value(&store, "DocumentReference", "d"), value(&store, "DocumentReference", "e"));
        assert_eq!((old["status"].as_str(), new["status"].as_str()), (Some("superseded"), Some("current")));
        assert_eq!(new["relatesTo"][0]["target"]["reference"], "DocumentReference/d");
        assert_eq!(value(&store, "Binary", "b")["data"], "b2xk");
        assert_eq!(value(&store, "Binary", "e-file")["data"], BASE64_STANDARD.encode("new"));
        assert_eq!(store.ids("Binary", "p"), ["b", "e-file"]);
    }

    #[test]
    fn entered_in_error_leaves_id_and_status_only() {
        let store = store();
        for (resource_type, id, status) in [
            ("DiagnosticReport", "r", "/status"),
            ("Condition", "c", "/verificationStatus/coding/0/code"),
            ("DocumentReference", "d", "/status"),
        ] {
            store.enter_in_error(resource_type, id).unwrap();
            let stub = value(&store, resource_type, id);
            assert_eq!(stub.pointer(status).unwrap(), "entered-in-error");
            assert_eq!(stub.as_object().unwrap().len(), 4, "{stub}");
            assert_eq!(store.ids(resource_type, "p"), [id]);
            store.enter_in_error(resource_type, id).unwrap();
            let Lookup::Found(found) = store.look_up(resource_type, id) else { panic!("missing") };
            assert!(found.body.indexed().get("subject").is_some(), "a stub of a stub is found by what the first was");
        }
    }
}
