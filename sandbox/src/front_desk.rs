//! What every request passes: the log, the faults, compression, the `Date`.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::time::sleep;

use crate::clock::http_date;
use crate::connection::{Control, Wire};
use crate::faults::{CutAt, Fault, PageFault, RetryAfter, Seen};
use crate::fhir::refusal::Refusal;
use crate::hospital::Hospital;

/// The path below which the hospital is steered; neither logged nor struck.
pub(crate) const STEERING: &str = "/_sandbox";

/// Smaller answers are not worth compressing.
const WORTH_COMPRESSING: usize = 860;

/// A cut in the middle of a body that is not written yet.
#[derive(Clone, Copy)]
struct CutBody;

/// The outermost layer.
pub(crate) async fn receive(
    State(hospital): State<Arc<Hospital>>,
    ConnectInfo(control): ConnectInfo<Control>,
    mut request: Request,
    next: Next,
) -> Response {
    control.set(Wire::Through);
    let path = request.uri().path().to_owned();
    if path.starts_with(STEERING) {
        return next.run(request).await;
    }
    let (method, query) = (request.method().to_string(), request.uri().query().unwrap_or_default().to_owned());
    let had_authorization = request.headers().contains_key(header::AUTHORIZATION);
    let (number, _in_flight) = hospital.log.begin(&method, &path, &query, had_authorization);
    let accepts_gzip = hospital.profile().gzip && accepts_gzip(&request);

    let resource_type = resource_type(&hospital, request.uri());
    let faults = hospital.faults.strike(&Seen { number, method, path, resource_type });
    let mut response = match before(&hospital, &faults, &mut request, &control).await {
        Some(response) => response,
        None => after(&faults, next.run(request).await).await,
    };
    if accepts_gzip {
        response = compressed(response).await;
    }
    response.headers_mut().entry(header::DATE).or_insert_with(|| {
        HeaderValue::from_str(&http_date(hospital.clock.now())).unwrap_or_else(|_| HeaderValue::from_static(""))
    });
    let lost = faults.iter().any(|fault| matches!(fault, Fault::Cut { at: CutAt::Request | CutAt::Answer }));
    if lost {
        control.set(Wire::Cut);
    } else {
        hospital.log.answered(number, response.status().as_u16());
    }
    if response.extensions().get::<CutBody>().is_some() {
        let length = response.body().size_hint().exact().unwrap_or_default();
        control.set(Wire::CutBody { bytes: usize::try_from(length / 2).unwrap_or_default() });
    }
    for fault in &faults {
        if let Fault::Drip { bytes, every_ms } = fault {
            control.set(Wire::Drip { bytes: *bytes, every: Duration::from_millis(*every_ms) });
        }
    }
    response
}

/// What is read or searched: the first segment below the base, or what a page link is about.
fn resource_type(hospital: &Hospital, uri: &Uri) -> Option<String> {
    let below = uri.path().strip_prefix(&hospital.site.fhir_path)?.trim_start_matches('/');
    if !below.is_empty() {
        let first = below.split('/').next()?;
        return first.starts_with(|c: char| c.is_ascii_uppercase()).then(|| first.to_owned());
    }
    let is_link = |name: &str| name == "_page" || name == "_getpages";
    let (_, link) = url::form_urlencoded::parse(uri.query()?.as_bytes()).find(|(name, _)| is_link(name))?;
    hospital.pages.resource_type(&link)
}

/// Faults that come before anything is done; `Some` is the whole answer.
async fn before(hospital: &Hospital, faults: &[Fault], request: &mut Request, control: &Control) -> Option<Response> {
    for fault in faults {
        match fault {
            Fault::Latency { ms } => sleep(Duration::from_millis(*ms)).await,
            Fault::Cut { at: CutAt::Request } => {
                control.set(Wire::Cut);
                return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
            }
            Fault::Status { code, retry_after } => return Some(status(hospital, request, *code, *retry_after)),
            Fault::LockOut { seconds } => {
                let text = format!("Try in another {seconds} seconds");
                return Some(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "throttled", text).into_response());
            }
            Fault::OauthError { error } => {
                let body = serde_json::json!({"error": error}).to_string();
                let headers = [(header::CONTENT_TYPE, "application/json")];
                return Some((StatusCode::BAD_REQUEST, headers, body).into_response());
            }
            Fault::Redirect { location } => {
                let location = HeaderValue::from_str(location).ok()?;
                return Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response());
            }
            Fault::WrongPatient => drop(request.extensions_mut().insert(PageFault::WrongPatient)),
            Fault::NextLoops => drop(request.extensions_mut().insert(PageFault::Loop)),
            Fault::NextNeverEnds => drop(request.extensions_mut().insert(PageFault::Endless)),
            Fault::NextElsewhere { url } => drop(request.extensions_mut().insert(PageFault::ForeignNext(url.clone()))),
            Fault::Cut { .. }
            | Fault::BrokenJson
            | Fault::ContentType { .. }
            | Fault::Drip { .. }
            | Fault::Oversized { .. } => {}
        }
    }
    None
}

fn status(hospital: &Hospital, request: &Request, code: u16, retry_after: Option<RetryAfter>) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = if request.uri().path().starts_with(&hospital.site.oauth_path) {
        let body = r#"{"error":"temporarily_unavailable"}"#;
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    } else if status == StatusCode::UNAUTHORIZED {
        Refusal::bad_token().into_response()
    } else {
        let issue = if code == 429 { "throttled" } else { "transient" };
        Refusal::new(status, issue, "a fault of the sandbox").into_response()
    };
    let value = retry_after.map(|retry_after| match retry_after {
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::DateIn(seconds) => http_date(hospital.clock.now() + chrono::Duration::seconds(seconds.into())),
    });
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// Faults that spoil an answer.
async fn after(faults: &[Fault], mut response: Response) -> Response {
    for fault in faults {
        match fault {
            Fault::Cut { at: CutAt::Body } => drop(response.extensions_mut().insert(CutBody)),
            Fault::BrokenJson => {
                response = with_body(response, |body| body.slice(..body.len() - body.len() / 3)).await;
            }
            Fault::Oversized { bytes } => {
                response = with_body(response, |body| {
                    let mut padded = body.to_vec();
                    padded.resize((*bytes).max(padded.len()), b' ');
                    padded.into()
                })
                .await;
            }
            Fault::ContentType { value } => {
                if let Ok(value) = HeaderValue::from_str(value) {
                    response.headers_mut().insert(header::CONTENT_TYPE, value);
                }
            }
            _ => {}
        }
    }
    response
}

async fn with_body(response: Response, change: impl FnOnce(Bytes) -> Bytes) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(change(body)))
}

fn accepts_gzip(request: &Request) -> bool {
    let values = request.headers().get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = values.flat_map(|value| value.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next() != Some("q=0")
    })
}

async fn compressed(response: Response) -> Response {
    let worth = response.body().size_hint().exact().is_some_and(|length| length >= WORTH_COMPRESSING as u64);
    if !worth || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let mut response = with_body(response, |body| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory does not fail.
        let _ = encoder.write_all(&body);
        encoder.finish().unwrap_or_default().into()
    })
    .await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}
