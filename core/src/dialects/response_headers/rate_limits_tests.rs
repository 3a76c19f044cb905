use std::fs;
use std::path::Path;

use super::*;

/// 2025-07-29T09:59:03Z, half a minute before the reset of a recorded reply.
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_753_783_143)
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn told(pairs: &[(&'static str, &str)]) -> Vec<ToldLimit> {
    rate_limits(&headers(pairs), now())
}

fn limit(unit: LimitUnit, limit: u64, remaining: u64, reset: Option<Duration>, refill: Refill) -> ToldLimit {
    ToldLimit {
        unit,
        window: None,
        limit: Some(limit),
        remaining: Some(remaining),
        reset_after: reset,
        refill,
    }
}

const fn ms(milliseconds: u64) -> Option<Duration> {
    Some(Duration::from_millis(milliseconds))
}

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

#[test]
fn reads_openai() {
    let said = told(&[
        ("x-ratelimit-limit-requests", "10000"),
        ("x-ratelimit-limit-tokens", "200000"),
        ("x-ratelimit-remaining-requests", "9993"),
        ("x-ratelimit-remaining-tokens", "199883"),
        ("x-ratelimit-reset-requests", "55.492s"),
        ("x-ratelimit-reset-tokens", "34ms"),
        ("x-ratelimit-limit-input-images", "50000"),
        ("x-ratelimit-limit-tokens_usage_based", "250000"),
    ]);
    let expected = [
        limit(LimitUnit::Requests, 10_000, 9993, ms(55_492), Refill::Continuous),
        limit(LimitUnit::Tokens, 200_000, 199_883, ms(34), Refill::Continuous),
    ];
    assert_eq!(said, expected);
}

#[test]
fn reads_anthropic_by_the_clock_of_the_response() {
    let pairs = [
        ("anthropic-ratelimit-requests-limit", "4000"),
        ("anthropic-ratelimit-requests-remaining", "3999"),
        ("anthropic-ratelimit-requests-reset", "2025-07-29T09:59:33Z"),
        ("anthropic-ratelimit-input-tokens-limit", "400000"),
        ("anthropic-ratelimit-input-tokens-remaining", "399000"),
        ("anthropic-ratelimit-input-tokens-reset", "2025-07-29T09:58:33Z"),
        ("anthropic-ratelimit-output-tokens-remaining", "80000"),
    ];
    let mut expected = vec![
        limit(LimitUnit::Requests, 4000, 3999, ms(30_000), Refill::Continuous),
        limit(LimitUnit::InputTokens, 400_000, 399_000, ms(0), Refill::Continuous),
        ToldLimit {
            remaining: Some(80_000),
            refill: Refill::Continuous,
            ..ToldLimit::empty(LimitUnit::OutputTokens, None)
        },
    ];
    assert_eq!(told(&pairs), expected);
    let mut dated = pairs.to_vec();
    dated.push(("date", "Tue, 29 Jul 2025 09:59:32 GMT"));
    expected[0].reset_after = ms(1000);
    assert_eq!(told(&dated), expected);
}

#[test]
fn reads_azure_whose_resets_have_no_unit() {
    // Recorded: milliseconds.
    let said = told(&[
        ("x-ratelimit-limit-requests", "120"),
        ("x-ratelimit-limit-tokens", "120000"),
        ("x-ratelimit-remaining-requests", "119"),
        ("x-ratelimit-remaining-tokens", "119986"),
        ("x-ratelimit-renewalperiod-requests", "60"),
        ("x-ratelimit-renewalperiod-tokens", "60"),
        ("x-ratelimit-reset-requests", "500"),
        ("x-ratelimit-reset-tokens", "7"),
    ]);
    assert_eq!(said[0].reset_after, ms(500));
    assert_eq!((said[0].window, said[1].window), (MINUTE, MINUTE));
    assert_eq!(said[1].reset_after, ms(7));
    // Reported elsewhere: half of the tokens are used, and back in 30 seconds.
    let said = told(&[
        ("x-ratelimit-limit-tokens", "1500000"),
        ("x-ratelimit-remaining-tokens", "745399"),
        ("x-ratelimit-renewalperiod-tokens", "60"),
        ("x-ratelimit-reset-tokens", "30"),
    ]);
    assert_eq!(said[0].reset_after, ms(30_000));
    // Where a count is missing that says which, seconds are the safer reading.
    let said = told(&[
        ("x-ratelimit-remaining-tokens", "100"),
        ("x-ratelimit-renewalperiod-tokens", "60"),
        ("x-ratelimit-reset-tokens", "3"),
    ]);
    assert_eq!(said[0].reset_after, ms(3000));
}

#[test]
fn reads_windows_from_names() {
    // Mistral, recorded: no reset.
    let said = told(&[
        ("x-ratelimit-limit-tokens-minute", "75000"),
        ("x-ratelimit-remaining-tokens-minute", "74932"),
        ("x-ratelimit-tokens-query-cost", "68"),
        ("x-ratelimit-limit-req-minute", "5"),
        ("x-ratelimit-remaining-req-minute", "4"),
    ]);
    let tokens = limit(LimitUnit::Tokens, 75_000, 74_932, None, Refill::AtReset);
    let requests = limit(LimitUnit::Requests, 5, 4, None, Refill::AtReset);
    assert_eq!(said, [ToldLimit { window: MINUTE, ..tokens }, ToldLimit { window: MINUTE, ..requests }]);
    // Cerebras, from its documentation: a day and a minute at once.
    let said = told(&[
        ("x-ratelimit-limit-requests-day", "1000000000"),
        ("x-ratelimit-limit-tokens-minute", "1000000000"),
        ("x-ratelimit-remaining-requests-day", "999997455"),
        ("x-ratelimit-remaining-tokens-minute", "999998298"),
        ("x-ratelimit-reset-requests-day", "33011.382867097855"),
        ("x-ratelimit-reset-tokens-minute", "11.382867097854614"),
    ]);
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].window, Some(Duration::from_secs(86_400)));
    assert_eq!(said[0].reset_after.unwrap().as_millis(), 33_011_382);
    assert_eq!((said[1].remaining, said[1].refill), (Some(999_998_298), Refill::AtReset));
}

