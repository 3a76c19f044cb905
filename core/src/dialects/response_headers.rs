//! What a response's headers say in the same words for every wire.
//!
//! Pure: a date needs `now`, which the caller hands in.

mod rate_limits;

use std::time::SystemTime;

use http::HeaderMap;

pub use rate_limits::rate_limits;
pub(super) use rate_limits::rfc3339;

/// Names under which services give the id of a request, the surest first.
/// The first four are in recorded traffic; the others are in public clients' code
/// (`cf-ray` last: it names the request at the edge alone).
const REQUEST_ID: [&str; 9] = [
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-amzn-requestid",
    "x-ms-request-id",
    "x-goog-request-id",
    "mistral-correlation-id",
    "x-correlation-id",
    "cf-ray",
];

/// The provider's id of the request.
#[must_use]
pub fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_ID.into_iter().find_map(|name| text(headers, name)).map(str::to_owned)
}

/// Seconds that the provider asks to wait, in any form: milliseconds, seconds
/// or a date. A date that has passed is no wait.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<f64> {
    retry_after_delay(headers).or_else(|| {
        let date = httpdate::parse_http_date(text(headers, "retry-after")?).ok()?;
        Some(date.duration_since(now).map_or(0.0, |wait| wait.as_secs_f64()))
    })
}

/// Seconds that the provider asks to wait, where it says them without a date:
/// for callers that have no clock.
#[must_use]
pub fn retry_after_delay(headers: &HeaderMap) -> Option<f64> {
    let number =
        |name| text(headers, name)?.parse::<f64>().ok().filter(|wait| wait.is_finite() && *wait >= 0.0);
    number("retry-after-ms").map(|milliseconds| milliseconds / 1000.0).or_else(|| number("retry-after"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn takes_each_form_of_retry_after() {
        // 1994-11-06 08:49:37 UTC, the date of the HTTP specification.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let date = "Sun, 06 Nov 1994 08:49:47 GMT";
        for (pairs, expected) in [
            (vec![("retry-after", "31")], Some(31.0)),
            (vec![("retry-after", " 0.5 ")], Some(0.5)),
            (vec![("retry-after", date)], Some(10.0)),
            (vec![("retry-after", "Sun, 06 Nov 1994 08:49:27 GMT")], Some(0.0)),
            (vec![("retry-after-ms", "1500"), ("retry-after", "2")], Some(1.5)),
            (vec![("retry-after-ms", "soon"), ("retry-after", "2")], Some(2.0)),
            (vec![("retry-after", "-1")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("retry-after", "inf")], None),
            (vec![("retry-after", "tomorrow")], None),
            (vec![], None),
        ] {
            assert_eq!(retry_after(&headers(&pairs), now), expected, "{pairs:?}");
        }
        assert_eq!(retry_after_delay(&headers(&[("retry-after", date)])), None);
    }

    #[test]
    fn finds_the_request_id() {
        assert_eq!(request_id(&headers(&[("cf-ray", "a"), ("x-request-id", "b")])).as_deref(), Some("b"));
        assert_eq!(
            request_id(&headers(&[("apim-request-id", "c"), ("x-request-id", "")])).as_deref(),
            Some("c")
        );
        assert_eq!(request_id(&headers(&[("content-type", "text/html")])), None);
    }
}
