//! Images, audio and moderation: over a transport of scripted answers, and over a socket.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::PathBuf;

use bytes::Bytes;
use roocode::testing::{MockServer, Script};
use roocode::types::operation::{Answer, Operation, Request};
use roocode::{Client, ClientConfig, ErrorKind, Result};
use serde_json::{Value, json};

use crate::support::{client, provider};

async fn ask(client: &Client, operation: Operation, body: Value, files: &[&str]) -> Result<Answer> {
    let files: Vec<Bytes> = files.iter().map(|file| Bytes::from(file.to_string())).collect();
    let call = client.call_with_files(operation, body, Value::Null, &files)?;
    Ok(client.ask(call).await?.answer)
}

/// A file of its own for each test, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, content: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("roocode-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn images_are_made_and_paid_for_by_their_tokens() {
    let price = json!({ "gpt-image-1": { "price": { "input": 5.0, "output": 0.0, "image_output": 40.0 } } });
    let mut openai = provider("openai");
    openai["models"] = price;
    let (client, transport) = client(json!([]), json!({ "providers": [openai] }));
    let body = json!({ "model": "openai/gpt-image-1", "prompt": "a red circle", "n": 2, "quality": "low" });
    let images = ask(&client, Operation::Images, body, &[]).await.unwrap().into_images().unwrap();
    assert_eq!(images.data.len(), 2);
    assert!(images.data[0].b64_json.as_deref().unwrap().starts_with("iVBOR"));
    let usage = images.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (3, 2, 5));
    assert_eq!(usage.completion_tokens_details.unwrap().image_tokens, Some(2));
    let cost = images.route.unwrap().cost.clone().unwrap();
    assert!((cost.total_usd - (3.0 * 5.0 + 2.0 * 40.0) / 1e6).abs() < 1e-12, "{cost:?}");
    let sent = &transport.requests()[0];
    assert_eq!(sent.path, "/v1/images/generations");
    let body = json!({ "model": "gpt-image-1", "prompt": "a red circle", "n": 2, "quality": "low" });
    assert_eq!(sent.body, body);
}

