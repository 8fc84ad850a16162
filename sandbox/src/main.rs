//! `plainchart-sandbox [--hospital NAME | --both] [--profile NAME] [--port N] [--http] [--ca-out FILE] [--people DIR]`

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use plainchart_sandbox::{PeopleSet, Profile, Sandbox, SandboxOptions};

const USAGE: &str =
    "plainchart-sandbox [--hospital NAME | --both] [--profile NAME] [--port N] [--http] [--ca-out FILE] [--people DIR]
  --hospital NAME  lakeside (without: this one) or cedar-ridge
  --both           both hospitals at once
  --profile NAME   the habits of the hospital, or of Lakeside when there are both
  --port N         listen on 127.0.0.1:N, the second hospital on N+1 (without: any free port)
  --http           plain http instead of TLS
  --ca-out FILE    write the certificate authorities to trust
  --people DIR     charts from a folder instead of the built-in people; not with --both
profiles:";

#[derive(Default)]
struct Arguments {
    second: bool,
    both: bool,
    profile: Option<Profile>,
    port: u16,
    http: bool,
    ca_out: Option<PathBuf>,
    people: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = match Arguments::read(env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\n{USAGE}");
            for (name, meaning) in Profile::names() {
                eprintln!("  {name:18} {meaning}");
            }
            return ExitCode::from(2);
        }
    };
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

impl Arguments {
    fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(name) = given.next() {
            let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--hospital" => {
                    arguments.second = match value()?.as_str() {
                        "lakeside" => false,
                        "cedar-ridge" => true,
                        other => return Err(format!("no hospital is named {other}")),
                    }
                }
                "--both" => arguments.both = true,
                "--profile" => {
                    let named = value()?;
                    let profile = Profile::named(&named).ok_or_else(|| format!("no profile is named {named}"))?;
                    arguments.profile = Some(profile);
                }
                "--port" => arguments.port = value()?.parse().map_err(|_| "--port needs a number".to_owned())?,
                "--http" => arguments.http = true,
                "--ca-out" => arguments.ca_out = Some(value()?.into()),
                "--people" => arguments.people = Some(value()?.into()),
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        if arguments.both && (arguments.people.is_some() || arguments.second) {
            return Err("--both goes with neither --hospital nor --people".to_owned());
        }
        Ok(arguments)
    }

    fn hospitals(self) -> Result<Vec<SandboxOptions>, String> {
        let mut first = if self.second { SandboxOptions::second_hospital() } else { SandboxOptions::default() };
        first.profile = self.profile.unwrap_or(first.profile);
        first.people = self.people.map_or(first.people, PeopleSet::Folder);
        (first.tls, first.port) = (!self.http, self.port);
        if !self.both {
            return Ok(vec![first]);
        }
        let next = if self.port == 0 { Some(0) } else { self.port.checked_add(1) };
        let port = next.ok_or("there is no port after that for the second hospital")?;
        Ok(vec![first, SandboxOptions { port, tls: !self.http, ..SandboxOptions::second_hospital() }])
    }
}

fn serve(mut arguments: Arguments) -> Result<(), String> {
    let ca_out = arguments.ca_out.take();
    let started = arguments.hospitals()?.into_iter().map(Sandbox::start_blocking);
    let hospitals: Vec<Sandbox> = started.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    if let Some(file) = ca_out {
        let authorities: String = hospitals.iter().filter_map(Sandbox::ca_pem).collect();
        fs::write(&file, authorities).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    for hospital in &hospitals {
        println!("{} and everyone in it are made up.", hospital.site().name);
        println!("base    {}", hospital.base());
        println!("client  plainchart-demo");
        for login in hospital.logins() {
            println!("login   {} / {}   {}", login.login, login.password, login.name);
        }
    }
    println!("Stop it with Ctrl-C.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(tokio::signal::ctrl_c()).map_err(|error| error.to_string())
}
