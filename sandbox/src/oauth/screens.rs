//! The pages a person sees. No scripts; each field has a label, each page one heading.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::grants::Grant;
use super::sign_in::Request;
use crate::content::Person;
use crate::site::{Look, Site};

const CARD: &str = "
:root { color-scheme: light dark; --edge: #8a94a6; --main: #0b5c6b; --paper: #f4f6f8; --card: #fff; --ink: #16202c; }
@media (prefers-color-scheme: dark) { :root { --main: #5fc3d4; --paper: #10161d; --card: #19222c; --ink: #e8edf2; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; background: var(--paper); color: var(--ink); }
main { max-width: 34rem; margin: 2rem auto; padding: 1.5rem; background: var(--card); border-radius: .75rem; }
header { max-width: 34rem; margin: 2rem auto 0; padding: 0 1.5rem; font-weight: 600; color: var(--main); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
label { display: block; margin: .75rem 0; font-weight: 600; }
label.choice { font-weight: 400; border: 1px solid var(--edge); border-radius: .5rem; padding: .75rem; }
input[type=text], input[type=password] { display: block; width: 100%; font: inherit; padding: .625rem; margin-top: .25rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); color: var(--ink); }
button { font: inherit; padding: .7rem 1.4rem; border-radius: .5rem; border: 2px solid var(--main); background: var(--main); color: var(--card); margin: .75rem .5rem 0 0; cursor: pointer; }
button.no { background: transparent; color: var(--main); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
fieldset { border: 0; padding: 0; margin: 1rem 0; } legend { font-weight: 600; padding: 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .5rem .25rem 0; }
[role=alert] { border-left: 4px solid #c0392b; padding-left: .75rem; }
small, footer { opacity: .8; }
";

const BAR: &str = "
:root { color-scheme: light dark; --edge: #7a6f5d; --main: #7a2e1d; --paper: #fffdf8; --ink: #241d15; --bar: #3b2a1a; }
@media (prefers-color-scheme: dark) { :root { --main: #f0a58f; --paper: #1a1510; --ink: #f2e9dc; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1.125rem/1.6 Georgia, serif; background: var(--paper); color: var(--ink); }
header { background: var(--bar); color: #fff; padding: .75rem 1.25rem; letter-spacing: .04em; }
main { max-width: 44rem; padding: 1rem 1.25rem; }
h1 { font-size: 1.75rem; font-weight: 400; border-bottom: 1px solid var(--edge); }
label { display: block; margin: .5rem 0; }
input[type=text], input[type=password] { font: inherit; width: 100%; padding: .5rem; border: 2px solid var(--edge); background: transparent; color: var(--ink); }
button { font: inherit; padding: .6rem 1.2rem; border: 0; background: var(--main); color: var(--paper); margin: .75rem .5rem 0 0; cursor: pointer; }
button.no { background: transparent; color: var(--main); text-decoration: underline; }
:focus-visible { outline: 3px dashed var(--main); outline-offset: 2px; }
fieldset { border: 1px solid var(--edge); margin: 1rem 0; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--edge); text-align: left; padding: .25rem .5rem; }
[role=alert] { font-weight: 700; }
";

fn page(site: &Site, title: &str, body: &Markup) -> Markup {
    let style = match site.look {
        Look::Card => CARD,
        Look::Bar => BAR,
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - " (site.name) }
                style { (PreEscaped(style)) }
            }
            body {
                header { (site.name) }
                main { h1 { (title) } (body) }
                header { small { (site.name) " and everyone in it are made up." } }
            }
        }
    }
}

/// A heading and a sentence.
pub(super) fn message(site: &Site, title: &str, text: &str) -> Markup {
    page(site, title, &html! { p { (text) } })
}

/// Who are you?
pub(super) fn log_in(site: &Site, transaction: &str, app: &str, people: &[Person], failed: bool) -> Markup {
    page(
        site,
        "Sign in",
        &html! {
            p { strong { (app) } " would like to read a chart. Sign in to choose which one." }
            @if failed { p role="alert" { "That name and password do not go together. Please try again." } }
            form method="post" action={ (site.oauth_path) "/login" } {
                input type="hidden" name="transaction" value=(transaction);
                (name_and_password())
                button type="submit" { "Sign in" }
                button.no type="submit" name="deny" value="1" formnovalidate { "Cancel" }
            }
            (logins(people))
        },
    )
}

fn name_and_password() -> Markup {
    html! {
        label { "Name" input type="text" name="username" autocomplete="username" autocapitalize="none" required autofocus; }
        label { "Password" input type="password" name="password" autocomplete="current-password" required; }
    }
}

fn logins(people: &[Person]) -> Markup {
    html! {
        table {
            caption { small { "A made-up hospital can show its passwords" } }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Password" } th scope="col" { "Who" } } }
            tbody { @for person in people { tr { td { code { (person.login) } } td { code { (person.password) } } td { (person.name) } } } }
        }
    }
}

/// Whose chart, and what of it?
pub(super) fn choose(
    site: &Site,
    transaction: &str,
    request: &Request,
    person: &Person,
    charts: &[(String, String)],
    pick: bool,
) -> Markup {
    page(
        site,
        "What may be shared?",
        &html! {
            p { "You are signed in as " strong { (person.name) } ". " strong { (request.client_name) } " asks to read a chart." }
            form method="post" action={ (site.oauth_path) "/choose" } {
                input type="hidden" name="transaction" value=(transaction);
                @if pick {
                    fieldset {
                        legend { "Whose chart?" }
                        @for (at, (patient, name)) in charts.iter().enumerate() {
                            label.choice {
                                input type="radio" name="patient" value=(patient) checked[at == 0] required;
                                " " (name) @if patient == &person.patient { " (you)" }
                            }
                        }
                    }
                } @else {
                    p { "It will reach: " (charts.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")) "." }
                }
                fieldset {
                    legend { "What may it read?" }
                    @for scope in request.scopes.clinical() {
                        label.choice { input type="checkbox" name="scope" value=(scope) checked; " " (kind(scope)) }
                    }
                }
                @if request.scopes.has("offline_access") { p { "It may come back for news without asking you again, until you end it." } }
                button type="submit" { "Share" }
                button.no type="submit" name="deny" value="1" formnovalidate { "Do not share" }
            }
        },
    )
}

const KINDS: [(&str, &str); 8] = [
    ("*", "Everything in the chart"),
    ("Patient", "Name, birth date and address"),
    ("DocumentReference", "Notes and documents: the list"),
    ("Binary", "Notes and documents: the text"),
    ("Observation", "Test results and vital signs"),
    ("Encounter", "Visits"),
    ("Practitioner", "Who cared for you"),
    ("MedicationRequest", "Medicines"),
];

/// A scope in plain words where there are some, with a restriction shown as it is.
fn kind(scope: &str) -> String {
    let name = scope.strip_prefix("patient/").and_then(|rest| rest.split('.').next()).unwrap_or(scope);
    let plain = KINDS.iter().find(|(of, _)| *of == name).map_or(name, |(_, plain)| plain);
    match scope.split_once('?') {
        Some((_, only)) => format!("{plain} (only {only})"),
        None => plain.to_owned(),
    }
}

/// The management page before signing in.
pub(super) fn manage_front(site: &Site, people: &[Person], failed: bool) -> Markup {
    page(
        site,
        "Who can read my chart?",
        &html! {
            @if failed { p role="alert" { "That name and password do not go together. Please try again." } }
            form method="post" action={ (site.oauth_path) "/manage" } { (name_and_password()) button type="submit" { "Show" } }
            (logins(people))
        },
    )
}

/// The apps and people that can read, each with a button that ends it.
pub(super) fn manage(
    site: &Site,
    person: &Person,
    grants: &[(Grant, String)],
    caregivers: &[(String, String)],
) -> Markup {
    page(
        site,
        "Who can read my chart?",
        &html! {
            h2 { "Apps" }
            @if grants.is_empty() { p { "No app can read a chart in your name." } }
            @for (grant, whose) in grants {
                form method="post" action={ (site.oauth_path) "/manage/end" } {
                    (proof(person))
                    input type="hidden" name="grant" value=(grant.id);
                    p { strong { (grant.client_id) } " reads the chart of " (whose) " " button.no type="submit" { "End" } }
                }
            }
            h2 { "People" }
            @if caregivers.is_empty() { p { "Nobody else can read your chart here." } }
            @for (login, name) in caregivers {
                form method="post" action={ (site.oauth_path) "/manage/end" } {
                    (proof(person))
                    input type="hidden" name="caregiver" value=(login);
                    p { strong { (name) } " can read your chart " button.no type="submit" { "End" } }
                }
            }
        },
    )
}

fn proof(person: &Person) -> Markup {
    html! {
        input type="hidden" name="username" value=(person.login);
        input type="hidden" name="password" value=(person.password);
    }
}
