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
    let mut rows = vec![row("version", report.version.to_owned()), row("charts", report.charts.to_string())];
    if let (Some(files), Some(bytes), Some(live_bytes)) = (report.files, report.bytes, report.live_bytes) {
        let (all, in_use) = (bytes.div_ceil(1024), live_bytes.div_ceil(1024));
        rows.push(row("on disk", format!("{files} files, {all} KB, {in_use} KB of them in use")));
    }
    let blocks = report.blocks.map(|blocks| format!("{blocks}, ")).unwrap_or_default();
    rows.push(row("blocks", format!("{blocks}{} damaged", report.damaged)));
    rows.push(row("access log", format!("{} lines", report.log_lines)));
    page.rows(&rows, 2)?;
    for remark in &report.remarks {
        page.text(remark.as_str())?;
    }
    Ok(())
}
