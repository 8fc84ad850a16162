//! Lakeside, in this process: signing in through the browser's steps, and getting the charts.

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, PoisonError};

use plainchart::{
    Basis, CancelToken, Confirmation, ConnectRequest, OfferView, PersonId, PersonView, Plainchart, PlainchartError,
    Progress, ProgressListener, Relation, SignInStep, SyncOptions, SyncReport, Window,
};
use plainchart_sandbox::{Fault, RetryAfter, Rule, Sandbox, SandboxOptions};

use crate::app::App;
use crate::dates;
use crate::failure::Failure;
use crate::page::{Page, Style, Text};
use crate::progress;
use crate::show;
use crate::terminal;

/// Who signs in at the hospital's page.
const READER: &str = "rosa";
/// Whose charts, by the hospital's logins, in the order of the story; the last two are her father and her son.
pub const PEOPLE: [&str; 3] = ["rosa", "aurelio", "mateo"];
/// The father's lease ends by itself.
const WEEKS: i64 = 10;
const WEEK_MS: i64 = 7 * 86_400_000;
/// The hospital is busy once, so that the wait is a real one.
const BUSY_SECONDS: u32 = 2;
/// No browser comes back here: the page's answer is handed over in this process.
const REDIRECT: &str = "http://127.0.0.1:1/callback";
const NAME: usize = 8;

/// A running hospital.
pub struct Hospital {
    sandbox: Sandbox,
}

impl Hospital {
    /// # Errors
    /// `Internal` if it does not start.
    pub fn open() -> Result<Self, Failure> {
        let sandbox =
            Sandbox::start_blocking(SandboxOptions::default()).map_err(|_| PlainchartError::internal("sandbox"))?;
        Ok(Self { sandbox })
    }

    /// Its certificate authority, PEM.
    pub fn certificate(&self) -> String {
        self.sandbox.ca_pem().unwrap_or_default().to_owned()
    }

    /// Closes its port and every connection.
    pub fn switch_off(&self) {
        self.sandbox.stop();
    }

    /// Three sign-ins of one reader: her own chart and two that she helps with.
    pub async fn sign_everyone_in(
        &self,
        app: &mut App,
        store: &Plainchart,
        cancel: &CancelToken,
    ) -> Result<Vec<PersonId>, Failure> {
        let until_ms = app.now_ms() + WEEKS * WEEK_MS;
        let mut people = Vec::new();
        for (login, relation) in PEOPLE.into_iter().zip([
            Relation::Own,
            Relation::Helper { basis: Basis::PowerOfAttorney, until_ms: Some(until_ms) },
            Relation::Helper { basis: Basis::Parent, until_ms: None },
        ]) {
            people.push(self.sign_in(store, login, relation, cancel).await?);
        }
        let views = people.iter().map(|person| store.person(person)).collect::<Result<Vec<_>, _>>()?;
        let now_ms = app.now_ms();
        let described: Vec<String> = views.iter().map(|view| described(view, now_ms)).collect();
        let page = &mut app.output.page;
        if let Some(reader) = described.first() {
            page.text(format!("{reader}, reads her own chart, and helps her father and her son."))?;
        }
        let widest = described.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        for (name, view) in described.iter().zip(&views) {
            let line = Text::default().and("✓ ", Style::Marked).and("signed in   ", Style::Plain);
            let gap = " ".repeat(widest - name.chars().count() + 3);
            page.indented(
                line.and(name, Style::Strong).and(format!("{gap}{}", show::reads_as(&view.reader)), Style::Plain),
                2,
                4,
            )?;
        }
        Ok(people)
    }

    async fn sign_in(
        &self,
        store: &Plainchart,
        login: &str,
        relation: Relation,
        cancel: &CancelToken,
    ) -> Result<PersonId, Failure> {
        let request = ConnectRequest {
            base: self.sandbox.base(),
            client_id: "plainchart-demo".to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            scope: None,
        };
        let url = store.begin_sign_in(&request, cancel).await?;
        let offer = self.offer(store, url.as_str(), login, cancel).await?;
        let patient = offer.candidates.first().ok_or(PlainchartError::internal("demo.offer"))?.patient.clone();
        let connected = store.confirm(&offer.id, &Confirmation { patient, relation, person: None })?;
        Ok(store.find_person(&connected.person.id)?)
    }

    async fn offer(
        &self,
        store: &Plainchart,
        url: &str,
        login: &str,
        cancel: &CancelToken,
    ) -> Result<OfferView, Failure> {
        let approve =
            |url: &str| self.sandbox.approve(url, READER, login).map_err(|_| PlainchartError::internal("demo.page"));
        match store.complete_sign_in(&approve(url)?, cancel).await? {
            SignInStep::Offer(offer) => Ok(offer),
            SignInStep::OpenBrowser(url) => match store.complete_sign_in(&approve(url.as_str())?, cancel).await? {
                SignInStep::Offer(offer) => Ok(offer),
                SignInStep::OpenBrowser(_) => Err(PlainchartError::internal("demo.scope").into()),
            },
        }
    }

