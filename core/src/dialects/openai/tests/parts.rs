use super::*;
use crate::types::chat::ReasoningEffort;

fn body(fields: Value, quirks: &Quirks) -> Body {
    encode_as(fields, quirks, Unsupported::Error, false).unwrap().body
}

type Body = Map<String, Value>;

fn refusing(names: &[&str]) -> Quirks {
    Quirks { unsupported: names.iter().map(|name| (*name).to_owned()).collect(), ..plain() }
}

/// What one part of a user's message becomes.
fn part(part: Value, quirks: &Quirks) -> Value {
    let body = body(json!({ "messages": [{ "role": "user", "content": [part] }] }), quirks);
    body["messages"][0]["content"][0].clone()
}

#[test]
fn documents_are_said_as_the_target_says_them() {
    let url = "https://example.com/a.pdf";
    let document = json!({ "type": "document_url", "document_url": url, "document_name": "a.pdf" });
    let file = json!({ "type": "file", "file": { "file_data": url, "filename": "a.pdf" } });
    assert_eq!(part(document.clone(), &refusing(&["document_url"])), file);
    assert_eq!(part(file, &refusing(&["file"])), document);
    let bare = json!({ "type": "file", "file": { "file_data": "AAAA" } });
    let bare = part(bare, &refusing(&["file"]));
    assert_eq!(bare["document_url"], "data:application/pdf;base64,AAAA");
    // Where neither is taken, it is refused by its place.
    let messages = json!({ "messages": [{ "role": "user", "content": [document] }] });
    let neither = refusing(&["file", "document_url"]);
    let error = encode_as(messages.clone(), &neither, Unsupported::Error, false).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("messages[0].content[0]"));
    let dropped = encode_as(messages, &neither, Unsupported::Drop, false).unwrap();
    assert_eq!(dropped.body["messages"][0]["content"], "");
}

#[test]
fn media_of_results_follow_all_results_of_the_turn() {
    let call =
        |id: &str| json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let text = json!({ "type": "text", "text": "t" });
    let image = |url: &str| json!({ "type": "image_url", "image_url": { "url": url } });
    let messages = json!({ "messages": [
        { "role": "user", "content": "q" },
        { "role": "assistant", "content": null, "tool_calls": [call("1"), call("2")] },
        { "role": "tool", "tool_call_id": "1", "content": [text, image("https://a.example/1.png")] },
        { "role": "tool", "tool_call_id": "2", "content": [image("https://a.example/2.png")] },
        { "role": "user", "content": "next" }] });
    let quirks = Quirks { tool_results_text_only: true, ..plain() };
    let body = body(messages.clone(), &quirks);
    let sent = body["messages"].as_array().unwrap();
    assert_eq!(sent.len(), 6);
    assert_eq!((&sent[2]["content"], &sent[3]["content"]), (&json!([text]), &json!("")));
    let both = json!([image("https://a.example/1.png"), image("https://a.example/2.png")]);
    assert_eq!(sent[4], json!({ "role": "user", "content": both }));
    assert_eq!(sent[5]["content"], "next");
}

#[test]
fn an_effort_becomes_the_nearest_that_is_known() {
    let efforts = vec![ReasoningEffort::None, ReasoningEffort::High];
    let quirks = Quirks { reasoning_efforts: efforts, ..plain() };
    for (given, sent) in
        [("none", "none"), ("minimal", "high"), ("low", "high"), ("max", "high"), ("new", "new")]
    {
        assert_eq!(body(json!({ "reasoning_effort": given }), &quirks)["reasoning_effort"], sent, "{given}");
    }
}
