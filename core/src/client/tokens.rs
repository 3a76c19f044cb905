//! Counting of tokens: by a target that counts, or here.
//!
//! Here where the caller wants it so or gives a vocabulary, and where no target of the route counts:
//! then nothing is sent, and the answer says that it is an estimate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::call::Call;
use super::dispatch::{Dispatch, Purpose};
use super::lock::lock;
use super::recorder::Recorder;
use super::reply::{RawResponse, Reply};
use super::shared::Shared;
use crate::catalogue::{count_tokens, estimate_around, estimate_tokens};
use crate::error::{Error, Result};
use crate::execute;
use crate::types::chat::{ChatRequest, Content, ContentPart, Message, ResponseFormat};
use crate::types::operation::Answer;
use crate::types::routing::Capability;
use crate::types::tokens::{CountMethod, CountTokensRequest, TokenCount};
use crate::vocabulary::Vocabulary;

/// The count that `call` asks for.
///
/// Errors: those of the request; that of a vocabulary that cannot be read.
pub(super) async fn count(shared: &Arc<Shared>, call: &Call, request: &CountTokensRequest) -> Result<Reply> {
    let dispatch = shared.dispatch(call, false, Purpose::Send)?;
    let counts = || dispatch.route.table.some_has(Capability::CountTokens);
    let count = match request.wanted() {
        Some(CountMethod::Vocabulary) => by_vocabulary(shared, request).await?,
        Some(CountMethod::Estimate) => estimate(request),
        None if !counts() => estimate(request),
        Some(CountMethod::Provider) | None => {
            shared.living.health_checks.ensure(shared);
            let mut reply = execute::ask(&shared.run(call, &dispatch, false)).await?;
            complete(&mut reply.answer, request);
            return Ok(reply);
        }
    };
    Ok(here(shared, &dispatch, count))
}

/// The vocabularies that were read, by their paths.
#[derive(Default)]
pub(super) struct Vocabularies(Mutex<HashMap<String, Arc<Vocabulary>>>);

/// Tokens that stand around each message and its texts, and that begin the answer: 3 a message, 1 of
/// its role and 1 of a name, and 3 (developers.openai.com/cookbook, "How to count tokens with Tiktoken"
/// for gpt-3.5-turbo and later). [`count_tokens`] has the first two.
const PER_NAME: u64 = 1;
const OF_THE_ANSWER: u64 = 3;

/// Errors: `BadRequest`, where the file is none or cannot be read.
async fn by_vocabulary(shared: &Shared, request: &CountTokensRequest) -> Result<TokenCount> {
    let path = request.vocabulary.as_deref().unwrap_or_default();
    let Vocabularies(known) = &shared.living.vocabularies;
    let found = lock(known).get(path).map(Arc::clone);
    let vocabulary = match found {
        Some(vocabulary) => vocabulary,
        None => {
            let file = path.to_owned();
            let read = tokio::task::spawn_blocking(move || {
                let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
                Vocabulary::read(&bytes)
            });
            let read = read.await.unwrap_or_else(|error| Err(error.to_string())).map_err(|why| {
                Error::bad_request("vocabulary", format!("vocabulary: `{path}` cannot be read: {why}"))
            })?;
            let read = Arc::new(read);
            lock(known).insert(path.to_owned(), Arc::clone(&read));
            read
        }
    };
    let read = |text: &str| vocabulary.count(text);
    let names = request.chat.messages.iter().filter_map(Message::name);
    let of_names: u64 = names.map(|name| PER_NAME + read(name)).sum();
    Ok(TokenCount {
        input_tokens: count_tokens(&request.chat, &read) + of_names + OF_THE_ANSWER,
        estimated: !is_texts_alone(&request.chat),
        method: CountMethod::Vocabulary,
        model: request.chat.model.clone(),
        ..TokenCount::default()
    })
}

/// Whether it has nothing but texts, whose frame is known.
fn is_texts_alone(request: &ChatRequest) -> bool {
    let plain = |message: &Message| match message {
        Message::System(message) | Message::Developer(message) => is_text(&message.content),
        Message::User(message) => is_text(&message.content),
        Message::Assistant(message) => {
            message.tool_calls.as_ref().is_none_or(Vec::is_empty)
                && message.content.as_ref().is_none_or(is_text)
        }
        Message::Tool(_) | Message::Function(_) => false,
    };
    request.tools.as_ref().is_none_or(Vec::is_empty)
        && matches!(request.response_format, None | Some(ResponseFormat::Text))
        && request.messages.iter().all(plain)
}

fn is_text(content: &Content) -> bool {
    match content {
        Content::Text(_) => true,
        Content::Parts(parts) => parts.iter().all(|part| matches!(part, ContentPart::Text(_))),
    }
}

fn estimate(request: &CountTokensRequest) -> TokenCount {
    TokenCount {
        input_tokens: estimate_tokens(&request.chat),
        estimated: true,
        model: request.chat.model.clone(),
        ..TokenCount::default()
    }
}

/// A service that counts texts alone has left out what stands around them.
fn complete(answer: &mut Answer, request: &CountTokensRequest) {
    if let Answer::CountTokens(count) = answer
        && count.estimated
    {
        count.input_tokens = count.input_tokens.saturating_add(estimate_around(&request.chat));
    }
}

/// A count that nobody was asked for, with its trace.
fn here(shared: &Shared, dispatch: &Dispatch, mut count: TokenCount) -> Reply {
    let mut recorder = Recorder::new(&count.model, shared.living.clock, None);
    recorder.decided(dispatch, None);
    count.route = Some(recorder.finish());
    Reply { answer: Answer::CountTokens(count), raw: RawResponse::default() }
}
