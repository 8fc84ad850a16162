//! The habits in which real servers differ, each a switch.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How this hospital behaves. The default is a careful, complete server; tests switch one habit at a time.
/// It can be changed while the hospital runs and read from JSON (members left out keep their default).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Which form of scopes is known (SMART 2.2, `permission-v1` and `permission-v2`).
    pub permission: Permission,
    /// How endpoint URLs stand in the SMART configuration.
    pub endpoints: Writing,
    /// How references and attachment URLs stand in resources.
    pub references: Writing,
    /// The `fhirUser` claim.
    pub fhir_user: FhirUser,
    /// Whether the token answer names the `patient`. If not, there is no picker and a token reaches everyone the
    /// person may see.
    pub patient_in_token: bool,
    /// Types whose search is refused with 400 when it has no `category`.
    pub requires_category: Vec<String>,
    /// Types whose search is refused with 400 when it has none of these parameters: `MedicationRequest` -> `intent`.
    pub requires_one_of: BTreeMap<String, Vec<String>>,
    /// Search parameters that are left out as if unknown, `_revinclude` and other underscored ones too.
    pub ignored_parameters: Vec<String>,
    /// Search parameters that are refused with 400, whatever happens to unknown ones.
    pub refused_parameters: Vec<String>,
    /// What `patient=` is understood as.
    pub patient_parameter: PatientParameter,
    /// How a `category` must be asked for; asked otherwise it is 200 with nothing.
    pub category_token: CategoryToken,
    /// Whether `//` anywhere in a search URL becomes `/` on its way in, as behind some proxies: a system URL that was
    /// not percent-encoded then finds nothing.
    pub collapses_slashes: bool,
    /// Types this hospital does not offer: 404, no scope, not in the capability statement.
    pub types_not_offered: Vec<String>,
    /// Whether `_lastUpdated` is honoured and repeated in `self`.
    pub honours_last_updated: bool,
    /// Whether `_sort` is honoured and repeated in `self`.
    pub honours_sort: bool,
    /// Whether `_count` is honoured and repeated in `self`.
    pub honours_count: bool,
    /// What happens to a search parameter the hospital does not know.
    pub unknown_parameter: UnknownParameter,
    /// Whether every search result holds an OperationOutcome of level information, before the matches.
    pub always_adds_outcome: bool,
    /// Whether matches come with what they refer to though no `_include` was asked.
    pub unasked_includes: bool,
    /// Once a page holds this many bytes of attachments (10 MB at one vendor), further ones stay out of it: no `data`,
    /// no `url`, only an extension. Reading the one resource gives them. 0: always out. `None`: always in.
    pub attachment_bytes_per_page: Option<usize>,
    /// How long the answer to a search is given again to the same question, unless it says `Cache-Control: no-cache`.
    pub search_cache: Option<Duration>,
    /// When `Bundle.total` is given.
    pub total: Total,
    /// Whether later pages come from the list made at the first, or are counted anew each time.
    pub paging: Paging,
    /// What a `next` link looks like.
    pub page_links: PageLinks,
    /// Whether every page but the first holds half of what it could; `self` keeps the `_count` that was asked.
    pub short_pages: bool,
    /// How long a `next` link works; then it answers 410.
    pub page_link_life: Duration,
    /// Page size without `_count`.
    pub page_size: usize,
    /// The largest page, whatever was asked.
    pub max_page_size: usize,
    /// How a Binary is given.
    pub binary: BinaryAnswer,
    /// `Content-Type` of FHIR answers.
    pub media_type: String,
    /// Whether `offline_access` is granted.
    pub offers_offline_access: bool,
    /// How long a replaced refresh token may be sent again as long as its successor was never used.
    /// `None`: a second use ends the whole family at once.
    pub refresh_reuse_grace: Option<Duration>,
    /// Whether an access token goes on working after its grant was ended.
    pub access_outlives_revocation: bool,
    /// How the consent page says no.
    pub deny: DenyAnswer,
    /// `iss` in the callback (RFC 9207).
    pub callback_iss: Claim,
    /// What is wrong with the id_token.
    pub id_token: IdTokenHabit,
    /// The id_token's signature.
    pub signing: Signing,
    /// Whether there is a revocation endpoint.
    pub offers_revocation: bool,
    /// Whether Practitioner, Organization, Location and Medication may be read. If not: 403, though `_include` hands
    /// them over.
    pub shared_types_readable: bool,
    /// Further types whose read is 403, though a search finds them and `_include` hands them over.
    pub unreadable_types: Vec<String>,
    /// Whether `_history` is offered: of a type, of a resource, of a version. If not: 403.
    pub offers_history: bool,
    /// Whether `meta.versionId` and `ETag` are given.
    pub gives_version_id: bool,
    /// Whether `meta.lastUpdated` and `Last-Modified` are given.
    pub gives_last_updated: bool,
    /// Types to which references are conditional: `Practitioner?identifier=system|value`.
    pub conditional_references: Vec<String>,
    /// Types to which references are `urn:uuid:...`, with the same as `fullUrl` when such a resource is in a result.
    pub urn_references: Vec<String>,
    /// Whether resources labelled R or V are kept from caregivers.
    pub withholds_labelled_from_caregivers: bool,
    /// Whether answers are compressed for clients that accept gzip.
    pub gzip: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            permission: Permission::Both,
            endpoints: Writing::Absolute,
            references: Writing::Relative,
            fhir_user: FhirUser::Absolute,
            patient_in_token: true,
            requires_category: Vec::new(),
            requires_one_of: BTreeMap::new(),
            ignored_parameters: Vec::new(),
            refused_parameters: Vec::new(),
            patient_parameter: PatientParameter::Any,
            category_token: CategoryToken::Either,
            collapses_slashes: false,
            types_not_offered: Vec::new(),
            honours_last_updated: true,
            honours_sort: true,
            honours_count: true,
            unknown_parameter: UnknownParameter::Reported,
            always_adds_outcome: false,
            unasked_includes: false,
            attachment_bytes_per_page: None,
            search_cache: None,
            total: Total::Always,
            paging: Paging::Snapshot,
            page_links: PageLinks::Opaque,
            short_pages: false,
            page_link_life: Duration::from_secs(15 * 60),
            page_size: 50,
            max_page_size: 200,
            binary: BinaryAnswer::ByAccept,
            media_type: "application/fhir+json; charset=utf-8".to_owned(),
            offers_offline_access: true,
            refresh_reuse_grace: None,
            access_outlives_revocation: false,
            deny: DenyAnswer::Redirect,
            callback_iss: Claim::Right,
            id_token: IdTokenHabit::Right,
            signing: Signing::Es256,
            offers_revocation: true,
            shared_types_readable: true,
            unreadable_types: Vec::new(),
            offers_history: true,
            gives_version_id: true,
            gives_last_updated: true,
            conditional_references: Vec::new(),
            urn_references: Vec::new(),
            withholds_labelled_from_caregivers: false,
            gzip: true,
        }
    }
}