#[test]
fn reads_bare_limits() {
    // Together and Replicate, recorded.
    let said =
        told(&[("x-ratelimit-limit", "2"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")]);
    assert_eq!(said, [limit(LimitUnit::Requests, 2, 0, ms(1000), Refill::AtReset)]);
    let said = told(&[("ratelimit-remaining", "2999"), ("ratelimit-reset", "1")]);
    assert_eq!((said[0].remaining, said[0].reset_after), (Some(2999), ms(1000)));
    // OpenRouter: milliseconds of Unix time; here three seconds from now.
    let said = told(&[
        ("x-ratelimit-limit", "1"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1753783146000"),
    ]);
    assert_eq!(said, [limit(LimitUnit::Requests, 1, 0, ms(3000), Refill::AtReset)]);
}

#[test]
fn reads_each_form_of_a_reset() {
    for (written, expected) in [
        ("6m0s", ms(360_000)),
        ("2m59.56s", ms(179_560)),
        ("1h0m0.5s", ms(3_600_500)),
        ("17ms", ms(17)),
        ("1d", ms(86_400_000)),
        ("0s", ms(0)),
        ("250us", Some(Duration::from_micros(250))),
        ("1.5", ms(1500)),
        ("1753783153", ms(10_000)),
        ("1753783153.25", ms(10_250)),
        ("2025-07-29T09:59:13Z", ms(10_000)),
        ("2025-07-29t09:59:13.25z", ms(10_250)),
        ("2025-07-29T11:59:13+02:00", ms(10_000)),
        ("2025-07-29T05:29:13-04:30", ms(10_000)),
        ("Tue, 29 Jul 2025 09:59:13 GMT", ms(10_000)),
        ("2025-07-29T09:00:00Z", ms(0)),
        ("soon", None),
        ("5x", None),
        ("5", ms(5000)),
        ("m5s", None),
        ("1..5s", None),
        ("-3", None),
        ("NaN", None),
        ("2025-13-29T09:59:13Z", None),
        ("2025-07-29T09:59:13", None),
        ("2025-07-29T09:59:13+2:00", None),
        ("1e300", None),
    ] {
        let said = told(&[("x-ratelimit-limit-requests", "9"), ("x-ratelimit-reset-requests", written)]);
        assert_eq!(said[0].reset_after, expected, "{written}");
    }
}

#[test]
fn leaves_alone_what_it_cannot_read() {
    for pairs in [
        vec![("content-type", "text/html"), ("date", "Tue, 29 Jul 2025 09:59:32 GMT")],
        vec![("x-ratelimit-limit-requests", "many")],
        vec![("x-ratelimit-remaining-requests", "-1")],
        vec![("x-ratelimit-reset-requests", "1s")],
        vec![("x-ratelimit-key", "gpt-5"), ("x-ratelimit-abusepenalty-active", "False")],
        vec![("anthropic-ratelimit-unified-limit", "5"), ("anthropic-ratelimit", "5"), ("ratelimit", "5")],
    ] {
        assert_eq!(told(&pairs), [], "{pairs:?}");
    }
    assert_eq!(told(&[("x-ratelimit-limit", "100, 100;w=60")])[0].limit, Some(100));
    assert_eq!(told(&[("x-ratelimit-remaining", "12.9")])[0].remaining, Some(12));
}

/// Every recorded header of a limit on requests or tokens is read whole.
#[test]
fn reads_what_was_recorded() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings"));
    if !root.exists() {
        println!("skipped: ../shared is not here");
        return;
    }
    let files = fs::read_dir(root).unwrap().filter_map(|folder| fs::read_dir(folder.ok()?.path()).ok());
    let mut told = 0;
    for file in files.flatten() {
        let path = file.unwrap().path();
        let case: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for exchange in case["exchanges"].as_array().into_iter().flatten() {
            let mut headers = HeaderMap::new();
            let pairs = exchange["response"]["headers"].as_object().into_iter().flatten();
            for (name, value) in pairs.filter_map(|(name, value)| Some((name, value.as_str()?))) {
                headers.append(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
            }
            // The day of the recording is unknown where no date is told.
            let limits = rate_limits(&headers, SystemTime::UNIX_EPOCH);
            for limit in &limits {
                let place = format!("{}: {limit:?}", path.display());
                assert!(limit.remaining <= limit.limit || limit.limit.is_none(), "{place}");
                assert!(limit.limit.is_some() || limit.remaining.is_some(), "{place}");
            }
            let tokens = |limit: &&ToldLimit| limit.unit == LimitUnit::Tokens;
            let whole = ["x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"];
            if whole.iter().any(|name| headers.contains_key(*name)) {
                let limit = limits.iter().find(tokens).unwrap();
                assert!(limit.limit.and(limit.remaining).is_some(), "{}", path.display());
                let reset = limit.reset_after.unwrap();
                let used = (limit.limit.unwrap() - limit.remaining.unwrap()) as f64;
                let dated = whole.map(|name| headers.contains_key(name))[1];
                // OpenAI's and Azure's buckets fill evenly, a minute long.
                let expected = used / limit.limit.unwrap() as f64 * 60.0;
                assert!(
                    dated || (reset.as_secs_f64() - expected).abs() < 0.005,
                    "{}: {reset:?}, {expected} s expected",
                    path.display()
                );
            }
            told += limits.len();
        }
    }
    assert!(told > 100, "only {told} limits were told");
}
