//! OAuth 2.0: tokens for a client's own secret, or for a refresh token (RFC 6749, 4.4 and 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use super::fetched::{Moment, Source, Step, identity, post_form, read_token};
use super::{Secret, check_address};
use crate::error::{Error, Result};

/// How a token is had from an authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// Where tokens are issued.
    pub token_url: String,
    /// May be left out where an API key is exchanged.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// Where client and secret are sent. Default `body`.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// What the token is to allow: names, or one text of names with spaces between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Whom the token is for, where the server asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Exchanged for tokens instead of the secret alone. Where the server issues a new one
    /// with a token, that one is used from then on; it is not kept over a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The field of the form that the provider's `api_key` goes into, at services that exchange a key for tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_field: Option<String>,
    /// More fields of the form; one of the same name takes the place of what stands here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Secret>,
}

/// Where a client's id and secret are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// As fields of the form.
    #[default]
    Body,
    /// As `Authorization: Basic`.
    Basic,
}

/// One text, or a list of names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    Text(String),
    List(Vec<String>),
}

impl Scope {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(names) => names.join(" "),
        }
    }
}

impl OAuth2 {
    /// Errors: `Configuration` naming the place, where it cannot work.
    pub(super) fn check(&self, place: &str) -> Result<()> {
        let wrong = |field: &str, what: &str| {
            let place = format!("{place}.oauth2.{field}");
            Err(Error::configuration(place.clone(), format!("{place}: {what}")))
        };
        check_address(&self.token_url, &format!("{place}.oauth2.token_url"))?;
        if self.api_key_field.is_some() {
            return Ok(());
        }
        if self.client_id.is_empty() {
            return wrong("client_id", "is missing");
        }
        if self.client_secret.is_none() && self.refresh_token.is_none() {
            return wrong("client_secret", "is missing; give it, or a `refresh_token`");
        }
        Ok(())
    }

    /// The same with an API key in its field, if it has one.
    pub(super) fn with_key(&self, key: &Secret) -> Option<Self> {
        let mut filled = self.clone();
        filled.extra.insert(self.api_key_field.clone()?, key.clone());
        Some(filled)
    }

    fn form(&self) -> Vec<(&str, String)> {
        let grant = if self.refresh_token.is_some() { "refresh_token" } else { "client_credentials" };
        let mut form = vec![("grant_type", grant.to_owned())];
        if self.client_auth == ClientAuth::Body && !self.client_id.is_empty() {
            form.push(("client_id", self.client_id.clone()));
        }
        let secret = self.client_secret.as_ref().filter(|_| self.client_auth == ClientAuth::Body);
        for (name, secret) in [("client_secret", secret), ("refresh_token", self.refresh_token.as_ref())] {
            form.extend(secret.map(|secret| (name, secret.expose().to_owned())));
        }
        form.extend(self.scope.as_ref().map(|scope| ("scope", scope.text())));
        form.extend(self.audience.as_ref().map(|audience| ("audience", audience.clone())));
        form.retain(|(name, _)| !self.extra.contains_key(*name));
        form.extend(self.extra.iter().map(|(name, value)| (name.as_str(), value.expose().to_owned())));
        form
    }

    /// Both are form-encoded before they are joined (RFC 6749, 2.3.1).
    fn basic(&self) -> String {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let secret = self.client_secret.as_ref().map_or("", Secret::expose);
        let pair = format!("{}:{}", encoded(&self.client_id), encoded(secret));
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

impl Source for OAuth2 {
    fn identity(&self) -> u64 {
        identity(self)
    }

    fn begin(&self, _moment: &mut Moment) -> Result<Step> {
        let basic = (self.client_auth == ClientAuth::Basic).then(|| self.basic());
        let headers: Vec<_> = basic.iter().map(|value| (AUTHORIZATION, value.as_str())).collect();
        let request = post_form(&self.token_url, &self.form(), &headers)?;
        let this = self.clone();
        let then = move |answer, moment: &mut Moment| {
            let who = format!("the token endpoint `{}`", this.token_url);
            let (mut fetched, refresh) = read_token(answer, &who, Vec::new(), moment)?;
            // "The authorization server MAY issue a new refresh token, in which case the client
            // MUST discard the old" (RFC 6749, 6).
            if this.refresh_token.is_some() && refresh.is_some() && refresh != this.refresh_token {
                fetched.next = Some(Arc::new(Self { refresh_token: refresh, ..this }));
            }
            Ok(Step::Done(fetched))
        };
        Ok(Step::Ask { request, then: Box::new(then) })
    }

    fn secrets(&self) -> Vec<Secret> {
        let own = [&self.client_secret, &self.refresh_token].into_iter().flatten();
        let mut secrets: Vec<Secret> = own.chain(self.extra.values()).cloned().collect();
        if self.client_auth == ClientAuth::Basic {
            secrets.push(self.basic().into());
        }
        secrets
    }
}
