use serde_json::json;

use super::*;

fn variables() -> BTreeMap<String, String> {
    BTreeMap::from([("account".to_owned(), "AC1".to_owned())])
}

fn filled(template: &str, input: Value) -> Result<Option<Value>> {
    let Value::Object(input) = input else { unreachable!() };
    let variables = variables();
    Template::parse(template).unwrap().value(Values { variables: &variables, input: &input })
}

#[test]
fn a_place_alone_keeps_the_type_and_within_a_text_it_is_text() {
    for (template, expected) in [
        ("{n}", json!(3)),
        ("n={n}", json!("n=3")),
        ("{list}", json!([1, "b"])),
        ("{list.1}", json!("b")),
        ("{deep.er}", json!({ "x": true })),
        ("{deep.er.x}", json!(true)),
        ("{{{text}}}", json!("{a {n} b}")),
        ("{account}/{n}", json!("AC1/3")),
        ("plain", json!("plain")),
    ] {
        let input = json!({ "n": 3, "list": [1, "b"], "deep": { "er": { "x": true } }, "text": "a {n} b", "account": "mine" });
        assert_eq!(filled(template, input).unwrap(), Some(expected), "{template}");
    }
}

#[test]
fn what_is_missing_is_named_or_left_out() {
    for (template, place) in
        [("{a}", "input.a"), ("x{a.b}", "input.a.b"), ("{c.d}", "input.c.d"), ("{null}", "input.null")]
    {
        let error = filled(template, json!({ "c": 1, "null": null })).unwrap_err();
        assert_eq!(error.kind, crate::error::ErrorKind::BadRequest);
        assert_eq!(error.param.as_deref(), Some(place));
    }
    for template in ["{a?}", "x{a.b?}", "{null?}"] {
        assert_eq!(filled(template, json!({ "null": null })).unwrap(), None, "{template}");
    }
    let error = filled("x{list}", json!({ "list": [1] })).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("input.list"));
}

#[test]
fn what_is_filled_in_is_not_looked_at_again() {
    assert_eq!(filled("a {x}", json!({ "x": "{account}" })).unwrap(), Some(json!("a {account}")));
}

#[test]
fn what_is_no_template_is_told() {
    for template in ["{", "}", "a{b", "{}", "{a b}", "{?}", "{a..b}", "{a?b}", "{a.}", "x}y"] {
        assert!(Template::parse(template).is_err(), "{template}");
    }
}

#[test]
fn lists_and_objects_whose_places_are_all_missing_are_left_out() {
    let node = Node::parse(&json!({
        "to": [{ "email": "{to}" }],
        "cc": [{ "email": "{cc?}" }],
        "reply": { "email": "{reply?}", "name": "{name?}" },
        "content": [{ "type": "text", "value": "{text?}" }, { "type": "html", "value": "{html?}" }],
        "empty": {},
        "fixed": [1, null, true],
    }))
    .unwrap();
    let Value::Object(input) = json!({ "to": "a@b", "html": "x" }) else { unreachable!() };
    let variables = variables();
    let filled = node.fill(Values { variables: &variables, input: &input }).unwrap();
    assert_eq!(
        filled,
        json!({
            "to": [{ "email": "a@b" }], "content": [{ "type": "html", "value": "x" }],
            "empty": {}, "fixed": [1, null, true],
        })
    );
    let mut fields = Vec::new();
    node.fields(&variables, &mut fields);
    assert_eq!(fields, ["to", "cc", "reply", "name", "text", "html"]);
    let root = Node::parse(&json!({ "a": 1, "b": "{x?}" })).unwrap();
    assert_eq!(root.fill(Values { variables: &variables, input: &input }).unwrap(), json!({ "a": 1 }));
    let (place, _) = Node::parse(&json!({ "a": [1, { "b": "{" }] })).unwrap_err();
    assert_eq!(place, "a[1].b");
}
