//! Damages JSON as real and hostile servers do: members dropped, retyped, reordered, given twice, extended, nested
//! deeply, blown up. Independent of the readers, so that any test can use it.

#![allow(dead_code, reason = "each test uses what it needs")]

use proptest::prelude::*;
use proptest::sample::select;

/// JSON that keeps the order of members, members given twice, and the text of numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// A string, number or literal, as it stands in the text.
    Scalar(String),
    Array(Vec<Json>),
    /// Keys as they stand in the text, in quotation marks.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a sound text.
    pub fn parse(text: &str) -> Self {
        Reader { rest: text }.value()
    }

    /// Writes it as text, without recursion, since it may be nested deeper than any stack.
    pub fn write(&self) -> String {
        enum Step<'a> {
            Text(&'a str),
            Value(&'a Json),
        }
        let mut out = String::new();
        let mut steps = vec![Step::Value(self)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Text(text) => out.push_str(text),
                Step::Value(Self::Scalar(text)) => out.push_str(text),
                Step::Value(Self::Array(items)) => {
                    out.push('[');
                    steps.push(Step::Text("]"));
                    for (index, item) in items.iter().enumerate().rev() {
                        steps.push(Step::Value(item));
                        steps.push(Step::Text(if index > 0 { "," } else { "" }));
                    }
                }
                Step::Value(Self::Object(members)) => {
                    out.push('{');
                    steps.push(Step::Text("}"));
                    for (index, (key, value)) in members.iter().enumerate().rev() {
                        steps.push(Step::Value(value));
                        steps.push(Step::Text(":"));
                        steps.push(Step::Text(key));
                        steps.push(Step::Text(if index > 0 { "," } else { "" }));
                    }
                }
            }
        }
        out
    }

    /// The value of a member; the first one where there are several.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| *key == quoted(name)).map(|(_, value)| value),
            _ => None,
        }
    }

    fn children(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Array(items) => items.iter_mut().collect(),
            Self::Object(members) => members.iter_mut().map(|(_, value)| value).collect(),
            Self::Scalar(_) => Vec::new(),
        }
    }

    /// The node that is reached by walking down along `path`, each step counted around the children.
    fn at(&mut self, path: &[usize]) -> &mut Self {
        let Some((step, rest)) = path.split_first() else { return self };
        let count = self.children().len();
        if count == 0 {
            return self;
        }
        self.children().swap_remove(step % count).at(rest)
    }
}

