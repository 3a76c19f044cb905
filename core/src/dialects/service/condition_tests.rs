use serde_json::json;

use super::*;

fn holds(condition: &str) -> bool {
    let seen = Seen {
        status: json!(200),
        body: json!({
            "code": 20429, "share": 0.5, "text": "slow down", "null": null,
            "errors": [{ "code": 9, "parameter": "recipients" }, { "code": 25 }],
        }),
        headers: json!({ "x-kind": "soft" }),
    };
    Condition::new(condition).unwrap().holds(&seen)
}

#[test]
fn conditions_hold_as_the_language_has_it() {
    for condition in [
        "body.code == 20429",
        "body.code in [1, 20429]",
        "body['code'] >= 20000 && status == 200",
        "body.share < 1 && body.share == 0.5",
        "has(body.errors) && !has(body.other)",
        "body.errors[1].code == 25",
        "body.errors.exists(e, e.code == 9)",
        "body.errors.all(e, e.code > 8)",
        "size(body.errors) == 2 && body.text.size() == 9",
        "body.text.startsWith('slow') && body.text.endsWith('down') && body.text.contains('w d')",
        "headers['x-kind'] == 'soft'",
        "'x-kind' in headers",
        "body['null'] == null",
        "body.code != 'text'",
        "body.code > -1",
        // A side that fails counts only where the other does not decide.
        "body.nothing == 1 || true",
        "!(body.nothing == 1 && false)",
        "body.errors.exists(e, e.parameter == 'recipients')",
    ] {
        assert!(holds(condition), "{condition}");
    }
    for condition in [
        "body.nothing == 1",
        "!(body.nothing == 1)",
        "body.text > 3",
        "body.errors.all(e, e.parameter == 'recipients')",
        "body.errors.exists(e, e.code == 7)",
        "body.code",
        "body.text.contains(3)",
        "body[0] == 1",
        "false",
    ] {
        assert!(!holds(condition), "{condition}");
    }
}

#[test]
fn what_is_no_condition_is_told() {
    for (condition, said) in [
        ("", "empty"),
        ("body.code ==", "parse"),
        ("bdy.code == 1", "unknown variable `bdy`"),
        ("statuses == 1", "`status`"),
        ("body.code + 1 == 2", "not available"),
        ("body.text.matches('a')", "not available"),
        ("body.errors.exists_one(e, e == 1)", "`all` and `exists`"),
        ("{'a': 1} == body", "map"),
        ("body.code == 1u", "without `u`"),
    ] {
        let message = Condition::new(condition).unwrap_err();
        assert!(message.contains(said), "{condition}: {message}");
    }
}
