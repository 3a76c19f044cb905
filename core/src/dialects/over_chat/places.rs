//! Where the messages of a chat come from, so that what is wrong with one is told by the caller's words.

use crate::error::Error;
use crate::types::trace::Translation;

/// What each message of a chat was made of, such as `input[2]`, and parameters that have another name there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    of: Vec<Place>,
    /// The chat's name of a parameter, and the caller's.
    names: &'static [(&'static str, &'static str)],
}

/// Where a message comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub from: String,
    /// Where each of its parts comes from, where that is not their number.
    pub parts: Vec<String>,
    pub calls: Vec<String>,
}

impl Place {
    fn told(&self, rest: &str) -> String {
        let numbered = |name: &str, of: &[String]| {
            let (number, within) = rest.strip_prefix(name)?.split_once(']')?;
            let place = of.get(number.parse::<usize>().ok()?)?;
            // Both call it that; what else is in a part has other names there.
            let field = Some(within).filter(|field| *field == ".cache_control").unwrap_or_default();
            Some(format!("{place}{field}"))
        };
        if let Some(place) =
            numbered(".content[", &self.parts).or_else(|| numbered(".tool_calls[", &self.calls))
        {
            return place;
        }
        // A text has no parts.
        let is_text = ["input", "instructions", "system"].contains(&self.from.as_str());
        format!("{}{}", self.from, if is_text { "" } else { rest })
    }
}

impl Places {
    pub(in crate::dialects) fn named(names: &'static [(&'static str, &'static str)]) -> Self {
        Self { of: Vec::new(), names }
    }

    /// The next message comes from there, and so do its parts by their number.
    pub(in crate::dialects) fn push(&mut self, from: String) {
        self.of.push(Place { from, ..Place::default() });
    }

    /// The next message comes from there.
    pub(in crate::dialects) fn push_place(&mut self, place: Place) {
        self.of.push(place);
    }

    /// The error of a chat, as one of the request that it stands for.
    #[must_use]
    pub fn told(&self, mut error: Error) -> Error {
        if let Some(param) = error.param.take() {
            let told = match self.of(&param) {
                Some(told) => {
                    error.message = error.message.replace(&param, &told);
                    told
                }
                None => match self.name(&param) {
                    Some(told) => {
                        error.message = error.message.replace(&format!("`{param}`"), &format!("`{told}`"));
                        told
                    }
                    None => param,
                },
            };
            error.param = Some(told);
        }
        error
    }

    /// The same of notes.
    pub fn tell(&self, notes: &mut [Translation]) {
        for note in notes {
            if let Some(told) = self.of(&note.param).or_else(|| self.name(&note.param)) {
                note.param = told;
            }
        }
    }

    /// `input[2].content[0]` for `messages[3].content[0]`.
    fn of(&self, place: &str) -> Option<String> {
        let (number, rest) = place.strip_prefix("messages[")?.split_once(']')?;
        Some(self.of.get(number.parse::<usize>().ok()?)?.told(rest))
    }

    fn name(&self, param: &str) -> Option<String> {
        let told = |(chat, own): &(&str, &str)| {
            let rest = param.strip_prefix(chat)?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{own}{rest}"))
        };
        self.names.iter().find_map(told)
    }
}
