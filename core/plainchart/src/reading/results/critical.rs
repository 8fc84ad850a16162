//! A critical flag: the lab's wish that a clinician hear quickly, and whom to ask (R6).

use super::super::items::Listed;
use super::super::referrals::ReferralLine;
use super::desk::Desk;
use super::kept::ResultItem;
use crate::views::{CriticalView, PartyView};
use crate::words::say;

impl<'i> Desk<'i> {
    /// The orders that a result answers, its own before its report's, as far as they are open to this reader.
    pub(super) fn orders_of(&self, at: usize, result: &'i Listed<ResultItem>) -> Vec<&'i Listed<ReferralLine>> {
        let of_reports = self.reports_naming(at).flat_map(|report| &report.view.orders);
        let orders = result.view.orders.iter().chain(of_reports).filter_map(|order| self.items.request(*order));
        orders.filter(|order| self.gate.allows(&order.item, order.received_ms)).collect()
    }

    /// What is said of a critical flag.
    pub(super) fn critical(&self, at: usize, result: &'i Listed<ResultItem>) -> Option<CriticalView> {
        if !result.view.is_critical {
            return None;
        }
        let orders = self.orders_of(at, result);
        let orderer = orders.iter().find_map(|order| order.view.view.asked_by.as_ref());
        let performers = &result.view.view.performers;
        let performer = || performers.iter().find(|who| !who.telephones.is_empty()).or(performers.first());
        let source = result.view.view.source.as_str();
        let (role, contact, party) = match (orderer, orderer.is_none().then(performer).flatten()) {
            (Some(who), _) => (
                "orderer",
                contact(who, source, "result.critical.telephone", "result.critical.no-telephone"),
                who.clone(),
            ),
            (None, Some(who)) => {
                let (reached, not) = ("result-list.critical.performer", "result-list.critical.performer-no-telephone");
                ("performer", contact(who, source, reached, not), who.clone())
            }
            (None, None) => ("nobody", say("result.critical.nobody", &[]), PartyView::default()),
        };
        let sentence = say("result.critical.meaning", &[]);
        Some(CriticalView { sentence, contact, role: role.to_owned(), party })
    }
}

fn contact(who: &PartyView, source: &str, reached: &str, not_reached: &str) -> String {
    let name = who.name.clone().unwrap_or_else(|| say("result-list.someone", &[("source", source)]));
    if who.telephones.is_empty() {
        return say(not_reached, &[("name", &name)]);
    }
    say(reached, &[("name", &name), ("telephone", &who.telephones.join(", "))])
}
