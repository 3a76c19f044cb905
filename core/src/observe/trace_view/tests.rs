#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::*;

fn trace(value: Value) -> Trace {
    serde_json::from_value(value).unwrap()
}

fn routing() -> Value {
    let facts = |name: &str| json!({ "name": name, "provider": name });
    json!({
        "policy_version": "0000000000000001",
        "strategy": { "type": "cheapest", "tolerance": 0.1, "then": "least_latency" },
        "seed": "000000000000002a",
        "now": 1000.0,
        "request": { "input_tokens": 10, "expected_output_tokens": 256 },
        "candidates": [
            { "facts": facts("dear/m"), "tier": 1 },
            { "facts": facts("blind/m"), "tier": 1, "excluded": { "filter": "capability", "missing": "vision" } },
            { "facts": facts("tired/m"), "tier": 1, "short": { "filter": "cooldown", "until": 1004.5 } },
            { "facts": facts("cheap/m"), "tier": 1 },
            { "facts": facts("idle/m"), "tier": 1 },
        ],
        "steps": [
            { "step": "picked", "target": 3, "by": "cheapest", "why": "best", "score": 0.00012345,
              "read": [
                { "target": 0, "term": "expected_cost_usd", "value": 0.002 },
                { "target": 3, "term": "expected_cost_usd", "value": 0.00012345 },
                { "target": 4, "term": "expected_cost_usd" },
              ] },
            { "step": "picked", "target": 0, "by": "least_latency", "why": "tie" },
        ],
        "recorded": true,
    })
}

fn failed_over() -> Trace {
    trace(json!({
        "requested_model": "smart", "target": "dear/m", "route": "smart", "routing": routing(),
        "attempts": [
            { "target": "cheap/m", "started_ms": 0.0, "ended_ms": 200.0, "outcome": "failure", "status": 503,
              "error": { "kind": "OverloadedError", "message": "too many" }, "waited_s": 0.25 },
            { "target": "dear/m", "cause": "fallback", "started_ms": 450.0, "first_token_ms": 700.0,
              "ended_ms": 1000.0, "outcome": "success", "status": 200 },
        ],
        "translation": [{ "param": "logprobs", "action": "dropped", "detail": "it has none" }],
        "time_to_first_token_ms": 700.0, "total_ms": 1000.0, "cost": { "total_usd": 0.0021 },
    }))
}

#[test]
fn a_failover_as_text() {
    let text = trace_text(&failed_over());
    assert_eq!(text, include_str!("failed_over.txt").trim_end(), "\n{text}\n");
}

#[test]
fn the_html_says_what_the_text_says() {
    let html = trace_html(&failed_over());
    let mut shown = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                shown.push(' ');
            }
            _ if !inside => shown.push(character),
            _ => {}
        }
    }
    let bars = ['░', '█', '×'];
    for word in trace_text(&failed_over())
        .lines()
        .filter(|line| !line.contains("░ until"))
        .flat_map(str::split_whitespace)
    {
        if !word.starts_with(bars) {
            assert!(shown.contains(word), "{word} is not in {shown}");
        }
    }
    assert_eq!(html.matches("<svg").count(), 2);
}

/// What a provider says is a stranger's word.
fn hostile() -> Trace {
    let evil =
        "<script>alert(1)</script>\" onload='x' &lt;\u{1b}[2J\u{9b}31m\r\nsecond\u{202e}drow\u{2028}\u{200b}";
    let mut value = serde_json::to_value(failed_over()).unwrap();
    for place in [
        "/requested_model",
        "/attempts/0/target",
        "/attempts/0/error/message",
        "/translation/0/detail",
        "/translation/0/param",
        "/routing/candidates/0/facts/name",
    ] {
        *value.pointer_mut(place).unwrap() = json!(evil);
    }
    *value.pointer_mut("/routing/candidates/1/excluded").unwrap() =
        json!({ "filter": "tag", "missing": evil });
    *value.pointer_mut("/routing/steps/1").unwrap() = json!({ "step": "order_failed", "why": evil });
    trace(value)
}