#[tokio::test]
async fn bedrocks_makers_of_images_have_bodies_of_their_own() {
    let body = json!({ "images": ["iVBORw0KGgo=", "iVBORw0KGgo="], "seeds": [7] });
    let reply = json!([{ "when": { "path": "/invoke" }, "reply": { "body": body } }]);
    let provider = json!({ "kind": "bedrock", "api_key": "key-of-it", "region": "eu-west-1" });
    let (client, transport) = client(reply, json!({ "providers": [provider] }));
    let asked = |model: &str, more: Value| {
        let mut body = json!({ "model": format!("bedrock/{model}"), "prompt": "a red circle", "seed": 7 });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let amazon = asked("amazon.nova-canvas-v1:0", json!({ "n": 2, "size": "1024x512" }));
    let images = ask(&client, Operation::Images, amazon, &[]).await.unwrap().into_images().unwrap();
    assert_eq!(images.data.len(), 2);
    assert_eq!(images.data[0].b64_json.as_deref(), Some("iVBORw0KGgo="));
    assert_eq!(images.provider_fields["seeds"], json!([7]));
    let stability = asked("stability.stable-image-core-v1:1", json!({ "size": "1536x1024" }));
    ask(&client, Operation::Images, stability, &[]).await.unwrap();
    let [amazon, stability] = transport.requests().try_into().unwrap();
    assert_eq!(amazon.path, "/model/amazon.nova-canvas-v1:0/invoke");
    let config = json!({ "numberOfImages": 2, "width": 1024, "height": 512, "seed": 7 });
    let text = json!({ "text": "a red circle" });
    let wanted =
        json!({ "taskType": "TEXT_IMAGE", "textToImageParams": text, "imageGenerationConfig": config });
    assert_eq!(amazon.body, wanted);
    assert_eq!(stability.path, "/model/stability.stable-image-core-v1:1/invoke");
    assert_eq!(stability.body, json!({ "prompt": "a red circle", "aspect_ratio": "3:2", "seed": 7 }));
    // Its chats make none.
    let chat = asked("anthropic.claude-sonnet-4-5-20250929-v1:0", json!({}));
    assert_eq!(ask(&client, Operation::Images, chat, &[]).await.unwrap_err().kind, ErrorKind::BadRequest);
}

#[tokio::test]
async fn what_has_no_tokens_is_paid_for_by_the_image_the_second_and_the_character() {
    let models = json!({
        "painter": { "price": { "input": 0, "output": 0, "image": 0.04 } },
        "reader": { "price": { "input": 0, "output": 0, "character": 15.0 } },
        "hearer": { "price": { "input": 0, "output": 0, "second": 0.0001 } },
    });
    let mut openai = provider("openai");
    openai["models"] = models;
    let (client, _) = client(json!([{ "reply": { "omit_usage": true } }]), json!({ "providers": [openai] }));
    let of = |answer: Answer| {
        let mut answer = answer;
        answer.route_mut().take().unwrap().cost.clone().unwrap().total_usd
    };
    let images = json!({ "model": "openai/painter", "prompt": "p", "n": 3 });
    let images = of(ask(&client, Operation::Images, images, &[]).await.unwrap());
    assert!((images - 0.12).abs() < 1e-12, "{images}");
    let speech = json!({ "model": "openai/reader", "input": "grüß", "voice": "alloy" });
    let speech = of(ask(&client, Operation::Speech, speech, &[]).await.unwrap());
    assert!((speech - 4.0 * 15.0 / 1e6).abs() < 1e-15, "{speech}");
    let said =
        json!({ "model": "openai/hearer", "file": { "attached": 0 }, "response_format": "verbose_json" });
    let said = of(ask(&client, Operation::Transcriptions, said, &["ID3"]).await.unwrap());
    assert!((said - 3.0 * 0.0001).abs() < 1e-12, "{said}");
}

#[tokio::test]
async fn an_edit_is_a_form_with_its_images() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("openai")] }));
    let body = json!({
        "model": "openai/gpt-image-1", "prompt": "put them together", "n": 1, "extra_body": { "moderation": "low" },
        "image": [{ "attached": 0 }, { "attached": 1, "name": "two.webp" }], "mask": { "attached": 2 },
    });
    let images = ask(&client, Operation::ImageEdits, body, &["\u{89}PNG one", "two", "mask"]).await.unwrap();
    assert_eq!(images.into_image_edits().unwrap().data.len(), 1);
    let sent = &transport.requests()[0];
    assert_eq!(sent.path, "/v1/images/edits");
    assert!(sent.headers["content-type"].starts_with("multipart/form-data; boundary="));
    let file =
        |name: &str, of: &str, size: u64| json!({ "filename": name, "content_type": of, "size": size });
    let unknown = "application/octet-stream";
    let expected = json!({
        "prompt": "put them together", "model": "gpt-image-1", "n": "1", "moderation": "low",
        "image": [file("file", unknown, 9), file("two.webp", "image/webp", 3)], "mask": file("file", unknown, 4),
    });
    assert_eq!(sent.body, expected);
}

#[tokio::test]
async fn speech_is_bytes_of_a_type() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("openai")] }));
    let body =
        json!({ "model": "openai/tts-1", "input": "hello", "voice": "alloy", "response_format": "wav" });
    let speech = ask(&client, Operation::Speech, body.clone(), &[]).await.unwrap().into_speech().unwrap();
    assert_eq!((&speech.content[..], speech.content_type.as_str()), (&b"hello"[..], "audio/wav"));
    assert_eq!((speech.characters, speech.model.as_str()), (5, "tts-1"));
    assert!(!serde_json::to_string(&speech).unwrap().contains("hello"), "bytes never stand in JSON");
    assert_eq!(transport.requests()[0].headers["accept"], "*/*");
}

#[tokio::test]
async fn a_transcription_comes_in_every_form_that_it_is_asked_for() {
    let content = json!([{ "reply": { "content": "one two" } }]);
    let (client, transport) = client(content, json!({ "providers": [provider("openai")] }));
    let mut answers = Vec::new();
    for form in ["json", "verbose_json", "text", "srt", "vtt"] {
        let body = json!({
            "model": "openai/whisper-1", "file": { "attached": 0, "name": "a.mp3" }, "response_format": form,
            "timestamp_granularities": ["word", "segment"],
        });
        let answer = ask(&client, Operation::Transcriptions, body, &["sound"]).await.unwrap();
        answers.push(answer.into_transcription().unwrap());
    }
    let [json, verbose, text, srt, vtt] = answers.try_into().unwrap();
    assert_eq!(json.text, "one two");
    let usage = json.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (20, 2));
    assert_eq!(usage.prompt_tokens_details.unwrap().audio_tokens, Some(20));
    let words = verbose.words.unwrap();
    assert_eq!((words[1].word.as_str(), words[1].start, words[1].end), ("two", 0.5, 1.0));
    assert_eq!(verbose.segments.unwrap()[0].provider_fields["id"], 0);
    assert_eq!((verbose.duration, verbose.language.as_deref()), (Some(1.0), Some("english")));
    assert_eq!(verbose.usage.unwrap().seconds, Some(1.0));
    assert_eq!(text.text, "one two\n");
    assert!(srt.text.starts_with("1\n00:00:00,000 --> 00:00:01,000\none two"), "{}", srt.text);
    assert!(vtt.text.starts_with("WEBVTT"), "{}", vtt.text);
    let sent = &transport.requests()[0].body;
    assert_eq!(sent["timestamp_granularities"], json!(["word", "segment"]));
    assert_eq!(sent["file"], json!({ "filename": "a.mp3", "content_type": "audio/mpeg", "size": 5 }));
}

