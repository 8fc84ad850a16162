//! Bodies under way: wanted, come, refused, or only looked at.

use plainchart_access::Classes;

use super::super::bodies::BodyHeader;
use super::super::ties::Tie;
use super::super::wants::Want;
use super::{ChartWriter, PendingBody};
use crate::error::PlainchartError;

impl ChartWriter<'_> {
    /// Bodies to be fetched now, with the classes of their document.
    pub fn wants(&self) -> impl Iterator<Item = (Classes, &Want)> {
        self.wants.due()
    }

    /// A body has come, or the answer why not; it lands with the next batch, under the classes of its document.
    ///
    /// # Errors
    /// The vault's.
    pub fn put_body(
        &mut self,
        document: &str,
        index: usize,
        header: BodyHeader,
        bytes: Vec<u8>,
    ) -> Result<(), PlainchartError> {
        self.make_room(bytes.len())?;
        self.bodies.push(PendingBody { document: document.to_owned(), index, header, bytes });
        Ok(())
    }

    /// A body is no longer wanted.
    ///
    /// # Errors
    /// The vault's.
    pub fn settle(&mut self, document: &str, index: usize) -> Result<(), PlainchartError> {
        self.wants.remove(self.store, &mut self.batch, document, index)
    }

    /// The source does not give a body as things are: it is wanted again at the next full walk.
    ///
    /// # Errors
    /// The vault's.
    pub fn let_rest(&mut self, document: &str, index: usize) -> Result<(), PlainchartError> {
        self.wants.rest(self.store, &mut self.batch, document, index, true)
    }

    /// A full walk begins: bodies that rest are wanted again.
    ///
    /// # Errors
    /// The vault's.
    pub fn wake_wants(&mut self) -> Result<(), PlainchartError> {
        self.referred.wake();
        self.wants.wake(self.store, &mut self.batch)
    }

    /// An attempt at a body got no answer: it stays wanted.
    pub fn count_attempt(&mut self, document: &str, index: usize) {
        self.wants.count_attempt(document, index);
    }

    /// Bodies of what is closed to this reader that were not looked at yet.
    #[must_use]
    pub fn closed_bodies(&self) -> Vec<(Tie, String)> {
        self.closed.bodies()
    }

    /// A body of something closed was looked at. Its bytes are not kept; what has the same bytes is closed too.
    pub fn looked_at(&mut self, closed: Tie, url: &str, bytes: Option<&[u8]>) {
        if let Some(ties) = self.closed.looked_at(closed, url, bytes) {
            self.unsettled |= self.flow.add(ties);
        }
    }
}
