//! What the ledger keeps: facts no server can give back. The household is the fold of these events.
//!
//! Stored for ever in this JSON shape: variants and fields are only ever added.

use serde::{Deserialize, Serialize};

use crate::{ActorId, ChartId, ConnectionId, Hold, Kind, Lease, LeaseId, PersonId};

/// A chart's identity: (FHIR base, patient id).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartFacts {
    /// The chart.
    pub chart: ChartId,
    /// FHIR base URL, or `urn:plainchart:file:<digest>` for a record that came as a file.
    pub base: String,
    /// The source's id of the Patient.
    pub patient: String,
    /// Whether it is the phone holder's own chart.
    pub own: bool,
    /// When it was added, ms since 1970 UTC.
    pub added_ms: i64,
    /// Whether it is known from a file alone: nobody was asked whose it is, and no hospital confirmed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_file: bool,
}

impl std::fmt::Debug for ChartFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChartFacts").field("chart", &self.chart).field("own", &self.own).finish_non_exhaustive()
    }
}

/// A connection: (token endpoint's origin, client id, `sub` or unknown, chart), the unit of tokens (SPEC "Words").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFacts {
    /// The connection.
    pub connection: ConnectionId,
    /// The chart it reaches.
    pub chart: ChartId,
    /// Origin of the token endpoint.
    pub token_origin: String,
    /// Name of the sealed file with its tokens. One authorization may reach several charts: they share one file, as two
    /// copies of a rotating refresh token would end the grant.
    pub grant: String,
    /// OAuth client id.
    pub client_id: String,
    /// The `sub` of a verified id_token.
    pub subject: Option<String>,
    /// Scopes granted.
    pub granted: Vec<String>,
    /// Scopes asked for and not granted.
    pub not_granted: Vec<String>,
}

impl std::fmt::Debug for ConnectionFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionFacts").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// A record that came as a file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFacts {
    /// When, ms since 1970 UTC.
    pub time_ms: i64,
    /// Charts it brought something for.
    pub charts: Vec<ChartId>,
    /// Resources read.
    pub read: u64,
}

/// Where the access log ended (P6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCheckpoint {
    /// Number of its last line.
    pub count: u64,
    /// Hash of its last line over the hash before it, in hex.
    pub hash: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Event {
    /// The store was made; this actor is the holder of the phone.
    OwnerMade {
        /// The phone's holder.
        actor: ActorId,
    },
    /// A person without charts yet.
    PersonAdded {
        /// The person.
        person: PersonId,
    },
    /// A chart came to a person.
    ChartAdded {
        /// Whose it is.
        person: PersonId,
        /// Its identity.
        facts: ChartFacts,
    },
    /// The reader joined the chart to another person, or split it off.
    ChartMoved {
        /// The chart.
        chart: ChartId,
        /// Whose it is now.
        person: PersonId,
    },
    /// The chart's keys are destroyed.
    ChartErased {
        /// The chart.
        chart: ChartId,
    },
    /// A sign-in was completed, or completed again.
    ConnectionAdded {
        /// The connection.
        facts: ConnectionFacts,
    },
    /// Signed out: its tokens are destroyed.
    ConnectionRemoved {
        /// The connection.
        connection: ConnectionId,
    },
    /// A lease was made or changed: the newest counts.
    LeaseMade {
        /// The lease.
        lease: Lease,
    },
    /// A server confirmed the access.
    LeaseConfirmed {
        /// The lease.
        lease: LeaseId,
        /// When, ms since 1970 UTC.
        time_ms: i64,
    },
    /// A server's answer leaves the access in doubt.
    LeaseDoubted {
        /// The lease.
        lease: LeaseId,
        /// Since when, ms since 1970 UTC.
        time_ms: i64,
    },
    /// Reader or grantor withdrew it.
    LeaseWithdrawn {
        /// The lease.
        lease: LeaseId,
    },
    /// The reader set a hold.
    HoldSet {
        /// The hold.
        hold: Hold,
    },
    /// The reader lifted it.
    HoldLifted {
        /// Whose chart.
        chart: ChartId,
        /// Which kind.
        kind: Kind,
    },
    /// A file was brought in.
    Imported {
        /// What came of it.
        facts: ImportFacts,
    },
    /// The access log ended here when the store was closed.
    LogCheckpoint {
        /// Where.
        checkpoint: LogCheckpoint,
    },
    /// The reader opened a note for the first time, or looked at a list (N3).
    Seen {
        /// Whose chart.
        chart: ChartId,
        /// The opaque id of what was seen.
        item: String,
        /// When, ms since 1970 UTC.
        time_ms: i64,
    },
}
