//! What the facade answers with: everything a screen shows, and whose it is.
//!
//! The types serialise to the answers of the command line. Their `Debug` shows no clinical text (V6).

mod block;
mod entry;
mod listing;
mod mark;
mod medicine;
mod note;
mod people;
mod referral;
mod result;
mod time;
mod trend;

pub use block::{BlockView, CellView, ItemView, LineView, PieceView, StyleView};
pub use entry::{EntryKind, EntryView, FactView, LinkView, MomentView, PartyView, RoleView};
pub use listing::{Listing, SourceState};
pub use mark::{DefinitionView, MarkView, SenseView};
pub use medicine::{MedicineView, SupplyView};
pub use note::{
    AttachmentSummary, AttachmentView, MentionView, NoteSummary, NoteView, RenditionView, SectionView, SpokenSection,
    StateView, VersionView, notice_for,
};
pub use people::{ChartView, PersonView, Reader};
pub use referral::{CameOfView, ReferralView};
pub use result::{
    CorrectedView, CriticalView, PanelLine, PanelView, ResultDetail, ResultVersionView, ResultView, WasView,
};
pub use time::Time;
pub use trend::{AnalyteView, BandView, PointView, SeriesView, TrendView, UndrawnView};

macro_rules! hidden_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        })+
    };
}

use hidden_debug;
