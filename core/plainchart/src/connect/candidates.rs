//! Whose charts a sign-in reaches (A8): the token's patient, else the reader, else ask the server.

use plainchart_auth::{FhirUserKind, Identity, SignedIn, SubjectHint};
use plainchart_record::{JsonLimits, Patient, check, read_bundle};

use super::Candidate;
use crate::cancel::CancelToken;
use crate::error::{NotPermittedReason, PlainchartError};
use crate::net::{Answer, FHIR_JSON, Request};
use crate::session::Session;

const PATIENT_BYTES: usize = 4 << 20;
/// A picker longer than this is not a picker.
const MOST_CANDIDATES: usize = 100;

impl Session {
    pub(super) async fn candidates(
        &self,
        signed_in: &SignedIn,
        cancel: &CancelToken,
    ) -> Result<Vec<Candidate>, PlainchartError> {
        let (path, single) = match signed_in.subject() {
            SubjectHint::FromToken(id) | SubjectHint::FromFhirUser(id) => (format!("Patient/{id}"), Some(id)),
            SubjectHint::Ask => ("Patient".to_owned(), None),
        };
        let answer = self.get_at_sign_in(signed_in, &path, cancel).await?;
        let text = check(&answer.body, &JsonLimits::PAGE).map_err(|_| PlainchartError::server("broken_json"))?;
        let raws: Vec<&str> = match &single {
            Some(_) => vec![text],
            None => {
                let bundle = read_bundle(text).map_err(|_| PlainchartError::server("not_a_bundle"))?;
                bundle.entries.iter().filter_map(|entry| entry.raw).take(MOST_CANDIDATES).collect()
            }
        };
        let candidates: Vec<Candidate> = raws.into_iter().filter_map(|raw| candidate(raw, signed_in)).collect();
        if single.is_some_and(|id| candidates.iter().any(|candidate| candidate.patient != id)) {
            return Err(PlainchartError::server("wrong_patient"));
        }
        Ok(candidates)
    }

    async fn get_at_sign_in(
        &self,
        signed_in: &SignedIn,
        path: &str,
        cancel: &CancelToken,
    ) -> Result<Answer, PlainchartError> {
        let url = signed_in.base.resolve_for_token(path)?;
        // EXPOSE: the request goes to the base it was checked against.
        let token = signed_in.tokens.access_token().expose();
        let request = Request::get(url, FHIR_JSON, PATIENT_BYTES).with_bearer(token);
        let answer = self.http.send(request, cancel).await?;
        match answer.status {
            200..=299 => Ok(answer),
            401 | 403 => Err(PlainchartError::NotPermitted { reason: NotPermittedReason::Forbidden }),
            429 | 503 => Err(PlainchartError::ServerBusy { retry_after_seconds: None }),
            _ => Err(PlainchartError::server("status")),
        }
    }
}

fn candidate(raw: &str, signed_in: &SignedIn) -> Option<Candidate> {
    let patient = Patient::read(raw).ok()?;
    let id = patient.id.clone()?;
    Some(Candidate {
        name: patient.display_name(),
        birth_date: patient.birth_date.map(|date| date.text),
        is_reader: is_reader(&id, &signed_in.identity),
        patient: id,
        raw: raw.to_owned(),
    })
}

/// Whether the reader is this patient, as far as a verified identity tells (A8). Never told from a name.
fn is_reader(patient: &str, identity: &Identity) -> Option<bool> {
    let Identity::Verified(reader) = identity else { return None };
    let user = reader.fhir_user.as_ref()?;
    Some(user.kind == FhirUserKind::Patient && user.at_base && user.id == patient)
}
