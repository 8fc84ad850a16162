//! `plainchart-sandbox [--port N] [--http] [--ca-out FILE] [--people DIR]`

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use plainchart_sandbox::{PeopleSet, Sandbox, SandboxOptions};

const USAGE: &str = "plainchart-sandbox [--port N] [--http] [--ca-out FILE] [--people DIR]
  --port N       listen on 127.0.0.1:N (without: any free port)
  --http         plain http instead of TLS
  --ca-out FILE  write the certificate authority to trust
  --people DIR   charts from a folder instead of the built-in people";

struct Arguments {
    options: SandboxOptions,
    ca_out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = match arguments(env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("{reason}\n{USAGE}");
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

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments { options: SandboxOptions::default(), ca_out: None };
    while let Some(name) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--port" => arguments.options.port = value()?.parse().map_err(|_| "--port needs a number".to_owned())?,
            "--http" => arguments.options.tls = false,
            "--ca-out" => arguments.ca_out = Some(value()?.into()),
            "--people" => arguments.options.people = PeopleSet::Folder(value()?.into()),
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    Ok(arguments)
}

fn serve(arguments: Arguments) -> Result<(), String> {
    let sandbox = Sandbox::start_blocking(arguments.options).map_err(|error| error.to_string())?;
    if let (Some(file), Some(pem)) = (&arguments.ca_out, sandbox.ca_pem()) {
        fs::write(file, pem).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    println!("Lakeside Hospital and everyone in it are made up.");
    println!("base    {}", sandbox.base());
    println!("client  plainchart-demo");
    for login in sandbox.logins() {
        println!("login   {} / {}   {}", login.login, login.password, login.name);
    }
    println!("Stop it with Ctrl-C.");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(tokio::signal::ctrl_c()).map_err(|error| error.to_string())
}