#[tokio::test]
async fn a_translation_is_asked_for_at_its_own_address() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("groq")] }));
    let body = json!({ "model": "groq/whisper-large-v3", "file": { "attached": 0 } });
    let said =
        ask(&client, Operation::Translations, body, &["ID3"]).await.unwrap().into_translation().unwrap();
    assert_eq!(said.text, "This is what was said.");
    assert_eq!(transport.requests()[0].path, "/openai/v1/audio/translations");
}

/// Over a socket, so that it is the HTTP client that sends the file.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_on_disk_is_sent_again_by_a_retry_and_by_the_next_target() {
    let content: Vec<u8> = (0..700_000_u32).map(|number| number as u8).collect();
    let file = Scratch::new("again.flac", &content);
    let faults: Vec<Script> =
        serde_json::from_value(json!([{ "fault": { "kind": "status", "status": 503 }, "times": 2 }]))
            .unwrap();
    let server = MockServer::start(faults).unwrap();
    let provider = |name: &str| {
        let base_url = format!("{}/{name}/v1", server.url());
        json!({ "name": name, "kind": "custom", "api_key": "k", "base_url": base_url })
    };
    let config = json!({
        "providers": [provider("one"), provider("other")],
        "routes": { "hear": { "targets": ["one/m", "other/m"] } },
        "max_retries": 1, "resilience": { "retry": { "first_wait": 0.001 } },
    });
    let client = Client::new(ClientConfig::from_value(config).unwrap()).unwrap();
    let body = json!({ "model": "hear", "file": file.path() });
    let call = client.call_of(Operation::Transcriptions, body, Value::Null).unwrap();
    let said = client.ask(call).await.unwrap().answer.into_transcription().unwrap();
    assert_eq!(said.text, "This is what was said.");
    let route = said.route.unwrap();
    assert_eq!(route.attempts.len(), 3, "{route:?}");
    let requests = server.requests();
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    let both = ["/one/v1/audio/transcriptions", "/other/v1/audio/transcriptions"];
    assert!(both.iter().all(|path| paths.contains(path)), "{paths:?}");
    for request in &requests {
        assert_eq!(request.body["file"]["size"], content.len());
        assert_eq!(request.body["file"]["content_type"], "audio/flac");
        assert!(request.headers.contains_key("content-length"), "{:?}", request.headers);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named_before_anything_is_sent() {
    let (client, transport) = client(json!([]), json!({ "providers": [provider("openai")] }));
    for (path, why) in [("/nowhere/a.mp3", "cannot be read"), ("/tmp", "is no file")] {
        let body = json!({ "model": "openai/whisper-1", "file": path });
        let error = ask(&client, Operation::Transcriptions, body, &[]).await.unwrap_err();
        assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("file")));
        assert!(error.message.contains(why) && error.message.contains(path), "{}", error.message);
    }
    assert!(transport.requests().is_empty());
}

#[tokio::test]
async fn moderation_keeps_what_is_said_of_each_input() {
    let (client, _) = client(json!([]), json!({ "providers": [provider("openai")] }));
    let body = json!({ "model": "openai/omni-moderation-latest", "input": ["fine", "violence"] });
    let judged = ask(&client, Operation::Moderations, body, &[]).await.unwrap().into_moderation().unwrap();
    let flags: Vec<bool> = judged.results.iter().map(|result| result.flagged).collect();
    assert_eq!(flags, [false, true]);
    assert_eq!(judged.results[1].categories["violence"], true);
    assert_eq!(judged.results[1].category_scores["violence"], 0.9);
}

