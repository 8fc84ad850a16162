//! Signing in through the reader's own browser, and the question that follows (A9).

use std::io::Write;

use plainchart::{
    Basis, CancelToken, Candidate, Confirmation, ConnectRequest, Connected, OfferView, PersonId, Plainchart,
    PlainchartError, Relation, SignInStep, Url,
};
use serde::Serialize;

use crate::app::{App, Servers, cancel_on_interrupt, runtime};
use crate::arguments::Connect;
use crate::browser;
use crate::dates;
use crate::failure::{Failure, exit};
use crate::loopback::Loopback;
use crate::page::Text;
use crate::terminal;

/// Pages at the hospital in one sign-in: a second one asks for fewer scopes.
const MOST_PAGES: usize = 3;
const DAY_MS: i64 = 86_400_000;

#[derive(Serialize)]
struct Authorize<'u> {
    authorize_url: &'u str,
}

pub fn run(app: &mut App, asked: &Connect) -> Result<(), Failure> {
    let servers = Servers::asked(asked.ca.as_deref(), asked.allow_http_loopback)?;
    let (store, keystore) = app.open_trusting(&servers)?;
    let person = asked.person.as_deref().map(|text| store.find_person(text)).transpose()?;
    let runtime = runtime()?;
    let cancel = cancel_on_interrupt(&runtime);
    let connected = runtime.block_on(sign_in(app, asked, &store, person, &cancel))?;
    servers.remember(&keystore)?;
    if app.output.is_json() {
        app.output.json(&connected)?;
    } else {
        say_connected(app, &connected)?;
    }
    Ok(store.close()?)
}

async fn sign_in(
    app: &mut App,
    asked: &Connect,
    store: &Plainchart,
    person: Option<PersonId>,
    cancel: &CancelToken,
) -> Result<Connected, Failure> {
    let door = Loopback::open(asked.redirect_port).await?;
    let request = ConnectRequest {
        base: asked.base.clone(),
        client_id: asked.client_id.clone(),
        redirect_uri: door.redirect_uri(),
        scope: asked.scope.clone(),
    };
    let url = store.begin_sign_in(&request, cancel).await?;
    if !asked.yes && !terminal::can_ask() {
        app.note("Nobody can be asked here who this is, so nothing will be kept. Add --yes to accept whoever the hospital names.")?;
    }
    show_page(app, asked, &url)?;
    for _ in 0..MOST_PAGES {
        let browser = door.browser(cancel).await?;
        match store.complete_sign_in(&browser.url, cancel).await {
            Ok(SignInStep::Offer(offer)) => {
                browser.welcome().await;
                return settle(app, asked, store, person, offer).await;
            }
            Ok(SignInStep::OpenBrowser(url)) => {
                announce(app, &url)?;
                browser.send_to(url.as_str()).await;
            }
            Err(error) => {
                browser.explain(&error.sentence()).await;
                return Err(error.into());
            }
        }
    }
    Err(PlainchartError::server("sign_in.pages").into())
}

fn show_page(app: &mut App, asked: &Connect, url: &Url) -> Result<(), Failure> {
    announce(app, url)?;
    if !asked.no_browser && !browser::show(url.as_str()) {
        app.note("No browser could be opened from here. Please open the address yourself.")?;
    }
    Ok(())
}

fn announce(app: &mut App, url: &Url) -> Result<(), Failure> {
    if app.output.is_json() {
        return app.output.json(&Authorize { authorize_url: url.as_str() });
    }
    app.output.page.text("Sign in at the hospital's own page, in your browser:")?;
    // As one word on one line, so that it can be copied.
    app.output.page.raw_line(url.as_str())?;
    app.output.page.text(Text::quiet("Waiting for you to come back. Ctrl-C stops."))?;
    Ok(app.output.page.flush()?)
}

/// Nothing is kept before somebody said who this is.
async fn settle(
    app: &mut App,
    asked: &Connect,
    store: &Plainchart,
    person: Option<PersonId>,
    offer: OfferView,
) -> Result<Connected, Failure> {
    match decide(app, asked, &offer) {
        Ok(Some((patient, relation))) => Ok(store.confirm(&offer.id, &Confirmation { patient, relation, person })?),
        Ok(None) => {
            store.decline(&offer.id).await?;
            Err(PlainchartError::Cancelled.into())
        }
        Err(failure) => {
            // The hospital is told too; that it cannot be told changes nothing here.
            let _ = store.decline(&offer.id).await;
            Err(failure)
        }
    }
}

