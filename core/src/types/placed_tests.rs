use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{read, taken};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer {
    count: u8,
    share: f64,
    #[serde(default)]
    inner: Vec<Inner>,
    #[serde(default)]
    by_name: BTreeMap<String, Form>,
    #[serde(default)]
    pair: Option<(i32, bool)>,
    #[serde(default)]
    own: Option<Own>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    text: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Plain,
    Wide(u32),
    Both(u32, u32),
    Named { width: u32 },
}

/// Read by hand, as the tagged types are.
#[derive(Debug, PartialEq)]
struct Own(Inner);

impl<'de> Deserialize<'de> for Own {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        taken(deserializer, |mut value| {
            let held = value.get_mut("held").map(Value::take).unwrap_or_default();
            read(held).map(Self).map_err(|error| error.under("held"))
        })
    }
}

fn said<T: DeserializeOwned>(value: Value) -> (String, String) {
    let misread = read::<T>(value).err().unwrap();
    let (path, message) = (misread.path.clone(), misread.message.clone());
    (path, message)
}

#[test]
fn what_is_right_is_read_as_serde_json_reads_it() {
    let whole = json!({
        "count": 3, "share": 1, "pair": [-1, true],
        "inner": [{"text": "a", "more": [1, {"x": null}]}, {"text": "é"}],
        "by_name": {"a": "plain", "b": {"wide": 7}, "c": {"both": [1, 2]}, "d": {"named": {"width": 4}}},
        "own": {"held": {"text": "h"}},
    });
    assert_eq!(read::<Outer>(whole.clone()).unwrap(), serde_json::from_value(whole.clone()).unwrap());
    assert_eq!(read::<Value>(whole.clone()).unwrap(), whole);
    assert_eq!(read::<Option<u8>>(Value::Null).unwrap(), None);
    assert_eq!(read::<i64>(json!(i64::MIN)).unwrap(), i64::MIN);
    assert_eq!(read::<u64>(json!(u64::MAX)).unwrap(), u64::MAX);
    assert_eq!(read::<BTreeMap<u32, i8>>(json!({"7": -1})).unwrap()[&7], -1);
    assert_eq!(read::<BTreeMap<i64, u8>>(json!({"-7": 1})).unwrap()[&-7], 1);
    assert_eq!(read::<BTreeMap<String, f64>>(json!({"x": 0.5})).unwrap()["x"], 0.5);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let of = |fields: Value| {
        let mut whole = json!({"count": 1, "share": 0.5});
        whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        said::<Outer>(whole)
    };
    let (path, message) = of(json!({"count": 256}));
    assert_eq!((path.as_str(), message.as_str()), ("count", "invalid value: integer `256`, expected u8"));
    let (path, message) = of(json!({"share": null}));
    assert_eq!((path.as_str(), message.as_str()), ("share", "invalid type: null, expected f64"));
    assert_eq!(of(json!({"inner": [{"text": "a"}, {"text": 1}]})).0, "inner[1].text");
    assert_eq!(of(json!({"inner": {}})).1, "invalid type: map, expected a sequence");
    assert_eq!(of(json!({"by_name": {"a": "wild"}})).0, "by_name.a");
    assert_eq!(of(json!({"by_name": {"a": {"wide": "x"}}})).0, "by_name.a.wide");
    assert_eq!(of(json!({"by_name": {"a": {"both": [1, "x"]}}})).0, "by_name.a.both[1]");
    assert_eq!(of(json!({"by_name": {"a": {"named": {"width": -1}}}})).0, "by_name.a.named.width");
    assert_eq!(of(json!({"by_name": {"a": {"plain": 1}}})).0, "by_name.a.plain");
    assert_eq!(of(json!({"pair": [1, true, 3]})).0, "pair");
    let (path, message) = of(json!({"stranger": 1}));
    assert!(path == "stranger" && message.starts_with("unknown field `stranger`"), "{path}: {message}");
    assert_eq!(said::<Outer>(json!({"count": 1})), (String::new(), "missing field `share`".to_owned()));
    assert_eq!(said::<Outer>(json!([1])).0, "");
    let (path, message) = said::<BTreeMap<u8, u8>>(json!({"x": 1}));
    assert_eq!((path.as_str(), message.as_str()), ("x", "invalid type: string \"x\", expected u8"));
    assert_eq!(said::<BTreeMap<u8, u8>>(json!({"256": 1})).0, "256");
}

#[test]
fn a_place_survives_a_type_that_is_read_by_hand() {
    let (path, message) = said::<Outer>(json!({"count": 1, "share": 1, "own": {"held": {"text": [1]}}}));
    assert_eq!(path, "own.held.text");
    assert_eq!(message, "invalid type: sequence, expected a string");
    let within = read::<Outer>(json!({"count": 1, "share": 1, "own": {"held": null}})).unwrap_err();
    assert_eq!(within.to_string(), "own.held: invalid type: null, expected struct Inner");
}
