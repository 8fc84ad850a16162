//! Closing the store. On the command line there is no app that stays open, and this says so.

use std::env;

use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::home::MadeWith;

#[derive(Serialize)]
struct Answer {
    locked: bool,
    /// What still opens the store from here without a question.
    opens_with: Vec<&'static str>,
}

pub fn run(app: &mut App) -> Result<(), Failure> {
    let made_with = app.home.made_with()?;
    let from_environment = env::var_os("PLAINCHART_PASSPHRASE").is_some_and(|value| !value.is_empty());
    let mut opens_with = Vec::new();
    match made_with {
        Some(MadeWith::Demo) => opens_with.push("demo_key"),
        _ if from_environment => opens_with.push("environment"),
        Some(MadeWith::Keychain { .. }) => opens_with.push("keychain"),
        Some(MadeWith::Passphrase) | None => {}
    }
    if app.output.is_json() {
        return app.output.json(&Answer { locked: true, opens_with });
    }
    let page = &mut app.output.page;
    page.text("The store is locked. It always is while no plainchart command runs: each one unlocks it, answers, and wipes the keys. Nothing had to be closed.")?;
    for means in opens_with {
        page.text(match means {
            "demo_key" => "This is the demo's store: its key lies beside it, so anyone at this computer can open it.",
            "environment" => "In this shell PLAINCHART_PASSPHRASE opens it without a question. `unset PLAINCHART_PASSPHRASE` ends that.",
            _ => "The system keychain opens it while you are signed in to this computer. Lock your screen when you leave.",
        })?;
    }
    Ok(())
}
