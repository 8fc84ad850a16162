//! From the order on the page, left to right, to the order of reading.
//!
//! Hebrew and Arabic are read from the right, with numbers and Latin words inside them from the left. A page gives
//! the places only, so the order is made from these. It is enough of the Unicode bidirectional algorithm, backwards,
//! for what a typeset line can hold.

use super::run::is_right_to_left;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Left,
    Right,
    /// Takes the direction of what stands around it.
    None,
}

/// Joins clusters that stand from left to right in the order in which they are read.
pub(super) fn logical(clusters: Vec<String>) -> String {
    if !clusters.iter().any(|cluster| cluster.chars().any(is_right_to_left)) {
        return clusters.concat();
    }
    let letters = || clusters.iter().flat_map(|cluster| cluster.chars()).filter(|c| c.is_alphabetic());
    let from_right = letters().filter(|c| is_right_to_left(*c)).count() * 2 >= letters().count();
    let mut clusters = split_signs(clusters);
    if from_right {
        clusters.reverse();
        turn_back(&mut clusters, Direction::Left);
        for cluster in clusters.iter_mut().filter(|cluster| direction(cluster) == Direction::None) {
            *cluster = mirrored(cluster);
        }
    } else {
        turn_back(&mut clusters, Direction::Right);
    }
    clusters.concat()
}

/// Signs that were drawn with a word stand for themselves here.
fn split_signs(clusters: Vec<String>) -> Vec<String> {
    let mut out = Vec::with_capacity(clusters.len());
    for cluster in clusters {
        if direction(&cluster) == Direction::None {
            out.extend(cluster.chars().map(String::from));
        } else {
            out.push(cluster);
        }
    }
    out
}

/// Reverses every stretch that starts and ends in `wanted` and holds nothing of the other direction.
fn turn_back(clusters: &mut [String], wanted: Direction) {
    let mut start = 0;
    while start < clusters.len() {
        let rest = clusters.get(start..).unwrap_or_default();
        let Some(offset) = rest.iter().position(|cluster| direction(cluster) == wanted) else { return };
        let from = start + offset;
        let stretch = clusters.get(from..).unwrap_or_default();
        let alike = stretch.iter().take_while(|c| direction(c) == wanted || direction(c) == Direction::None).count();
        let last = stretch.iter().take(alike).rposition(|cluster| direction(cluster) == wanted).unwrap_or(0);
        let to = from + last + 1;
        if let Some(stretch) = clusters.get_mut(from..to) {
            stretch.reverse();
        }
        start = to;
    }
}

fn direction(cluster: &str) -> Direction {
    if cluster.chars().any(is_right_to_left) {
        Direction::Right
    } else if cluster.chars().any(char::is_alphanumeric) {
        Direction::Left
    } else {
        Direction::None
    }
}

fn mirrored(cluster: &str) -> String {
    const PAIRS: &[(char, char)] = &[('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('\u{ab}', '\u{bb}')];
    let other = |c: char| {
        PAIRS.iter().find_map(|(open, close)| match c {
            c if c == *open => Some(*close),
            c if c == *close => Some(*open),
            _ => None,
        })
    };
    cluster.chars().map(|c| other(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(drawn: &str) -> String {
        // As a page gives it: letters from the right one by one, others by the word.
        let mut clusters: Vec<String> = Vec::new();
        for c in drawn.chars() {
            match clusters.last_mut() {
                Some(last) if c.is_ascii_alphanumeric() && last.ends_with(|l: char| l.is_ascii_alphanumeric()) => {
                    last.push(c);
                }
                _ => clusters.push(c.to_string()),
            }
        }
        logical(clusters)
    }

    /// Proves N1: words are read in the order of their own script, numbers in theirs.
    #[test]
    fn scripts_are_read_in_their_own_order() {
        // Shalom olam.
        assert_eq!(
            read("\u{5dd}\u{5dc}\u{5d5}\u{5e2} \u{5dd}\u{5d5}\u{5dc}\u{5e9}"),
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd}"
        );
        assert_eq!(read("25 mg (\u{5d1}\u{5d0})"), "(\u{5d0}\u{5d1}) 25 mg");
        assert_eq!(read("Name: \u{5d1}\u{5d0} 7 given today"), "Name: \u{5d0}\u{5d1} 7 given today");
        assert_eq!(read("5 mg (daily)"), "5 mg (daily)");
    }
}
