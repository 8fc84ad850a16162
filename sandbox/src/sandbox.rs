//! The handle: starts the hospital on a thread of its own, steers it, stops it.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use rustls::ServerConfig;
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::approval::{Approval, ApproveError, approve};
use crate::certificate::certificate;
use crate::clock::Clock;
use crate::connection::Control;
use crate::content::{self, ContentError, MaySee};
use crate::faults::Faults;
use crate::fhir::pages::Pages;
use crate::fhir::search_cache::SearchCache;
use crate::fhir::store::Store;
use crate::front_desk;
use crate::hospital::Hospital;
use crate::listener::Door;
use crate::oauth::grants::Grants;
use crate::oauth::id_token::SigningKeys;
use crate::oauth::sign_in::SignIns;
use crate::options::SandboxOptions;
use crate::profile::Profile;
use crate::request_log::{RequestLog, RequestRecord};
use crate::site::Site;
use crate::{fhir, oauth, steering};

/// Why the hospital did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The port is taken, or no thread could be made.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// The made-up people have a mistake.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// No keys or certificate could be made.
    #[error("cannot make keys: {0}")]
    Keys(String),
}

/// A running hospital. Dropping it stops it.
pub struct Sandbox {
    hospital: Arc<Hospital>,
    ca_pem: Option<String>,
    tls: Option<Arc<ServerConfig>>,
    port: u16,
    running: Mutex<Option<Running>>,
    withdrawn: Mutex<Vec<(String, MaySee)>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// Someone who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub login: String,
    /// Their password.
    pub password: String,
    /// Their name, as shown.
    pub name: String,
    /// Their own Patient id.
    pub patient: String,
    /// Patient ids of the charts they may see for someone else.
    pub may_see: Vec<String>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("base", &self.base()).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// As [`Sandbox::start_blocking`]; starting takes milliseconds and the hospital has a thread and a runtime of its
    /// own either way.
    pub async fn start(options: SandboxOptions) -> Result<Self, StartError> {
        Self::start_blocking(options)
    }

