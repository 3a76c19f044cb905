//! Typed structs → [`Node`].

use std::fmt;
use std::sync::Arc;

use serde::ser::{self, Impossible, Serialize};

use crate::node::{Key, Node, Object};

/// The tree of a value that serialises as an object.
pub fn object<T: Serialize + ?Sized>(value: &T) -> Result<Arc<Object>, NodeError> {
    match value.serialize(NodeSerializer)? {
        Node::Object(object) => Ok(object),
        _ => Err(NodeError("the value is not an object".to_owned())),
    }
}

/// A value that has no form as a tree: a defect, since the core's types all have one.
#[derive(Debug)]
pub struct NodeError(pub String);

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NodeError {}

impl ser::Error for NodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Result<T, E = NodeError> = std::result::Result<T, E>;

pub struct NodeSerializer;

impl ser::Serializer for NodeSerializer {
    type Ok = Node;
    type Error = NodeError;
    type SerializeSeq = ListSerializer;
    type SerializeTuple = ListSerializer;
    type SerializeTupleStruct = ListSerializer;
    type SerializeTupleVariant = Impossible<Node, NodeError>;
    type SerializeMap = ObjectSerializer;
    type SerializeStruct = ObjectSerializer;
    type SerializeStructVariant = Impossible<Node, NodeError>;

    fn serialize_bool(self, value: bool) -> Result<Node> {
        Ok(Node::Bool(value))
    }
    fn serialize_i8(self, value: i8) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_i16(self, value: i16) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_i32(self, value: i32) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_i64(self, value: i64) -> Result<Node> {
        Ok(Node::Integer(value))
    }
    fn serialize_u8(self, value: u8) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_u16(self, value: u16) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_u32(self, value: u32) -> Result<Node> {
        Ok(Node::Integer(value.into()))
    }
    fn serialize_u64(self, value: u64) -> Result<Node> {
        Ok(i64::try_from(value).map_or(Node::Unsigned(value), Node::Integer))
    }
    fn serialize_f32(self, value: f32) -> Result<Node> {
        Ok(Node::Float(value.into()))
    }
    fn serialize_f64(self, value: f64) -> Result<Node> {
        Ok(Node::Float(value))
    }
    fn serialize_char(self, value: char) -> Result<Node> {
        Ok(Node::Text(value.into()))
    }
    fn serialize_str(self, text: &str) -> Result<Node> {
        Ok(Node::Text(text.to_owned()))
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Result<Node> {
        Ok(Node::List(bytes.iter().map(|byte| Node::Integer((*byte).into())).collect()))
    }
    fn serialize_none(self) -> Result<Node> {
        Ok(Node::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Node> {
        Ok(Node::Null)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Node> {
        Ok(Node::Null)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Node> {
        Ok(Node::Text(name.to_owned()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Node> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Node> {
        let entries = vec![(Key::from(name), value.serialize(Self)?)];
        Ok(Node::Object(Arc::new(Object::new(entries))))
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<ListSerializer> {
        Ok(ListSerializer { items: Vec::with_capacity(length.unwrap_or(0)) })
    }
    fn serialize_tuple(self, length: usize) -> Result<ListSerializer> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<ListSerializer> {
        self.serialize_seq(Some(length))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        Err(NodeError("a tuple variant has no form as a tree".to_owned()))
    }
    fn serialize_map(self, length: Option<usize>) -> Result<ObjectSerializer> {
        // Structs with unknown fields come as maps of unknown length.
        Ok(ObjectSerializer { entries: Vec::with_capacity(length.unwrap_or(8)), key: None })
    }
    fn serialize_struct(self, _: &'static str, length: usize) -> Result<ObjectSerializer> {
        self.serialize_map(Some(length))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Err(NodeError("a struct variant has no form as a tree".to_owned()))
    }
}

pub struct ListSerializer {
    items: Vec<Node>,
}

impl ser::SerializeSeq for ListSerializer {
    type Ok = Node;
    type Error = NodeError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.items.push(value.serialize(NodeSerializer)?);
        Ok(())
    }
    fn end(self) -> Result<Node> {
        Ok(Node::List(self.items))
    }
}

impl ser::SerializeTuple for ListSerializer {
    type Ok = Node;
    type Error = NodeError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        ser::SerializeSeq::serialize_element(self, value)
    }
    fn end(self) -> Result<Node> {
        ser::SerializeSeq::end(self)
    }
}

impl ser::SerializeTupleStruct for ListSerializer {
    type Ok = Node;
    type Error = NodeError;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        ser::SerializeSeq::serialize_element(self, value)
    }
    fn end(self) -> Result<Node> {
        ser::SerializeSeq::end(self)
    }
}

pub struct ObjectSerializer {
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
}

impl ser::SerializeMap for ObjectSerializer {
    type Ok = Node;
    type Error = NodeError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(key.serialize(KeySerializer)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or_else(|| NodeError("a value without a key".to_owned()))?;
        self.entries.push((key, value.serialize(NodeSerializer)?));
        Ok(())
    }
    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<()> {
        self.entries.push((key.serialize(KeySerializer)?, value.serialize(NodeSerializer)?));
        Ok(())
    }
    fn end(self) -> Result<Node> {
        Ok(Node::Object(Arc::new(Object::new(self.entries))))
    }
}

impl ser::SerializeStruct for ObjectSerializer {
    type Ok = Node;
    type Error = NodeError;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.entries.push((Key::Known(name), value.serialize(NodeSerializer)?));
        Ok(())
    }
    fn end(self) -> Result<Node> {
        Ok(Node::Object(Arc::new(Object::new(self.entries))))
    }
}

/// The key of a map, which is a text or an integer.
struct KeySerializer;

macro_rules! refuse {
    ($($method:ident: $ty:ty),+ $(,)?) => {
        $(fn $method(self, _: $ty) -> Result<Key> { Err(not_a_text()) })+
    };
}

/// As JSON has it: a number as a key is its digits.
macro_rules! number {
    ($($method:ident: $ty:ty),+ $(,)?) => {
        $(fn $method(self, number: $ty) -> Result<Key> { Ok(Key::from(number.to_string().as_str())) })+
    };
}

fn not_a_text() -> NodeError {
    NodeError("the key of an object is not a text".to_owned())
}

impl ser::Serializer for KeySerializer {
    type Ok = Key;
    type Error = NodeError;
    type SerializeSeq = Impossible<Key, NodeError>;
    type SerializeTuple = Impossible<Key, NodeError>;
    type SerializeTupleStruct = Impossible<Key, NodeError>;
    type SerializeTupleVariant = Impossible<Key, NodeError>;
    type SerializeMap = Impossible<Key, NodeError>;
    type SerializeStruct = Impossible<Key, NodeError>;
    type SerializeStructVariant = Impossible<Key, NodeError>;

    fn serialize_str(self, text: &str) -> Result<Key> {
        Ok(Key::from(text))
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Key> {
        Ok(Key::Known(name))
    }
    number! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
    }
    refuse! {
        serialize_bool: bool, serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8], serialize_unit_struct: &'static str,
    }
    fn serialize_none(self) -> Result<Key> {
        Err(not_a_text())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Key> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Key> {
        Err(not_a_text())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Key> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Key> {
        Err(not_a_text())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq> {
        Err(not_a_text())
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple> {
        Err(not_a_text())
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct> {
        Err(not_a_text())
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        Err(not_a_text())
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap> {
        Err(not_a_text())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct> {
        Err(not_a_text())
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Err(not_a_text())
    }
}
