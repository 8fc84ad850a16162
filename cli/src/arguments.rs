//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Read a medical chart in plain words, even with no signal.
#[derive(Debug, Parser)]
#[command(name = "plainchart", version, about, disable_help_subcommand = true, subcommand_required = true)]
#[command(arg_required_else_help = true)]
#[command(
    after_help = "Everything is kept encrypted in one folder. The key: PLAINCHART_PASSPHRASE if it is set, else the\n\
    system keychain, else a prompt. `demo` shows the whole of it on made-up people and asks nothing."
)]
pub struct Arguments {
    #[command(flatten)]
    pub shared: Shared,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes, before or after its name.
#[derive(Debug, Clone, Args)]
pub struct Shared {
    /// Folder of the store [default: PLAINCHART_HOME, else the data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Answer in JSON on standard output; all else on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Use the made-up charts that `demo` left
    #[arg(long, global = true)]
    pub demo: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show all of it with made-up people, on this computer alone
    Demo,
    /// Sign in to a hospital
    Connect(Connect),
    /// Get what is new
    Sync(Sync),
    /// Bring in a record that you downloaded; it stays here
    Open(Open),
    /// Whose charts are here
    People,
    /// A person's notes, newest first
    Notes(List),
    /// One note, with its words explained
    Read(Read),
    /// Save a file of a note, as it was received
    Attachment(Attachment),
    /// A person's results, with the lab's own range, or one test over time
    Results(Results),
    /// The medicines on each source's list
    Medicines(List),
    /// Referrals and orders, and what came of them
    Referrals(List),
    /// Another list of the record, such as allergies; alone: the names of the lists
    List(ListKind),
    /// One entry of any list, in full
    Show(Show),
    /// Explain the words of any text
    Annotate(Annotate),
    /// What a word means in a note
    Define(Define),
    /// Who read what of a person's chart on this computer
    Log(Log),
    /// Close the store
    Lock,
    /// Erase a person's chart for good
    Erase(Erase),
    /// Check that everything saved can be read
    Doctor,
}

#[derive(Debug, Args)]
pub struct Connect {
    /// Address of the hospital's FHIR server
    #[arg(value_name = "URL")]
    pub base: String,
    /// The id this app is registered with there
    #[arg(long, default_value = "plainchart-demo", value_name = "ID")]
    pub client_id: String,
    /// Scopes to ask for instead of the usual ones
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    /// Port that the browser comes back to [default: a free one]
    #[arg(long, default_value_t = 0, value_name = "N", hide_default_value = true)]
    pub redirect_port: u16,
    /// Trust the certificates in this PEM file too, for a test server
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Only print the address, open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Allow plain http to this computer, for a test server
    #[arg(long)]
    pub allow_http_loopback: bool,
    /// Take whoever the hospital names, without a question
    #[arg(long)]
    pub yes: bool,
    /// The chart belongs to this person who is here already
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// Which patient, by the hospital's id, where the sign-in reaches several
    #[arg(long, value_name = "ID")]
    pub patient: Option<String>,
}

#[derive(Debug, Args)]
pub struct Sync {
    /// Id or name of one person [default: everyone with a hospital]
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// Get everything, not only what is new
    #[arg(long)]
    pub full: bool,
    /// Exit 5 if anything was set aside or did not come
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
pub struct Open {
    /// FHIR (a Bundle, a resource, NDJSON), C-CDA, the ZIP of a portal, or a folder of these
    pub path: PathBuf,
    /// Everything in it belongs to this person
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// Exit 2 if anything was set aside or skipped
    #[arg(long)]
    pub strict: bool,
}

#[derive(Debug, Args)]
pub struct List {
    /// Id or name of the person
    #[arg(long, value_name = "ID")]
    pub person: String,
    #[command(flatten)]
    pub page: ListPage,
}

/// Which part of a list.
#[derive(Debug, Clone, Args)]
pub struct ListPage {
    /// Show this many [default: 50 on a page, all in JSON]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Pass over this many
    #[arg(long, default_value_t = 0, value_name = "N", hide_default_value = true)]
    pub offset: usize,
}

#[derive(Debug, Args)]
pub struct Results {
    #[command(flatten)]
    pub list: List,
    /// By report, in the lab's own order
    #[arg(long, conflicts_with = "trend")]
    pub panels: bool,
    /// One test over time, by name, LOINC code or the id of a result
    #[arg(long, value_name = "NAME_OR_ID")]
    pub trend: Option<String>,
    /// Save the drawing as SVG; a file that is there already stays as it is
    #[arg(long, value_name = "FILE", requires = "trend")]
    pub svg: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ListKind {
    /// Name of the list [without it: all names]
    #[arg(value_name = "KIND", requires = "person")]
    pub kind: Option<String>,
    /// Id or name of the person
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    #[command(flatten)]
    pub page: ListPage,
}

#[derive(Debug, Args)]
pub struct Show {
    /// Id of the entry, from a list
    #[arg(value_name = "ID")]
    pub id: String,
    /// Id or name of the person
    #[arg(long, value_name = "ID")]
    pub person: String,
}

#[derive(Debug, Args)]
pub struct Read {
    /// Id of the note, from `notes`
    pub note: String,
    /// Mark the words that are explained, and explain them
    #[arg(long)]
    pub marks: bool,
    /// Read this file of the note, by its number, instead of the best one
    #[arg(long, value_name = "N")]
    pub rendition: Option<usize>,
    /// As it is read aloud; with --marks, with the meaning of words
    #[arg(long, conflicts_with_all = ["rendition", "versions"])]
    pub spoken: bool,
    /// Only the other versions of the note and what was added to it
    #[arg(long)]
    pub versions: bool,
}

#[derive(Debug, Args)]
pub struct Attachment {
    /// Id of the note, from `notes`
    pub note: String,
    /// Number of the file, from `read`
    #[arg(value_name = "N")]
    pub index: usize,
    /// Where to save it; a file that is there already stays as it is
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Annotate {
    /// A text file, or - for standard input
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Define {
    /// The word or phrase
    #[arg(required = true, value_name = "WORD")]
    pub words: Vec<String>,
    /// Language of the answer, such as en or es
    #[arg(long, value_name = "L")]
    pub language: Option<String>,
}

#[derive(Debug, Args)]
pub struct Log {
    /// Id or name of the person
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// Check that no line was changed or taken out
    #[arg(long)]
    pub verify: bool,
}

#[derive(Debug, Args)]
pub struct Erase {
    /// Id or name of the person
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Proves T2: `--home` and `--json` may stand before or after the command.
    #[test]
    fn shared_flags_stand_before_or_after_the_command() {
        for line in [
            "plainchart --home h --json people",
            "plainchart people --home h --json",
            "plainchart --json people --home h",
        ] {
            let arguments = Arguments::try_parse_from(line.split(' ')).unwrap();
            assert!(arguments.shared.json, "{line}");
            assert_eq!(arguments.shared.home, Some("h".into()), "{line}");
        }
    }

    #[test]
    fn the_arguments_fit_together_and_the_help_fits_a_terminal() {
        Arguments::command().debug_assert();
        let mut command = Arguments::command();
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let wanted = "demo connect sync open people notes read attachment results medicines referrals list show annotate \
            define log lock erase doctor";
        assert_eq!(names.join(" "), wanted);
        let helps = names.iter().map(|name| command.find_subcommand_mut(name).unwrap().render_help().to_string());
        for help in helps.collect::<Vec<_>>().into_iter().chain([Arguments::command().render_help().to_string()]) {
            for line in help.lines() {
                assert!(line.chars().count() <= 100, "{line}");
            }
        }
    }
}
