//! From a model name to a target.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::types::provider::ProviderStatus;

/// What a provider must say of itself to be chosen.
pub trait ProviderFacts {
    fn name(&self) -> &str;
    fn kind(&self) -> &str;
    fn status(&self) -> ProviderStatus;
    /// Upstream models it serves, where declared.
    fn models(&self) -> &[String];
    /// Whether requests can be authenticated.
    fn is_ready(&self) -> bool;
    /// Environment variables that could hold its key.
    fn api_key_env(&self) -> &[String];
}

/// What is known of kinds that no provider is of.
pub trait KindFacts {
    /// The variables that usually hold the key of this kind; `None`: no such kind.
    fn api_key_env(&self, kind: &str) -> Option<&[String]>;
    /// The error for a kind that does not exist.
    fn unknown(&self, param: &str, kind: &str) -> Error;
}

/// What a model name can be resolved among.
struct Known<'a, P> {
    kinds: &'a dyn KindFacts,
    providers: &'a [Arc<P>],
    /// Whether providers that are inactive count: a route keeps their targets, and
    /// leaves them out until they are active again.
    inactive: bool,
}

impl<P> Clone for Known<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Known<'_, P> {}

/// Resolves `provider/model`, `kind/model` or a bare model name to the targets
/// that serve it, in the order of the providers; at least one.
///
/// With `provider`, `model` is that provider's own name for it, taken as it is.
/// Errors: `BadRequestError` naming what is known and how to say it.
pub fn resolve<P: ProviderFacts>(
    model: &str,
    provider: Option<&str>,
    kinds: &dyn KindFacts,
    providers: &[Arc<P>],
) -> Result<Vec<(Arc<P>, String)>> {
    if model.trim().is_empty() {
        return Err(Error::bad_request("model", "model: must not be empty"));
    }
    let known = Known { kinds, providers, inactive: false };
    if let Some(name) = provider {
        let providers = named(known, name);
        if providers.is_empty() {
            return Err(unknown_provider(known, "provider", name));
        }
        return targets(known, &providers, model);
    }
    by_name(known, model)
}

/// The targets that a member of a route stands for: as [`resolve`], with those of
/// providers that are inactive.
///
/// Errors: as [`resolve`].
pub fn resolve_member<P: ProviderFacts>(
    member: &str,
    kinds: &dyn KindFacts,
    providers: &[Arc<P>],
) -> Result<Vec<(Arc<P>, String)>> {
    if member.trim().is_empty() {
        return Err(Error::bad_request("target", "target: must not be empty"));
    }
    by_name(Known { kinds, providers, inactive: true }, member)
}

fn by_name<P: ProviderFacts>(known: Known<'_, P>, model: &str) -> Result<Vec<(Arc<P>, String)>> {
    if let Some((prefix, rest)) = model.split_once('/')
        && !rest.is_empty()
    {
        let providers = named(known, prefix);
        if !providers.is_empty() {
            return targets(known, &providers, rest);
        }
        if known.kinds.api_key_env(prefix).is_some() {
            return Err(no_provider_of(known, prefix, model));
        }
    }
    bare(known, model)
}

/// The provider called `name`, once for each of its keys, or the active ones of
/// the kind `name`.
fn named<'a, P: ProviderFacts>(known: Known<'a, P>, name: &str) -> Vec<&'a Arc<P>> {
    let called: Vec<_> = known.providers.iter().filter(|provider| provider.name() == name).collect();
    if called.is_empty() {
        return active(known).filter(|provider| provider.kind() == name).collect();
    }
    called
}

