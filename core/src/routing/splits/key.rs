//! What of a request stays with its variant.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::routing::rules::RuleFacts;

const METADATA: &str = "metadata.";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Session,
    User,
    Tenant,
    Request,
    Metadata(String),
}

impl Key {
    /// Errors: `ConfigurationError` at `place.key`.
    pub fn read(text: &str, place: &str) -> Result<Self> {
        Ok(match text {
            "session" => Self::Session,
            "user" => Self::User,
            "tenant" => Self::Tenant,
            "request" => Self::Request,
            other => match other.strip_prefix(METADATA) {
                Some(name) if !name.is_empty() => Self::Metadata(name.to_owned()),
                _ => {
                    let message = format!(
                        "unknown key `{other}`; allowed are session, user, tenant, request and metadata.<name>"
                    );
                    return Err(Error::configuration(format!("{place}.key"), message));
                }
            },
        })
    }

    /// None where the request has none; an empty one is none.
    pub fn value<'a>(&self, facts: &RuleFacts<'a>) -> Option<Cow<'a, str>> {
        let text = match self {
            Self::Session => facts.session.into(),
            Self::User => facts.user.into(),
            Self::Tenant => facts.tenant.into(),
            Self::Request => return None,
            Self::Metadata(name) => facts.metadata_text(name)?,
        };
        (!text.is_empty()).then_some(text)
    }
}