#[tokio::test]
async fn a_target_without_an_operation_is_left_out_and_the_trace_says_so() {
    let routes = json!({ "paint": { "targets": ["groq/whisper-large-v3", "openai/gpt-image-1"] } });
    let config = json!({ "providers": [provider("groq"), provider("openai")], "routes": routes });
    let (client, _) = client(json!([]), config);
    let body = json!({ "model": "paint", "prompt": "p" });
    let images = ask(&client, Operation::Images, body, &[]).await.unwrap().into_images().unwrap();
    let route = images.route.unwrap();
    assert_eq!(route.target.as_deref(), Some("openai/gpt-image-1"));
    let routing = route.routing.as_ref().unwrap();
    assert!(routing.candidates[0].why.as_deref().unwrap().contains("making images"), "{routing:?}");
    assert!(roocode::routing::check_replay(routing).unwrap().same);
}

#[tokio::test]
async fn no_trace_and_no_error_holds_what_a_file_holds() {
    let fault = json!([{ "fault": { "kind": "status", "status": 400 } }]);
    let (client, transport) = client(fault, json!({ "providers": [provider("openai")] }));
    let body = json!({ "model": "openai/whisper-1", "file": { "attached": 0, "name": "a.wav" } });
    let error = ask(&client, Operation::Transcriptions, body.clone(), &["hidden words"]).await.unwrap_err();
    assert!(!format!("{error:?}").contains("hidden words"));
    assert!(!serde_json::to_string(&error.route).unwrap().contains("hidden words"));
    assert!(!serde_json::to_string(&transport.requests()).unwrap().contains("hidden words"));
    let files = [Bytes::from_static(b"hidden words")];
    let call = client.call_with_files(Operation::Transcriptions, body, Value::Null, &files).unwrap();
    assert!(
        !format!("{:?}{}", call.request, serde_json::to_string(&call.request).unwrap()).contains("hidden")
    );
}

#[tokio::test]
async fn parameters_of_a_target_keep_the_file() {
    let target = json!({ "target": "openai/whisper-1", "parameters": { "language": "de" } });
    let config =
        json!({ "providers": [provider("openai")], "routes": { "german": { "targets": [target] } } });
    let (client, transport) = client(json!([]), config);
    let body = json!({ "model": "german", "file": { "attached": 0, "name": "a.wav" } });
    ask(&client, Operation::Transcriptions, body, &["sound"]).await.unwrap();
    let sent = &transport.requests()[0].body;
    assert_eq!((&sent["language"], &sent["file"]["size"]), (&json!("de"), &json!(5)));
}

