//! The list of models: every provider is asked as for anything else, and the lists are put together.
//!
//! Each provider is a route of its own, so that its request is retried, limited and
//! traced; one that fails is told of beside the others' models.

use std::sync::Arc;

use futures_util::future::join_all;

use super::call::Call;
use super::dispatch::Dispatch;
use super::reply::{RawResponse, Reply};
use super::route::Route;
use super::shared::Shared;
use super::target_facts::serves;
use super::{Plan, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::execute;
use crate::types::models::{ListedProvider, ModelList, ModelsRequest};
use crate::types::operation::{Answer, Operation, Request};
use crate::types::provider::ProviderStatus;

/// A provider whose every page names another one is asked for so many.
const MOST_PAGES: usize = 100;

/// The list that `call` asks for.
///
/// Errors: those of the one provider that it names; without one, that of the first where
/// all fail, or `NoTargetAvailable` where there is none to ask.
pub(super) async fn list(shared: &Arc<Shared>, call: &Call) -> Result<Reply> {
    shared.open()?;
    if !call.options.extra_body.is_empty() {
        let message = "extra_body: a list of models is asked for without a body";
        return Err(Error::bad_request("extra_body", message));
    }
    shared.living.health_checks.ensure(shared);
    let plan = shared.living.plan.load_full();
    let asked = asked(&plan, call.options.provider.as_deref())?;
    let results = join_all(asked.into_iter().map(|targets| of_one(shared, call, targets))).await;
    let (mut all, mut raw, mut first_error) = (ModelList::default(), None, None);
    for (provider, result) in results {
        let mut listed = ListedProvider { provider, ..ListedProvider::default() };
        match result {
            Ok((list, response)) => {
                listed.models = list.data.len() as u64;
                (listed.route, listed.provider_fields) = (list.route, list.rest);
                all.data.extend(list.data);
                raw.get_or_insert(response);
            }
            Err(mut error) => {
                first_error.get_or_insert_with(|| error.clone());
                listed.route = error.route.take().map(|route| Arc::new(*route));
                listed.error = Some(Box::new((*error).clone()));
            }
        }
        all.providers.push(listed);
    }
    let Some(raw) = raw else {
        let message = "no active provider with a key has a list of its models";
        return Err(first_error.unwrap_or_else(|| Error::new(ErrorKind::NoTargetAvailable, message)));
    };
    if all.providers.len() == 1 {
        all.request_id.clone_from(&raw.request_id);
    }
    Ok(Reply { answer: Answer::Models(all), raw })
}

/// The providers to ask, each once for each of its keys.
fn asked(plan: &Plan, provider: Option<&str>) -> Result<Vec<Vec<Target>>> {
    let target = |provider: &Arc<_>| Target { provider: Arc::clone(provider), model: String::new() };
    let mut all: Vec<Vec<Target>> = Vec::new();
    let mut add = |target: Target| match all
        .iter_mut()
        .find(|known| known.iter().any(|known| known.provider.name == target.provider.name))
    {
        Some(known) => known.push(target),
        None => all.push(vec![target]),
    };
    match provider {
        // As for a model of it: whoever names a provider is told why it cannot be asked.
        Some(name) => {
            plan.inventory
                .resolve("models", Some(name))?
                .iter()
                .for_each(|(provider, _)| add(target(provider)));
        }
        None => plan
            .inventory
            .providers
            .iter()
            .filter(|one| one.status == ProviderStatus::Active && one.is_ready())
            .filter(|one| serves(one, one.dialect, Operation::Models))
            .for_each(|provider| add(target(provider))),
    }
    Ok(all)
}

/// The whole list of one provider, and the response to its first page.
async fn of_one(
    shared: &Arc<Shared>,
    call: &Call,
    targets: Vec<Target>,
) -> (String, Result<(ModelList, RawResponse)>) {
    let name = targets.first().map(|target| target.provider.name.clone()).unwrap_or_default();
    let provider = targets.first().map(|target| Arc::clone(&target.provider));
    let route = Arc::new(Route::of_targets(targets, &shared.living.states, false));
    let pages = pages(shared, call, route).await;
    let whole = pages.map(|(mut list, raw)| {
        for model in &mut list.data {
            model.provider.clone_from(&name);
            model.id = format!("{name}/{}", model.model);
            if let Some(facts) = provider.as_ref().map(|provider| provider.facts(&model.model)) {
                model.context_window = model.context_window.or(facts.context_window);
                model.max_output_tokens = model.max_output_tokens.or(facts.max_output_tokens);
            }
        }
        (list, raw)
    });
    (name, whole)
}

async fn pages(shared: &Arc<Shared>, call: &Call, route: Arc<Route>) -> Result<(ModelList, RawResponse)> {
    let dispatch = Dispatch::to(route, Arc::clone(&call.options.routing));
    let (mut all, mut first) = (ModelList::default(), None);
    for _ in 0..MOST_PAGES {
        let request = Request::Models(ModelsRequest { page: all.next_page.take() });
        let call = Call { request, options: call.options.clone() };
        let Reply { answer, raw } = execute::ask(&shared.run(&call, &dispatch, false)).await?;
        let Answer::Models(page) = answer else {
            return Err(Error::new(ErrorKind::Internal, "a list of models was answered with something else"));
        };
        all.data.extend(page.data);
        (all.route, all.rest) = (page.route, page.rest);
        first.get_or_insert(raw);
        all.next_page = page.next_page;
        if all.next_page.is_none() {
            break;
        }
    }
    Ok((all, first.unwrap_or_default()))
}
