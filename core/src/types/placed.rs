//! Reading a JSON value into one of our types, with an error that names the place.
//!
//! serde_json says what is wrong and forgets where. A tracker around its reader (as
//! `serde_path_to_error` is) makes a second copy of every type's reading code and keeps
//! the path of each value that is right; this reader is the only one for values, and
//! puts the path together on the way out of an error alone. No type of ours is named here.

use std::fmt::Display;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Map, Value};

/// Stands around the path in the text of an inner error. Never seen by a user.
const MARK: char = '\u{1}';

/// What is wrong, and where. One pointer: every reader of every type hands it on.
#[derive(Debug)]
pub(crate) struct Misread(Box<Wrong>);

#[derive(Debug)]
pub(crate) struct Wrong {
    /// Such as `messages[2].role`; empty: the value as a whole.
    pub path: String,
    pub message: String,
}

impl std::ops::Deref for Misread {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        &self.0
    }
}

/// Reads `value` as a `T`.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Misread> {
    T::deserialize(Placed(value))
}

/// For a `Deserialize` written by hand: takes the value and has it read by `read`.
///
/// The error type of the reading around it can hold no more than a text: the place is
/// marked in it, and a [`Misread`] made of that text has it again.
pub(crate) fn taken<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(Value) -> Result<T, Misread>,
) -> Result<T, D::Error> {
    read(Value::deserialize(deserializer)?).map_err(|misread| {
        let Wrong { path, message } = &*misread;
        D::Error::custom(format_args!("{MARK}{path}{MARK}{message}"))
    })
}

/// The path that [`taken`] marked in a text, and the text without it.
fn split_path(message: &str) -> (&str, &str) {
    message.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK)).unwrap_or(("", message))
}

/// `inner` as seen from where `outer` is seen.
pub(crate) fn join_path(outer: &str, inner: &str) -> String {
    if outer.is_empty() || inner.is_empty() || inner.starts_with('[') {
        format!("{outer}{inner}")
    } else {
        format!("{outer}.{inner}")
    }
}

impl Misread {
    pub fn new(path: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Wrong { path: path.to_owned(), message: message.into() }))
    }

    /// This error as seen from the value that holds `segment`.
    #[cold]
    #[inline(never)]
    pub fn under(mut self, segment: &str) -> Self {
        self.0.path = join_path(segment, &self.0.path);
        self
    }

    #[cold]
    fn of_type(value: &Value, expected: &dyn Expected) -> Self {
        let unexpected = match value {
            Value::Null => Unexpected::Other("null"),
            Value::Bool(flag) => Unexpected::Bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Unexpected::Unsigned(number),
                (_, Some(number), _) => Unexpected::Signed(number),
                (.., number) => Unexpected::Float(number.unwrap_or(f64::NAN)),
            },
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        Self::invalid_type(unexpected, expected)
    }
}

impl Display for Misread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.as_str() {
            "" => formatter.write_str(&self.message),
            path => write!(formatter, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for Misread {}

#[cold]
#[inline(never)]
fn of_text(text: &str) -> Misread {
    let (path, message) = split_path(text);
    Misread::new(path, message)
}

impl serde::de::Error for Misread {
    fn custom<T: Display>(message: T) -> Self {
        of_text(&message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // JSON has no unit.
        let unexpected = if unexpected == Unexpected::Unit { Unexpected::Other("null") } else { unexpected };
        Self::custom(format_args!("invalid type: {unexpected}, expected {expected}"))
    }
}

/// A value to be read.
struct Placed(Value);

macro_rules! scalars {
    ($($method:ident $variant:ident($held:ident) $visit:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
            match self.0 {
                Value::$variant($held) => ($visit)($held, visitor),
                other => Err(Misread::of_type(&other, &visitor)),
            }
        }
    )*};
}

fn number<'de, V: Visitor<'de>>(number: serde_json::Number, visitor: V) -> Result<V::Value, Misread> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(number), ..) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
    }
}

