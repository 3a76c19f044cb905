//! Batches: what is asked of them goes to the provider that has them.
//!
//! A new batch goes where routing leads its model, and stays there: on a wire where it is made of a
//! file, both steps go to one provider. What is asked of a batch later goes to the provider that its
//! id names. Each step is a request like any other: retried where that makes no second batch, limited
//! and traced.

use std::sync::Arc;

use super::call::Call;
use super::dispatch::{Dispatch, Purpose};
use super::reply::Reply;
use super::route::Route;
use super::shared::Shared;
use super::target_facts::serves;
use super::{Plan, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::execute;
use crate::observe::cost;
use crate::providers::Provider;
use crate::resilience::wait_before;
use crate::types::batches::{Batch, BatchResult, BatchResults, BatchStep, BatchesRequest};
use crate::types::chat::Usage;
use crate::types::operation::{Answer, Operation, Request};
use crate::types::provider::ProviderStatus;
use crate::types::trace::Cost;

/// The answer to a request of batches.
///
/// Errors: those of the steps; `BadRequest` where an id names no provider.
pub(super) async fn ask(shared: &Arc<Shared>, call: &Call, request: &BatchesRequest) -> Result<Reply> {
    shared.open()?;
    shared.living.health_checks.ensure(shared);
    if let BatchStep::Create(create) = &request.step {
        return created(shared, call, request, create.metadata.clone()).await;
    }
    let plan = shared.living.plan.load_full();
    if let BatchStep::List(list) = &request.step {
        let after = list.after.as_deref().and_then(|after| after.split_once('/'));
        let provider = match after {
            Some((provider, _)) => of_id(&plan, provider, "after")?,
            None => the_one(&plan, call.options.provider.as_deref())?,
        };
        let mut list = list.clone();
        list.after = after.map(|(_, after)| after.to_owned());
        return step(shared, call, &provider, BatchStep::List(list)).await;
    }
    let (provider, id) = request.id().and_then(|id| id.split_once('/')).unwrap_or_default();
    let (provider, id) = (of_id(&plan, provider, "id")?, id.to_owned());
    match &request.step {
        BatchStep::Cancel { .. } => step(shared, call, &provider, BatchStep::Cancel { id }).await,
        BatchStep::Results { .. } => results(shared, call, &provider, id).await,
        BatchStep::Retrieve { poll, .. } => {
            if let Some(poll) = *poll {
                let seed = call.options.routing.seed.unwrap_or_else(|| fastrand::u64(..));
                tokio::time::sleep(wait_before(poll, seed)).await;
            }
            step(shared, call, &provider, BatchStep::Retrieve { id, poll: None }).await
        }
        _ => Err(Error::new(ErrorKind::Internal, "a step of a batch was asked for by itself")),
    }
}

/// Hands the requests in, and starts what was made of them where that is a step of its own.
async fn created(
    shared: &Arc<Shared>,
    call: &Call,
    request: &BatchesRequest,
    metadata: Option<serde_json::Map<String, serde_json::Value>>,
) -> Result<Reply> {
    let asked = Call { request: Request::Batches(request.clone()), options: call.options.clone() };
    let dispatch = shared.dispatch(&asked, false, Purpose::Send)?;
    let mut reply = execute::ask(&shared.run(&asked, &dispatch, false)).await?;
    let Answer::Batch(batch) = &mut reply.answer else { return Err(not_a_batch()) };
    let target = batch.route.as_ref().and_then(|route| route.target.clone()).unwrap_or_default();
    let answered = dispatch.route.targets.iter().find(|one| one.target.name() == target);
    let Some(provider) = answered.map(|one| Arc::clone(&one.target.provider)) else {
        return Err(Error::new(ErrorKind::Internal, "a batch was made by nobody"));
    };
    if batch.is_uploaded {
        let file = std::mem::take(&mut batch.native_id);
        return step(shared, call, &provider, BatchStep::Start { file, metadata }).await;
    }
    of_provider(batch, &provider);
    Ok(reply)
}

/// The results of a batch, and what they took. A wire that has them in files says which first.
async fn results(shared: &Arc<Shared>, call: &Call, provider: &Arc<Provider>, id: String) -> Result<Reply> {
    let reply = step(shared, call, provider, BatchStep::Retrieve { id: id.clone(), poll: None }).await?;
    let Answer::Batch(batch) = reply.answer else { return Err(not_a_batch()) };
    if !batch.ended {
        let message = format!("id: the batch has not ended: it is {}; `wait` for it", batch.status);
        return Err(Error::bad_request("id", message));
    }
    // None where it ended before anything was answered; elsewhere they are asked for by its id.
    let files: Vec<Option<String>> = match batch.files {
        Some(files) => files.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let (mut all, mut raw) = (BatchResults::default(), reply.raw);
    all.route.clone_from(&batch.route);
    for file in files {
        let reply = step(shared, call, provider, BatchStep::Results { id: id.clone(), file }).await?;
        let Answer::BatchResults(part) = reply.answer else { return Err(not_a_batch()) };
        all.data.extend(part.data);
        (all.route, all.request_id, raw) = (part.route, part.request_id, reply.raw);
    }
    all.in_order();
    for result in &mut all.data {
        reckon(result, provider, &mut all.usage);
    }
    all.cost = total(&all.data);
    Ok(Reply { answer: Answer::BatchResults(all), raw })
}

/// What a result cost, at the provider's price for batches, into its trace; and its usage into the sum.
fn reckon(result: &mut BatchResult, provider: &Provider, sum: &mut Option<Usage>) {
    let Some(completion) = &mut result.completion else { return };
    let Some(usage) = &completion.usage else { return };
    match sum {
        Some(sum) => sum.add(usage),
        none => *none = Some(usage.clone()),
    }
    let price = provider.price(&completion.model).zip(provider.quirks.batch_price_factor);
    result.cost = price.map(|(price, factor)| {
        let mut cost = cost(usage, &price);
        cost.input_usd *= factor;
        cost.output_usd *= factor;
        cost.total_usd *= factor;
        cost
    });
}

/// The sum, where every completion has a cost.
fn total(results: &[BatchResult]) -> Option<Cost> {
    let mut sum: Option<Cost> = None;
    for result in results.iter().filter(|result| result.completion.is_some()) {
        let cost = result.cost.as_ref()?;
        match &mut sum {
            Some(sum) => sum.add(cost),
            none => *none = Some(cost.clone()),
        }
    }
    sum
}

/// One exchange with one provider.
async fn step(shared: &Arc<Shared>, call: &Call, provider: &Arc<Provider>, step: BatchStep) -> Result<Reply> {
    let target = Target { provider: Arc::clone(provider), model: String::new() };
    let route = Arc::new(Route::of_targets(vec![target], &shared.living.states, false));
    let dispatch = Dispatch::to(route, Arc::clone(&call.options.routing));
    let request = Request::Batches(BatchesRequest { model: String::new(), step });
    let call = Call { request, options: call.options.clone() };
    let mut reply = execute::ask(&shared.run(&call, &dispatch, false)).await?;
    match &mut reply.answer {
        Answer::Batch(batch) => of_provider(batch, provider),
        Answer::Batches(list) => {
            list.data.iter_mut().for_each(|batch| of_provider(batch, provider));
            if let Some(next) = &mut list.next {
                *next = format!("{}/{next}", provider.id);
            }
        }
        _ => {}
    }
    Ok(reply)
}

fn of_provider(batch: &mut Batch, provider: &Provider) {
    batch.id = format!("{}/{}", provider.id, batch.native_id);
    batch.provider.clone_from(&provider.id);
}

/// The provider that an id names.
fn of_id(plan: &Plan, id: &str, param: &str) -> Result<Arc<Provider>> {
    let found = plan.inventory.providers.iter().find(|provider| provider.id == id);
    found.map(Arc::clone).ok_or_else(|| {
        let message = format!("{param}: there is no provider `{id}`, which the batch is said to be of");
        Error::bad_request(param, message)
    })
}

/// The provider whose batches are listed: the one that is named, or the only one that has batches.
fn the_one(plan: &Plan, name: Option<&str>) -> Result<Arc<Provider>> {
    if let Some(name) = name {
        let found = plan.inventory.resolve("batches", Some(name))?.into_iter().next();
        return found.map(|(provider, _)| Arc::clone(&provider)).ok_or_else(not_a_batch);
    }
    let mut have = plan.inventory.providers.iter().filter(|one| {
        one.status == ProviderStatus::Active && one.is_ready() && serves(one, one.dialect, Operation::Batches)
    });
    match (have.next(), have.next()) {
        (Some(only), None) => Ok(Arc::clone(only)),
        (None, _) => {
            let message = "no active provider with a key has batches";
            Err(Error::new(ErrorKind::NoTargetAvailable, message))
        }
        (Some(_), Some(_)) => {
            let message = "provider: several providers have batches; name one";
            Err(Error::bad_request("provider", message))
        }
    }
}

fn not_a_batch() -> Error {
    Error::new(ErrorKind::Internal, "a batch was answered with something else")
}
