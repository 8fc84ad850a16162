//! A sync of a person: each of their charts by one of its connections, and what the server's answers mean for a lease.

use std::sync::{Arc, Mutex, PoisonError};

use plainchart_access::{Act, Chart, ChartId, Decision, Event, LeaseId, LogLine, PersonId, Standing};
use plainchart_auth::{FhirBase, Scopes};

use crate::cancel::CancelToken;
use crate::error::{PlainchartError, SignInReason};
use crate::session::Session;
use crate::store::ChartScope;
use crate::sync::{Counts, Fetcher, ProgressListener, SyncOptions, SyncReport, Syncing, TypeReport};

impl Session {
    /// Fetches what is new for a person.
    ///
    /// # Errors
    /// `SignInRequired` without a connection that works, `LeaseEnded`, `Offline`, `ServerBusy`, `ServerProblem`,
    /// `NotPermitted`, `Cancelled`, the vault's. What came before an error is kept.
    pub async fn sync(
        &self,
        person: &PersonId,
        options: SyncOptions,
        listener: &Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<SyncReport, PlainchartError> {
        let mut whole = SyncReport { person: person.to_string(), ..SyncReport::default() };
        let (mut connected, mut failed) = (false, None);
        for chart in self.charts_of(person)? {
            let has_connection =
                self.with_household(|household| household.connections_of(&chart.facts.chart).next().is_some());
            if !has_connection {
                continue;
            }
            connected = true;
            // One hospital that does not answer must not keep another's news back.
            match self.sync_chart(&chart, options, listener, cancel).await {
                Ok(report) => add(&mut whole, report),
                Err(error @ PlainchartError::Cancelled) => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if connected {
            Ok(whole)
        } else {
            Err(PlainchartError::SignInRequired { reason: SignInReason::NeverConnected })
        }
    }

    async fn sync_chart(
        &self,
        chart: &Chart,
        options: SyncOptions,
        listener: &Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<SyncReport, PlainchartError> {
        let id = &chart.facts.chart;
        let alone = {
            let mut syncing = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(syncing.entry(id.clone()).or_default())
        };
        let _alone = alone.lock().await;
        // A refused sync makes no request; a permitted one has its line.
        self.permit(id, Act::Synced)?;
        let connections: Vec<_> = self.with_household(|household| household.connections_of(id).cloned().collect());
        let mut last = PlainchartError::SignInRequired { reason: SignInReason::NeverConnected };
        for connection in connections {
            match self.sync_by(chart, &connection, options, listener, cancel).await {
                Ok(report) => {
                    self.after_sync(id, None)?;
                    if is_failing(&report) {
                        self.after_sync(id, Some(&PlainchartError::server("status_5xx")))?;
                    }
                    return Ok(report);
                }
                // Another sign-in may still reach the chart.
                Err(error @ PlainchartError::SignInRequired { .. }) => last = error,
                Err(error) => {
                    self.after_sync(id, Some(&error))?;
                    return Err(error);
                }
            }
        }
        self.after_sync(id, Some(&last))?;
        Err(last)
    }

    async fn sync_by(
        &self,
        chart: &Chart,
        connection: &plainchart_access::Connection,
        options: SyncOptions,
        listener: &Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<SyncReport, PlainchartError> {
        let base = FhirBase::parse(&chart.facts.base, &self.policy)?;
        let keeper = self.keeper(&connection.grant)?;
        let now_ms = self.clock.wall_ms();
        let fetcher = Fetcher {
            http: &self.http,
            base: &base,
            tokens: keeper.as_ref(),
            cancel,
            listener: Arc::clone(listener),
            wall_ms: now_ms,
            counts: Mutex::new(Counts::default()),
            fresh: Mutex::default(),
        };
        let scope = ChartScope::of(&chart.facts.chart);
        let damaged = self.store.give_up_damaged()?;
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner).extend(damaged);
        // What was damaged is fetched again by a walk that takes nothing for known.
        let again = self.damaged.lock().unwrap_or_else(PoisonError::into_inner).contains(&scope);
        let options = SyncOptions { full: options.full || again };
        let readable = self.readable_classes(&chart.facts.chart);
        let mut syncing =
            Syncing::new(&fetcher, Arc::clone(listener), &self.store, scope, &chart.facts.patient, readable, now_ms)?;
        if again {
            syncing.mend();
        }
        let granted = Scopes::parse(&connection.granted.join(" "));
        let report = syncing.run(&granted, options).await;
        if report.is_ok() {
            self.damaged.lock().unwrap_or_else(PoisonError::into_inner).retain(|damaged| *damaged != scope);
        }
        let server_date_ms = fetcher.counts.lock().unwrap_or_else(PoisonError::into_inner).server_date_ms;
        self.learn_time(&chart.facts.chart, server_date_ms);
        report
    }

    /// Front page, and the lease: confirmed by a sync that went well, in doubt after a refusal (P3). No answer of a
    /// server pauses or ends anything here, and the reader's own chart is never touched.
    fn after_sync(&self, chart: &ChartId, error: Option<&PlainchartError>) -> Result<(), PlainchartError> {
        self.forget_items(chart);
        // The lesser of the two: a clock set forward must not make a confirmation that outlives it (P3).
        let now = self.known_time(chart);
        let time_ms = if now.continuous { now.wall_ms.min(now.known_ms) } else { now.wall_ms };
        let lease = self.lease_of(chart);
        match (error, lease) {
            (None, lease) => {
                if let Some(lease) = lease {
                    self.record(Event::LeaseConfirmed { lease, time_ms })?;
                }
                self.write_front_page(chart)
            }
            (Some(error), Some(lease)) if puts_in_doubt(error) => {
                self.record(Event::LeaseDoubted { lease, time_ms })?;
                let line = LogLine::new(time_ms, self.actor()?, chart.clone(), Act::ChangedLease, Decision::Allow);
                self.write_line(&line)
            }
            _ => Ok(()),
        }
    }

    fn lease_of(&self, chart: &ChartId) -> Option<LeaseId> {
        self.with_household(|household| match household.standing(household.owner()?, chart) {
            Standing::Proxy(lease) => Some(lease.id.clone()),
            Standing::Own | Standing::Stranger => None,
        })
    }
}

/// A server that gave the Patient and failed at everything else has confirmed nothing (P3: 5xx).
fn is_failing(report: &SyncReport) -> bool {
    let mut searched = report.types.iter().filter(|kind| kind.resource_type != "Patient").peekable();
    searched.peek().is_some() && searched.all(|kind| kind.problem == Some("status_5xx"))
}

/// What leaves a lease in doubt (P3): a refused refresh, a refusal of the patient's own record, a failing server.
fn puts_in_doubt(error: &PlainchartError) -> bool {
    matches!(
        error,
        PlainchartError::SignInRequired { .. }
            | PlainchartError::NotPermitted { .. }
            | PlainchartError::NotFound
            | PlainchartError::ServerProblem { .. }
    )
}

fn add(whole: &mut SyncReport, part: SyncReport) {
    for kind in part.types {
        match whole.types.iter_mut().find(|known| known.resource_type == kind.resource_type) {
            Some(known) => add_type(known, &kind),
            None => whole.types.push(kind),
        }
    }
    whole.requests += part.requests;
    whole.bytes += part.bytes;
    whole.bodies += part.bodies;
    whole.bodies_wanted += part.bodies_wanted;
    whole.waited_seconds += part.waited_seconds;
    for (reason, count) in part.reasons {
        *whole.reasons.entry(reason).or_default() += count;
    }
}

fn add_type(known: &mut TypeReport, more: &TypeReport) {
    known.received += more.received;
    known.in_chart += more.in_chart;
    known.set_aside += more.set_aside;
    known.withdrawn += more.withdrawn;
    known.problem = known.problem.or(more.problem);
}
