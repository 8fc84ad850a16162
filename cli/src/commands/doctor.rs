//! Whether everything saved can be read.

use plainchart::{DoctorReport, PlainchartError};

use crate::app::App;
use crate::failure::Failure;
use crate::page::{Row, Text};

pub fn run(app: &mut App) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let report = store.doctor()?;
    store.close()?;
    if app.output.is_json() {
        app.output.json(&report)?;
    } else {
        say(app, &report)?;
    }
    if report.sound { Ok(()) } else { Err(PlainchartError::VaultDamaged.into()) }
}

fn say(app: &mut App, report: &DoctorReport) -> Result<(), Failure> {
    let row = |name: &str, value: String| -> Row { (Text::strong(name), value.into()) };
    let page = &mut app.output.page;
    page.rows(
        &[
            row("version", report.version.to_owned()),
            row("charts", report.charts.to_string()),
            row(
                "on disk",
                format!(
                    "{} files, {} KB, {} KB of them in use",
                    report.files,
                    report.bytes.div_ceil(1024),
                    report.live_bytes.div_ceil(1024)
                ),
            ),
            row("blocks", format!("{}, {} damaged", report.blocks, report.damaged)),
            row("access log", format!("{} lines", report.log_lines)),
        ],
        2,
    )?;
    for remark in &report.remarks {
        page.text(remark.as_str())?;
    }
    Ok(())
}
