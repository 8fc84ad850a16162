//! Servers that do not keep to the standard: one that only listens, and a SMART server whose every answer can be set.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// A request as it came.
#[derive(Clone)]
pub struct Heard {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Everything: request line, headers, body.
    pub whole: String,
}

impl Heard {
    /// Without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// An answer to be given.
#[derive(Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// Other headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// 200 with JSON.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::of(200, "application/fhir+json", value.to_string().into_bytes())
    }

    /// Any answer.
    #[must_use]
    pub fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: content_type.to_owned(), headers: Vec::new(), body: body.into() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Answer = dyn Fn(&Heard) -> Reply + Send + Sync;

/// A server on loopback that remembers all it hears.
pub struct Listener {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    stop: Arc<AtomicBool>,
}

impl Listener {
    /// Starts one.
    ///
    /// # Panics
    /// If there is no port.
    #[must_use]
    pub fn start(answer: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (into, stopped, answer): (_, _, Arc<Answer>) = (Arc::clone(&heard), Arc::clone(&stop), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (into, answer) = (Arc::clone(&into), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &into, answer.as_ref()));
            }
        });
        Self { port, heard, stop }
    }

    /// One that answers everything with an empty object.
    #[must_use]
    pub fn silent() -> Self {
        Self::start(|_| Reply::json(&json!({})))
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(mut stream: TcpStream, into: &Mutex<Vec<Heard>>, answer: &Answer) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let Some(heard) = hear(&mut stream) else { return };
    into.lock().unwrap_or_else(PoisonError::into_inner).push(heard.clone());
    let reply = answer(&heard);
    let mut head = format!("HTTP/1.1 {} Strange\r\ncontent-type: {}\r\n", reply.status, reply.content_type);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", reply.body.len()));
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&reply.body);
}

fn hear(stream: &mut TcpStream) -> Option<Heard> {
    let mut all = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&all).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                let mut words = text.split(' ');
                let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
                return Some(Heard { method, target, whole: text });
            }
        }
        let read = stream.read(&mut buffer).ok()?;
        if read == 0 {
            return None;
        }
        all.extend_from_slice(&buffer[..read]);
    }
}

/// A SMART server at `/fhir` that gives tokens to everyone and has one patient, `p1`. Each answer can be replaced.
pub struct StrangeHospital {
    listener: Listener,
    answers: Arc<Mutex<BTreeMap<String, Reply>>>,
}

/// What its tokens are: also to be looked for where they must not be.
pub const ACCESS_TOKEN: &str = "access-Vexillum-51d0";
/// Its refresh token.
pub const REFRESH_TOKEN: &str = "refresh-Ostrakon-77aa";

impl StrangeHospital {
    /// Starts one that behaves.
    #[must_use]
    pub fn start() -> Self {
        let answers: Arc<Mutex<BTreeMap<String, Reply>>> = Arc::default();
        let known = Arc::clone(&answers);
        let listener = Listener::start(move |heard| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(heard.path()).cloned().unwrap_or_else(|| Reply::of(404, "text/html", "<h1>Not found</h1>"))
        });
        let hospital = Self { listener, answers };
        let origin = hospital.origin();
        hospital.set("/fhir/.well-known/smart-configuration", Reply::json(&hospital.configuration()));
        hospital.set("/.well-known/openid-configuration", Reply::json(&hospital.openid_configuration()));
        hospital.set("/jwks", Reply::json(&json!({"keys": []})));
        hospital.set("/token", Reply::json(&hospital.tokens()));
        hospital.set("/fhir/Patient/p1", Reply::json(&patient("p1")));
        for resource_type in ["DocumentReference", "Observation"] {
            let link = format!("{origin}/fhir/{resource_type}");
            let empty = json!({
                "resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self", "url": link}]
            });
            hospital.set(&format!("/fhir/{resource_type}"), Reply::json(&empty));
        }
        hospital
    }

    /// Replaces the answer to a path.
    pub fn set(&self, path: &str, reply: Reply) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), reply);
    }

    /// Changes its SMART configuration.
    pub fn configure(&self, change: impl FnOnce(&mut Value)) {
        let mut configuration = self.configuration();
        change(&mut configuration);
        self.set("/fhir/.well-known/smart-configuration", Reply::json(&configuration));
    }

    /// Changes its token answer.
    pub fn give(&self, change: impl FnOnce(&mut Value)) {
        let mut tokens = self.tokens();
        change(&mut tokens);
        self.set("/token", Reply::json(&tokens));
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.listener.origin()
    }

    /// The FHIR base.
    #[must_use]
    pub fn base(&self) -> String {
        format!("{}/fhir", self.origin())
    }

    /// All requests so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.listener.heard()
    }

    fn configuration(&self) -> Value {
        let origin = self.origin();
        json!({
            "issuer": origin,
            "authorization_endpoint": format!("{origin}/authorize"),
            "token_endpoint": format!("{origin}/token"),
            "jwks_uri": format!("{origin}/jwks"),
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["launch-standalone", "client-public", "permission-v2"],
        })
    }

    fn openid_configuration(&self) -> Value {
        let origin = self.origin();
        json!({"issuer": origin, "jwks_uri": format!("{origin}/jwks")})
    }

    fn tokens(&self) -> Value {
        json!({
            "access_token": ACCESS_TOKEN, "refresh_token": REFRESH_TOKEN, "token_type": "Bearer",
            "expires_in": 3600, "patient": "p1",
            "scope": "openid fhirUser offline_access launch/patient patient/*.rs",
        })
    }
}

/// A patient with a name that stands nowhere else.
#[must_use]
pub fn patient(id: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "birthDate": "1970-01-02",
        "name": [{"use": "official", "given": ["Odile"], "family": "Marrowby"}]
    })
}

/// The value of a member of an address's query.
#[must_use]
pub fn query(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
