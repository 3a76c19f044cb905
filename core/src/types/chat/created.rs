//! The time of a reply where the provider says none.
//!
//! Some wires (Anthropic's, and Gemini's outside Vertex AI) send no time, and
//! dialects read no clock: whoever received the reply fills it in. The clock is
//! read by the caller, not in here.

use super::{ChatCompletion, ChatCompletionChunk};

impl ChatCompletion {
    /// Sets `created` to `unix_seconds`, unless the provider gave a time.
    pub fn fill_created(&mut self, unix_seconds: i64) {
        fill(&mut self.created, unix_seconds);
    }
}

impl ChatCompletionChunk {
    /// Sets `created` to `unix_seconds`, unless the provider gave a time. Give every
    /// chunk of a stream the same, as providers do.
    pub fn fill_created(&mut self, unix_seconds: i64) {
        fill(&mut self.created, unix_seconds);
    }
}

fn fill(created: &mut i64, unix_seconds: i64) {
    if *created == 0 {
        *created = unix_seconds;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_that_is_missing_is_filled_in() {
        for (given, filled) in [(0, 1_779_900_825), (7, 7)] {
            let mut completion = ChatCompletion { created: given, ..ChatCompletion::default() };
            completion.fill_created(1_779_900_825);
            assert_eq!(completion.created, filled);

            let mut chunk = ChatCompletionChunk { created: given, ..ChatCompletionChunk::default() };
            chunk.fill_created(1_779_900_825);
            assert_eq!(chunk.created, filled);
        }
    }
}
