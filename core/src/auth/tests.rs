use http::HeaderMap;
use serde_json::json;

use super::{Auth, Secret, insert_header};
use crate::error::ErrorKind;

fn auth(value: serde_json::Value) -> Auth {
    serde_json::from_value(value).unwrap()
}

fn applied(auth: &Auth, key: &str) -> (HeaderMap, Vec<(String, String)>) {
    let (mut headers, mut query) = (HeaderMap::new(), Vec::new());
    auth.apply(Some(&Secret::new(key)), &mut headers, &mut query).unwrap();
    (headers, query)
}

#[test]
fn a_secret_shows_only_when_exposed() {
    let secret: Secret = serde_json::from_str("\"sk-very-secret\"").unwrap();
    assert_eq!(secret.expose(), "sk-very-secret");
    assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
    assert_eq!(secret, Secret::new("sk-very-secret"));
    assert_ne!(secret, Secret::new("sk-very-secreT"));
    assert_ne!(secret, Secret::new("sk-very"));
    let error = serde_json::from_str::<Secret>("987654321").unwrap_err().to_string();
    assert!(!error.contains("987654321"), "{error}");
}

#[test]
fn every_form_is_read_and_written() {
    for form in [
        json!("bearer"),
        json!("basic"),
        json!("none"),
        json!({"header": "x-api-key"}),
        json!({"header": "authorization", "prefix": "Key "}),
        json!({"query": "key"}),
    ] {
        assert_eq!(serde_json::to_value(auth(form.clone())).unwrap(), form);
    }
}

#[test]
fn a_wrong_form_says_what_is_allowed() {
    for form in [
        json!("token"),
        json!({}),
        json!({"prefix": "Key "}),
        json!({"header": "a", "query": "b"}),
        json!({"query": ""}),
        json!({"cookie": "a"}),
        json!({"entra": {}, "google": {}}),
        json!({"entra": {}, "header": "a"}),
        json!(3),
    ] {
        let error = serde_json::from_value::<Auth>(form.clone()).unwrap_err().to_string();
        assert!(error.contains("\"bearer\", \"basic\", \"none\", { header ="), "{form}: {error}");
    }
    let error = serde_json::from_value::<Auth>(json!({"header": "x api key"})).unwrap_err().to_string();
    assert!(error.contains("`x api key` is not the name of a header"), "{error}");
}

#[test]
fn the_key_goes_where_the_provider_wants_it() {
    assert_eq!(applied(&Auth::Bearer, "k").0["authorization"], "Bearer k");
    assert_eq!(applied(&Auth::Basic, "user:pässword").0["authorization"], "Basic dXNlcjpww6Rzc3dvcmQ=");
    assert_eq!(applied(&auth(json!({"header": "x-api-key"})), "k").0["x-api-key"], "k");
    let prefixed = auth(json!({"header": "Authorization", "prefix": "Key "}));
    assert_eq!(applied(&prefixed, "k").0["authorization"], "Key k");
    let (headers, query) = applied(&auth(json!({"query": "key"})), "k");
    assert_eq!((headers.len(), query), (0, vec![("key".to_owned(), "k".to_owned())]));
    assert_eq!(applied(&Auth::None, "k"), (HeaderMap::new(), vec![]));
}

#[test]
fn without_a_key_nothing_is_added() {
    let (mut headers, mut query) = (HeaderMap::new(), Vec::new());
    Auth::Bearer.apply(None, &mut headers, &mut query).unwrap();
    assert!(headers.is_empty() && query.is_empty());
}

#[test]
fn header_values_do_not_show_in_debug_output() {
    let (mut headers, _) = applied(&Auth::Bearer, "very-secret");
    insert_header(&mut headers, "X-Team", "team-secret").unwrap();
    assert!(!format!("{headers:?}").contains("secret"), "{headers:?}");
    assert_eq!(headers["x-team"], "team-secret");
}

#[test]
fn a_key_that_cannot_be_sent_is_refused_without_its_text() {
    let forms = [
        (Auth::Bearer, "header `authorization`"),
        (auth(json!({"header": "x-api-key"})), "header `x-api-key`"),
        (auth(json!({"query": "key"})), "query parameter `key`"),
    ];
    for (form, place) in forms {
        for (key, problem) in [
            ("hidden\0", "NUL"),
            ("hidden\n", "line break at its start or end"),
            ("hid\r\nden", "contains a line break"),
            ("hiddén", "not ASCII"),
            ("hid\x1bden", "control character"),
            ("", "is empty"),
            (" ", "is empty"),
        ] {
            let error =
                form.apply(Some(&Secret::new(key)), &mut HeaderMap::new(), &mut Vec::new()).unwrap_err();
            assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::Configuration, Some("api_key")));
            assert!(error.message.contains(place) && error.message.contains(problem), "{error}");
            assert!(!error.to_string().contains("hid"), "{error}");
        }
    }
    for key in ["no-colon", "user:pass\n"] {
        let error =
            Auth::Basic.apply(Some(&Secret::new(key)), &mut HeaderMap::new(), &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(!error.to_string().contains(key.trim()), "{error}");
    }
}

#[test]
fn a_users_header_is_checked_and_named_without_its_value() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-team", "hid\nden"),
        ("x-team", "hiddén"),
        ("x-team", "hidden\0"),
        ("x team", "hidden"),
        ("", "hidden"),
        ("x-tèam", "hidden"),
        ("Content-Length", "hidden"),
        ("transfer-encoding", "hidden"),
    ] {
        let error = insert_header(&mut headers, name, value).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.param.as_deref().unwrap().starts_with("headers."), "{error}");
        assert!(error.to_string().contains(&name.to_lowercase()), "{error}");
        assert!(!error.to_string().contains("hid"), "{error}");
    }
    assert!(headers.is_empty());
}