    /// Starts a hospital that listens on 127.0.0.1 when this returns.
    pub fn start_blocking(options: SandboxOptions) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let port = listener.local_addr()?.port();
        let clock = Clock::default();
        let certificate = match options.tls {
            true => Some(
                certificate(&options.site.name, clock.now()).map_err(|error| StartError::Keys(error.to_string()))?,
            ),
            false => None,
        };
        let store = Store::new(clock.clone());
        let people = content::load(&options.people, &store, clock.now())?;
        let origin = if options.tls { format!("https://localhost:{port}") } else { format!("http://127.0.0.1:{port}") };
        let hospital = Arc::new(Hospital {
            origin,
            site: options.site,
            store,
            lifetimes: options.lifetimes,
            clients: options.clients,
            grants: Grants::new(clock.clone(), options.lifetimes),
            sign_ins: SignIns::new(clock.clone(), options.lifetimes),
            pages: Pages::new(clock.clone()),
            search_cache: SearchCache::new(clock.clone()),
            faults: Faults::default(),
            log: RequestLog::default(),
            keys: SigningKeys::generate().map_err(StartError::Keys)?,
            people: RwLock::new(people),
            profile: RwLock::new(Arc::new(options.profile)),
            clock,
        });
        let (ca_pem, tls) = certificate.map_or((None, None), |made| (Some(made.ca_pem), Some(made.server)));
        let sandbox = Self { hospital, ca_pem, tls, port, running: Mutex::default(), withdrawn: Mutex::default() };
        sandbox.run(listener)?;
        Ok(sandbox)
    }

    /// The FHIR base, without a slash at the end: `https://localhost:PORT/fhir/r4`, or the site's own path.
    pub fn base(&self) -> String {
        self.hospital.base()
    }

    /// Its name, paths and look.
    pub fn site(&self) -> &Site {
        &self.hospital.site
    }

    /// Scheme, host and port: `https://localhost:PORT`.
    pub fn origin(&self) -> String {
        self.hospital.origin.clone()
    }

    /// The certificate authority to trust, as PEM; `None` with plain http.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The port it listens on, also after a restart.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What goes wrong, and when.
    pub fn faults(&self) -> Faults {
        self.hospital.faults.clone()
    }

    /// The data, to be read and changed while the hospital runs.
    pub fn store(&self) -> Store {
        self.hospital.store.clone()
    }

    /// The hospital's clock; moving it forward lets codes, tokens and page links expire.
    pub fn clock(&self) -> Clock {
        self.hospital.clock.clone()
    }

    /// Every request so far; `/_sandbox` is left out.
    pub fn log(&self) -> Vec<RequestRecord> {
        self.hospital.log.all()
    }

    /// Forgets the requests so far.
    pub fn clear_log(&self) {
        self.hospital.log.clear();
    }

    /// The most requests that were being answered at one time since the log was cleared.
    pub fn most_requests_at_once(&self) -> usize {
        self.hospital.log.peak()
    }

    /// The hospital's habits as they are now.
    pub fn profile(&self) -> Profile {
        Profile::clone(&self.hospital.profile())
    }

    /// Changes its habits while it runs.
    pub fn set_profile(&self, profile: Profile) {
        self.hospital.set_profile(profile);
    }

    /// Who can log in.
    pub fn logins(&self) -> Vec<Login> {
        let each = self.hospital.people().into_iter();
        each.map(|person| Login {
            may_see: person.may_see.into_iter().map(|seen| seen.patient).collect(),
            login: person.login,
            password: person.password,
            name: person.name,
            patient: person.patient,
        })
        .collect()
    }

    /// Plays the person at the browser: `login` signs in and shares the chart of `patient` (an id or a login; empty:
    /// their own). Returns the URL the browser would be sent to, which may carry an error of the authorization server.
    pub fn approve(&self, authorize_url: &str, login: &str, patient: &str) -> Result<String, ApproveError> {
        let approval = Approval { login: login.to_owned(), patient: patient.to_owned(), ..Approval::default() };
        self.approve_with(authorize_url, &approval)
    }

    /// The same with more to choose: deny, or leave scopes out.
    pub fn approve_with(&self, authorize_url: &str, approval: &Approval) -> Result<String, ApproveError> {
        approve(&self.hospital, authorize_url, approval)
    }

    /// Ends a caregiver's access to a chart (an id or a login): their tokens for it stop working and a new sign-in no
    /// longer offers it. False if there was none.
    pub fn withdraw_access(&self, login: &str, patient: &str) -> bool {
        let patient = self.hospital.patient_id(patient);
        let Some(seen) = self.hospital.withdraw(login, &patient) else { return false };
        self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner).push((login.to_owned(), seen));
        true
    }

    /// Gives back what [`Sandbox::withdraw_access`] took; a new sign-in offers the chart again.
    pub fn restore_access(&self, login: &str, patient: &str) -> bool {
        let patient = self.hospital.patient_id(patient);
        let mut withdrawn = self.withdrawn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = withdrawn.iter().position(|(who, seen)| who == login && seen.patient == patient) else {
            return false;
        };
        let (login, seen) = withdrawn.remove(at);
        self.hospital.give_back(&login, seen)
    }

    /// Ends every grant: refresh answers `invalid_grant`.
    pub fn end_all_grants(&self) -> usize {
        self.hospital.grants.end_where(|_| true)
    }

    /// How many grants hold now.
    pub fn active_grants(&self) -> usize {
        self.hospital.grants.active().len()
    }

    /// Forgets every access token: 401 until the app refreshes.
    pub fn expire_access_tokens(&self) {
        self.hospital.grants.expire_access_tokens();
    }

    /// Closes the port and every connection at once. Data, grants, faults and log stay.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { stop, thread }) = running {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }

    /// Listens again where it did before, with everything it knew. Does nothing while it runs.
    pub fn restart_on_same_port(&self) -> Result<(), StartError> {
        if self.running.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        self.run(TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?)
    }

    fn run(&self, listener: TcpListener) -> Result<(), StartError> {
        let app = app(&self.hospital);
        let tls = self.tls.clone();
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("hospital").enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("hospital-door".to_owned()).spawn(move || {
            runtime.block_on(async {
                let Ok(door) = Door::open(listener, tls) else { return };
                let serving = axum::serve(door, app.into_make_service_with_connect_info::<Control>());
                tokio::select! {
                    _ = serving.into_future() => {}
                    _ = stopped => {}
                }
            });
            // Drops every connection, so that a client sees the hospital gone and not merely silent.
            runtime.shutdown_timeout(Duration::from_millis(500));
        })?;
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(Running { stop, thread });
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

fn app(hospital: &Arc<Hospital>) -> Router {
    Router::new()
        .merge(fhir::routes(hospital))
        .merge(oauth::routes(&hospital.site))
        .merge(steering::routes())
        .fallback(|State(hospital): State<Arc<Hospital>>| async move {
            (StatusCode::NOT_FOUND, format!("The hospital is at {}.", hospital.site.fhir_path))
        })
        .layer(from_fn_with_state(Arc::clone(hospital), front_desk::receive))
        .with_state(Arc::clone(hospital))
}
