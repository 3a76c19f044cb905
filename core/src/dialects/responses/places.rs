//! Where the messages of a chat come from, so that what is wrong with one is told by the caller's words.

use crate::error::Error;
use crate::types::trace::Translation;

/// What each message of a chat was made of, such as `input[2]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<String>);

impl Places {
    /// The next message comes from there.
    pub(super) fn push(&mut self, place: String) {
        self.0.push(place);
    }

    /// The error of a chat, as one of the request that it stands for.
    #[must_use]
    pub fn told(&self, mut error: Error) -> Error {
        if let Some(param) = error.param.take() {
            let told = self.of(&param).unwrap_or_else(|| param.clone());
            error.message = error.message.replace(&param, &told);
            error.param = Some(told);
        }
        error
    }

    /// The same of notes.
    pub fn tell(&self, notes: &mut [Translation]) {
        for note in notes {
            if let Some(told) = self.of(&note.param) {
                note.param = told;
            }
        }
    }

    /// `input[2].content[0]` for `messages[3].content[0]`.
    fn of(&self, place: &str) -> Option<String> {
        let (number, rest) = place.strip_prefix("messages[")?.split_once(']')?;
        let from = self.0.get(number.parse::<usize>().ok()?)?;
        // A text has no parts, and calls are items of their own.
        let rest = if from == "input" || from == "instructions" { "" } else { rest };
        Some(format!("{from}{rest}"))
    }
}
