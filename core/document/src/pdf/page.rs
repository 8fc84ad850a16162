//! The pages of a file, in order, with what they inherit (ISO 32000-2, 7.7.3).

use std::collections::HashSet;

use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};

use super::drawing::{Press, Resources};
use super::matrix::Matrix;
use super::objects::Objects;
use super::run::Runs;
use crate::error::{DocumentError, Exceeded};
use crate::limits::within;

/// Most streams that one page is made of.
const MOST_STREAMS: usize = 10_000;
/// Most roots tried; each update of a file may name one.
const MOST_ROOTS: usize = 64;
/// Nodes above a page whose tree is lost.
const DEEPEST: usize = 16;

/// One page.
pub(super) struct Page<'a> {
    pub(super) dict: Dict<'a>,
    pub(super) resources: Resources<'a>,
    /// Quarter turns, clockwise.
    turns: i64,
}

/// What a page has from the nodes above it.
#[derive(Clone, Default)]
struct Inherited<'a> {
    resources: Option<Dict<'a>>,
    turns: i64,
}

impl<'a> Inherited<'a> {
    fn under(&self, node: &Dict<'a>) -> Self {
        Self {
            resources: node.get::<Dict<'a>>("Resources").or_else(|| self.resources.clone()),
            turns: node.get::<i32>("Rotate").map_or(self.turns, |degrees| i64::from(degrees) / 90),
        }
    }

    fn page(self, dict: Dict<'a>) -> Page<'a> {
        let resources = self.resources.map(|dict| Resources::new(&dict)).unwrap_or_default();
        Page { dict, resources, turns: self.turns }
    }
}

impl Objects {
    /// All pages. Without a root that leads to any, every page object there is.
    pub(super) fn pages(&self, most: usize) -> Result<Vec<Page<'_>>, DocumentError> {
        let xref = self.pdf.xref();
        let named = self.roots.iter().rev().filter_map(|root| xref.get::<Dict<'_>>(*root));
        for root in named.take(MOST_ROOTS).chain(self.of_type(b"Catalog").take(MOST_ROOTS)) {
            let pages = root.get::<Dict<'_>>("Pages");
            let found = pages.map(|pages| self.under(pages, most)).transpose()?.unwrap_or_default();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let mut found = Vec::new();
        for dict in self.of_type(b"Page") {
            let mut above = vec![dict.clone()];
            while above.len() < DEEPEST
                && let Some(parent) = above.last().and_then(|node| node.get::<Dict<'_>>("Parent"))
            {
                above.push(parent);
            }
            let inherited = above.iter().rev().fold(Inherited::default(), |inherited, node| inherited.under(node));
            found.push(inherited.page(dict));
            within(found.len(), most, Exceeded::Pages)?;
        }
        Ok(found)
    }

    fn of_type(&self, wanted: &'static [u8]) -> impl Iterator<Item = Dict<'_>> {
        let all = self.all.iter().filter_map(|id| self.pdf.xref().get::<Dict<'_>>(*id));
        all.filter(move |dict| dict.get::<Name<'_>>("Type").as_deref() == Some(wanted))
    }

    /// The pages under one node, by a walk that visits each node once.
    fn under<'a>(&'a self, top: Dict<'a>, most: usize) -> Result<Vec<Page<'a>>, DocumentError> {
        let mut found = Vec::new();
        let mut visited: HashSet<ObjectIdentifier> = top.obj_id().into_iter().collect();
        let mut open = vec![(children(&top), Inherited::default().under(&top))];
        while let Some((kids, inherited)) = open.last_mut() {
            let Some(kid) = kids.next() else {
                open.pop();
                continue;
            };
            let id = match kid {
                MaybeRef::Ref(reference) => ObjectIdentifier::from(reference),
                // A page is never written into its parent.
                MaybeRef::NotRef(_) => continue,
            };
            let Some(dict) = visited.insert(id).then(|| self.pdf.xref().get::<Dict<'a>>(id)).flatten() else {
                continue;
            };
            let inherited = inherited.under(&dict);
            if dict.contains_key("Kids") {
                open.push((children(&dict), inherited));
            } else {
                found.push(inherited.page(dict));
            }
            within(found.len().max(open.len()), most, Exceeded::Pages)?;
        }
        Ok(found)
    }
}

fn children<'a>(node: &Dict<'a>) -> Box<dyn Iterator<Item = MaybeRef<Object<'a>>> + 'a> {
    match node.get::<Array<'a>>("Kids") {
        Some(kids) => Box::new(kids.raw_iter()),
        None => Box::new(core::iter::empty()),
    }
}

impl<'a> Page<'a> {
    /// How the page is turned for reading.
    pub(super) fn matrix(&self) -> Matrix {
        Matrix::quarter_turns(self.turns)
    }

    /// Draws the page's own content.
    pub(super) fn draw(&self, press: &mut Press<'a>, runs: &mut Runs) -> Result<(), DocumentError> {
        let streams: Vec<Stream<'a>> = match self.dict.get::<Stream<'a>>("Contents") {
            Some(stream) => vec![stream],
            None => match self.dict.get::<Array<'a>>("Contents") {
                Some(parts) => parts.iter::<Stream<'a>>().take(MOST_STREAMS).collect(),
                None => Vec::new(),
            },
        };
        let mut data = Vec::new();
        for stream in streams {
            press.step(stream.dict().data().len())?;
            if let Some(part) = press.inflation.decode(stream.dict(), &stream.raw_data())? {
                // A word never goes on in the next part.
                data.extend_from_slice(&part);
                data.push(b'\n');
            }
        }
        press.draw(&data, &self.resources, self.matrix(), runs)
    }
}
