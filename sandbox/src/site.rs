//! Which hospital this is: its name, where its addresses begin, how its pages look.

/// The name, paths and look of a hospital. People, habits and port stand beside it in the options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Shown on every page.
    pub name: String,
    /// Where FHIR begins, with a slash in front and none at the end: `/fhir/r4`.
    pub fhir_path: String,
    /// Where signing in happens, also the path of the issuer: `/oauth2`.
    pub oauth_path: String,
    /// Its pages.
    pub look: Look,
}

/// How the pages of a hospital look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Cards on a light ground.
    Card,
    /// A dark bar across the top, serif letters, everything at the left edge.
    Bar,
}

impl Site {
    /// The first hospital: `/fhir/r4`, `/oauth2`.
    pub fn lakeside() -> Self {
        Self {
            name: "Lakeside Hospital".to_owned(),
            fhir_path: "/fhir/r4".to_owned(),
            oauth_path: "/oauth2".to_owned(),
            look: Look::Card,
        }
    }

    /// The second: one of several tenants of a server, its FHIR base four segments deep.
    pub fn cedar_ridge() -> Self {
        Self {
            name: "Cedar Ridge Clinic".to_owned(),
            fhir_path: "/api/FHIR/R4/tenant-7".to_owned(),
            oauth_path: "/auth/tenant-7".to_owned(),
            look: Look::Bar,
        }
    }
}
