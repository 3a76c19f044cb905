//! A checked expression: a tree whose shape admits no wrong type.
//!
//! One kind of node for each type, so that evaluation has neither types to test
//! nor errors of type to report. What can still fail is in [`Failure`].

use super::clock::Clock;
use super::facts::RuleFacts;

/// A bool.
pub(super) enum Test {
    Constant(bool),
    Fact(fn(&RuleFacts<'_>) -> bool),
    Not(Box<Self>),
    And(Box<[Self; 2]>),
    Or(Box<[Self; 2]>),
    Same(Box<[Self; 2]>),
    If(Box<If<Self>>),
    Wholes(Comparison, Box<[Whole; 2]>),
    Reals(Comparison, Box<[Real; 2]>),
    Texts(Comparison, Box<[Text; 2]>),
    WholeIn(Box<Whole>, Vec<Whole>),
    TextIn(Box<Text>, List),
    Affix(Affix, Box<[Text; 2]>),
    Each(Quantifier, List, Box<Self>),
}

/// A whole number, 64 bits with a sign.
pub(super) enum Whole {
    Constant(i64),
    Fact(fn(&RuleFacts<'_>) -> u64),
    Time(fn(&Clock) -> i64),
    Negative(Box<Self>),
    Sum(Arithmetic, Box<[Self; 2]>),
    If(Box<If<Self>>),
    SizeOfText(Box<Text>),
    SizeOfList(List),
    /// `int(text)`.
    Read(Box<Text>),
    /// `int(number)`.
    Cut(Box<Real>),
}

/// A number of 64 bits with a fraction.
pub(super) enum Real {
    Constant(f64),
    Of(Box<Whole>),
    Negative(Box<Self>),
    Sum(Arithmetic, Box<[Self; 2]>),
    If(Box<If<Self>>),
    /// `double(text)`.
    Read(Box<Text>),
}

/// A text.
pub(super) enum Text {
    Constant(String),
    Fact(for<'a> fn(&RuleFacts<'a>) -> &'a str),
    Date,
    /// `metadata.key` and `metadata[key]`.
    Metadata(Box<Self>),
    /// The item of a quantifier, so many quantifiers outwards.
    Item(usize),
    Element(List, Box<Whole>),
    Join(Box<[Self; 2]>),
    If(Box<If<Self>>),
}

/// A list of texts.
pub(super) enum List {
    Tags,
    MetadataKeys,
    Given(Vec<Text>),
}

pub(super) struct If<T> {
    pub test: Test,
    pub then: T,
    pub otherwise: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Affix {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Exists,
    ExistsOne,
}

/// Why a checked expression has no value. Never the value of a fact: it ends in
/// the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The key, where it stands in the expression itself.
    NoKey(Option<String>),
    NoElement {
        index: i64,
        length: usize,
    },
    NotWhole,
    NotNumber,
    Overflow,
    DivisionByZero,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoKey(Some(key)) => write!(f, "metadata has no `{key}`; ask with `'{key}' in metadata &&`"),
            Self::NoKey(None) => write!(f, "metadata has no such entry; ask with `in metadata &&`"),
            Self::NoElement { index, length } => write!(f, "element {index} of a list of {length}"),
            Self::NotWhole => write!(f, "int() of what is no whole number"),
            Self::NotNumber => write!(f, "double() of what is no number"),
            Self::Overflow => write!(f, "a number too large for 64 bits"),
            Self::DivisionByZero => write!(f, "division by zero"),
        }
    }
}