impl<'de> Deserializer<'de> for Placed {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Number(held) => number(held, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => items_of(items, visitor),
            Value::Object(fields) => fields_of(fields, visitor),
        }
    }

    scalars! {
        deserialize_bool Bool(flag) |flag, visitor: V| visitor.visit_bool(flag);
        deserialize_i8 Number(held) number;
        deserialize_i16 Number(held) number;
        deserialize_i32 Number(held) number;
        deserialize_i64 Number(held) number;
        deserialize_u8 Number(held) number;
        deserialize_u16 Number(held) number;
        deserialize_u32 Number(held) number;
        deserialize_u64 Number(held) number;
        deserialize_f32 Number(held) number;
        deserialize_f64 Number(held) number;
        deserialize_char String(text) |text, visitor: V| visitor.visit_string(text);
        deserialize_str String(text) |text, visitor: V| visitor.visit_string(text);
        deserialize_string String(text) |text, visitor: V| visitor.visit_string(text);
        deserialize_identifier String(text) |text, visitor: V| visitor.visit_string(text);
        deserialize_seq Array(items) items_of;
        deserialize_map Object(fields) fields_of;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(fields) if fields.len() == 1 => match fields.into_iter().next() {
                Some((name, content)) => (name, Some(content)),
                None => (String::new(), None),
            },
            other => return Err(Misread::of_type(&other, &visitor)),
        };
        visitor.visit_enum(Variant { name, content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf unit unit_struct tuple_struct }
}

// Once per visitor, not once per place a list or an object may stand in: an optional one, a list of them, ...
#[inline(never)]
fn items_of<'de, V: Visitor<'de>>(items: Vec<Value>, visitor: V) -> Result<V::Value, Misread> {
    let length = items.len();
    let mut items = Items { items: items.into_iter(), next: 0 };
    let read = visitor.visit_seq(&mut items)?;
    match items.items.len() {
        0 => Ok(read),
        _ => Err(Misread::invalid_length(length, &"fewer elements")),
    }
}

struct Items {
    items: std::vec::IntoIter<Value>,
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Items {
    type Error = Misread;

    // Once per type, not once per place that reads it: here and below that is a tenth of the code.
    #[inline(never)]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misread> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Placed(item)).map(Some).map_err(|error| error.under(&format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

#[inline(never)]
fn fields_of<'de, V: Visitor<'de>>(fields: Map<String, Value>, visitor: V) -> Result<V::Value, Misread> {
    visitor.visit_map(Fields { fields: fields.into_iter(), name: String::new(), value: Value::Null })
}

struct Fields {
    fields: serde_json::map::IntoIter,
    name: String,
    value: Value,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misread> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        (self.name, self.value) = (name, value);
        seed.deserialize(Name(&self.name)).map(Some).map_err(|error| error.under(&self.name))
    }

    #[inline(never)]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misread> {
        let value = std::mem::take(&mut self.value);
        seed.deserialize(Placed(value)).map_err(|error| error.under(&self.name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// The name of a field: lent, because an error of its value still needs it.
struct Name<'a>(&'a str);

/// JSON's names are texts: a map by numbers has them written out.
macro_rules! numbers {
    ($($method:ident $number:ty, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
            match self.0.parse::<$number>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => visitor.visit_str(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Misread;

    numbers! {
        deserialize_i8 i64, visit_i64;
        deserialize_i16 i64, visit_i64;
        deserialize_i32 i64, visit_i64;
        deserialize_i64 i64, visit_i64;
        deserialize_u8 u64, visit_u64;
        deserialize_u16 u64, visit_u64;
        deserialize_u32 u64, visit_u64;
        deserialize_u64 u64, visit_u64;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_enum(Variant { name: self.0.to_owned(), content: None })
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Variant {
    name: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Misread;
    type Variant = VariantContent;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, VariantContent), Misread> {
        let name = self.name.clone();
        let variant = seed.deserialize(StringDeserializer::<Misread>::new(self.name))?;
        Ok((variant, VariantContent { name, content: self.content }))
    }
}

struct VariantContent {
    name: String,
    content: Option<Value>,
}

impl VariantContent {
    fn read<T>(self, read: impl FnOnce(Placed) -> Result<T, Misread>) -> Result<T, Misread> {
        read(Placed(self.content.unwrap_or_default())).map_err(|error| error.under(&self.name))
    }
}

impl<'de> VariantAccess<'de> for VariantContent {
    type Error = Misread;

    fn unit_variant(self) -> Result<(), Misread> {
        match self.content {
            None => Ok(()),
            Some(other) => Err(Misread::of_type(&other, &"nothing beside its name").under(&self.name)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misread> {
        self.read(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Misread> {
        self.read(|content| content.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.read(|content| content.deserialize_map(visitor))
    }
}

#[cfg(test)]
#[path = "placed_tests.rs"]
mod tests;
