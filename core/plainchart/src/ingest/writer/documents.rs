//! What a document brings with it: wants for the bodies it names, and the end of the bodies it no longer names.

use plainchart_access::Classes;
use plainchart_record::document_reference::Content;
use plainchart_record::read_header;

use super::super::attachments::attachments_of;
use super::super::bodies::{BodyHeader, BodyState, body_name, contained_binary, differs};
use super::super::names::type_of;
use super::super::places::Place;
use super::super::wants::{Want, fetchable};
use super::ChartWriter;
use crate::error::PlainchartError;
use crate::stored::{join, tree};

impl ChartWriter<'_> {
    /// The bodies of a document that is new or changed are wanted. A former body stays only while the document says that
    /// the file is the same one, so that an old text is never shown as the new one (D4).
    pub(super) fn renew_bodies(
        &mut self,
        key: &str,
        raw: &str,
        now: &Place,
        before: Option<&Place>,
    ) -> Result<(), PlainchartError> {
        // What never should have been there loses its files (D4).
        let in_error = read_header(raw).is_ok_and(|header| header.entered_in_error);
        let contents = if in_error { Vec::new() } else { attachments_of(type_of(key), raw) };
        let fresh = fetchable(key, &now.digest, &contents);
        if let Some(before) = before {
            let former = self.former_bodies(key, before)?;
            let stays = |old: &&Want| {
                let same = |new: &Want| {
                    (new.index, &new.url, &new.hash, new.size) == (old.index, &old.url, &old.hash, old.size)
                };
                before.classes == now.classes && fresh.iter().any(same)
            };
            let kept: Vec<usize> = former.iter().filter(stays).map(|want| want.index).collect();
            let known = former.iter().map(|want| want.index).chain(contents.iter().map(|content| content.index));
            let scope = self.store.scope(self.chart, before.classes)?;
            for index in known.filter(|index| !kept.contains(index)) {
                self.batch.delete_value(scope, tree::tree(tree::BODIES), body_name(key, index).as_bytes());
            }
        }
        self.wants.remove_all(self.store, &mut self.batch, key)?;
        let is_coming = |want: &Want| self.bodies.iter().any(|body| body.document == key && body.index == want.index);
        let (_, wanted): (Vec<Want>, Vec<Want>) = fresh.into_iter().partition(is_coming);
        for want in wanted {
            self.wants.add(self.store, &mut self.batch, now.classes, want)?;
        }
        self.keep_contained_bodies(key, raw, now, &contents)
    }

    /// The bodies of the version of a document that is in the vault, as they were wanted.
    fn former_bodies(&self, key: &str, before: &Place) -> Result<Vec<Want>, PlainchartError> {
        let Some((stored, _)) = self.read_stored(key, before)? else { return Ok(Vec::new()) };
        Ok(fetchable(key, &before.digest, &attachments_of(type_of(key), &stored.raw)))
    }

    fn keep_contained_bodies(
        &mut self,
        key: &str,
        raw: &str,
        place: &Place,
        contents: &[Content],
    ) -> Result<(), PlainchartError> {
        for content in contents.iter().filter(|content| content.attachment.data_length.is_none()) {
            let attachment = &content.attachment;
            let Some(binary) = attachment.url.as_deref().and_then(|url| contained_binary(raw, url)) else { continue };
            let media_type = binary.media_type.or(attachment.media_type.clone());
            let header = BodyHeader {
                state: BodyState::Here,
                content_type: media_type.map(|media_type| media_type.essence),
                received_ms: self.now_ms,
                differs: differs(attachment.size, attachment.hash.as_deref(), &binary.bytes),
                version: Some(place.digest.clone()),
            };
            let value = join(&header, &binary.bytes)?;
            let scope = self.store.scope(self.chart, place.classes)?;
            let name = body_name(key, content.index);
            self.batch.put_value(scope, tree::tree(tree::BODIES), name.as_bytes(), &value);
        }
        Ok(())
    }

    pub(super) fn want_lost_bodies(
        &mut self,
        key: &str,
        digest: &str,
        raw: &str,
        classes: Classes,
    ) -> Result<(), PlainchartError> {
        for want in fetchable(key, digest, &attachments_of(type_of(key), raw)) {
            let name = body_name(key, want.index);
            if !self.wants.has(key, want.index)
                && self.store.value(&self.chart, classes, tree::BODIES, &name)?.is_none()
            {
                self.wants.add(self.store, &mut self.batch, classes, want)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plainchart_access::ChartId;
    use plainchart_record::Patient;
    use plainchart_record::ownership::KnownPatient;
    use plainchart_vault::MemoryKeystore;

    use super::super::super::{Incoming, Landed, Outcome, body_name};
    use super::*;
    use crate::store::{ChartScope, Store};
    use crate::stored::StoredResource;

    const BASE: &str = "https://h.example/fhir";

    struct Room {
        _folder: tempfile::TempDir,
        store: Store,
        chart: ChartScope,
        patient: KnownPatient,
    }

    fn room() -> Room {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("store"), Arc::new(MemoryKeystore::new())).unwrap();
        let patient = Patient::read(r#"{"resourceType":"Patient","id":"7"}"#).unwrap();
        let chart = ChartScope::of(&ChartId::from_bytes([7; 16]));
        Room { _folder: folder, store, chart, patient: KnownPatient::new(BASE, &patient) }
    }

    impl Room {
        fn writer(&self) -> ChartWriter<'_> {
            ChartWriter::new(&self.store, self.chart, BASE, Classes::ALL, 1).unwrap()
        }

        fn take(&self, raw: &str) -> Outcome {
            let mut writer = self.writer();
            let incoming = Incoming { raw, full_url: None, referred_to: false };
            let outcome = writer.take(incoming, &self.patient).unwrap();
            self.store.commit(self.chart, writer.take_batch().unwrap()).unwrap();
            outcome
        }

        fn body(&self, index: usize) -> Option<Vec<u8>> {
            self.store
                .value(&self.chart, Classes::NONE, tree::BODIES, &body_name("DocumentReference/d", index))
                .unwrap()
        }

        fn arrive(&self, index: usize) {
            let mut writer = self.writer();
            let header = BodyHeader {
                state: BodyState::Here,
                content_type: None,
                received_ms: 1,
                differs: false,
                version: None,
            };
            writer.put_body("DocumentReference/d", index, header, b"old".to_vec()).unwrap();
            writer.settle("DocumentReference/d", index).unwrap();
            self.store.commit(self.chart, writer.take_batch().unwrap()).unwrap();
        }
    }

    fn note(status: &str, attachments: &str) -> String {
        format!(
            r##"{{"resourceType":"DocumentReference","id":"d","docStatus":"{status}","subject":{{"reference":"Patient/7"}},
            "contained":[{{"resourceType":"Binary","id":"in","contentType":"text/plain","data":"PGI+"}}],
            "content":[{attachments}]}}"##
        )
    }

    /// Proves D4: a former text is never the text of an amended note; one that is the same file stays until it comes.
    #[test]
    fn an_amended_note_loses_its_former_text() {
        let room = room();
        let (one, other) =
            (r#"{"attachment":{"url":"Binary/1","size":3}}"#, r#"{"attachment":{"url":"Binary/2","hash":"a"}}"#);
        room.take(&note("final", &format!("{one},{other}")));
        assert_eq!(room.writer().wants().count(), 2);
        room.arrive(0);
        room.arrive(1);
        assert_eq!(room.writer().wants().count(), 0);
        room.take(&note("amended", &format!("{},{other}", one.replace('3', "4"))));
        assert!(room.body(0).is_none() && room.body(1).is_some());
        let writer = room.writer();
        let wanted: Vec<_> = writer.wants().map(|(_, want)| (want.index, want.size)).collect();
        assert_eq!(wanted, [(0, Some(4)), (1, None)], "both are fetched again");
        let labelled = note("amended", other).replacen(
            "{",
            r#"{"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"#,
            1,
        );
        room.take(&labelled);
        assert!(room.body(0).is_none() && room.body(1).is_none(), "nothing stays under the former classes");
    }

    /// Proves D4: a document that was entered in error loses its files, and none is asked for.
    #[test]
    fn a_mistake_keeps_no_file() {
        let room = room();
        let attachment = r#"{"attachment":{"url":"Binary/1"}}"#;
        room.take(&note("final", attachment));
        room.arrive(0);
        let mistake = note("entered-in-error", attachment).replace(r#""docStatus""#, r#""status""#);
        room.take(&mistake);
        assert!(room.body(0).is_none());
        assert_eq!(room.writer().wants().count(), 0);
    }

    /// Proves D2: a body inside the document is kept with it, and asked for nowhere.
    #[test]
    fn a_contained_body_is_kept() {
        let room = room();
        room.take(&note("final", r##"{"attachment":{"url":"#in"}},{"attachment":{"url":"#out"}}"##));
        assert!(room.body(0).unwrap().ends_with(b"\n<b>") && room.body(1).is_none());
        assert_eq!(room.writer().wants().count(), 0);
    }

    /// Proves D11: what a source refused rests, also over a restart, and is wanted again when a full walk begins.
    #[test]
    fn a_refused_body_is_wanted_again() {
        let room = room();
        room.take(&note("final", r#"{"attachment":{"url":"Binary/1"}}"#));
        let mut writer = room.writer();
        writer.let_rest("DocumentReference/d", 0).unwrap();
        room.store.commit(room.chart, writer.take_batch().unwrap()).unwrap();
        let mut writer = room.writer();
        assert_eq!(writer.wants().count(), 0);
        writer.wake_wants().unwrap();
        assert_eq!(writer.wants().count(), 1);
    }

    /// Proves D7, D8: a resource past what a row holds, with an id past what a name holds, lands byte for byte.
    #[test]
    fn an_odd_resource_lands() {
        let room = room();
        let odd = |text: &str| {
            let subject = serde_json::json!({ "reference": "Patient/7" });
            let (id, code) = ("i".repeat(3000), serde_json::json!({ "text": "c".repeat(3000) }));
            serde_json::json!({ "resourceType": "Observation", "id": id, "subject": subject, "code": code,
                "valueString": text })
            .to_string()
        };
        let large = odd(&"x".repeat(17 << 20));
        assert_eq!(room.take(&large), Outcome::InChart(Landed::New));
        assert_eq!(room.take(&large), Outcome::InChart(Landed::Unchanged));
        let texts = || {
            let mut texts = Vec::new();
            let visit = &mut |_: &[u8], row: plainchart_vault::Row| {
                let whole =
                    StoredResource::read_whole(&room.store, &room.chart, Classes::NONE, &row.id, &row.bytes).unwrap();
                texts.push(whole.raw);
                Ok(())
            };
            room.store.for_each_row(&room.chart, Classes::NONE, tree::RESOURCES, visit).unwrap();
            texts
        };
        assert!(texts() == [large]);
        let small = odd("small again");
        assert_eq!(room.take(&small), Outcome::InChart(Landed::Updated));
        assert!(texts() == [small]);
    }
}
