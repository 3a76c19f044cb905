//! Which columns a table of statistics has, and where in a record their values are.
//!
//! The columns are always the same ones, whatever was seen, so that tables of different times
//! can be put together. What is not known is absent, never zero.

use std::sync::Arc;

use roocode::ErrorKind;

use super::column::{Column, Field, Kind};
use crate::node::{Node, Object};

/// Where the values of a column are.
enum Source {
    /// The field of this name, within the fields before it.
    At(&'static [&'static str]),
    /// The target's name up to its first slash, which no provider's name has, and after it.
    Provider,
    Model,
    /// As `At`, but 0 says that nothing was seen.
    Expected(&'static [&'static str]),
    /// Absent where there was usage, and none with a known price.
    Cost,
    /// All errors, and those of a class; a class that is not listed did not occur.
    Errors,
    ErrorsOf(ErrorKind),
    /// What is left of the configured limit of this name.
    QuotaLeft(&'static str),
    /// The least that the provider said is left in this unit, of all times that it limits.
    LimitsLeft(&'static str),
}

pub fn fields() -> Vec<Field> {
    table().into_iter().map(|(name, kind, _)| Field { name, kind }).collect()
}

pub fn columns(records: &[Arc<Object>]) -> Vec<Column<'_>> {
    table()
        .into_iter()
        .map(|(_, kind, source)| match kind {
            Kind::Integer => {
                Column::Integers(records.iter().map(|record| integer(record, &source)).collect())
            }
            Kind::Float => Column::Floats(records.iter().map(|record| float(record, &source)).collect()),
            Kind::Text => Column::Texts(records.iter().map(|record| text(record, &source)).collect()),
            Kind::Flag => Column::Flags(records.iter().map(|record| flag(record, &source)).collect()),
        })
        .collect()
}

fn table() -> Vec<(String, Kind, Source)> {
    use Kind::{Flag, Float, Integer, Text};
    use Source::{At, Cost, Errors, ErrorsOf, Expected, LimitsLeft, Model, Provider, QuotaLeft};
    let first = [
        ("target", Text, At(&["target"])),
        ("provider", Text, Provider),
        ("model", Text, Model),
        ("requests", Integer, At(&["requests"])),
        ("successes", Integer, At(&["successes"])),
        ("cancelled", Integer, At(&["cancelled"])),
        ("errors", Integer, Errors),
        ("success_rate", Float, At(&["success_rate"])),
        ("in_flight", Integer, At(&["in_flight"])),
        ("breaker", Text, At(&["breaker"])),
        ("unavailable_for_s", Float, At(&["unavailable_for_s"])),
        ("time_to_first_token_count", Integer, At(&["time_to_first_token_s", "count"])),
        ("time_to_first_token_mean_s", Float, At(&["time_to_first_token_s", "mean"])),
        ("time_to_first_token_min_s", Float, At(&["time_to_first_token_s", "min"])),
        ("time_to_first_token_p50_s", Float, At(&["time_to_first_token_s", "p50"])),
        ("time_to_first_token_p90_s", Float, At(&["time_to_first_token_s", "p90"])),
        ("time_to_first_token_p95_s", Float, At(&["time_to_first_token_s", "p95"])),
        ("time_to_first_token_p99_s", Float, At(&["time_to_first_token_s", "p99"])),
        ("time_to_first_token_max_s", Float, At(&["time_to_first_token_s", "max"])),
        ("total_count", Integer, At(&["total_s", "count"])),
        ("total_mean_s", Float, At(&["total_s", "mean"])),
        ("total_min_s", Float, At(&["total_s", "min"])),
        ("total_p50_s", Float, At(&["total_s", "p50"])),
        ("total_p90_s", Float, At(&["total_s", "p90"])),
        ("total_p95_s", Float, At(&["total_s", "p95"])),
        ("total_p99_s", Float, At(&["total_s", "p99"])),
        ("total_max_s", Float, At(&["total_s", "max"])),
        ("expected_first_token_s", Float, Expected(&["expected_first_token_s"])),
        ("expected_output_tokens_per_s", Float, At(&["expected_output_tokens_per_s"])),
        ("round_trip_s", Float, At(&["round_trip_s"])),
        ("input_tokens", Integer, At(&["input_tokens"])),
        ("output_tokens", Integer, At(&["output_tokens"])),
        ("cost", Float, Cost),
        ("unpriced", Integer, At(&["unpriced"])),
        ("concurrency_limit", Integer, At(&["concurrency_limit"])),
        ("quota_left_requests_per_second", Integer, QuotaLeft("requests_per_second")),
        ("quota_left_requests_per_minute", Integer, QuotaLeft("requests_per_minute")),
        ("quota_left_requests_per_day", Integer, QuotaLeft("requests_per_day")),
        ("quota_left_tokens_per_second", Integer, QuotaLeft("tokens_per_second")),
        ("quota_left_tokens_per_minute", Integer, QuotaLeft("tokens_per_minute")),
        ("quota_left_tokens_per_day", Integer, QuotaLeft("tokens_per_day")),
        ("quota_left_concurrency", Integer, QuotaLeft("concurrency")),
        ("limits_left_requests", Integer, LimitsLeft("requests")),
        ("limits_left_tokens", Integer, LimitsLeft("tokens")),
        ("limits_left_input_tokens", Integer, LimitsLeft("input_tokens")),
        ("limits_left_output_tokens", Integer, LimitsLeft("output_tokens")),
        ("health_check_healthy", Flag, At(&["health_check", "healthy"])),
        ("health_check_checks", Integer, At(&["health_check", "checks"])),
        ("health_check_failures", Integer, At(&["health_check", "failures"])),
        ("health_check_last_failure", Text, At(&["health_check", "last_failure"])),
        ("health_check_input_tokens", Integer, At(&["health_check", "input_tokens"])),
        ("health_check_output_tokens", Integer, At(&["health_check", "output_tokens"])),
        ("health_check_cost", Float, At(&["health_check", "cost"])),
    ]
    .map(|(name, kind, source)| (name.to_owned(), kind, source));
    let classes =
        ErrorKind::ALL.map(|kind| (format!("errors_{}", kind.class_name()), Integer, ErrorsOf(kind)));
    first.into_iter().chain(classes).collect()
}

