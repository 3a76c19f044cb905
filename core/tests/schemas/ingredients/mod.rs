//! What requests are made of: one named list, shared by all wires.
//!
//! An ingredient is the smallest thing that can be asked for: one value of one
//! parameter, one part in one role, one form of conversation. A field of one
//! wire's own stands with that wire alone (`native.rs`): elsewhere it is the
//! caller's own word and goes out unread.

mod content;
mod conversations;
mod native;
mod parameters;
mod tools;

use roocode::dialects::DialectName;
use serde_json::{Map, Value, json};

/// One thing to ask for.
pub struct Ingredient {
    pub name: String,
    /// Fields of the request beside its messages.
    pub fields: Map<String, Value>,
    /// Messages; a plain question where there are none.
    pub messages: Vec<Value>,
    /// The one dialect that knows it; `None`: it is of the common shape.
    pub only: Option<DialectName>,
    /// Whether it asks for what happens anyway.
    pub is_neutral: bool,
}

/// All ingredients, each name once.
pub fn all() -> Vec<Ingredient> {
    let mut all = parameters::all();
    all.extend(tools::all());
    all.extend(content::all());
    all.extend(conversations::all());
    all.extend(native::all());
    all
}

/// Fields of a request under a name.
fn fields(name: impl Into<String>, fields: Value) -> Ingredient {
    let Value::Object(fields) = fields else { panic!("not an object: {fields}") };
    Ingredient { name: name.into(), fields, messages: Vec::new(), only: None, is_neutral: false }
}

/// One parameter at several values, each an ingredient named `parameter=value`.
fn parameter<const N: usize>(name: &str, values: [Value; N]) -> Vec<Ingredient> {
    values.into_iter().map(|value| fields(format!("{name}={value}"), json!({ name: value }))).collect()
}

/// The same for values that ask for what happens anyway.
fn neutral<const N: usize>(name: &str, values: [Value; N]) -> Vec<Ingredient> {
    let mut all = parameter(name, values);
    all.iter_mut().for_each(|ingredient| ingredient.is_neutral = true);
    all
}

/// A conversation under a name.
fn conversation(name: impl Into<String>, messages: Value) -> Ingredient {
    let Value::Array(messages) = messages else { panic!("not a list: {messages}") };
    Ingredient { messages, ..fields(name, json!({})) }
}