#[tokio::test]
async fn what_is_signed_is_the_form_as_it_goes() {
    let hmac =
        json!({ "hmac": { "sign": "{body_hash}", "headers": { "x-signature": "{body_hash} {signature}" } } });
    let file = Scratch::new("signed.wav", b"signed sound");
    let mut openai = provider("custom");
    openai["auth"] = hmac;
    openai["base_url"] = "http://localhost:1/v1".into();
    let (client, transport) = client(json!([]), json!({ "providers": [openai] }));
    let options = json!({ "routing": { "seed": 7 } });
    for _ in 0..2 {
        let body = json!({ "model": "custom/m", "file": file.path() });
        let call = client.call_of(Operation::Transcriptions, body, options.clone()).unwrap();
        client.ask(call).await.unwrap();
    }
    let requests = transport.requests();
    let signature = |number: usize| requests[number].headers["x-signature"].clone();
    // Of the same seed it is the same form.
    assert_eq!(signature(0), signature(1));
    assert!(signature(0).len() > 128, "{}", signature(0));
    assert_eq!(requests[0].body["file"]["size"], 12);
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    for (operation, body, param) in [
        (Operation::Images, json!({ "model": "m" }), "prompt"),
        (Operation::Images, json!({ "model": "m", "prompt": "" }), "prompt"),
        (Operation::Images, json!({ "model": "m", "prompt": "p", "n": 0 }), "n"),
        (Operation::Images, json!({ "model": "m", "prompt": "p", "stream": true }), "stream"),
        (Operation::ImageEdits, json!({ "model": "m", "prompt": "p" }), "image"),
        (Operation::ImageEdits, json!({ "model": "m", "prompt": "p", "image": [] }), "image"),
        (Operation::ImageEdits, json!({ "model": "m", "prompt": "p", "image": 3 }), "image"),
        (Operation::Speech, json!({ "model": "m", "voice": "v" }), "input"),
        (Operation::Speech, json!({ "model": "m", "input": "i", "stream_format": "sse" }), "stream_format"),
        (Operation::Transcriptions, json!({ "model": "m" }), "file"),
        (Operation::Transcriptions, json!({ "model": "m", "file": 1 }), "file"),
        (Operation::Transcriptions, json!({ "model": "m", "file": "f", "temperature": "x" }), "temperature"),
        (Operation::Moderations, json!({ "model": "m", "input": 1 }), "input"),
        (Operation::Moderations, json!({ "model": "m", "input": [] }), "input"),
    ] {
        let error = Request::from_fields(operation, body.as_object().unwrap().clone()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadRequest, "{body}");
        assert_eq!(error.param.as_deref(), Some(param), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn a_wire_that_a_row_declares_is_asked_and_read_like_any_other() {
    let deepgram = json!({
        "metadata": { "request_id": "r", "duration": 2.5 },
        "results": { "channels": [{ "detected_language": "en", "alternatives": [{
            "transcript": "one two",
            "words": [{ "word": "one", "start": 0.1, "end": 0.4, "confidence": 0.9 }],
        }] }] },
    });
    let scripts = json!([
        { "when": { "path": "/listen" }, "reply": { "body": deepgram } },
        { "when": { "path": "/hf-inference/models/org/whisper" }, "reply": { "body": { "text": "hi" } } },
        { "when": { "path": ":generateContent" }, "reply": { "body": { "modelVersion": "g", "candidates": [
            { "content": { "parts": [{ "inlineData": { "data": "aGk=", "mimeType": "image/png" } }] } },
        ], "usageMetadata": { "promptTokenCount": 3, "candidatesTokenCount": 1290, "totalTokenCount": 1293 } } } },
        { "when": { "path": "/text-to-speech/v%20x" }, "reply": { "body": "sound" } },
    ]);
    let kinds = ["deepgram", "huggingface", "gemini", "elevenlabs", "openrouter"];
    let providers: Vec<Value> = kinds.iter().map(|kind| provider(kind)).collect();
    let routes = json!({ "hear": { "targets": ["elevenlabs/scribe_v1", "deepgram/nova-3"] } });
    let (client, transport) = client(scripts, json!({ "providers": providers, "routes": routes }));
    let file = Scratch::new("declared.wav", b"some sound");
    let body = json!({ "model": "deepgram/nova-3", "file": file.path(), "language": "en" });
    let said =
        ask(&client, Operation::Transcriptions, body, &[]).await.unwrap().into_transcription().unwrap();
    assert_eq!(
        (said.text.as_str(), said.duration, said.language.as_deref()),
        ("one two", Some(2.5), Some("en"))
    );
    assert_eq!(said.words.unwrap()[0].provider_fields["confidence"], 0.9);
    let sent = &transport.requests()[0];
    assert_eq!((sent.path.as_str(), &sent.body), ("/v1/listen", &json!("some sound")));
    assert_eq!(sent.headers["content-type"], "audio/wav");
    assert_eq!(sent.query["model"], "nova-3");

    let body = json!({ "model": "huggingface/org/whisper", "file": { "attached": 0 } });
    let said =
        ask(&client, Operation::Transcriptions, body, &["x"]).await.unwrap().into_transcription().unwrap();
    assert_eq!(said.text, "hi");

    let body = json!({
        "model": "gemini/gemini-2.5-flash-image", "prompt": "bluer", "image": { "attached": 0, "name": "a.png" },
    });
    let images =
        ask(&client, Operation::ImageEdits, body, &["one"]).await.unwrap().into_image_edits().unwrap();
    assert_eq!((images.data[0].b64_json.as_deref(), images.model.as_str()), (Some("aGk="), "g"));
    assert_eq!(images.usage.unwrap().completion_tokens, 1290);
    let parts = &transport.requests()[2].body["contents"][0]["parts"];
    assert_eq!(parts[1]["inlineData"], json!({ "mimeType": "image/png", "data": "b25l" }));

    let body = json!({ "model": "openrouter/openai/whisper-1", "file": file.path() });
    ask(&client, Operation::Transcriptions, body, &[]).await.unwrap();
    let sound = &transport.requests()[3].body["input_audio"];
    assert_eq!(sound, &json!({ "data": "c29tZSBzb3VuZA==", "format": "wav" }));

    // What a target cannot be told is named, and another may take it.
    let body = json!({ "model": "deepgram/nova-3", "file": file.path(), "prompt": "words" });
    let error = ask(&client, Operation::Transcriptions, body, &[]).await.unwrap_err();
    assert_eq!((error.kind, error.param.as_deref()), (ErrorKind::BadRequest, Some("prompt")));
}
