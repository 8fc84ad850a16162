//! The words of a drawing (R2): a heading for each lane, a sentence for each point, and what is to be seen.

use plainchart_record::plot::{Lane, Plot};
use plainchart_record::svg::Labels;

use super::gather::Gathered;
use super::view::{day_words, point_words};
use crate::words::say;

impl Gathered {
    pub(super) fn labels(&self, plot: &Plot) -> Labels {
        let mut description = vec![self.description()];
        description.extend(self.not_drawn());
        let lines =
            plot.lanes.iter().flat_map(|lane| &lane.lines).filter_map(|line| self.trend.series.get(line.series));
        Labels {
            id: "trend-".to_owned(),
            title: self.title.clone(),
            description: description.join(" "),
            lanes: plot.lanes.iter().map(|lane| self.heading(lane)).collect(),
            times: plot.times.iter().map(|tick| day_words(&tick.when)).collect(),
            marks: lines.flat_map(|series| series.points.iter().map(|point| point_words(series, point))).collect(),
        }
    }

    fn heading(&self, lane: &Lane) -> String {
        let mut names: Vec<String> = Vec::new();
        for series in lane.lines.iter().filter_map(|line| self.trend.series.get(line.series)) {
            let name = self.name(&series.analyte);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let name = names.join(", ");
        match &lane.unit {
            Some(unit) => say("trend.lane", &[("name", &name), ("unit", unit)]),
            None => say("trend.lane.no-unit", &[("name", &name)]),
        }
    }
}
