//! What is asked for, as far as access is concerned.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Classes;

/// The kinds of a chart's content that a lease or a hold can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Who the chart is about.
    Identity,
    /// Clinical notes and documents.
    Note,
    /// Laboratory and other results.
    Result,
    /// Vital signs.
    VitalSign,
    /// Medicines.
    Medicine,
    /// Referrals and orders.
    Referral,
    /// Conditions.
    Condition,
    /// Allergies.
    Allergy,
    /// Immunizations.
    Immunization,
    /// Visits and appointments.
    Visit,
    /// Everything else.
    Other,
}

/// One item of a chart, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its sensitivity classes.
    pub classes: Classes,
    /// The day it is about, if the source said; a lease limited to dates does not show undated items.
    pub date: Option<NaiveDate>,
    /// Its opaque id, for single items named in a lease and for the log.
    pub id: String,
}