fn decide(app: &App, asked: &Connect, offer: &OfferView) -> Result<Option<(String, Relation)>, Failure> {
    let chosen = match &asked.patient {
        Some(wanted) => Some(offer.candidates.iter().find(|candidate| candidate.patient == *wanted)),
        None if offer.candidates.len() == 1 => Some(offer.candidates.first()),
        None => None,
    };
    if chosen == Some(None) {
        return Err(PlainchartError::invalid("patient").into());
    }
    if asked.yes {
        let Some(Some(candidate)) = chosen else {
            app.note("The sign-in reaches several patients. Say which with --patient:")?;
            for candidate in &offer.candidates {
                app.note(&format!("  {}  {}", candidate.patient, described(candidate)))?;
            }
            return Err(PlainchartError::invalid("patient").into());
        };
        let relation = match candidate.is_reader {
            Some(false) => Relation::Helper { basis: Basis::Helper, until_ms: None },
            Some(true) | None => Relation::Own,
        };
        return Ok(Some((candidate.patient.clone(), relation)));
    }
    if !terminal::can_ask() {
        let sentence = "Nobody said who this is, so nothing was kept. Add --yes to accept whoever the hospital names.";
        return Err(Failure::said(exit::NOT_DONE, sentence));
    }
    let candidate = match chosen {
        Some(Some(candidate)) => candidate,
        _ => match pick_candidate(app, offer)? {
            Some(candidate) => candidate,
            None => return Ok(None),
        },
    };
    Ok(ask_relation(app, candidate, &offer.source)?.map(|relation| (candidate.patient.clone(), relation)))
}

fn pick_candidate<'o>(app: &App, offer: &'o OfferView) -> Result<Option<&'o Candidate>, Failure> {
    if offer.candidates.is_empty() {
        return Err(PlainchartError::server("no_patient").into());
    }
    app.note(&format!("{} shares these charts with you:", offer.source))?;
    for (number, candidate) in offer.candidates.iter().enumerate() {
        app.note(&format!("  {}  {}", number + 1, described(candidate)))?;
    }
    app.note(&format!("  {}  none of these: keep nothing", offer.candidates.len() + 1))?;
    Ok(offer.candidates.get(terminal::pick("Which one?", offer.candidates.len() + 1)?))
}

fn described(candidate: &Candidate) -> String {
    let name = candidate.name.as_deref().unwrap_or("a person without a name");
    let born = candidate.birth_date.as_deref().map(|born| format!(", born {}", dates::day(born))).unwrap_or_default();
    Text::plain(format!("{name}{born}")).0.into_iter().map(|piece| piece.text).collect()
}

/// "Is this you, or do you help this person?" Helping is never refused.
fn ask_relation(app: &App, candidate: &Candidate, source: &str) -> Result<Option<Relation>, Failure> {
    app.note(&format!("{source} shares the chart of {}.", described(candidate)))?;
    app.note("Is this you, or do you help this person?\n  1  this is me\n  2  I help this person\n  3  neither: keep nothing")?;
    match terminal::pick("1, 2 or 3?", 3)? {
        0 => return Ok(Some(Relation::Own)),
        1 => {}
        _ => return Ok(None),
    }
    app.note("Many hospitals have a sign-in of their own for those who help. Ask for \"proxy access\" there.")?;
    app.note("How do you help?\n  1  as a parent\n  2  as a legal guardian\n  3  with a power of attorney for health care\n  4  this person asked me to\n  5  in another way")?;
    let bases = [Basis::Parent, Basis::Guardian, Basis::PowerOfAttorney, Basis::PatientsPermission, Basis::Helper];
    let basis = bases.get(terminal::pick("1 to 5?", bases.len())?).copied().unwrap_or(Basis::Helper);
    let until_ms = loop {
        let answer = terminal::ask("Until which day, like 2027-02-01? Press Enter for no end:")?;
        if answer.is_empty() {
            break None;
        }
        match dates::end_of_day(&answer).filter(|until_ms| *until_ms > app.now_ms()) {
            Some(until_ms) if until_ms < app.now_ms() + 100 * 366 * DAY_MS => break Some(until_ms),
            _ => writeln!(std::io::stderr(), "Please type a day to come, like 2027-02-01.")?,
        }
    };
    Ok(Some(Relation::Helper { basis, until_ms }))
}

fn say_connected(app: &mut App, connected: &Connected) -> Result<(), Failure> {
    let name = connected.person.name.as_deref().unwrap_or("this person");
    let page = &mut app.output.page;
    page.text(format!("Connected: {name}. Nothing of the chart is here yet. `plainchart sync` gets it."))?;
    page.rows(&[(Text::quiet("id"), connected.person.id.as_str().into())], 2)?;
    if !connected.not_granted.is_empty() {
        page.text(format!("The hospital did not grant: {}.", connected.not_granted.join(", ")))?;
    }
    Ok(())
}
