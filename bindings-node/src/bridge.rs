//! One per JavaScript environment (the main thread, or a worker thread): takes
//! calls in, and gives events back through its [`Hub`].

use std::sync::Arc;

use bytes::Bytes;
use napi::JsString;
use napi::bindgen_prelude::{Buffer, Env, External, Function};
use napi_derive::napi;
use roocode::runtime::guarded;
use roocode::types::operation::{Answer, Operation};
use roocode::{Client, Error, ErrorKind};
use tokio::sync::Notify;

use crate::client::{NativeClient, thrown};
use crate::crossing::{self, Input, Long, Reply};
use crate::decisions::{self, Page};
use crate::hub::{Hub, Tag, Wake};
use crate::runtime::runtime;

/// A stream pauses when its reader has this many chunks, or bytes of them, to
/// catch up on; the connection's own flow control then holds the provider.
const CHUNKS_AHEAD: usize = 512;
const BYTES_AHEAD: usize = 4 << 20;

#[napi]
pub struct Bridge {
    hub: Arc<Hub>,
}

#[napi]
impl Bridge {
    /// `ready` is called on this environment's thread when `drain` has something.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, ready: Function<'_, (), ()>) -> napi::Result<Self> {
        let wake: Wake =
            ready.build_threadsafe_function::<()>().callee_handled::<false>().weak::<true>().build()?;
        let hub = Arc::new(Hub::new(wake));
        env.add_env_cleanup_hook(Arc::clone(&hub), |hub| hub.close())?;
        Ok(Self { hub })
    }

    /// Starts a call of `operation`, of a chat without it. Its outcome comes under `id`, bad input included.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "an object would cost more to take apart than the call")]
    pub fn ask(
        &self,
        client: &NativeClient,
        id: f64,
        operation: Option<String>,
        stream: bool,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
        files: Option<Vec<Buffer>>,
    ) -> napi::Result<()> {
        let id = id as u64;
        // Copied, as JavaScript may write into them while the request goes.
        let files = files.unwrap_or_default().iter().map(|file| Bytes::copy_from_slice(file)).collect();
        let long = mark.zip(strings).map(|(mark, strings)| Long { mark, strings });
        let input = Input { body, options, long };
        let (client, hub) = (client.client.clone(), Arc::clone(&self.hub));
        let runtime = runtime().map_err(|error| thrown(&error))?;
        self.hub.start(id, runtime, |resume| async move {
            let work = async {
                if stream {
                    stream_of(&client, &hub, id, operation.as_deref(), input, &resume).await
                } else {
                    ask(&client, &hub, id, operation.as_deref(), (input, files)).await
                }
            };
            if let Err(error) = guarded(work).await {
                hub.push(id, Tag::Failure, &crossing::failure(&error));
            }
        });
        Ok(())
    }

    /// The events since the last drain, as JSON: triples of id, tag, payload.
    #[napi(catch_unwind)]
    pub fn drain<'env>(&self, env: &'env Env) -> napi::Result<JsString<'env>> {
        self.hub.drain(|text| string(env, text))
    }

    /// The next page of decisions, for `decision_json`: each was begun by a `Routed` of place 0.
    #[napi(catch_unwind)]
    pub fn next_page(&self) -> Option<External<Arc<Page>>> {
        self.hub.next_page().map(decisions::held)
    }

    /// What is kept under `id`, once: a long reply, or the sum of an ended stream.
    #[napi(catch_unwind)]
    pub fn take<'env>(&self, env: &'env Env, id: f64) -> napi::Result<Option<JsString<'env>>> {
        self.hub.take(id as u64).map(|text| string(env, &text)).transpose()
    }

    /// The bytes of the reply under `id`, once.
    #[napi(catch_unwind)]
    pub fn take_bytes(&self, id: f64) -> Buffer {
        self.hub.take_bytes(id as u64).to_vec().into()
    }

    /// Ends a call or stream and closes its connection.
    #[napi(catch_unwind)]
    pub fn cancel(&self, id: f64) {
        self.hub.cancel(id as u64);
    }

    /// Ends a stream that JavaScript has let go of, and all that is kept for it.
    #[napi(catch_unwind)]
    pub fn release(&self, id: f64) {
        self.hub.cancel(id as u64);
        drop(self.hub.take(id as u64));
    }

    /// Lets a paused stream go on.
    #[napi(catch_unwind)]
    pub fn resume(&self, id: f64) {
        self.hub.resume(id as u64);
    }
}

/// A JavaScript string of JSON; one of ASCII alone is taken over without decoding.
fn string<'env>(env: &'env Env, text: &[u8]) -> napi::Result<JsString<'env>> {
    if text.is_ascii() {
        env.create_string_latin1(text)
    } else {
        env.create_string(String::from_utf8_lossy(text))
    }
}

async fn ask(
    client: &Client,
    hub: &Hub,
    id: u64,
    operation: Option<&str>,
    (input, files): (Input, Vec<Bytes>),
) -> Result<(), Error> {
    let (body, options) = input.read()?;
    let call = client.call_with_files(named(operation)?, body, options, &files)?;
    let mut reply = client.ask(call).await?;
    let head = crossing::head(&reply.raw);
    let trace = reply.answer.route_mut().as_mut().and_then(Arc::get_mut);
    let routing = trace.and_then(|trace| trace.routing.take());
    let bytes = match &reply.answer {
        Answer::Speech(speech) => {
            hub.keep_bytes(id, speech.content.clone());
            true
        }
        _ => false,
    };
    hub.push_reply(id, crossing::json(&Reply { head, data: &reply.answer, bytes })?, routing);
    Ok(())
}

/// The operation of a name; a chat without one.
fn named(operation: Option<&str>) -> Result<Operation, Error> {
    let Some(name) = operation else { return Ok(Operation::Chat) };
    Operation::of(name).ok_or_else(|| Error::bad_request("operation", format!("`{name}` is no operation")))
}

async fn stream_of(
    client: &Client,
    hub: &Hub,
    id: u64,
    operation: Option<&str>,
    input: Input,
    resume: &Notify,
) -> Result<(), Error> {
    let (body, options) = input.read()?;
    let call = client.call_of(named(operation)?, body, options)?;
    let mut stream = client.stream(call).await?;
    let raw = stream.raw();
    let head = crossing::head(raw);
    hub.push(id, Tag::Opened, &crossing::json(&head)?);

    let (mut chunks, mut bytes) = (0, 0);
    let mut text = Vec::new();
    let mut ends = Vec::new();
    while let Some(batch) = stream.next_batch().await {
        text.clear();
        ends.clear();
        for chunk in batch? {
            serde_json::to_writer(&mut text, &chunk).map_err(|error| {
                Error::new(ErrorKind::Internal, "cannot write a chunk as JSON").with_source(error)
            })?;
            ends.push(text.len());
        }
        let mut start = 0;
        let pieces = ends.iter().map(|&end| &text[std::mem::replace(&mut start, end)..end]);
        hub.push_all(id, Tag::Chunk, pieces);
        chunks += ends.len();
        bytes += text.len();
        if chunks >= CHUNKS_AHEAD || bytes >= BYTES_AHEAD {
            hub.push(id, Tag::Paused, b"0");
            resume.notified().await;
            (chunks, bytes) = (0, 0);
        }
    }
    hub.keep(id, crossing::json(&stream.partial())?);
    hub.push(id, Tag::End, b"0");
    Ok(())
}
