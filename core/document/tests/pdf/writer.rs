//! A small PDF writer for tests: objects, streams, a table or an object stream.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "for tests only")]

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};

/// Objects by number, from 1 on.
#[derive(Default, Clone)]
pub struct Writer {
    pub objects: Vec<Vec<u8>>,
}

impl Writer {
    pub fn add(&mut self, body: impl AsRef<[u8]>) -> usize {
        self.objects.push(body.as_ref().to_vec());
        self.objects.len()
    }

    pub fn set(&mut self, number: usize, body: impl AsRef<[u8]>) {
        self.objects[number - 1] = body.as_ref().to_vec();
    }

    pub fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        self.add(stream(entries, data))
    }

    pub fn flate(&mut self, entries: &str, data: &[u8]) -> usize {
        self.stream(&format!("{entries}/Filter/FlateDecode"), &deflated(data))
    }

    /// With a classic table; object `root` is the catalog.
    pub fn finish(&self, root: usize) -> Vec<u8> {
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = String::new();
        for (number, body) in (1..).zip(&self.objects) {
            table.push_str(&format!("{:010} 00000 n \n", out.len()));
            out.extend(format!("{number} 0 obj\n").as_bytes());
            out.extend(body);
            out.extend(b"\nendobj\n");
        }
        let at = out.len();
        let size = self.objects.len() + 1;
        out.extend(format!("xref\n0 {size}\n0000000000 65535 f \n{table}").as_bytes());
        out.extend(format!("trailer\n<</Size {size}/Root {root} 0 R>>\nstartxref\n{at}\n%%EOF\n").as_bytes());
        out
    }

    /// With every object that is no stream in an object stream, and a cross-reference stream.
    pub fn finish_packed(&self, root: usize) -> Vec<u8> {
        let is_stream = |body: &[u8]| body.windows(6).any(|word| word == b"stream");
        let mut out = b"%PDF-1.7\n".to_vec();
        let (mut head, mut packed, mut count) = (String::new(), Vec::new(), 0);
        for (number, body) in (1..).zip(&self.objects) {
            if is_stream(body) {
                out.extend(format!("{number} 0 obj\n").as_bytes());
                out.extend(body);
                out.extend(b"\nendobj\n");
            } else {
                head.push_str(&format!("{number} {} ", packed.len()));
                packed.extend(body);
                packed.push(b' ');
                count += 1;
            }
        }
        let first = head.len();
        let data = [head.into_bytes(), packed].concat();
        let number = self.objects.len() + 1;
        out.extend(format!("{number} 0 obj\n").as_bytes());
        out.extend(stream(&format!("/Type/ObjStm/N {count}/First {first}/Filter/FlateDecode"), &deflated(&data)));
        out.extend(format!("\nendobj\n{} 0 obj\n", number + 1).as_bytes());
        // What the rows say is not looked at: the objects are found where they are.
        out.extend(stream(&format!("/Type/XRef/Size 9/W[1 2 1]/Root {root} 0 R"), &[0; 36]));
        out.extend(b"\nendobj\nstartxref\n0\n%%EOF");
        out
    }
}

pub fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{entries}/Length {}>>stream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn deflated_bare(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub const HELVETICA: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
pub const BOLD: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>";
pub const SYMBOL: &str = "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>";

/// A file of pages, each with its own content; object 1 is the catalog, 2 the page tree, 3 the resources.
pub fn pages(contents: &[&[u8]]) -> Writer {
    let mut writer = Writer::default();
    writer.add("<</Type/Catalog/Pages 2 0 R>>");
    writer.add("");
    writer.add(format!("<</Font<</F {HELVETICA}/B {BOLD}/S {SYMBOL}>>>>"));
    let mut kids = String::new();
    for content in contents {
        let content = writer.stream("", content);
        let page = writer.add(format!("<</Type/Page/Parent 2 0 R/Contents {content} 0 R>>"));
        kids.push_str(&format!("{page} 0 R "));
    }
    writer
        .set(2, format!("<</Type/Pages/Count {}/Kids[{kids}]/MediaBox[0 0 612 792]/Resources 3 0 R>>", contents.len()));
    writer
}

/// One page with these fonts beside the usual ones.
pub fn page_with(content: &[u8], fonts: &str) -> Writer {
    let mut writer = pages(&[content]);
    writer.set(3, format!("<</Font<</F {HELVETICA}/B {BOLD}/S {SYMBOL}{fonts}>>>>"));
    writer
}