fn integer(record: &Object, source: &Source) -> Option<i64> {
    match source {
        Source::At(path) => whole(at(record, path)?),
        Source::Errors => {
            let Node::Object(errors) = record.get("errors")? else { return None };
            errors.entries().iter().map(|(_, count)| whole(count)).sum()
        }
        Source::ErrorsOf(kind) => {
            let Node::Object(errors) = record.get("errors")? else { return None };
            errors.get(kind.class_name()).map_or(Some(0), whole)
        }
        Source::QuotaLeft(name) => remaining(record, "quota_left", "name", name),
        Source::LimitsLeft(unit) => remaining(record, "limits_left", "unit", unit),
        _ => None,
    }
}

/// The least `remaining` of those in `list` whose `key` is `name`.
fn remaining(record: &Object, list: &str, key: &str, name: &str) -> Option<i64> {
    let Node::List(limits) = record.get(list)? else { return None };
    let left = limits.iter().filter_map(|limit| match limit {
        Node::Object(limit) if matches!(limit.get(key), Some(Node::Text(its)) if its == name) => {
            whole(limit.get("remaining")?)
        }
        _ => None,
    });
    left.min()
}

fn float(record: &Object, source: &Source) -> Option<f64> {
    match source {
        Source::At(path) => number(at(record, path)?),
        Source::Expected(path) => number(at(record, path)?).filter(|seconds| *seconds > 0.0),
        Source::Cost => {
            let unpriced = record.get("unpriced").and_then(whole).unwrap_or(0);
            number(record.get("cost")?).filter(|cost| *cost > 0.0 || unpriced == 0)
        }
        _ => None,
    }
}

fn text<'a>(record: &'a Object, source: &Source) -> Option<&'a str> {
    let path: &[&str] = match source {
        Source::At(path) => path,
        Source::Provider | Source::Model => &["target"],
        _ => return None,
    };
    let Node::Text(text) = at(record, path)? else { return None };
    match source {
        Source::Provider => Some(text.split_once('/')?.0),
        Source::Model => Some(text.split_once('/')?.1),
        _ => Some(text),
    }
}

fn flag(record: &Object, source: &Source) -> Option<bool> {
    let Source::At(path) = source else { return None };
    let Node::Bool(flag) = at(record, path)? else { return None };
    Some(*flag)
}

fn at<'a>(record: &'a Object, path: &[&str]) -> Option<&'a Node> {
    let (name, before) = path.split_last()?;
    let within = before.iter().try_fold(record, |record, name| match record.get(name)? {
        Node::Object(inner) => Some(&**inner),
        _ => None,
    });
    within?.get(name)
}

fn whole(node: &Node) -> Option<i64> {
    match node {
        Node::Integer(number) => Some(*number),
        Node::Unsigned(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a float was asked for")]
fn number(node: &Node) -> Option<f64> {
    match node {
        Node::Float(number) => Some(*number),
        other => whole(other).map(|number| number as f64),
    }
}
