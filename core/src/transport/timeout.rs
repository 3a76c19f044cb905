//! Time limits as the user gives them.

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::Limits;

/// Time limits in seconds. A number alone is the limit for a whole plain call
/// and, for a stream, for its first byte and each pause.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timeout {
    pub connect: Option<Duration>,
    pub first_byte: Option<Duration>,
    pub idle: Option<Duration>,
    pub total: Option<Duration>,
    /// Whether `total` holds for streams too: it was named, not implied.
    total_for_streams: bool,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timeout {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timeout".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let limit = serde_json::json!({ "type": ["number", "null"] });
        schemars::json_schema!({
            "description": "Seconds, or limits by name.",
            "anyOf": [
                { "type": "number" },
                {
                    "type": "object",
                    "title": "TimeLimits",
                    "properties": { "connect": limit, "first_byte": limit, "idle": limit, "total": limit },
                },
            ],
        })
    }
}

impl Timeout {
    /// One limit for a plain call, or for a stream's first byte and pauses.
    #[must_use]
    pub fn of(limit: Duration) -> Self {
        Self {
            connect: None,
            first_byte: Some(limit),
            idle: Some(limit),
            total: Some(limit),
            total_for_streams: false,
        }
    }

    /// These limits over `limits`.
    pub fn apply(&self, limits: &mut Limits, stream: bool) {
        if let Some(connect) = self.connect {
            limits.connect = Some(connect);
        }
        if let Some(first_byte) = self.first_byte {
            limits.first_byte = Some(first_byte);
        }
        if let Some(idle) = self.idle {
            limits.idle = Some(idle);
        }
        if let Some(total) = self.total
            && (!stream || self.total_for_streams)
        {
            limits.total = Some(total);
        }
    }
}

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Each {
            connect: Option<f64>,
            first_byte: Option<f64>,
            idle: Option<f64>,
            total: Option<f64>,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        let seconds = |name: &str, seconds: Option<f64>| match seconds {
            None => Ok(None),
            Some(seconds) => match Duration::try_from_secs_f64(seconds) {
                Ok(limit) if !limit.is_zero() => Ok(Some(limit)),
                _ => Err(D::Error::custom(format!(
                    "{name} must be a positive number of seconds, got {seconds}"
                ))),
            },
        };
        if value.is_object() {
            let each: Each = crate::types::placed::read(value).map_err(D::Error::custom)?;
            return Ok(Self {
                connect: seconds("connect", each.connect)?,
                first_byte: seconds("first_byte", each.first_byte)?,
                idle: seconds("idle", each.idle)?,
                total: seconds("total", each.total)?,
                total_for_streams: true,
            });
        }
        match value.as_f64() {
            Some(number) => Ok(seconds("timeout", Some(number))?.map(Self::of).unwrap_or_default()),
            None => Err(D::Error::custom(
                "timeout must be a number of seconds, or an object of connect, first_byte, idle and total",
            )),
        }
    }
}
