//! A small CapabilityStatement.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::read::fhir_answer;
use crate::clock::instant;
use crate::hospital::Hospital;

pub(super) async fn metadata(State(hospital): State<Arc<Hospital>>) -> Response {
    let resources: Vec<_> = hospital
        .types()
        .iter()
        .map(|resource_type| {
            json!({
                "type": resource_type,
                "interaction": [{"code": "read"}, {"code": "vread"}, {"code": "search-type"}],
                "versioning": "versioned"
            })
        })
        .collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": instant(hospital.clock.now()),
        "kind": "instance",
        "software": {"name": "Lakeside Hospital (made up)"},
        "implementation": {"description": "A made-up hospital for tests", "url": hospital.base()},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "security": {
                "service": [{"coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "SMART-on-FHIR"
                }]}],
                "extension": [{
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": [
                        {"url": "authorize", "valueUri": hospital.oauth_url("/authorize")},
                        {"url": "token", "valueUri": hospital.oauth_url("/token")}
                    ]
                }]
            },
            "resource": resources
        }]
    });
    fhir_answer(&hospital, statement.to_string()).into_response()
}
