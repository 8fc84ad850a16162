//! Words that stand on a page but not in its content: filled-in form fields, typed comments, stamps
//! (ISO 32000-2, 12.5 and 12.7).

use hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Rect, Stream, String as Text};

use super::drawing::{Press, matrix_of};
use super::lexer::{Lexer, Operand};
use super::matrix::Matrix;
use super::page::Page;
use super::run::{Run, Runs};
use super::text_string::text_string;
use crate::error::DocumentError;

type Done = Result<(), DocumentError>;

/// Hidden, and not to be viewed.
const UNSEEN: i32 = 1 << 1 | 1 << 5;
/// Flags of fields (ISO 32000-2, tables 229 and 230).
const PASSWORD: i32 = 1 << 13;
const PUSH_BUTTON: i32 = 1 << 16;
/// Deepest fields within one another.
const DEEPEST: usize = 16;
const MOST_ON_A_PAGE: usize = 10_000;
/// Size of letters where none is given.
const USUAL_SIZE: f64 = 10.0;
/// Longest choice looked through for its wording.
const MOST_CHOICES: usize = 1_000;

/// Adds the words of a page's annotations where they stand.
pub(super) fn draw<'a>(page: &Page<'a>, press: &mut Press<'a>, runs: &mut Runs) -> Done {
    let Some(all) = page.dict.get::<Array<'a>>("Annots") else { return Ok(()) };
    for dict in all.iter::<Dict<'a>>().take(MOST_ON_A_PAGE) {
        press.step(dict.data().len())?;
        if dict.get::<i32>("F").is_some_and(|flags| flags & UNSEEN != 0) {
            continue;
        }
        let subtype = dict.get::<Name<'_>>("Subtype");
        let words = match subtype.as_deref() {
            Some(b"Widget") => field_text(&dict),
            Some(b"FreeText") => dict.get::<Text<'_>>("Contents").map(|words| text_string(&words)),
            Some(b"Link" | b"Popup" | b"Text") | None => continue,
            Some(_) => None,
        };
        match (words.filter(|words| !words.trim().is_empty()), dict.get::<Rect>("Rect")) {
            (Some(words), Some(rect)) => write(&words, &rect, size_of(&dict), page.matrix(), runs)?,
            (None, Some(rect)) => draw_appearance(&dict, &rect, page, press, runs)?,
            _ => {}
        }
    }
    Ok(())
}

/// A field's entry: its own or, in a family of fields, its parent's.
fn inherited<T>(field: &Dict<'_>, get: impl Fn(&Dict<'_>) -> Option<T>) -> Option<T> {
    let mut field = field.clone();
    for _ in 0..DEEPEST {
        if let Some(found) = get(&field) {
            return Some(found);
        }
        field = field.get::<Dict<'_>>("Parent")?;
    }
    None
}

