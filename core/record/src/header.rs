//! What every resource tells about itself: which it is, which version, whose, how it may be shown.

use crate::element::Object;
use crate::error::RecordError;
use crate::redact::hidden_debug;
use crate::sensitivity::SecurityLabels;
use crate::subject::Subject;
use crate::time::FhirTime;

/// Members that say what or whose a resource is. Twice the same would let two readers see two patients.
const IDENTITY: [&str; 7] = ["resourceType", "id", "meta", "subject", "patient", "status", "contained"];

/// The header of one resource of any type, known or unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// `resourceType`.
    pub resource_type: String,
    /// `id`; absent in what was never on a server.
    pub id: Option<String>,
    /// `meta.versionId`.
    pub version_id: Option<String>,
    /// `meta.lastUpdated`.
    pub last_updated: Option<FhirTime>,
    /// `meta.security` and `securityLabel`, of the resource and of what it contains.
    pub security: SecurityLabels,
    /// `status`, as a code.
    pub status: Option<String>,
    /// `status` or `verificationStatus` says that it was entered in error (D4).
    pub entered_in_error: bool,
    /// Whose it says it is (A9).
    pub subject: Subject,
    /// `meta.tag` says SUBSETTED: elements were left out, so that it must not replace a whole one.
    pub subsetted: bool,
}

hidden_debug!(Header);

/// Reads the header of a resource.
///
/// # Errors
/// Not a JSON object, no `resourceType`, or [`RecordError::DuplicateMember`].
pub fn read_header(raw: &str) -> Result<Header, RecordError> {
    let resource = Object::parse(raw)?;
    resource.refuse_duplicates(&IDENTITY)?;
    let resource_type = resource.token("resourceType").ok_or(RecordError::NoResourceType)?;
    let meta = resource.object("meta");
    let in_meta = |name: &str| meta.as_ref().and_then(|meta| meta.token(name));
    let mut security = SecurityLabels::default();
    security.add_from(&resource);
    for contained in resource.objects("contained") {
        security.add_from(&contained);
    }
    let status = resource.token("status");
    Ok(Header {
        id: resource.token("id"),
        version_id: in_meta("versionId"),
        last_updated: meta.as_ref().and_then(|meta| meta.time("lastUpdated")),
        security,
        entered_in_error: status.as_deref() == Some("entered-in-error") || verified_as_error(&resource),
        status,
        subject: Subject::of(&resource_type, &resource),
        subsetted: meta.is_some_and(|meta| meta.objects("tag").iter().any(is_subsetted)),
        resource_type,
    })
}

/// Condition and AllergyIntolerance say it in a concept of their own, Goal in a status of its own.
fn verified_as_error(resource: &Object<'_>) -> bool {
    let says = |code: Option<String>| code.as_deref() == Some("entered-in-error");
    let concepts = resource.objects("verificationStatus");
    says(resource.token("lifecycleStatus"))
        || concepts.iter().flat_map(|concept| concept.objects("coding")).any(|coding| says(coding.token("code")))
}

fn is_subsetted(tag: &Object<'_>) -> bool {
    tag.token("code").as_deref() == Some("SUBSETTED")
}
