//! The access log, erasing, signing out, and the doctor.

use plainchart_access::{Act, ChartId, Classes, Decision, Event, LogCheckpoint, LogLine, PersonId};
use plainchart_vault::{LogEnd, RecordKind};
use serde::Serialize;

use crate::error::PlainchartError;
use crate::session::Session;
use crate::words::say;
use plainchart_auth::revocation_requests;

/// A line of the access log as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// Its number in the chain.
    pub number: u64,
    /// What was done.
    #[serde(flatten)]
    pub line: LogLine,
}

/// What verifying the chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LogCheck {
    /// Lines that were read.
    pub lines: u64,
    /// Places where lines are missing or the chain does not close.
    pub gaps: u64,
    /// Whether it still leads to where the ledger saw it end: a cut end shows here.
    pub continues: bool,
    /// Whether the chain is whole.
    pub whole: bool,
}

fn log_end(checkpoint: &LogCheckpoint) -> Option<LogEnd> {
    let digits = checkpoint.hash.as_bytes().chunks(2);
    let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    let hash = <[u8; 32]>::try_from(bytes.collect::<Option<Vec<u8>>>()?).ok()?;
    Some(LogEnd { count: checkpoint.count, hash })
}

/// What the doctor found. No host, name or word of a record is in it (T5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    /// Version of the core.
    pub version: &'static str,
    /// Whether everything can be read.
    pub sound: bool,
    /// Block files. Sizes and counts are not told to a reader who may not hold everything (N4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Their bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Bytes of them in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_bytes: Option<u64>,
    /// Blocks in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u64>,
    /// Blocks that cannot be read.
    pub damaged: u64,
    /// Charts.
    pub charts: u64,
    /// Lines of the access log.
    pub log_lines: u64,
    /// What to know, each one plain sentence.
    pub remarks: Vec<String>,
}

impl Session {
    /// The access log of a person's charts, oldest first. The own lines of the owner open only to the owner: on this
    /// phone there is one reader.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn access_log(&self, person: &PersonId) -> Result<Vec<LogEntry>, PlainchartError> {
        let charts: Vec<ChartId> = self.charts_of(person)?.into_iter().map(|chart| chart.facts.chart).collect();
        for chart in &charts {
            self.permit(chart, Act::ReadLog)?;
        }
        let contents = self.store.access_log()?;
        let events = contents.records.iter().filter(|record| record.kind == RecordKind::Event);
        let entries = events.filter_map(|record| {
            let line: LogLine = serde_json::from_slice(&record.bytes).ok()?;
            charts.contains(&line.chart).then_some(LogEntry { number: record.sequence, line })
        });
        Ok(entries.collect())
    }

    /// Verifies the chain of the whole access log (P6).
    ///
    /// # Errors
    /// The vault's.
    pub fn verify_log(&self) -> Result<LogCheck, PlainchartError> {
        let contents = self.store.access_log()?;
        let checkpoint = self.with_household(|household| household.log_checkpoint().cloned());
        let continues = checkpoint.and_then(|known| log_end(&known)).is_none_or(|end| contents.continues(&end));
        Ok(LogCheck {
            lines: contents.records.len() as u64,
            gaps: contents.gaps.len() as u64,
            continues,
            whole: contents.gaps.is_empty() && continues,
        })
    }

    /// Signs out of every connection of a person (A11): revoked at the hospital where it can be, destroyed here either
    /// way. What is saved stays readable; erasing is a call of its own.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub async fn sign_out(&self, person: &PersonId) -> Result<(), PlainchartError> {
        for chart in self.charts_of(person)? {
            let chart = chart.facts.chart;
            let connections: Vec<_> =
                self.with_household(|household| household.connections_of(&chart).cloned().collect());
            for connection in connections {
                let tokens = self.drop_connection(&connection)?;
                let line =
                    LogLine::new(self.clock.wall_ms(), self.actor()?, chart.clone(), Act::SignedOut, Decision::Allow);
                self.write_line(&line)?;
                // Here they are gone already; the hospital is told if it answers.
                for form in tokens.iter().flat_map(revocation_requests) {
                    self.post_and_forget(&form).await;
                }
            }
        }
        Ok(())
    }

    /// Erases a person's charts: keys first, so that nothing of them can be read again, also from a copy of the disk.
    ///
    /// # Errors
    /// `NotFound`, the vault's.
    pub fn erase(&self, person: &PersonId) -> Result<(), PlainchartError> {
        for chart in self.charts_of(person)? {
            let chart = chart.facts.chart;
            let line = LogLine::new(self.clock.wall_ms(), self.actor()?, chart.clone(), Act::Erased, Decision::Allow);
            self.write_line(&line)?;
            self.destroy_chart(&chart)?;
            self.record(Event::ChartErased { chart })?;
        }
        // Twice: the ledger keeps the file before, and it still names the chart's hospital and patient id.
        self.compact_ledger()?;
        self.compact_ledger()?;
        self.store.settle()
    }

    /// Opens every block and verifies the log.
    ///
    /// # Errors
    /// The vault's.
    pub fn doctor(&self) -> Result<DoctorReport, PlainchartError> {
        let stats = self.store.stats()?;
        let check = self.store.check()?;
        let log = self.verify_log()?;
        let found = [
            (check.is_sound() && log.whole, "doctor.sound"),
            (!check.is_sound(), "doctor.damaged"),
            (!log.whole, "doctor.log-gap"),
            (self.opened.rolled_back, "doctor.rolled-back"),
            (self.opened.index_rebuilt, "doctor.index-rebuilt"),
            (self.opened.torn_bytes > 0, "doctor.torn"),
        ];
        let remarks = found.iter().filter(|(applies, _)| *applies).map(|(_, id)| say(id, &[])).collect();
        let charts: Vec<ChartId> =
            self.with_household(|household| household.charts().map(|chart| chart.facts.chart.clone()).collect());
        let holds_all = charts.iter().all(|chart| self.readable_classes(chart) == Classes::ALL);
        let told = |size: u64| holds_all.then_some(size);
        Ok(DoctorReport {
            version: env!("CARGO_PKG_VERSION"),
            sound: check.is_sound() && log.whole,
            files: told(stats.files),
            bytes: told(stats.file_bytes),
            live_bytes: told(stats.live_bytes),
            blocks: told(stats.blocks),
            damaged: check.damage.len() as u64,
            charts: charts.len() as u64,
            log_lines: log.lines,
            remarks,
        })
    }
}