/// Reads sound JSON and keeps every token as it stands.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Json {
        match self.peek() {
            '[' => Json::Array(self.list(']', Self::value)),
            '{' => Json::Object(self.list('}', |reader| {
                let key = reader.token().to_owned();
                reader.take(':');
                (key, reader.value())
            })),
            _ => Json::Scalar(self.token().to_owned()),
        }
    }

    fn list<T>(&mut self, end: char, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.rest = &self.rest[1..];
        while self.peek() != end {
            items.push(item(self));
            if self.peek() == ',' {
                self.take(',');
            }
        }
        self.take(end);
        items
    }

    fn token(&mut self) -> &'a str {
        self.peek();
        let mut escaped = false;
        let ends_string = |(_, c): &(usize, char)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        };
        let length = match self.rest.strip_prefix('"') {
            Some(inside) => inside.char_indices().find(ends_string).expect("sound JSON").0 + 2,
            None => self.rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(self.rest.len()),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        token
    }

    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start();
        self.rest.chars().next().expect("sound JSON")
    }

    fn take(&mut self, wanted: char) {
        assert_eq!(self.peek(), wanted, "sound JSON");
        self.rest = &self.rest[1..];
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One kind of damage.
#[derive(Debug, Clone)]
pub enum Damage {
    /// A child goes.
    Drop(usize),
    /// The node becomes something else.
    Retype(Json),
    /// The node moves into an array; an array gives up its first item.
    Wrap,
    /// The children are turned round and shifted.
    Reorder(usize),
    /// A child is given twice; as a member, the second time with another value.
    Twice(usize, Json),
    /// A member or item is added.
    Extend(&'static str, Json),
    /// The node comes to lie under so many levels of arrays or objects.
    Nest(usize, bool),
    /// The node becomes a string or list of this length.
    Swell(usize, bool),
}

/// Damage at one place.
#[derive(Debug, Clone)]
pub struct Mutation {
    pub path: Vec<usize>,
    pub damage: Damage,
}

impl Mutation {
    /// Damages `json` in place.
    pub fn apply(&self, json: &mut Json) {
        let node = json.at(&self.path);
        match &self.damage {
            Damage::Drop(at) => match node {
                Json::Array(items) if !items.is_empty() => drop(items.remove(at % items.len())),
                Json::Object(members) if !members.is_empty() => drop(members.remove(at % members.len())),
                _ => *node = Json::Scalar("null".to_owned()),
            },
            Damage::Retype(other) => *node = other.clone(),
            Damage::Wrap => {
                let inner = std::mem::replace(node, Json::Scalar("null".to_owned()));
                *node = match inner {
                    Json::Array(mut items) if !items.is_empty() => items.swap_remove(0),
                    other => Json::Array(vec![other]),
                };
            }
            Damage::Reorder(by) => match node {
                Json::Array(items) if !items.is_empty() => shuffle(items, *by),
                Json::Object(members) if !members.is_empty() => shuffle(members, *by),
                _ => {}
            },
            Damage::Twice(at, other) => match node {
                Json::Array(items) if !items.is_empty() => items.push(items[at % items.len()].clone()),
                Json::Object(members) if !members.is_empty() => {
                    members.push((members[at % members.len()].0.clone(), other.clone()));
                }
                _ => {}
            },
            Damage::Extend(name, value) => match node {
                Json::Array(items) => items.push(value.clone()),
                Json::Object(members) => members.push((quoted(name), value.clone())),
                Json::Scalar(_) => {}
            },
            Damage::Nest(levels, objects) => {
                let inner = node.write();
                let (open, close) = if *objects { ("{\"extension\":", "}") } else { ("[", "]") };
                // As one piece of text: a tree of that depth could not even be dropped.
                *node = Json::Scalar(format!("{}{inner}{}", open.repeat(*levels), close.repeat(*levels)));
            }
            Damage::Swell(size, list) => {
                let text = if *list { format!("[{}0]", "0,".repeat(*size)) } else { quoted(&"é".repeat(*size)) };
                *node = Json::Scalar(text);
            }
        }
    }
}

fn shuffle<T>(items: &mut [T], by: usize) {
    items.reverse();
    let by = by % items.len();
    items.rotate_left(by);
}

/// Any small JSON value, among them what readers look for in the wrong place.
pub fn junk() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        select(
            &[
                "null",
                "true",
                "false",
                "0",
                "-0",
                "1e999",
                "0.1000000000000000055511151231257827",
                "\"\"",
                "\" \"",
                "\"entered-in-error\"",
                "\"active\"",
                "\"#x\"",
                "\"#\"",
                "\"Patient/1\"",
                "\"urn:uuid:1\"",
                "\"2024-13\"",
                "\"2024\"",
                "\"9999-12-31T23:59:60+14:00\"",
                "\"?\"",
                "\"Practitioner?identifier=a|b\"",
                "\"\\ud83d\"",
                "\"\\u0000\"",
                "\"716186003\"",
                "[]",
                "{}",
            ][..]
        )
        .prop_map(|text| Json::Scalar(text.to_owned())),
        "\\PC{0,12}".prop_map(|text| Json::Scalar(quoted(&text))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            proptest::collection::vec((name(), inner), 0..4).prop_map(|members| Json::Object(
                members.into_iter().map(|(key, value)| (quoted(key), value)).collect()
            )),
        ]
    })
}

fn name() -> impl Strategy<Value = &'static str> {
    select(
        &[
            "reference",
            "display",
            "identifier",
            "coding",
            "code",
            "system",
            "text",
            "value",
            "start",
            "extension",
            "url",
            "valueCode",
            "id",
            "resourceType",
            "contained",
            "status",
            "_status",
            "subject",
            "modifierExtension",
            "x",
            "",
        ][..],
    )
}

/// One mutation, small enough for a page to stay within its bounds of depth.
pub fn mutation() -> impl Strategy<Value = Mutation> {
    with_nesting(12)
}

/// One mutation that may also nest deeper than any limit.
pub fn deep_mutation() -> impl Strategy<Value = Mutation> {
    with_nesting(5_000)
}

fn with_nesting(levels: usize) -> impl Strategy<Value = Mutation> {
    let damage = prop_oneof![
        4 => any::<usize>().prop_map(Damage::Drop),
        4 => junk().prop_map(Damage::Retype),
        2 => Just(Damage::Wrap),
        2 => any::<usize>().prop_map(Damage::Reorder),
        2 => (any::<usize>(), junk()).prop_map(|(at, other)| Damage::Twice(at, other)),
        3 => (name(), junk()).prop_map(|(name, value)| Damage::Extend(name, value)),
        1 => (1..=levels, any::<bool>()).prop_map(|(levels, objects)| Damage::Nest(levels, objects)),
        1 => (1..=20_000_usize, any::<bool>()).prop_map(|(size, list)| Damage::Swell(size, list)),
    ];
    (proptest::collection::vec(any::<usize>(), 0..6), damage).prop_map(|(path, damage)| Mutation { path, damage })
}
