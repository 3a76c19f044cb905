//! Cutting of texts into the pieces within which byte pairs are joined.
//!
//! Each of OpenAI's encodings has a regular expression for it (github.com/openai/tiktoken,
//! `tiktoken_ext/openai_public.py`: `pat_str`). They are three, and each is here as the plain code that
//! it says: an engine for regular expressions over all of Unicode would weigh more than all of this.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory as G;

/// How texts are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// `gpt2`, `r50k_base`, `p50k_base`.
    R50k,
    /// `cl100k_base`.
    Cl100k,
    /// `o200k_base`.
    O200k,
}

/// Endings that stay with their word.
const CONTRACTIONS: [&str; 7] = ["s", "d", "m", "t", "ll", "ve", "re"];

impl Cut {
    /// Of the vocabulary of a size: 50,256 and 50,280, 100,256, 199,998 tokens.
    pub fn of(tokens: usize) -> Self {
        match tokens {
            0..75_000 => Self::R50k,
            75_000..150_000 => Self::Cl100k,
            _ => Self::O200k,
        }
    }

    /// Hands each piece to `take`, in order; together they are the text.
    pub fn pieces<'a>(self, text: &'a str, mut take: impl FnMut(&'a str)) {
        let mut rest = text;
        while !rest.is_empty() {
            let length = self.piece(rest).filter(|length| *length > 0);
            let (piece, after) = rest.split_at_checked(length.unwrap_or(rest.len())).unwrap_or((rest, ""));
            take(piece);
            rest = after;
        }
    }

    /// The length of the first piece, in bytes.
    fn piece(self, text: &str) -> Option<usize> {
        match self {
            Self::R50k => contraction(text, true)
                .or_else(|| run(text, after_space(text, letter), letter))
                .or_else(|| run(text, after_space(text, number), number))
                .or_else(|| run(text, after_space(text, other), other))
                .or_else(|| Some(space(text))),
            Self::Cl100k => contraction(text, false)
                .or_else(|| run(text, after_one(text, letter), letter))
                .or_else(|| digits(text))
                .or_else(|| symbols(text, |c| matches!(c, '\r' | '\n')))
                .or_else(|| spaces(text, true)),
            Self::O200k => word(text)
                .or_else(|| digits(text))
                .or_else(|| symbols(text, |c| matches!(c, '\r' | '\n' | '/')))
                .or_else(|| spaces(text, false)),
        }
    }
}

fn category(c: char) -> G {
    CodePointMapData::<G>::new().get(c)
}

/// `\p{L}`
fn letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    upper(c) && !mark(c) || category(c) == G::LowercaseLetter
}

/// `\p{N}`
fn number(c: char) -> bool {
    c.is_numeric()
}

/// `\p{M}`
fn mark(c: char) -> bool {
    matches!(category(c), G::NonspacingMark | G::SpacingMark | G::EnclosingMark)
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
fn upper(c: char) -> bool {
    c.is_ascii_uppercase()
        || !c.is_ascii()
            && (mark(c)
                || matches!(
                    category(c),
                    G::UppercaseLetter | G::TitlecaseLetter | G::ModifierLetter | G::OtherLetter
                ))
}

/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
fn lower(c: char) -> bool {
    c.is_ascii_lowercase()
        || !c.is_ascii()
            && (mark(c) || matches!(category(c), G::LowercaseLetter | G::ModifierLetter | G::OtherLetter))
}

/// `[^\s\p{L}\p{N}]`
fn other(c: char) -> bool {
    !c.is_whitespace() && !letter(c) && !number(c)
}

/// Where the first character that is not `of` stands, from `from` on.
fn end(text: &str, from: usize, of: impl Fn(char) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find(|c: char| !of(c)).unwrap_or(rest.len())
}

/// A run of at least one from `from` on.
fn run(text: &str, from: usize, of: impl Fn(char) -> bool) -> Option<usize> {
    let end = end(text, from, of);
    (end > from).then_some(end)
}

/// After a space in front of what is `of`: ` ?`.
fn after_space(text: &str, of: impl Fn(char) -> bool) -> usize {
    let follows = text.strip_prefix(' ').and_then(|rest| rest.chars().next());
    usize::from(follows.is_some_and(of))
}

/// After one character in front of what is `of`: `[^\r\n\p{L}\p{N}]?`.
fn after_one(text: &str, of: impl Fn(char) -> bool) -> usize {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if prefix(first) && of(second) => first.len_utf8(),
        _ => 0,
    }
}

fn prefix(c: char) -> bool {
    !matches!(c, '\r' | '\n') && !letter(c) && !number(c)
}

/// `'(?:[sdmt]|ll|ve|re)`, in any case unless `small`.
fn contraction(text: &str, small: bool) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let is = |ending: &str| {
        let given = rest.get(..ending.len()).unwrap_or_default();
        given == ending || !small && given.eq_ignore_ascii_case(ending)
    };
    CONTRACTIONS.into_iter().find(|ending| is(ending)).map(|ending| 1 + ending.len()).or_else(|| {
        // What `s` is in any case: the long one too.
        (!small && rest.starts_with('ſ')).then_some(1 + 'ſ'.len_utf8())
    })
}

/// `\p{N}{1,3}`
fn digits(text: &str) -> Option<usize> {
    let three: usize = text.chars().take(3).take_while(|c| number(*c)).map(char::len_utf8).sum();
    (three > 0).then_some(three)
}

/// ` ?[^\s\p{L}\p{N}]+` and the line ends that follow.
fn symbols(text: &str, trailing: impl Fn(char) -> bool) -> Option<usize> {
    run(text, after_space(text, other), other).map(|symbols| end(text, symbols, trailing))
}

/// Words of one case, or that begin in capitals.
fn word(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let after = if prefix(first) { first.len_utf8() } else { 0 };
    let starts = [after, 0];
    let starts = if after == 0 { starts.get(1..)? } else { starts.as_slice() };
    let found = starts.iter().find_map(|from| small(text, *from));
    let found = found.or_else(|| {
        let capitals = |from: &usize| run(text, *from, upper).map(|capitals| end(text, capitals, lower));
        starts.iter().find_map(capitals)
    })?;
    let rest = text.get(found..)?;
    Some(found + contraction(rest, false).unwrap_or(0))
}

/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`
fn small(text: &str, from: usize) -> Option<usize> {
    let capitals = end(text, from, upper);
    if let Some(end) = run(text, capitals, lower) {
        return Some(end);
    }
    // Those that are both give the one that is asked for.
    let given = text.get(from..capitals)?;
    given.char_indices().rev().find(|(_, c)| lower(*c)).map(|(at, c)| from + at + c.len_utf8())
}

/// `\s*[\r\n]|\s+(?!\S)|\s`, before which `\s+$` stands where `whole`.
fn spaces(text: &str, whole: bool) -> Option<usize> {
    let run = run(text, 0, char::is_whitespace)?;
    if whole && run == text.len() {
        return Some(run);
    }
    let spaces = text.get(..run)?;
    match spaces.rfind(['\r', '\n']) {
        Some(last) => Some(last + 1),
        None => Some(space(text)),
    }
}

/// `\s+(?!\S)|\s`: all of them at the end, else all but the last, which goes with what follows.
fn space(text: &str) -> usize {
    let run = end(text, 0, char::is_whitespace);
    let last = text.get(..run).and_then(|spaces| spaces.chars().next_back()).map_or(0, char::len_utf8);
    match run {
        0 => text.chars().next().map_or(0, char::len_utf8),
        all if all == text.len() || all == last => all,
        all => all - last,
    }
}
