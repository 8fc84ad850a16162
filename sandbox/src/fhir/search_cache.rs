//! Answers that are given again to the same question for a while, as some servers do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// Above this, everything is forgotten.
const MOST_ANSWERS: usize = 1000;

/// The JSON of searches, by who asked what.
#[derive(Debug)]
pub(crate) struct SearchCache {
    answers: Mutex<HashMap<String, (i64, String)>>,
    clock: Clock,
}

impl SearchCache {
    pub fn new(clock: Clock) -> Self {
        Self { answers: Mutex::default(), clock }
    }

    pub fn get(&self, question: &str, life: Duration) -> Option<String> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (made, answer) = answers.get(question)?;
        let age = u128::try_from(self.clock.now_ms() - made).unwrap_or_default();
        (age <= life.as_millis()).then(|| answer.clone())
    }

    pub fn put(&self, question: String, answer: String) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST_ANSWERS {
            answers.clear();
        }
        answers.insert(question, (self.clock.now_ms(), answer));
    }
}
