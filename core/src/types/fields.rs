//! How numbers of a configuration are read and checked.
//!
//! Durations are seconds as numbers, as everywhere in the configuration. What
//! one number alone can tell is checked while reading; what needs its place or
//! its neighbours is checked with [`require`]. No default lives here.

use crate::error::{Error, Result};

/// Fails with a `ConfigurationError` at `place.name` that says what is allowed.
pub(crate) fn require(holds: bool, place: &str, name: &str, allowed: &str) -> Result<()> {
    if holds {
        return Ok(());
    }
    let at = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let message = format!("{at} must be {allowed}");
    Err(Error::configuration(at, message))
}

/// A share of a whole: finite, from 0 to 1.
pub(crate) fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

/// For `#[serde(with = "seconds")]`.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(|_| {
            D::Error::custom(format!("must be a number of seconds of at least 0, got {seconds}"))
        })
    }

    pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }
}

/// For `#[serde(with = "optional_seconds")]`.
pub(crate) mod optional_seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    struct Seconds(#[serde(with = "super::seconds")] Duration);

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Seconds>::deserialize(deserializer)?.map(|seconds| seconds.0))
    }

    pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs_f64()).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    #[serde(default, deny_unknown_fields)]
    struct Example {
        #[serde(with = "seconds")]
        wait: Duration,
        #[serde(with = "optional_seconds")]
        most: Option<Duration>,
    }

    impl Default for Example {
        fn default() -> Self {
            Self { wait: Duration::from_secs(3), most: None }
        }
    }

    #[test]
    fn durations_are_seconds() {
        let read = |value| serde_json::from_value::<Example>(value).map_err(|error| error.to_string());
        let given = Example { wait: Duration::from_millis(1500), most: Some(Duration::from_secs(2)) };
        assert_eq!(read(json!({"wait": 1.5, "most": 2})).unwrap(), given);
        assert_eq!(serde_json::to_value(&given).unwrap(), json!({"wait": 1.5, "most": 2.0}));
        assert_eq!(read(json!({"most": null})).unwrap(), Example::default());
        for wrong in [json!(-1), json!(1e300), json!(-0.5)] {
            let said = read(json!({"wait": wrong})).unwrap_err();
            assert!(said.contains("a number of seconds of at least 0"), "{said}");
        }
    }

    #[test]
    fn a_failed_check_names_the_place_and_what_is_allowed() {
        let error = require(false, "providers[1].breaker", "probes", "at least 1").unwrap_err();
        assert_eq!(error.param.as_deref(), Some("providers[1].breaker.probes"));
        assert_eq!(error.message, "providers[1].breaker.probes must be at least 1");
        assert_eq!(require(false, "", "probes", "at least 1").unwrap_err().param.as_deref(), Some("probes"));
        assert!(is_share(0.0) && is_share(1.0) && !is_share(1.1) && !is_share(-0.1) && !is_share(f64::NAN));
    }
}