    /// Gets all charts; answers how many seconds the hospital made us wait.
    pub async fn get_the_charts(
        &self,
        app: &mut App,
        store: &Plainchart,
        people: &[PersonId],
        cancel: &CancelToken,
    ) -> Result<u64, Failure> {
        app.output.page.text("Getting the charts. Each page is locked on disk before the next is asked for.")?;
        let mut waited = 0;
        for (number, person) in people.iter().enumerate() {
            // In her own chart: what a sync costs is not told of a chart that is read for someone else.
            if number == 0 {
                let busy = Fault::Status { code: 429, retry_after: Some(RetryAfter::Seconds(BUSY_SECONDS)) };
                self.sandbox.faults().add(Rule::new(busy).on_type("Observation").times(1));
            }
            let name = first_name(&store.person(person)?);
            let teller = Arc::new(Bar::new(app.output.is_json(), &name));
            let listener: Arc<dyn ProgressListener> = Arc::clone(&teller) as Arc<dyn ProgressListener>;
            let report = store.sync(person, SyncOptions { full: false }, listener, cancel).await;
            teller.done();
            let report = report?;
            waited += report.waited_seconds;
            say_what_came(&mut app.output.page, store, person, &name, &report)?;
        }
        Ok(waited)
    }
}

fn described(person: &PersonView, now_ms: i64) -> String {
    let age = person.birth_date.as_deref().and_then(|born| dates::age(born, dates::today(now_ms)));
    let age = age.map(|age| format!(", {age}")).unwrap_or_default();
    format!("{}{age}", show::name_of(person))
}

fn first_name(person: &PersonView) -> String {
    show::name_of(person).split_whitespace().next().unwrap_or_default().to_owned()
}

fn say_what_came(
    page: &mut Page,
    store: &Plainchart,
    person: &PersonId,
    name: &str,
    report: &SyncReport,
) -> Result<(), Failure> {
    let counted = Window { offset: 0, limit: 0 };
    let (notes, results) = (store.notes(person, counted)?.total, store.results(person, counted)?.total);
    let bar = "█".repeat(bar_width(page.width()));
    let text = Text::plain(format!("{name:NAME$}  "))
        .and(bar, Style::Marked)
        .and(format!("  {notes:>3} notes  {results:>4} results"), Style::Plain);
    page.indented(text, 2, NAME + 4)?;
    if report.waited_seconds > 0 {
        let seconds = u32::try_from(report.waited_seconds).unwrap_or(u32::MAX);
        page.indented(progress::waiting("Lakeside", seconds), NAME + 4, NAME + 4)?;
    }
    for (reason, count) in &report.reasons {
        page.indented(show::set_aside(reason, *count), NAME + 4, NAME + 4)?;
    }
    Ok(())
}

const fn bar_width(width: usize) -> usize {
    if width >= 60 { 20 } else { 6 }
}

/// A bar that grows on a terminal; elsewhere only its end is written.
struct Bar {
    name: String,
    page: Option<Mutex<Page>>,
}

impl Bar {
    fn new(is_json: bool, name: &str) -> Self {
        let is_terminal = if is_json { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let out: Box<dyn io::Write + Send> = if is_json { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
        let page = is_terminal.then(|| Mutex::new(Page::new(out, terminal::width(), false)));
        Self { name: name.to_owned(), page }
    }

    fn done(&self) {
        if let Some(page) = &self.page {
            let _ = page.lock().unwrap_or_else(PoisonError::into_inner).clear_passing();
        }
    }
}

impl ProgressListener for Bar {
    fn progress(&self, progress: &Progress) -> Result<(), PlainchartError> {
        let Some(page) = &self.page else { return Ok(()) };
        let mut page = page.lock().unwrap_or_else(PoisonError::into_inner);
        let wide = bar_width(page.width());
        let (done, what) = match progress {
            Progress::Fetching { resource_type, done, total } => {
                (total.map_or(0, |total| wide as u64 * done / total.max(1)), progress::plain_type(resource_type))
            }
            Progress::Bodies { done, total } => (wide as u64 * done / (*total).max(1), "text of notes".to_owned()),
            Progress::Waiting { seconds } => (0, progress::waiting("Lakeside", *seconds)),
        };
        let full = usize::try_from(done).unwrap_or(wide).min(wide);
        let line = format!("  {:NAME$}  {}{}  {what}", self.name, "█".repeat(full), "░".repeat(wide - full));
        // A bar that cannot be drawn is no reason to stop.
        let _ = page.passing(&line);
        Ok(())
    }
}
