//! [`Object`] ↔ `serde_json::Value`.

use serde::Serialize as _;
use serde_json::{Map, Number, Value};

use crate::node::{Node, Object};
use crate::node_serializer::{NodeError, NodeSerializer};

pub fn object(object: &Object) -> Value {
    let fields: Map<String, Value> =
        object.entries().iter().map(|(key, node)| (key.as_str().to_owned(), value(node))).collect();
    Value::Object(fields)
}

fn value(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(flag) => Value::Bool(*flag),
        Node::Integer(number) => Value::Number((*number).into()),
        Node::Unsigned(number) => Value::Number((*number).into()),
        Node::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Node::Text(text) => Value::String(text.clone()),
        Node::List(items) => Value::Array(items.iter().map(value).collect()),
        Node::Object(inner) => object(inner),
    }
}

pub fn node(value: &Value) -> Result<Node, NodeError> {
    value.serialize(NodeSerializer)
}
