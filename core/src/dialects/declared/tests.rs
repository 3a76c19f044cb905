use serde_json::json;

use super::*;
use crate::dialects::Unsupported;
use crate::providers::Kinds;

fn encoded(wire: &Value, operation: Operation, fields: Value, drop: bool) -> Result<EncodedRequest> {
    let wire: DeclaredWire = serde_json::from_value(wire.clone()).unwrap();
    wire.check().unwrap();
    let mut request = Request::from_fields(operation, fields.as_object().unwrap().clone()).unwrap();
    request.attach(&[Bytes::from_static(b"one"), Bytes::from_static(b"two")]).unwrap();
    let unsupported = if drop { Unsupported::Drop } else { Unsupported::Error };
    let context = EncodeContext { model: "a/b c", stream: false, unsupported, quirks: &Quirks::default() };
    wire.encode(&request, &context)
}

#[test]
fn every_wire_of_every_row_can_be_read() {
    let mut count = 0;
    for (kind, row) in Kinds::built_in().unwrap().iter() {
        for (operation, wires) in &row.quirks.wires {
            for wire in wires {
                wire.check().unwrap_or_else(|error| panic!("{kind} {operation:?}: {error:?}"));
                count += 1;
            }
        }
    }
    assert!(count > 0);
}

#[test]
fn a_json_body_has_what_places_say_and_nothing_of_what_is_missing() {
    let wire = json!({
        "path": "/m/{model/}/speak", "query": { "format": "{response_format?}" },
        "json": { "text": "{input}", "settings": { "speed": "{speed?}" }, "by": "{model}" },
        "words": { "response_format": { "mp3": "mp3_44100" } },
    });
    let request = json!({ "model": "m", "input": "hello", "response_format": "mp3" });
    let encoded = encoded(&wire, Operation::Speech, request, false).unwrap();
    assert_eq!(encoded.path, "/m/a/b%20c/speak");
    assert_eq!(encoded.query, [("format".into(), "mp3_44100".to_owned())]);
    assert_eq!(Value::Object(encoded.body), json!({ "text": "hello", "by": "a/b c" }));
    assert_eq!(encoded.translation.len(), 1);
}

#[test]
fn what_no_place_takes_is_named_dropped_or_put_where_the_row_says() {
    let request = || json!({ "model": "m", "prompt": "p", "n": 1, "style": "vivid", "steps": 4 });
    let mut wire = json!({ "path": "/p", "json": { "in": { "prompt": "{prompt}" } }, "needless": ["style"] });
    let error = encoded(&wire, Operation::Images, request(), false).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("steps"));
    let dropped = encoded(&wire, Operation::Images, request(), true).unwrap();
    let notes: Vec<&str> = dropped.translation.iter().map(|note| note.param.as_str()).collect();
    assert_eq!(notes, ["n", "style", "steps"]);
    wire["rest"] = "/in".into();
    let encoded = encoded(&wire, Operation::Images, request(), false).unwrap();
    assert_eq!(Value::Object(encoded.body), json!({ "in": { "prompt": "p", "steps": 4 } }));
}

#[test]
fn a_size_is_a_width_a_height_and_a_ratio() {
    let wire = json!({ "path": "/p", "json": { "p": "{prompt}", "w": "{width?}", "r": "{ratio?}" } });
    let of = |request| {
        encoded(&wire, Operation::Images, request, false).map(|encoded| Value::Object(encoded.body))
    };
    let sized = of(json!({ "model": "m", "prompt": "p", "size": "1536x1024" })).unwrap();
    assert_eq!(sized, json!({ "p": "p", "w": 1536, "r": "3:2" }));
    assert_eq!(of(json!({ "model": "m", "prompt": "p", "size": "auto" })).unwrap(), json!({ "p": "p" }));
}

