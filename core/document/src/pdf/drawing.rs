//! Follows the text operators of a page (ISO 32000-2, 9.4) and gives the pieces of text with their places.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_syntax::object::{Array, Dict, FromBytes, Name, ObjectIdentifier, Stream};

use super::filters::Inflation;
use super::font::{Font, Glyph};
use super::lexer::{Lexer, Operand};
use super::matrix::Matrix;
use super::objects::Objects;
use super::run::{Run, Runs};
use super::text_string::text_string;
use crate::error::{DocumentError, Exceeded};
use crate::limits::within;

/// Most operators and glyphs in one file.
const MOST_STEPS: usize = 20_000_000;
/// What drawing a form costs, so that forms that call forms end early.
const FORM_STEPS: usize = 200;
/// Deepest forms within one another, and states put by.
const DEEPEST_FORMS: usize = 12;
const DEEPEST_STATES: usize = 256;

type Done = Result<(), DocumentError>;

/// What all pages of a file share.
pub(super) struct Press<'a> {
    pub(super) objects: &'a Objects,
    pub(super) inflation: &'a mut Inflation,
    fonts: HashMap<ObjectIdentifier, Rc<Font>>,
    forms: HashMap<ObjectIdentifier, Option<Rc<Form<'a>>>>,
    steps: usize,
}

/// A form XObject: a piece of a page that is drawn by name.
struct Form<'a> {
    data: Vec<u8>,
    matrix: Matrix,
    resources: Option<Resources<'a>>,
}

/// What names on a page stand for.
#[derive(Clone, Default)]
pub(super) struct Resources<'a> {
    fonts: Dict<'a>,
    forms: Dict<'a>,
    properties: Dict<'a>,
}

impl<'a> Resources<'a> {
    pub(super) fn new(dict: &Dict<'a>) -> Self {
        let part = |key: &str| dict.get::<Dict<'a>>(key).unwrap_or_default();
        Self { fonts: part("Font"), forms: part("XObject"), properties: part("Properties") }
    }
}

/// The text state (ISO 32000-2, 9.3) and the transformation of the page.
#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    letter_gap: f64,
    word_gap: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

impl<'a> Press<'a> {
    pub(super) fn new(objects: &'a Objects, inflation: &'a mut Inflation) -> Self {
        Self { objects, inflation, fonts: HashMap::new(), forms: HashMap::new(), steps: 0 }
    }

    pub(super) fn step(&mut self, count: usize) -> Done {
        self.steps = self.steps.saturating_add(count);
        within(self.steps, MOST_STEPS, Exceeded::Steps)
    }

    /// Draws a content stream and all it calls.
    pub(super) fn draw(&mut self, data: &[u8], resources: &Resources<'a>, page: Matrix, runs: &mut Runs) -> Done {
        self.draw_within(data, resources, page, runs, &mut Vec::new())
    }

    /// Draws the form with this number, if it is one.
    pub(super) fn draw_form(
        &mut self,
        id: ObjectIdentifier,
        outer: &Resources<'a>,
        page: Matrix,
        runs: &mut Runs,
        open: &mut Vec<ObjectIdentifier>,
    ) -> Done {
        if open.len() >= DEEPEST_FORMS || open.contains(&id) {
            return Ok(());
        }
        self.step(FORM_STEPS)?;
        let Some(form) = self.form(id)? else {
            runs.pictures = true;
            return Ok(());
        };
        open.push(id);
        let resources = form.resources.as_ref().unwrap_or(outer);
        self.draw_within(&form.data, resources, form.matrix.then(page), runs, open)?;
        open.pop();
        Ok(())
    }

