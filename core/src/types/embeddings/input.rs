//! What is to be embedded: one input or several, and how several are cut for a provider.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// One input or several.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum EmbeddingsInput {
    Text(String),
    Texts(Vec<String>),
    /// The token ids of one text.
    Tokens(Vec<u64>),
    TokenLists(Vec<Vec<u64>>),
    /// What some services take beside texts, such as `{"image": url}`; sent as it is.
    Items(Vec<Map<String, Value>>),
}

/// What a provider takes in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MostInput {
    /// Inputs.
    pub count: usize,
    /// Tokens of all inputs together.
    pub tokens: u64,
}

impl EmbeddingsInput {
    /// How many vectors it asks for.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Text(text) => !text.is_empty() as usize,
            Self::Tokens(tokens) => !tokens.is_empty() as usize,
            Self::Texts(texts) => texts.len(),
            Self::TokenLists(lists) => lists.len(),
            Self::Items(items) => items.len(),
        }
    }

    /// This input cut into ones that are each within `most`; empty where this one is.
    ///
    /// A single input that is larger goes out alone: the provider says what is wrong with it.
    #[must_use]
    pub fn cut(&self, most: MostInput) -> Vec<Self> {
        match self {
            Self::Text(_) | Self::Tokens(_) => Vec::new(),
            Self::Texts(all) => cut(all, most, |text| tokens_at_most(text), Self::Texts),
            Self::TokenLists(all) => cut(all, most, |tokens| tokens.len() as u64, Self::TokenLists),
            // What media take is the provider's to count.
            Self::Items(all) => cut(all, most, |_| 0, Self::Items),
        }
    }

    /// The texts, where it has nothing else.
    #[must_use]
    pub fn texts(&self) -> Option<&[String]> {
        match self {
            Self::Text(text) => Some(std::slice::from_ref(text)),
            Self::Texts(texts) => Some(texts),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for EmbeddingsInput {
    /// By its first element, so that an error can name the one that is unlike it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        const EXPECTED: &str = "expected a text, a list of texts, token ids, or a list of lists of token ids";
        let list = match Value::deserialize(deserializer)? {
            Value::String(text) => return Ok(Self::Text(text)),
            Value::Array(list) => list,
            _ => return Err(D::Error::custom(EXPECTED)),
        };
        let first = list.first().cloned();
        let mut wrong = 0;
        let mut counted = |fits: bool| {
            wrong += usize::from(fits);
            fits
        };
        let read = match first {
            None => Some(Self::Texts(Vec::new())),
            Some(Value::String(_)) => take(list, |item| match item {
                Value::String(text) if counted(true) => Some(text),
                _ => None,
            })
            .map(Self::Texts),
            Some(Value::Number(_)) => {
                take(list, |item| item.as_u64().filter(|_| counted(true))).map(Self::Tokens)
            }
            Some(Value::Array(_)) => take(list, |item| match item {
                Value::Array(ids) => take(ids, |id| id.as_u64()).filter(|_| counted(true)),
                _ => None,
            })
            .map(Self::TokenLists),
            Some(Value::Object(_)) => take(list, |item| match item {
                Value::Object(fields) if counted(true) => Some(fields),
                _ => None,
            })
            .map(Self::Items),
            Some(_) => None,
        };
        read.ok_or_else(|| {
            D::Error::custom(format!("{EXPECTED}; element {wrong} is none, or unlike the first"))
        })
    }
}

/// All of the list, if each is what `read` reads.
fn take<T>(list: Vec<Value>, read: impl FnMut(Value) -> Option<T>) -> Option<Vec<T>> {
    list.into_iter().map(read).collect()
}

/// `all` in parts that are each within `most`; none where it is whole.
fn cut<T: Clone>(
    all: &[T],
    most: MostInput,
    tokens: impl Fn(&T) -> u64,
    input: impl Fn(Vec<T>) -> EmbeddingsInput,
) -> Vec<EmbeddingsInput> {
    let (mut parts, mut part) = (Vec::new(), (0, 0_u64));
    for one in all {
        let taken = tokens(one);
        let (count, sum) = part;
        if count > 0 && (count >= most.count || sum.saturating_add(taken) > most.tokens) {
            parts.push(count);
            part = (0, 0);
        }
        part = (part.0 + 1, part.1.saturating_add(taken));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    parts.push(part.0);
    let mut rest = all.iter();
    parts.into_iter().map(|count| input(rest.by_ref().take(count).cloned().collect())).collect()
}

/// More tokens than a text is likely to have: prose has four or more bytes to a token, code three, and so
/// have the scripts whose every character is a token. Where it is more than there are, a
/// request more goes out; where it were less, the provider would refuse all of it.
const fn tokens_at_most(text: &str) -> u64 {
    text.len().div_ceil(2) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: MostInput = MostInput { count: usize::MAX, tokens: u64::MAX };

    fn texts(all: &[&str]) -> EmbeddingsInput {
        EmbeddingsInput::Texts(all.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn a_list_is_cut_by_its_count_and_by_its_tokens_and_stays_in_order() {
        let input = texts(&["aaaa", "bbbb", "cccc", "dd", "ee"]);
        assert!(input.cut(ALL).is_empty());
        assert!(input.cut(MostInput { count: 5, tokens: 8 }).is_empty());
        let by_count = input.cut(MostInput { count: 2, ..ALL });
        assert_eq!(by_count, [texts(&["aaaa", "bbbb"]), texts(&["cccc", "dd"]), texts(&["ee"])]);
        let by_tokens = input.cut(MostInput { tokens: 4, ..ALL });
        assert_eq!(by_tokens, [texts(&["aaaa", "bbbb"]), texts(&["cccc", "dd", "ee"])]);
        let both = input.cut(MostInput { count: 2, tokens: 4 });
        assert_eq!(both, [texts(&["aaaa", "bbbb"]), texts(&["cccc", "dd"]), texts(&["ee"])]);
    }

    #[test]
    fn what_is_too_large_alone_goes_out_alone() {
        let input = texts(&["a", "a very long text", "b"]);
        let parts = input.cut(MostInput { tokens: 2, ..ALL });
        assert_eq!(parts, [texts(&["a"]), texts(&["a very long text"]), texts(&["b"])]);
        assert!(
            EmbeddingsInput::Text("a very long text".to_owned())
                .cut(MostInput { count: 1, tokens: 1 })
                .is_empty()
        );
    }

    #[test]
    fn token_ids_are_counted_as_they_are() {
        let input = EmbeddingsInput::TokenLists(vec![vec![1, 2, 3], vec![4], vec![5, 6]]);
        let parts = input.cut(MostInput { tokens: 4, ..ALL });
        let first = EmbeddingsInput::TokenLists(vec![vec![1, 2, 3], vec![4]]);
        assert_eq!(parts, [first, EmbeddingsInput::TokenLists(vec![vec![5, 6]])]);
    }
}
