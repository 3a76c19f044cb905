use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::error::ErrorKind;

const PLACE: &str = "routes.smart.rules";

fn rule(when: &str) -> RuleConfig {
    RuleConfig { when: when.into(), to: "other".into(), name: None, utc_offset: None }
}

fn rules(when: &[&str]) -> Rules {
    Rules::new(when.iter().map(|when| rule(when)), PLACE).unwrap()
}

/// 2026-01-31 22:05 UTC, a Saturday.
const NOW: i64 = 1_769_897_100;

fn metadata() -> Value {
    json!({"team": "legal", "priority": "7", "size": 12, "urgent": true, "none": null})
}

fn with_facts<T>(look: impl FnOnce(&RuleFacts<'_>) -> T) -> T {
    let (metadata, tags) = (metadata(), ["eu".to_owned(), "beta".to_owned()]);
    look(&RuleFacts {
        task: "summary",
        model: "smart",
        tenant: "acme",
        user: "Zoë",
        metadata: metadata.as_object(),
        tags: &tags,
        input_tokens: 5_000,
        messages: 3,
        tools: 2,
        images: true,
        stream: true,
        ..RuleFacts::default()
    })
}

/// What the one rule says: whether it holds, or why it has no value.
fn value(when: &str) -> std::result::Result<bool, String> {
    let outcome = with_facts(|facts| rules(&[when]).first(facts, NOW));
    match outcome.notes.into_iter().next() {
        Some(note) => Err(note.message),
        None => Ok(outcome.matched.is_some()),
    }
}

fn wrong(when: &str) -> String {
    let error = Rules::new([rule("true"), rule(when)], PLACE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert_eq!(error.param.as_deref(), Some("routes.smart.rules[1].when"), "{when}");
    error.message.clone()
}

#[test]
fn expressions_mean_what_they_say() {
    for (when, expected) in [
        ("true", true),
        ("task == 'summary' && input_tokens > 1000", true),
        ("task != 'summary' || input_tokens <= 5000", true),
        ("input_tokens < 5000", false),
        ("max_output_tokens == 0", true),
        ("session == ''", true),
        ("'beta' in tags && !('us' in tags)", true),
        ("tags[0] == 'eu'", true),
        ("size(tags) == 2 && tags.size() == 2", true),
        ("size(user) == 3", true),
        ("tenant in ['acme', 'umbrella']", true),
        ("messages in [1, 2, 3]", true),
        ("metadata.team == 'legal' && metadata['team'] == 'legal'", true),
        ("'team' in metadata && has(metadata.team)", true),
        ("has(metadata.absent) || has(metadata.none)", false),
        ("metadata.size == '12' && metadata.urgent == 'true'", true),
        ("int(metadata.priority) >= 7 && double(metadata.size) < 12.5", true),
        ("int(2.9) == 2 && int(-2.9) == -2", true),
        ("model.startsWith('sm') && model.endsWith('art') && model.contains('mar')", true),
        ("tags.exists(t, t == 'eu') && tags.all(t, size(t) > 1)", true),
        ("tags.exists_one(t, t.startsWith('b'))", true),
        ("metadata.exists(key, key.startsWith('pri'))", true),
        ("tags.exists(a, tags.exists(b, a + b == 'eubeta'))", true),
        ("tags.exists(task, task == 'eu') && task == 'summary'", true),
        ("(images ? 'a' : 'b') == 'a'", true),
        ("images == stream && images != audio", true),
        ("!documents && !audio && !video && !json_schema && !reasoning && tools > 0", true),
        ("input_tokens / 2 + messages * 10 - 1 == 2529 && input_tokens % 7 == 2", true),
        ("-messages == -3", true),
        ("input_tokens > 4999.5 && 0.5 < messages", true),
        ("double(input_tokens) * 1.5 > 7000.0", true),
        ("time.hour == 22 && time.minute == 5 && time.weekday == 6", true),
        ("time.date == '2026-01-31' && time.date < '2026-02-01'", true),
        ("task + '/' + tenant == \"summary/acme\"", true),
        ("task < 'tummary'", true),
    ] {
        assert_eq!(value(when), Ok(expected), "{when}");
    }
}

#[test]
fn the_first_that_holds_wins_and_none_is_none() {
    let list = rules(&["task == 'x'", "images", "images && stream", "true"]);
    assert_eq!(with_facts(|facts| list.first(facts, NOW)).matched, Some(1));
    assert_eq!(list.first(&RuleFacts::default(), NOW).matched, Some(3));
    let none = rules(&["images", "audio"]).first(&RuleFacts::default(), NOW);
    assert_eq!(none, RuleOutcome::default());
    assert_eq!(rules(&[]).first(&RuleFacts::default(), NOW), RuleOutcome::default());
}

#[test]
fn what_fails_does_not_hold_and_is_told_without_values() {
    for (when, message) in [
        ("metadata.absent == 'x'", "metadata has no `absent`"),
        ("metadata.absent != 'x'", "metadata has no `absent`"),
        ("metadata[user] == ''", "metadata has no such entry"),
        ("int(metadata.team) > 1", "int() of what is no whole number"),
        ("double(metadata.team) > 1.0", "double() of what is no number"),
        ("int(1e300) > 1", "too large"),
        ("tags[2] == 'x'", "element 2 of a list of 2"),
        ("tags[-1] == 'x'", "element -1 of a list of 2"),
        ("1 / (messages - 3) == 1", "division by zero"),
        ("input_tokens * 9223372036854775807 > 1", "too large"),
        ("tags.all(t, t == metadata.absent)", "metadata has no `absent`"),
    ] {
        let said = value(when).unwrap_err();
        assert!(said.contains(message), "{when}: {said}");
        assert!(!said.contains("legal") && !said.contains("Zoë"), "{said}");
    }
    let list = rules(&["metadata.absent == 'x'", "audio", "int(task) == 1", "true"]);
    let outcome = with_facts(|facts| list.first(facts, NOW));
    let noted: Vec<usize> = outcome.notes.iter().map(|note| note.rule).collect();
    assert_eq!((outcome.matched, noted), (Some(3), vec![0, 2]));
}

#[test]
fn a_side_that_fails_counts_only_where_the_other_does_not_decide() {
    for (when, expected) in [
        ("metadata.absent == 'x' || images", true),
        ("images || metadata.absent == 'x'", true),
        ("metadata.absent == 'x' && audio", false),
        ("tags.exists(t, t == 'beta' || metadata.absent == 'x')", true),
    ] {
        assert_eq!(value(when), Ok(expected), "{when}");
    }
    for when in ["metadata.absent == 'x' && images", "audio || metadata.absent == 'x'"] {
        assert!(value(when).is_err(), "{when}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_is_allowed() {
    for (when, said) in [
        ("", "is empty"),
        ("task ==", "does not parse"),
        ("task = 'x'", "does not parse"),
        ("(images", "does not parse"),
        ("tasks == 'x'", "unknown variable `tasks`; did you mean `task`?"),
        ("inputtokens > 1", "did you mean `input_tokens`?"),
        ("zzz", "the variables are task, operation, model, tenant"),
        ("time.hours == 1", "did you mean `time.hour`?"),
        ("time == 1", "`time.weekday`"),
        ("has(time.hour)", "has(metadata.team)"),
        ("task.name == 'x'", "`task` is a text, which has no fields"),
        ("input_tokens > 'x'", "compares a whole number with a text"),
        ("task > 5", "int(text) reads a number"),
        ("images > audio", "bools only with =="),
        ("tags == ['a']", "ask a list with `in`"),
        ("tags.contains('eu')", "'eu' in tags"),
        ("task in 'summary'", "looks for a text in a text"),
        ("messages in ['a']", "looks for a whole number in a list of texts"),
        ("task in ['a', 1]", "`1` is a whole number: a list has"),
        ("input_tokens", "where a rule must be a bool; write `input_tokens > 0`"),
        ("task", "write `task != ''`"),
        ("tags", "is a list of texts, where a rule must be a bool"),
        ("images && task", "`task` is a text, where a bool is wanted"),
        ("!task", "where a bool is wanted"),
        ("-images == 1", "where a number is wanted"),
        ("task - 'x' == ''", "no `-` of a text and a text"),
        ("input_tokens * 1.5 > 1.0", "double(whole number)"),
        ("1.5 % 1.0 == 0.5", "no `%`"),
        ("images ? 1 : 'x'", "chooses between a whole number and a text"),
        ("task.startWith('x')", "did you mean `startsWith`?"),
        ("task.startsWith(1)", "where a text is wanted"),
        ("task.startsWith('a', 'b')", "is not how `startsWith` is called"),
        ("startsWith(task, 'a')", "write text.startsWith(text)"),
        ("task.matches('a.*')", "`matches` is not available"),
        ("length(task) > 1", "the functions are size"),
        ("size(1) > 1", "where a text, a list of texts or metadata is wanted"),
        ("int(images) > 1", "where a text or a number is wanted"),
        ("has(task)", "does not parse"),
        ("tags.exists(t)", "write list.exists(item, condition)"),
        ("tags.exists(t, t)", "`t` is a text, where a bool is wanted"),
        ("tags.exists(t, t == 'x') && t == 'x'", "unknown variable `t`"),
        ("task.exists(t, true)", "where a list of texts or metadata"),
        ("tags.map(t, t + 'x') == tags", "`map` and `filter` are not available"),
        ("size(tags.filter(t, true)) > 1", "`map` and `filter` are not available"),
        ("messages > 1u", "without `u`"),
        ("task == b'x'", "bytes"),
        ("task == null", "`null` is not available"),
        ("{'a': 1}['a'] == 1", "a map cannot be written"),
        ("tags['a'] == ''", "a list of texts by a whole number"),
        ("metadata == tags", "compares a map of texts with a list of texts"),
        ("'x' in [metadata.a, 1]", "a list has texts alone"),
    ] {
        let message = wrong(when);
        assert!(message.contains(said), "{when}: {message}");
    }
}

#[test]
fn the_rest_of_a_rule_is_checked_too() {
    let named = |name: &str| RuleConfig { name: Some(name.into()), ..rule("true") };
    for (second, param) in [
        (RuleConfig { to: " ".into(), ..rule("true") }, "to"),
        (named(" "), "name"),
        (named("first"), "name"),
        (RuleConfig { utc_offset: Some("CET".into()), ..rule("true") }, "utc_offset"),
    ] {
        let error = Rules::new([named("first"), second], PLACE).unwrap_err();
        assert_eq!(error.param, Some(format!("routes.smart.rules[1].{param}")), "{error}");
    }
    let unknown = serde_json::from_value::<RuleConfig>(json!({"when": "true", "to": "a", "then": "b"}));
    assert!(unknown.unwrap_err().to_string().contains("then"));
}

#[test]
fn the_clock_of_a_rule_stands_where_it_says() {
    let at = |when: &str, offset: &str| {
        let config = RuleConfig { utc_offset: Some(offset.into()), ..rule(when) };
        Rules::new([config], PLACE).unwrap().first(&RuleFacts::default(), NOW).matched.is_some()
    };
    assert!(at("time.date == '2026-02-01' && time.hour == 0 && time.weekday == 7", "+02:00"));
    assert!(at("time.hour == 16 && time.minute == 35", "-05:30"));
}

#[test]
fn it_is_known_what_is_read() {
    let list = rules(&["task == 'x'", "tags.exists(model, model == 'x') && time.hour > 3"]);
    let read: Vec<&str> = VARIABLES.iter().map(|row| row.name).filter(|name| list.reads(name)).collect();
    assert_eq!(read, ["task", "tags", "time.hour"]);
}

#[test]
fn the_documentation_has_every_variable() {
    let documentation = include_str!("mod.rs");
    for row in &VARIABLES {
        let line = format!("//! | `{}` | {} | {} |\n", row.name, row.type_name(), row.meaning);
        assert!(documentation.contains(&line), "not in the table of rules/mod.rs: {line}");
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_on_a_small_stack() {
    let deep = [
        "(".repeat(4_000),
        "[".repeat(4_000),
        format!("{}1{} == 1", "[".repeat(30), "]".repeat(30)),
        format!("{}true", "!-".repeat(2_000)),
        format!("1{} == 1", "+1".repeat(2_000)),
        format!("task{} == ''", ".a".repeat(2_000)),
        format!("{}true", "true?true:".repeat(400)),
        format!("{}images", "!(".repeat(100)),
        format!("{}true{}", "tags.all(t,".repeat(60), ")".repeat(60)),
        format!("task == '{}'", "x".repeat(5_000)),
    ];
    let check = move || deep.iter().for_each(|when| assert!(wrong(when).len() < 300, "{when}"));
    std::thread::Builder::new().stack_size(1 << 20).spawn(check).unwrap().join().unwrap();
    // Wide is not deep.
    let wide = vec!["task == 'x'"; 250].join(" || ");
    assert_eq!(value(&wide), Ok(false));
    assert_eq!(value(&format!("{}true{}", "(".repeat(2_000), ")".repeat(2_000))), Ok(true));
    let list: Vec<String> = (0..400).map(|number| format!("'t{number}'")).collect();
    assert_eq!(value(&format!("tenant in [{}]", list.join(","))), Ok(false));
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Rules::new([rule(&text)], PLACE);
    }

    #[test]
    fn no_soup_of_tokens_panics(tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..30)) {
        let text = tokens.join(" ");
        if let Ok(list) = Rules::new([rule(&text)], PLACE) {
            with_facts(|facts| list.first(facts, NOW));
        }
    }
}

const TOKENS: &[&str] = &[
    "task",
    "tags",
    "metadata",
    "time.hour",
    "input_tokens",
    "images",
    "metadata.team",
    "==",
    "!=",
    "<",
    "in",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "'a'",
    "\"b",
    "r'x",
    "b'z'",
    "\\",
    "'\\u12",
    "1",
    "1u",
    "0x",
    "9223372036854775808",
    "1e999",
    "null",
    "true",
    "has(metadata.a)",
    "tags.exists(t,",
    "all(x,",
    ".map(y,",
    "size(",
    "int(",
    "é",
    "😀",
    "\0",
    "`a-b`",
    "?.",
    "[?",
    "as",
    "Foo{a:1}",
];