    fn draw_within(
        &mut self,
        data: &[u8],
        resources: &Resources<'a>,
        page: Matrix,
        runs: &mut Runs,
        open: &mut Vec<ObjectIdentifier>,
    ) -> Done {
        let mut pen = Pen::new(page);
        let mut lexer = Lexer::new(data);
        let mut operands = Vec::new();
        let mut direct_fonts = HashMap::new();
        let depth = runs.marked();
        while let Some(operator) = lexer.instruction(&mut operands) {
            self.step(1)?;
            match (operator, operands.as_slice()) {
                (b"Tf", [.., Operand::Name(name), Operand::Number(size)]) => {
                    pen.state.font = self.font(name, resources, &mut direct_fonts)?;
                    pen.state.size = *size;
                }
                (b"Do", [.., Operand::Name(name)]) => {
                    if let Some(id) = resources.forms.get_ref(name) {
                        self.draw_form(id.into(), resources, pen.state.page, runs, open)?;
                    }
                }
                (b"BDC", [.., properties]) => runs.begin_marked(replacement(properties, resources)),
                (b"BMC", _) => runs.begin_marked(None),
                (b"EMC", _) if runs.marked() > depth => runs.end_marked()?,
                (b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" | b"sh", _) => runs.shapes = true,
                (operator, operands) => pen.follow(operator, operands, self, runs)?,
            }
        }
        while runs.marked() > depth {
            runs.end_marked()?;
        }
        runs.pictures |= lexer.pictures;
        Ok(())
    }

    fn font(
        &mut self,
        name: &[u8],
        resources: &Resources<'a>,
        direct: &mut HashMap<Vec<u8>, Rc<Font>>,
    ) -> Result<Option<Rc<Font>>, DocumentError> {
        let id = resources.fonts.get_ref(name).map(ObjectIdentifier::from);
        let known = id.map_or_else(|| direct.get(name), |id| self.fonts.get(&id));
        if let Some(font) = known {
            return Ok(Some(Rc::clone(font)));
        }
        let Some(dict) = resources.fonts.get::<Dict<'a>>(name) else { return Ok(None) };
        let font = Rc::new(Font::read(&dict, self.inflation)?);
        match id {
            Some(id) => self.fonts.insert(id, Rc::clone(&font)),
            None => direct.insert(name.to_vec(), Rc::clone(&font)),
        };
        Ok(Some(font))
    }

    fn form(&mut self, id: ObjectIdentifier) -> Result<Option<Rc<Form<'a>>>, DocumentError> {
        if let Some(form) = self.forms.get(&id) {
            return Ok(form.clone());
        }
        let stream = self.objects.pdf.xref().get::<Stream<'a>>(id);
        let stream = stream.filter(|stream| stream.dict().get::<Name<'_>>("Subtype").as_deref() != Some(b"Image"));
        let form = match stream {
            Some(stream) => self.inflation.decode(stream.dict(), &stream.raw_data())?.map(|data| {
                let dict = stream.dict();
                Rc::new(Form {
                    data,
                    matrix: matrix_of(dict).unwrap_or(Matrix::IDENTITY),
                    resources: dict.get::<Dict<'a>>("Resources").map(|dict| Resources::new(&dict)),
                })
            }),
            None => None,
        };
        self.forms.insert(id, form.clone());
        Ok(form)
    }
}

/// The `Matrix` of a form.
pub(super) fn matrix_of(dict: &Dict<'_>) -> Option<Matrix> {
    let numbers: Vec<f64> = dict.get::<Array<'_>>("Matrix")?.iter::<f64>().collect();
    Some(Matrix(numbers.try_into().ok()?))
}

/// The text that the writer gives for what is drawn (ISO 32000-2, 14.9.4).
fn replacement(properties: &Operand<'_>, resources: &Resources<'_>) -> Option<String> {
    use hayro_syntax::object::String as Text;
    let dict = match properties {
        Operand::Name(name) => resources.properties.get::<Dict<'_>>(name)?,
        Operand::Dict(bytes) => return Some(text_string(&Dict::from_bytes(bytes)?.get::<Text<'_>>("ActualText")?)),
        _ => return None,
    };
    Some(text_string(&dict.get::<Text<'_>>("ActualText")?))
}

/// Where text goes next.
struct Pen {
    state: State,
    stack: Vec<State>,
    /// States put by beyond the depth that is kept.
    beyond: usize,
    text: Matrix,
    line: Matrix,
}

impl Pen {
    fn new(page: Matrix) -> Self {
        let state = State {
            page,
            font: None,
            size: 0.0,
            letter_gap: 0.0,
            word_gap: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        Self { state, stack: Vec::new(), beyond: 0, text: Matrix::IDENTITY, line: Matrix::IDENTITY }
    }

    fn follow(&mut self, operator: &[u8], operands: &[Operand<'_>], press: &mut Press<'_>, runs: &mut Runs) -> Done {
        use Operand::{Array, Number, Text};
        match (operator, operands) {
            (b"q", _) if self.stack.len() < DEEPEST_STATES => self.stack.push(self.state.clone()),
            (b"q", _) => self.beyond += 1,
            (b"Q", _) if self.beyond > 0 => self.beyond -= 1,
            (b"Q", _) => {
                if let Some(state) = self.stack.pop() {
                    self.state = state;
                }
            }
            (b"cm", [.., Number(a), Number(b), Number(c), Number(d), Number(e), Number(f)]) => {
                self.state.page = Matrix([*a, *b, *c, *d, *e, *f]).then(self.state.page);
            }
            (b"BT", _) => self.start_line(Matrix::IDENTITY),
            (b"Tm", [.., Number(a), Number(b), Number(c), Number(d), Number(e), Number(f)]) => {
                self.start_line(Matrix([*a, *b, *c, *d, *e, *f]));
            }
            (b"Td", [.., Number(x), Number(y)]) => self.move_line(*x, *y),
            (b"TD", [.., Number(x), Number(y)]) => {
                self.state.leading = -y;
                self.move_line(*x, *y);
            }
            (b"T*", _) => self.next_line(),
            (b"Tc", [.., Number(gap)]) => self.state.letter_gap = *gap,
            (b"Tw", [.., Number(gap)]) => self.state.word_gap = *gap,
            (b"Tz", [.., Number(percent)]) => self.state.stretch = percent / 100.0,
            (b"TL", [.., Number(leading)]) => self.state.leading = *leading,
            (b"Ts", [.., Number(rise)]) => self.state.rise = *rise,
            (b"Tj", [.., Text(string)]) => self.show(string, press, runs)?,
            (b"'", [.., Text(string)]) => {
                self.next_line();
                self.show(string, press, runs)?;
            }
            (b"\"", [.., Number(word_gap), Number(letter_gap), Text(string)]) => {
                (self.state.word_gap, self.state.letter_gap) = (*word_gap, *letter_gap);
                self.next_line();
                self.show(string, press, runs)?;
            }
            (b"TJ", [.., Array(items)]) => {
                let mut items = Lexer::new(items);
                while let Some(item) = items.operand() {
                    match item {
                        Text(string) => self.show(&string, press, runs)?,
                        Number(back) => self.advance(-back / 1000.0 * self.state.size, 0.0),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn start_line(&mut self, matrix: Matrix) {
        (self.line, self.text) = (matrix, matrix);
    }

    fn move_line(&mut self, x: f64, y: f64) {
        self.start_line(Matrix::translation(x, y).then(self.line));
    }

    fn next_line(&mut self) {
        self.move_line(0.0, -self.state.leading);
    }

    /// Moves on by so much of text space; `gap` is what spacing adds.
    fn advance(&mut self, width: f64, gap: f64) {
        let vertical = self.state.font.as_ref().is_some_and(|font| font.vertical);
        let by = if vertical { (0.0, width + gap) } else { ((width + gap) * self.state.stretch, 0.0) };
        self.text = Matrix::translation(by.0, by.1).then(self.text);
    }

    fn show(&mut self, string: &[u8], press: &mut Press<'_>, runs: &mut Runs) -> Done {
        let Some(font) = self.state.font.clone() else { return Ok(()) };
        font.each_glyph(string, |glyph| {
            press.step(1)?;
            self.glyph(&font, &glyph, runs)
        })
    }

    fn glyph(&mut self, font: &Font, glyph: &Glyph<'_>, runs: &mut Runs) -> Done {
        let state = &self.state;
        let gap = state.letter_gap + if glyph.blank { state.word_gap } else { 0.0 };
        let size = state.size;
        let to_page = self.text.then(state.page);
        let start = to_page.apply(0.0, state.rise);
        let width = if font.vertical { -size } else { glyph.width * size };
        let end = if font.vertical {
            to_page.apply(0.0, state.rise + width)
        } else {
            to_page.apply(width * state.stretch, state.rise)
        };
        // Directions of writing and of up, on the page.
        let [a, b, c, d, ..] = to_page.0;
        let (ahead, tall) = if font.vertical { ((-c, -d), (a, b)) } else { ((a, b), (c, d)) };
        let turned = if size < 0.0 { (-ahead.0, -ahead.1) } else { ahead };
        self.advance(width, gap);
        let after = self.text.then(self.state.page).apply(0.0, self.state.rise);
        runs.add(
            glyph.text,
            Run {
                text: String::new(),
                start,
                end,
                size: size.abs() * tall.0.hypot(tall.1),
                degrees: turned.1.atan2(turned.0).to_degrees(),
                bold: font.bold,
                blank_before: false,
            },
            after,
        )
    }
}