/// What a field holds. `None` when only its appearance can tell.
fn field_text(field: &Dict<'_>) -> Option<String> {
    let kind = inherited(field, |field| field.get::<Name<'_>>("FT").map(|name| name.to_vec()))?;
    let flags = inherited(field, |field| field.get::<i32>("Ff")).unwrap_or(0);
    match kind.as_slice() {
        b"Tx" if flags & PASSWORD == 0 => inherited(field, |field| value(&field.get::<Object<'_>>("V")?)),
        b"Ch" => {
            let chosen = inherited(field, |field| value(&field.get::<Object<'_>>("V")?))?;
            Some(inherited(field, |field| wording(field, &chosen)).unwrap_or(chosen))
        }
        b"Btn" if flags & PUSH_BUTTON == 0 => {
            let state = field.get::<Name<'_>>("AS").map(|name| name.to_vec());
            let state =
                state.or_else(|| inherited(field, |field| field.get::<Name<'_>>("V").map(|name| name.to_vec())));
            Some(if state.is_some_and(|state| state != b"Off") { "[x]" } else { "[ ]" }.to_owned())
        }
        _ => None,
    }
}

fn value(object: &Object<'_>) -> Option<String> {
    match object {
        Object::String(words) => Some(text_string(words)),
        Object::Name(name) => Some(text_string(name)),
        Object::Array(several) => {
            let words = several.iter::<Text<'_>>().take(MOST_CHOICES).map(|words| text_string(&words));
            Some(words.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

/// The words shown for a choice that is stored in short.
fn wording(field: &Dict<'_>, chosen: &str) -> Option<String> {
    let options = field.get::<Array<'_>>("Opt")?;
    let pairs = options.iter::<Array<'_>>().take(MOST_CHOICES).map(|pair| pair.iter::<Text<'_>>().collect::<Vec<_>>());
    let mut matching = pairs.filter_map(|pair| match pair.as_slice() {
        [stored, shown] if text_string(stored) == chosen => Some(text_string(shown)),
        _ => None,
    });
    matching.next()
}

/// The size of letters in `0 g /Helv 9 Tf`; 0 stands for what fits.
fn size_of(annotation: &Dict<'_>) -> Option<f64> {
    let appearance = inherited(annotation, |field| field.get::<Text<'_>>("DA").map(|words| words.to_vec()))?;
    let mut lexer = Lexer::new(&appearance);
    let mut operands = Vec::new();
    while let Some(operator) = lexer.instruction(&mut operands) {
        if let (b"Tf", [.., Operand::Number(size)]) = (operator, operands.as_slice()) {
            return Some(*size).filter(|size| *size > 0.0);
        }
    }
    None
}

/// Writes words into a rectangle: one line in the middle, several from the top.
fn write(words: &str, rect: &Rect, size: Option<f64>, page: Matrix, runs: &mut Runs) -> Done {
    let lines: Vec<&str> = words.split(['\r', '\n']).filter(|line| !line.trim().is_empty()).collect();
    let height = rect.y1 - rect.y0;
    let size = size.unwrap_or_else(|| (height * 0.7).min(USUAL_SIZE)).clamp(1.0, 72.0);
    let tall = height > 2.5 * size || lines.len() > 1;
    let first = if tall { rect.y1 - 1.1 * size } else { rect.y0 + height / 2.0 - 0.3 * size };
    for (row, line) in (0_u32..).zip(&lines) {
        let text = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let (x, y) = (rect.x0 + 2.0, first - f64::from(row) * 1.2 * size);
        let wide = 0.5 * size * f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        let (start, end) = (page.apply(x, y), page.apply((x + wide).min(rect.x1.max(x)), y));
        let [a, b, ..] = page.0;
        runs.told += text.chars().count();
        let run = Run { text, start, end, size, degrees: b.atan2(a).to_degrees(), bold: false, blank_before: true };
        runs.place(run)?;
    }
    Ok(())
}

/// Draws the normal appearance, fitted into the rectangle (ISO 32000-2, 12.5.5).
fn draw_appearance<'a>(
    annotation: &Dict<'a>,
    rect: &Rect,
    page: &Page<'a>,
    press: &mut Press<'a>,
    runs: &mut Runs,
) -> Done {
    let Some(appearances) = annotation.get::<Dict<'a>>("AP") else { return Ok(()) };
    let state = annotation.get::<Name<'_>>("AS");
    let reference = match (appearances.get::<Stream<'a>>("N"), state) {
        (Some(_), _) => appearances.get_ref("N"),
        (None, Some(state)) => appearances.get::<Dict<'a>>("N").and_then(|states| states.get_ref(&*state)),
        (None, None) => None,
    };
    let Some(id) = reference.map(ObjectIdentifier::from) else { return Ok(()) };
    let Some(form) = press.objects.pdf.xref().get::<Stream<'a>>(id) else { return Ok(()) };
    let own = matrix_of(form.dict()).unwrap_or(Matrix::IDENTITY);
    let Some(frame) = form.dict().get::<Rect>("BBox") else { return Ok(()) };
    let corners = [(frame.x0, frame.y0), (frame.x1, frame.y0), (frame.x0, frame.y1), (frame.x1, frame.y1)];
    let corners = corners.map(|(x, y)| own.apply(x, y));
    let least = |value: fn(&(f64, f64)) -> f64| corners.iter().map(value).fold(f64::INFINITY, f64::min);
    let most = |value: fn(&(f64, f64)) -> f64| corners.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
    let (left, bottom) = (least(|(x, _)| *x), least(|(_, y)| *y));
    let (wide, tall) = (most(|(x, _)| *x) - left, most(|(_, y)| *y) - bottom);
    if !(wide > 0.0 && tall > 0.0) {
        return Ok(());
    }
    let (across, up) = ((rect.x1 - rect.x0) / wide, (rect.y1 - rect.y0) / tall);
    let fit = Matrix([across, 0.0, 0.0, up, rect.x0 - left * across, rect.y0 - bottom * up]);
    press.draw_form(id, &page.resources, fit.then(page.matrix()), runs, &mut Vec::new())
}
