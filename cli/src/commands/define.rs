//! What a word means in a note.

use plainchart::DefinitionView;

use crate::app::App;
use crate::arguments::Define;
use crate::failure::{Failure, exit};
use crate::page::Text;

pub fn run(app: &mut App, asked: &Define) -> Result<(), Failure> {
    let word = asked.words.join(" ");
    let found = plainchart::define(&word, asked.language.as_deref())?;
    let missing = found.entry.is_none();
    if app.output.is_json() {
        app.output.json(&found)?;
    } else if !missing {
        say(app, asked, &word, &found)?;
    }
    if !missing {
        return Ok(());
    }
    let mut sentence = "This word is not in the glossary.".to_owned();
    if !found.suggestions.is_empty() {
        sentence.push_str(&format!(" Close to it: {}.", found.suggestions.join(", ")));
    }
    // A program has its answer: no entry, and suggestions.
    if app.output.is_json() { Ok(()) } else { Err(Failure::said(exit::NOT_DONE, sentence)) }
}

fn say(app: &mut App, asked: &Define, word: &str, found: &DefinitionView) -> Result<(), Failure> {
    let page = &mut app.output.page;
    page.text(Text::strong(found.headword.as_deref().unwrap_or(word)))?;
    let several = found.senses.len() > 1;
    if several {
        page.text(Text::quiet("could mean:"))?;
    }
    for sense in &found.senses {
        page.indented(format!("{}{}", if several { "- " } else { "" }, sense.plain), 2, 4)?;
    }
    if asked.language.as_deref().is_some_and(|wanted| wanted != found.language) {
        page.text(Text::quiet(format!(
            "There is no answer in the language asked for; this is \"{}\".",
            found.language
        )))?;
    }
    Ok(())
}
