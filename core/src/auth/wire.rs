//! The written form of [`Auth`].

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Auth, Aws, Entra, FetchedAuth, Google, Hmac, header_name};

const ALLOWED: &str = "allowed are \"bearer\", \"basic\", \"none\", \
                       { header = \"name\", prefix = \"text before the key\" }, { query = \"name\" } and \
                       { oauth2 = { token_url, client_id, client_secret, … } }, \
                       \"entra\", \"google\", \"aws\", { entra = { … } }, { google = { … } }, { aws = { … } } and \
                       { hmac = { sign, headers, … } }";

impl<'de> Deserialize<'de> for Auth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AuthVisitor)
    }
}

struct AuthVisitor;

impl<'de> Visitor<'de> for AuthVisitor {
    type Value = Auth;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an `auth`; {ALLOWED}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Auth, E> {
        match text {
            "bearer" => Ok(Auth::Bearer),
            "basic" => Ok(Auth::Basic),
            "none" => Ok(Auth::None),
            "entra" => Ok(Auth::Fetched(FetchedAuth::Entra(Entra::default()).into())),
            "google" => Ok(Auth::Fetched(FetchedAuth::Google(Google::default()).into())),
            "aws" => Ok(Auth::Fetched(FetchedAuth::Aws(Aws::default()).into())),
            other => Err(E::custom(format!("unknown auth `{}`; {ALLOWED}", other.escape_debug()))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Auth, A::Error> {
        use de::Error as _;
        let (mut header, mut prefix, mut query) = (None::<String>, None::<String>, None::<String>);
        let (mut fetched, mut hmac) = (None, None::<Hmac>);
        while let Some(key) = map.next_key::<String>()? {
            if fetched.is_some() || hmac.is_some() {
                return Err(A::Error::custom(format!("auth says one thing; {ALLOWED}")));
            }
            let slot = match key.as_str() {
                "header" => &mut header,
                "prefix" => &mut prefix,
                "query" => &mut query,
                "oauth2" => {
                    fetched = Some(FetchedAuth::OAuth2(map.next_value()?));
                    continue;
                }
                "entra" => {
                    fetched = Some(FetchedAuth::Entra(map.next_value()?));
                    continue;
                }
                "google" => {
                    fetched = Some(FetchedAuth::Google(map.next_value()?));
                    continue;
                }
                "hmac" => {
                    hmac = Some(map.next_value()?);
                    continue;
                }
                "aws" => {
                    fetched = Some(FetchedAuth::Aws(map.next_value()?));
                    continue;
                }
                other => {
                    let message = format!("unknown key `{}` in auth; {ALLOWED}", other.escape_debug());
                    return Err(A::Error::custom(message));
                }
            };
            if slot.replace(map.next_value()?).is_some() {
                return Err(A::Error::custom(format!("`{key}` is given twice in auth")));
            }
        }
        let says_more = || {
            if header.is_some() || prefix.is_some() || query.is_some() {
                return Err(A::Error::custom(format!("auth says one thing; {ALLOWED}")));
            }
            Ok(())
        };
        if let Some(fetched) = fetched {
            return says_more().map(|()| Auth::Fetched(fetched.into()));
        }
        if let Some(hmac) = hmac {
            return says_more().map(|()| Auth::Hmac(hmac.into()));
        }
        match (header, prefix, query) {
            (Some(name), prefix, None) => {
                let name = header_name(&name).map_err(A::Error::custom)?;
                let prefix = prefix.unwrap_or_default();
                if prefix.contains(super::not_in_a_header) {
                    return Err(A::Error::custom("auth's `prefix` has a character that no header may have"));
                }
                Ok(Auth::Header { name, prefix })
            }
            (None, None, Some(name)) if !name.is_empty() => Ok(Auth::Query { name }),
            _ => Err(A::Error::custom(format!("auth names one place for the key; {ALLOWED}"))),
        }
    }
}

impl Serialize for Auth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bearer => serializer.serialize_str("bearer"),
            Self::Basic => serializer.serialize_str("basic"),
            Self::None => serializer.serialize_str("none"),
            Self::Header { name, prefix } => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("header", name.as_str())?;
                if !prefix.is_empty() {
                    map.serialize_entry("prefix", prefix)?;
                }
                map.end()
            }
            Self::Fetched(fetched) => fetched.serialize(serializer),
            Self::Hmac(hmac) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("hmac", &**hmac)?;
                map.end()
            }
            Self::Query { name } => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("query", name)?;
                map.end()
            }
        }
    }
}