#[test]
fn files_stand_in_json_in_forms_and_alone() {
    let edit = |image: Value| json!({ "model": "m", "prompt": "p", "image": image });
    let two = edit(json!([{ "attached": 0, "name": "a.png" }, { "attached": 1, "name": "b.webp" }]));
    let parts = json!({ "path": "/p", "json": { "parts": [
        { "text": "{prompt}" }, { "type": "{image.each.type}", "data": "x,{image.each.data}" },
    ] } });
    let inline = encoded(&parts, Operation::ImageEdits, two.clone(), false).unwrap();
    let BodyForm::Inline(files) = &inline.form else { panic!("{:?}", inline.form) };
    let body = Value::Object(inline.body.clone());
    assert_eq!(body["parts"][2], json!({ "type": "image/webp", "data": format!("x,{}", files[1].0) }));

    let form = json!({ "path": "/p", "form": { "text": "{prompt}", "picture": "{image.0.data}" } });
    assert_eq!(
        encoded(&form, Operation::ImageEdits, two, false).unwrap_err().param.as_deref(),
        Some("image[1]")
    );
    let one = edit(json!({ "attached": 0 }));
    let multipart = encoded(&form, Operation::ImageEdits, one, false).unwrap();
    let BodyForm::Multipart(files) = &multipart.form else { panic!("{:?}", multipart.form) };
    assert_eq!((files.len(), files[0].0.as_str(), files[0].1.size()), (1, "picture", Some(3)));
    assert_eq!(Value::Object(multipart.body), json!({ "text": "p" }));

    let raw = json!({ "path": "/p", "raw": "file", "query": { "language": "{language?}" } });
    let file = json!({ "model": "m", "file": { "attached": 0, "name": "a.wav" }, "language": "de" });
    let alone = encoded(&raw, Operation::Transcriptions, file, false).unwrap();
    assert!(matches!(&alone.form, BodyForm::Raw(file) if file.content_type == "audio/wav"));
    assert_eq!(alone.query, [("language".into(), "de".to_owned())]);
}

#[test]
fn nothing_leads_to_another_method_of_the_service() {
    let wire = json!({ "path": "/speak/{voice}", "json": { "text": "{input}" } });
    let of = |voice: &str| {
        let request = json!({ "model": "m", "input": "i", "voice": voice });
        encoded(&wire, Operation::Speech, request, false).map(|encoded| encoded.path)
    };
    assert_eq!(of("a/../b?c").unwrap(), "/speak/a%2F..%2Fb%3Fc");
    assert_eq!(of("..").unwrap_err().param.as_deref(), Some("voice"));
    let missing = json!({ "model": "m", "input": "i" });
    let error = encoded(&wire, Operation::Speech, missing, false).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("voice"));
}

#[test]
fn an_answer_is_put_into_openais_form_and_keeps_the_rest() {
    let read = |answer: Value, body: Value| -> Value {
        let body = answer::read(&answer, &Bytes::from(body.to_string())).unwrap();
        serde_json::from_slice(&body).unwrap()
    };
    let parts = json!({ "candidates": [{ "content": { "parts": [
        { "text": "Here." }, { "inlineData": { "data": "aGk=", "mimeType": "image/png" }, "thought": true },
    ] } }], "usageMetadata": { "promptTokenCount": 3 }, "modelVersion": "m" });
    let answer = json!({
        "data": {
            "list": "/candidates/0/content/parts",
            "b64_json": "/inlineData/data", "mime_type": "/inlineData/mimeType",
        },
        "usage": { "prompt_tokens": "/usageMetadata/promptTokenCount" },
    });
    let expected = json!({
        "data": [{ "b64_json": "aGk=", "mime_type": "image/png", "thought": true }],
        "usage": { "prompt_tokens": 3 }, "usageMetadata": { "promptTokenCount": 3 }, "modelVersion": "m",
    });
    assert_eq!(read(answer, parts), expected);
    let texts = json!({ "data": { "list": "/images", "b64_json": "" } });
    let read_texts = read(texts, json!({ "id": "i", "images": ["aGk="] }));
    assert_eq!(read_texts, json!({ "id": "i", "data": [{ "b64_json": "aGk=" }] }));
    let vectors = json!({ "data": { "list": "", "embedding": "" } });
    assert_eq!(read(vectors, json!([[1.0], [2.0]]))["data"][1], json!({ "embedding": [2.0] }));
    let image = answer::read(&json!("content"), &Bytes::from_static(b"\x89PNG")).unwrap();
    assert_eq!(image, json!({ "data": [{ "b64_json": "iVBORw==" }] }).to_string());
}