/// Forms of clinical scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// `patient/Observation.read`
    V1,
    /// `patient/Observation.rs`
    V2,
    /// Either.
    Both,
}

/// How a URL is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Writing {
    /// With scheme and host.
    Absolute,
    /// Without.
    Relative,
}

/// The `fhirUser` claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FhirUser {
    /// `https://.../Patient/1`
    Absolute,
    /// `Patient/1`
    Relative,
    /// No such claim.
    Absent,
}

/// What happens to an unknown search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownParameter {
    /// Left out, and said so in an OperationOutcome entry with search mode `outcome`.
    Reported,
    /// 400.
    Refused,
    /// Left out without a word.
    Ignored,
}

/// When `Bundle.total` is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Total {
    /// On every page.
    Always,
    /// Never.
    Never,
    /// On the last page only.
    LastPage,
}

/// Where later pages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// From the list of ids made at the first page.
    Snapshot,
    /// The search is run again and entries are skipped: changes in between lose or repeat records.
    Offset,
}

/// What a `next` link looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLinks {
    /// `BASE?_page=...`
    Opaque,
    /// `BASE?_getpages=...&_getpagesoffset=...&_count=...`, as HAPI writes them.
    GetPages,
    /// The search itself with `_offset=...` at the end; never expires, and goes with any sign-in. Counted anew,
    /// whatever `paging` says.
    Offset,
}

/// What `patient=` is understood as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatientParameter {
    /// `1`, `Patient/1` and the full URL below this base.
    Any,
    /// `1` only; anything else is 200 with nothing.
    BareId,
}

/// How a `category` must be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CategoryToken {
    /// With or without system.
    Either,
    /// `system|code` only.
    WithSystem,
    /// `code` only.
    WithoutSystem,
}

/// How a Binary is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BinaryAnswer {
    /// FHIR JSON if `Accept` names it first, else the bytes.
    ByAccept,
    /// The bytes, whatever was asked.
    Raw,
    /// FHIR JSON with base64, whatever was asked.
    FhirJson,
}

/// How the consent page says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DenyAnswer {
    /// Redirect with `error=access_denied`.
    Redirect,
    /// A bare 401 with JSON.
    Json,
    /// An HTML page and no redirect.
    Page,
}

/// A value that may be missing or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// As the standard says.
    Right,
    /// Left out.
    Absent,
    /// Another server's.
    Wrong,
}

/// What is wrong with the id_token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdTokenHabit {
    /// Nothing.
    Right,
    /// There is none.
    Absent,
    /// No `nonce`.
    WithoutNonce,
    /// Another `nonce`.
    WrongNonce,
    /// Another `iss`.
    WrongIssuer,
    /// Another `aud`.
    WrongAudience,
    /// `exp` and `iat` two days ago.
    Expired,
    /// `alg` none.
    Unsigned,
    /// A signature over something else.
    BadSignature,
    /// A `kid` that the key set does not have.
    UnknownKey,
}

/// The id_token's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    /// ECDSA on P-256, a key made at start.
    Es256,
    /// RSA, the committed test-only key.
    Rs256,
}
