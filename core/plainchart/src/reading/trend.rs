//! Values of one test over time (R2): joined only where that is exact, across hospitals only by LOINC, and only from
//! what this reader may see (N4).

mod analytes;
mod drawing;
mod gather;
mod spoken;
#[cfg(test)]
mod tests;
mod view;

use plainchart_access::PersonId;
use plainchart_record::plot::Plot;
use plainchart_record::svg::svg;

use crate::error::PlainchartError;
use crate::session::Session;
use crate::views::TrendView;

impl Session {
    /// The trend of a result or an analyte. `key`: a result's opaque id, or the `analyte` of a result, or a LOINC code.
    ///
    /// # Errors
    /// `NotFound`: there is no such result, or not for this reader. `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn trend(&self, person: &PersonId, key: &str) -> Result<TrendView, PlainchartError> {
        Ok(self.gather(person, key)?.view(person))
    }

    /// The trend laid out on `width` by `height` units, such as the dots of a terminal.
    ///
    /// # Errors
    /// As [`Session::trend`].
    pub fn trend_plot(
        &self,
        person: &PersonId,
        key: &str,
        width: u32,
        height: u32,
    ) -> Result<(TrendView, Plot), PlainchartError> {
        let gathered = self.gather(person, key)?;
        Ok((gathered.view(person), Plot::of(&gathered.trend, width, height)))
    }

    /// The trend as an SVG drawing, with its words for those who hear it.
    ///
    /// # Errors
    /// As [`Session::trend`].
    pub fn trend_svg(&self, person: &PersonId, key: &str, width: u32, height: u32) -> Result<String, PlainchartError> {
        let gathered = self.gather(person, key)?;
        let plot = Plot::of(&gathered.trend, width, height);
        Ok(svg(&plot, &gathered.labels(&plot)))
    }
}
