use super::*;
use proptest::prelude::*;
use serde_json::json;

fn price(value: serde_json::Value) -> Price {
    serde_json::from_value(value).unwrap()
}

fn tiered() -> Price {
    price(json!({ "input": 1.25, "output": 10, "cached_input": 0.125,
        "tiers": [{ "above_input_tokens": 200_000, "input": 2.5, "output": 15, "cached_input": 0.25 }] }))
}

fn close(one: f64, other: f64) {
    assert!((one - other).abs() <= 1e-12 * other.abs().max(1.0), "{one} {other}");
}

#[test]
fn above_the_mark_the_whole_request_has_the_higher_price() {
    close(tiered().expected_cost(200_000, 0, 1_000), 200_000.0 * 1.25e-6 + 0.01);
    close(tiered().expected_cost(200_001, 100_000, 1_000), 100_001.0 * 2.5e-6 + 100_000.0 * 0.25e-6 + 0.015);
}

#[test]
fn a_price_for_each_request_is_added_in_every_tier() {
    let price = Price { request: Some(0.005), ..tiered() };
    close(price.expected_cost(0, 0, 0), 0.005);
    close(price.expected_cost(300_000, 0, 0), 0.755);
}

#[test]
fn parts_beyond_the_total_do_not_count() {
    close(tiered().expected_cost(10, 500, 0), 10.0 * 0.125e-6);
}

#[test]
fn free_is_a_price() {
    close(price(json!({ "input": 0, "output": 0 })).expected_cost(1_000, 0, 1_000), 0.0);
}

#[test]
fn off_peak_holds_within_its_windows_only() {
    let price = price(json!({ "input": 2, "output": 4, "off_peak": {
        "price": { "input": 1, "output": 2 },
        "windows": [{ "weekdays": [1, 5], "from_minute": 60, "to_minute": 120 }] } }));
    price.check().unwrap();
    // 2026-11-20 is a Friday; 1_795_132_800 is its midnight in UTC.
    let friday = 1_795_132_800;
    let at = |seconds| price.at(seconds).input;
    assert_eq!(
        [at(friday + 3_599), at(friday + 3_600), at(friday + 7_199), at(friday + 7_200)],
        [2.0, 1.0, 1.0, 2.0]
    );
    assert_eq!([at(friday + 86_400 + 3_600), at(friday + 3 * 86_400 + 3_600)], [2.0, 1.0]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let place = |value| price(value).check().unwrap_err().0;
    assert_eq!(place(json!({ "input": -1, "output": 0 })), "");
    assert_eq!(place(json!({ "input": 1, "output": 0, "above_input_tokens": 1 })), "above_input_tokens");
    let tier = |above: u64| json!({ "input": 1, "output": 1, "above_input_tokens": above });
    assert_eq!(place(json!({ "input": 1, "output": 0, "tiers": [tier(5), tier(5)] })), "tiers[1]");
    assert_eq!(place(json!({ "input": 1, "output": 0, "tiers": [{ "input": 1, "output": 1 }] })), "tiers[0]");
    assert!(serde_json::from_value::<Price>(json!({ "input": 1, "output": 0, "cached": 1 })).is_err());
}

proptest! {
    #[test]
    fn without_parts_and_tiers_it_is_two_products(
        input in 0u64..10_000_000,
        output in 0u64..10_000_000,
        input_price in 0.0..100.0f64,
        output_price in 0.0..100.0f64,
    ) {
        let price = Price { input: input_price, output: output_price, ..Price::default() };
        let expected = (input as f64 * input_price + output as f64 * output_price) / 1e6;
        let cost = price.expected_cost(input, input / 2, output);
        prop_assert!((cost - expected).abs() <= 1e-9 * expected.max(1.0));
    }

    #[test]
    fn more_cached_is_never_dearer_where_cached_is_cheaper(
        input in 0u64..1_000_000,
        cached in 0u64..1_000_000,
    ) {
        let cost = |cached| tiered().expected_cost(input, cached, 0);
        prop_assert!(cost(cached) <= cost(cached / 2) + 1e-12);
    }
}
