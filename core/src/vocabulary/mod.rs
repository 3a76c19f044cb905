//! Counting by a vocabulary of byte pairs, such as OpenAI publishes for its models.
//!
//! A vocabulary is a file of megabytes, so none is built in: the user gives one. Its form is that of
//! `.tiktoken` files (github.com/openai/tiktoken, `load.py`): a line for each token, its bytes as
//! base64 and its rank. The file does not say how texts are cut before pairs are joined; that follows
//! from its size ([`Cut::of`]). Tokens are counted and not told apart: what texts say of special
//! tokens counts as text, which is how services read it. No I/O goes in here.

mod cut;
mod join;

use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use cut::Cut;

/// A vocabulary, read.
pub struct Vocabulary {
    ranks: HashMap<Box<[u8]>, u32>,
    cut: Cut,
}

impl Vocabulary {
    /// Reads the lines of a file.
    ///
    /// Errors: a word on what is wrong with it, and in which line.
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let mut ranks = HashMap::new();
        for (line, number) in file.split(|byte| *byte == b'\n').zip(1..) {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let read = || {
                let space = line.iter().position(|byte| *byte == b' ')?;
                let (token, rank) = line.split_at_checked(space)?;
                let rank = std::str::from_utf8(rank).ok()?.trim().parse().ok()?;
                Some((STANDARD.decode(token).ok()?.into_boxed_slice(), rank))
            };
            let (token, rank): (Box<[u8]>, u32) = read().ok_or_else(|| {
                format!("line {number} is not the base64 of a token and its rank, as in a `.tiktoken` file")
            })?;
            ranks.insert(token, rank);
        }
        // Else there were texts that have no tokens.
        if let Some(byte) = (0..=u8::MAX).find(|byte| !ranks.contains_key([*byte].as_slice())) {
            return Err(format!("the byte {byte:#04x} has no token: this is no whole vocabulary"));
        }
        let cut = Cut::of(ranks.len());
        Ok(Self { ranks, cut })
    }

    /// How many tokens a text has.
    #[must_use]
    pub fn count(&self, text: &str) -> u64 {
        let mut tokens = 0;
        self.cut.pieces(text, |piece| {
            let piece = piece.as_bytes();
            tokens += match self.ranks.contains_key(piece) {
                true => 1,
                false => join::count(piece, |bytes| self.ranks.get(bytes).copied()),
            };
        });
        tokens
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").field("tokens", &self.ranks.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