#[test]
fn a_hostile_text_does_nothing_to_a_terminal() {
    let text = trace_text(&hostile());
    let moves = |character: char| {
        character != '\n' && (character.is_control() || "\u{202e}\u{2028}\u{200b}".contains(character))
    };
    assert_eq!(text.chars().find(|character| moves(*character)), None, "{text}");
    assert!(text.contains("\\u{1b}[2J"), "{text}");
    assert_eq!(text.lines().count(), trace_text(&failed_over()).lines().count() + 1, "{text}");
}

#[test]
fn a_hostile_text_is_text_in_html() {
    for html in [trace_html(&hostile()), routing_html(hostile().routing.as_ref().unwrap())] {
        let allowed = ["div", "b", "table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "span"];
        for tag in html.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap();
            assert!(allowed.contains(&name), "<{tag}");
            assert!(!tag.split('>').next().unwrap().contains("onload"), "<{tag}");
        }
        assert!(
            html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;lt;"),
            "{html}"
        );
        assert!(!html.contains('\u{202e}') && !html.contains('\u{1b}'));
    }
}

#[test]
fn long_texts_and_lists_are_cut_and_say_so() {
    let mut long = failed_over();
    long.attempts[0].error.as_mut().unwrap().message = "ä".repeat(1000);
    let mut routing = RoutingTrace::clone(long.routing.as_ref().unwrap());
    let template = routing.candidates[0].clone();
    routing.candidates.extend(std::iter::repeat_n(template, 100));
    long.routing = Some(routing.into());
    let text = trace_text(&long);
    assert!(text.contains("ä… (717 more characters)"), "{text}");
    assert!(text.contains("65 more candidates are not shown"), "{text}");
}

#[test]
fn odd_traces_show_too() {
    let empty = trace_text(&Trace::default());
    assert_eq!(empty, "no answer: 0 attempts");
    let html = trace_html(&Trace::default());
    assert!(!html.contains("<table"), "{html}");
    // A clock that went wrong, and an attempt that is not over.
    let odd = trace(json!({ "requested_model": "m", "attempts": [
        { "target": "a/m", "started_ms": 5.0, "first_token_ms": 1.0, "ended_ms": 0.0, "outcome": "failure" },
        { "target": "a/m", "started_ms": 5.0 },
    ] }));
    assert!(trace_text(&odd).contains('?'));
    assert!(!trace_html(&odd).contains("NaN") && !trace_html(&odd).contains("width=\"-"));
}

#[test]
fn an_error_shows_its_trace_where_it_says_more_than_the_message() {
    let mut one = failed_over();
    assert!(error_note(&one).is_some());
    one.routing = None;
    assert!(error_note(&one).is_some());
    one.attempts.truncate(1);
    assert_eq!(error_note(&one), None);
}

#[test]
fn figures() {
    let dollars = [0.0, 12.0, 0.5, 0.012_345, 0.000_000_123_4].map(words::dollars);
    assert_eq!(dollars, ["$0", "$12.00", "$0.500", "$0.0123", "$0.000000123"]);
    let figures = [0.0, 1.0, 1234.5, 0.033_333, 12.5].map(words::figure);
    assert_eq!(figures, ["0", "1", "1234", "0.03333", "12.5"]);
    let times = [0.0, 9.94, 9.96, 999.0, 1000.0, 123_456.0].map(words::milliseconds);
    assert_eq!(times, ["0 ms", "9.9 ms", "10 ms", "999 ms", "1.00 s", "123 s"]);
}

#[test]
fn the_way_through_routes_is_told() {
    let mut value = serde_json::to_value(failed_over()).unwrap();
    value["path"] = json!([
        { "route": "front", "rule": "long", "rule_notes": [{ "rule": 0, "message": "no such key" }], "to": "smart" },
        { "route": "smart", "shadow": { "to": "idle/m", "fate": "queued" },
          "exposure": { "split": "test", "variant": "b", "key_hash": "000000000000002a", "sticky": true } },
    ]);
    value["routing"]["tier_strategies"] = json!({ "2": { "type": "weighted" } });
    let text = trace_text(&trace(value));
    for line in [
        "route front: rule 0 could not be evaluated: no such key",
        "route front: rule long held, on to smart",
        "route smart: variant b of split test by its key, a copy to idle/m: queued",
        "ranked by cheapest, then least_latency; tier 2 by weighted; seed 000000000000002a",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in {text}");
    }
}
