//! The columns of a table, before they are Arrow's.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Float,
    Text,
    Flag,
}

pub struct Field {
    pub name: String,
    pub kind: Kind,
}

/// The values of a column, absent where they are not known.
pub enum Column<'a> {
    Integers(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Vec<Option<&'a str>>),
    Flags(Vec<Option<bool>>),
}