/// A model name that names no provider.
fn bare<P: ProviderFacts>(known: Known<'_, P>, model: &str) -> Result<Vec<(Arc<P>, String)>> {
    let serving: Vec<_> =
        active(known).filter(|provider| provider.models().iter().any(|name| name == model)).collect();
    if !serving.is_empty() {
        return targets(known, &serving, model);
    }
    // Providers that do not say what they serve may serve it; with one there is no doubt.
    let silent: Vec<_> = active(known).filter(|provider| provider.models().is_empty()).collect();
    let mut names: Vec<_> = silent.iter().map(|provider| provider.name()).collect();
    names.dedup();
    match names.as_slice() {
        [_] => targets(known, &silent, model),
        [] if active(known).next().is_none() => Err(Error::new(
            ErrorKind::Configuration,
            "no provider is configured: set a provider's key in the environment, such as OPENAI_API_KEY, \
             or give `providers`",
        )
        .with_param("providers")),
        [] => Err(Error::bad_request(
            "model",
            format!("model: no provider declares `{model}` among its models"),
        )),
        several => {
            let names: Vec<_> = several.iter().map(|name| format!("`{name}/{model}`")).collect();
            Err(Error::bad_request(
                "model",
                format!("model: `{model}` fits several providers; write one of {}", shorten(&names)),
            ))
        }
    }
}

fn active<P: ProviderFacts>(known: Known<'_, P>) -> impl Iterator<Item = &Arc<P>> {
    known.providers.iter().filter(move |provider| match provider.status() {
        ProviderStatus::Active => true,
        ProviderStatus::Inactive => known.inactive,
        ProviderStatus::Draft => false,
    })
}

/// The targets of `model` at those of `providers` that can be asked; where none
/// can, what keeps the first from it.
fn targets<P: ProviderFacts>(
    known: Known<'_, P>,
    providers: &[&Arc<P>],
    model: &str,
) -> Result<Vec<(Arc<P>, String)>> {
    let takes_part = |status: ProviderStatus| known.inactive || status != ProviderStatus::Inactive;
    let usable: Vec<_> = providers
        .iter()
        .filter(|provider| takes_part(provider.status()) && provider.is_ready())
        .map(|provider| (Arc::clone(provider), model.to_owned()))
        .collect();
    match providers.first() {
        Some(first) if usable.is_empty() && first.status() == ProviderStatus::Inactive => {
            Err(Error::bad_request("model", format!("provider `{}` is inactive", first.name())))
        }
        Some(first) if usable.is_empty() => Err(missing_key(&***first)),
        _ => Ok(usable),
    }
}

fn missing_key(provider: &impl ProviderFacts) -> Error {
    let place = match provider.api_key_env() {
        [] => "give `api_key`".to_owned(),
        [first, rest @ ..] => {
            let others = if rest.is_empty() { String::new() } else { format!(" (or {})", rest.join(" or ")) };
            format!("set {first}{others} in the environment, or give `api_key`")
        }
    };
    let mut error = Error::new(
        ErrorKind::Authentication,
        format!("provider `{}` has no API key: {place}", provider.name()),
    )
    .with_param("api_key");
    error.provider = Some(provider.name().to_owned());
    error
}

/// The kind is known, but no provider of it takes part.
fn no_provider_of<P: ProviderFacts>(known: Known<'_, P>, kind: &str, model: &str) -> Error {
    let variable = known.kinds.api_key_env(kind).and_then(<[String]>::first);
    let key = variable.map_or_else(String::new, |name| format!(" (its key is usually in {name})"));
    let elsewhere = match active(known).next() {
        Some(provider) => format!("; to send this name to `{0}`, write `{0}/{model}`", provider.name()),
        None => String::new(),
    };
    let mut error = Error::new(
        ErrorKind::Authentication,
        format!("model: no provider of kind `{kind}` is configured{key}{elsewhere}"),
    )
    .with_param("model");
    error.provider = Some(kind.to_owned());
    error
}

fn unknown_provider<P: ProviderFacts>(known: Known<'_, P>, param: &str, name: &str) -> Error {
    if known.kinds.api_key_env(name).is_some() {
        return no_provider_of(known, name, "…");
    }
    let mut names: Vec<_> = known.providers.iter().map(|provider| format!("`{}`", provider.name())).collect();
    names.dedup();
    if names.is_empty() {
        let mut error = known.kinds.unknown(param, name);
        error.kind = ErrorKind::BadRequest;
        return error;
    }
    Error::bad_request(param, format!("{param}: unknown provider `{name}`; configured: {}", shorten(&names)))
}

fn shorten(names: &[String]) -> String {
    const MOST: usize = 8;
    let shown: Vec<_> = names.iter().take(MOST).cloned().collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
