//! Generated from the Rust types by `make generate`. Do not edit.

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const CREATE: &str = r##"Asks for a chat completion.

`messages`: The conversation so far; at least one message.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`max_completion_tokens`: Most tokens to generate, reasoning included.

`max_tokens`: The older name of `max_completion_tokens`; give one of the two.

`temperature`: Sampling temperature, 0 to 2.

`top_p`: Nucleus sampling: the share of probability mass considered, 0 to 1.

`top_k`: Sample from the k most likely tokens.

`n`: Number of answers.

`stop`: Where to stop: one text or several.

`seed`: Seed for repeatable sampling, best effort.

`frequency_penalty`: -2 to 2.

`presence_penalty`: -2 to 2.

`logit_bias`: Token id to bias, -100 to 100.

`logprobs`: Whether to return log probabilities of the answer's tokens.

`top_logprobs`: How many alternatives to return at each position, 0 to 20.

`tools`: Tools the model may call.

`tool_choice`: `none`, `auto`, `required`, or one named tool.

`parallel_tool_calls`: Whether several tools may be called in one turn.

`response_format`: The form of the answer: text, any JSON, or JSON of a schema. Where a
tool emulates it and the model gives several answers, the first is the content and the
choice's `other_json_answers` keeps the others.

`reasoning_effort`: How hard to think; `reasoning` says it with more detail.

`reasoning`: How to think: effort or a budget of tokens.

`verbosity`: `low`, `medium` or `high`.

`modalities`: What the answer may consist of: `text`, `audio`, `image`.

`audio`: Voice and format of an audio answer.

`prediction`: Text that most of the answer is known to equal.

`metadata`: Labels stored with the request at the provider.

`user`: A stable id of the end user.

`safety_identifier`: A stable hashed id of the end user, for abuse detection.

`prompt_cache_key`: Requests with one key share a prompt cache more often.

`prompt_cache_retention`: `in_memory` or `24h`.

`store`: Whether the provider stores the completion.

`service_tier`: The provider's tier of service, such as `auto`, `default`, `flex`,
`priority`.

`web_search_options`: The provider's web search.

`stream`: Whether to stream the answer. Default false.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`stream_recovery`: What is done with a stream that breaks after its first content:
`error`, or `continue` at another target. Default: the route's, else the client's
`resilience.stream_recovery`.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const EMBEDDINGS: &str = r##"Asks for the vectors of texts.

`input`: A text, a list of texts, the token ids of a text, or a list of such. More
inputs than the provider takes at once are sent in several requests, and the vectors put
together in order.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`dimensions`: The length of the vectors, for models that can shorten them.

`encoding_format`: How the vectors are given: `float` (default), or `base64` of
little-endian 32-bit floats.

`input_type`: What the texts are for, where the model distinguishes: `query`,
`document`, or a provider's own word, such as `classification`.

`user`: A stable id of the end user.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const RERANK: &str = r##"Asks for documents by their relevance to a query.

`query`: What the documents are to be relevant to.

`documents`: Texts, or objects with a `text`.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`top_n`: How many of the most relevant to return. Default: all.

`return_documents`: Whether results hold the documents themselves. Default false.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const MODELS: &str = r##"Asks every active provider that has a key and such a list for its models, and puts the
lists together. With `provider` that one alone is asked. A provider that fails is told
of among the `providers` of the list; it is an error where it is the only one, or all
fail.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const CALL: &str = r##"Asks for an operation that providers declare, such as `sms.send`.

`operation`: The operation, such as `sms.send`: of every active provider that declares
it, in order. With a provider in front (`twilio/sms.send`) of that one alone. Or the
name of a route.

`input`: What the operation is to have, by the names that its declaration uses.

`idempotency_key`: What a service that takes such a key is to know the request again by,
where it may be sent once more later, by another call. Default: a new one for each
request, the same in all of its attempts.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const TOKENS: &str = r##"Counts the tokens of a chat request's input, by the service that would answer where it
counts, else by a rule of thumb; the result says which. The fields are those of a chat:
what says nothing of the input has no effect.

`messages`: The conversation so far; at least one message.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`tools`: Tools the model may call.

`tool_choice`: `none`, `auto`, `required`, or one named tool.

`parallel_tool_calls`: Whether several tools may be called in one turn.

`response_format`: The form of the answer: text, any JSON, or JSON of a schema. Where a
tool emulates it and the model gives several answers, the first is the content and the
choice's `other_json_answers` keeps the others.

`reasoning_effort`: How hard to think; `reasoning` says it with more detail.

`reasoning`: How to think: effort or a budget of tokens.

`method`: How to count. Default: `vocabulary` where one is given, else `provider` where
one of the targets counts, else `estimate`. `provider` is an error where none does.

`vocabulary`: The path of a file of OpenAI's published form, such as
`o200k_base.tiktoken`: a line for each token, its bytes as base64 and its rank. It is
read once, and nothing is sent.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const TEXT_COMPLETIONS: &str = r##"Asks for what follows a text, in OpenAI's older API.

`prompt`: A text, a list of texts, the token ids of a text, or a list of such; each is
completed.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`suffix`: What comes after the completion, for models that fill a gap.

`max_tokens`: Most tokens to generate. Default: the service's, 16 at OpenAI.

`temperature`: Sampling temperature, 0 to 2.

`top_p`: Nucleus sampling: the share of probability mass considered, 0 to 1.

`n`: Number of completions of each prompt.

`best_of`: Completions generated of which the best `n` are given. Not with streams.

`echo`: Whether the prompt is said again before the completion. Default false.

`logprobs`: How many alternatives of each token to return with their log probabilities,
0 to 5 at OpenAI.

`stop`: Where to stop: one text or several.

`presence_penalty`: -2 to 2.

`frequency_penalty`: -2 to 2.

`logit_bias`: Token id to bias, -100 to 100.

`seed`: Seed for repeatable sampling, best effort.

`user`: A stable id of the end user.

`stream`: Whether to stream the answer. Default false.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const BATCHES: &str = r##"Hands in many chats at once, which one provider answers within a day at a lower price.

`requests`: The chats. Each has the fields of a chat request, without `model` and
`stream`, and may have a `custom_id` by which its result is told.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route: all
requests go to one model of one provider. Without it, the client's `default_route` is
taken.

`metadata`: Labels stored with the batch at the provider, where it takes them.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const IMAGES: &str = r##"Asks for images.

`prompt`: What the images are to show.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`n`: How many. Default: one.

`size`: In pixels, such as `1024x1536`, or `auto`.

`quality`: Such as `low`, `high`, `hd` or `auto`, in the words of the model.

`response_format`: `url` or `b64_json`, for models that give a choice.

`output_format`: `png`, `jpeg` or `webp`, for models that give a choice.

`background`: `transparent`, `opaque` or `auto`.

`style`: `vivid` or `natural`, for models that give a choice.

`user`: A stable id of the end user.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const IMAGE_EDITS: &str = r##"Asks for images that are made of others.

`image`: The image, or several that are put together.

`prompt`: What is to become of them.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`mask`: An image whose transparent parts say what of the first one may be changed.

`n`: How many. Default: one.

`size`: In pixels, such as `1024x1536`, or `auto`.

`quality`: Such as `low`, `high` or `auto`, in the words of the model.

`response_format`: `url` or `b64_json`, for models that give a choice.

`user`: A stable id of the end user.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const SPEECH: &str = r##"Has a text read aloud.

`input`: The text.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`voice`: The name or the id of a voice of the provider's.

`response_format`: `mp3` (most services' default), `opus`, `aac`, `flac`, `wav` or
`pcm`.

`speed`: 1 is the voice's own.

`instructions`: How it is to be spoken, for models that can be told.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const TRANSCRIPTIONS: &str = r##"Asks for the text of speech.

`file`: The sound file.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`language`: The language spoken, such as `en` (ISO 639-1). Default: the model finds out.

`prompt`: What came before, or words that will come: it guides the model.

`response_format`: `json` (default), `verbose_json` (with times), `text`, `srt` or
`vtt`; the last three are in `text` of the answer as they came.

`temperature`: From 0 to 1; higher is more random.

`timestamp_granularities`: Which times to give: `word`, `segment`. Most services want
`verbose_json` for it.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const TRANSLATIONS: &str = r##"Asks for the text of speech in English.

`file`: The sound file.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`prompt`: What came before, or words that will come: it guides the model.

`response_format`: `json` (default), `verbose_json` (with times), `text`, `srt` or
`vtt`; the last three are in `text` of the answer as they came.

`temperature`: From 0 to 1; higher is more random.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const MODERATIONS: &str = r##"Asks whether texts or images are objectionable.

`input`: A text, a list of texts, or a list of parts: `{"type": "text", …}`, `{"type":
"image_url", …}`.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const RESPONSES: &str = r##"Asks for a response, as OpenAI's Responses API has it: of providers that have that API
itself, and of all others by a chat completion.

`input`: A text, or the items of the conversation so far. Items of a response's `output`
may be handed back as they are.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`instructions`: What the model is told before the conversation.

`max_output_tokens`: Most tokens to generate, reasoning included.

`tools`: Tools that the model may call: functions of the caller's, and those of the
service.

`tool_choice`: `none`, `auto`, `required`, or an object that names a tool.

`parallel_tool_calls`: Whether several tools may be called in one turn. Default: the
service's, true at OpenAI.

`reasoning`: How to think, and what to tell of it: `effort`, `summary`.

`text`: The form of the answer: `format` and `verbosity`.

`temperature`: Sampling temperature, 0 to 2.

`top_p`: Nucleus sampling: the share of probability mass considered, 0 to 1.

`top_logprobs`: How many likely tokens to tell at each position, 0 to 20.

`previous_response_id`: The response that this one goes on from; the service must have
stored it.

`conversation`: A conversation that the service keeps: its id, or an object with it.

`background`: Whether the service works on while nobody waits. Default false.

`store`: Whether the service stores the response. Default: the service's, true at
OpenAI.

`include`: What else the response is to hold, such as `reasoning.encrypted_content`.

`truncation`: What happens to input beyond the context window: `disabled` (default, an
error) or `auto`.

`prompt`: A prompt that is kept at the service, by its id.

`max_tool_calls`: Most calls of the service's own tools.

`metadata`: Labels stored with the response at the provider.

`user`: A stable id of the end user.

`safety_identifier`: A stable hashed id of the end user, for abuse detection.

`prompt_cache_key`: Requests with one key share a prompt cache more often.

`prompt_cache_retention`: `in_memory` or `24h`.

`service_tier`: The provider's tier of service, such as `auto`, `default`, `flex`,
`priority`.

`stream`: Whether to stream the answer. Default false.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;

/// What `create` says of itself and its parameters.
#[rustfmt::skip]
pub const MESSAGES: &str = r##"Asks for a message, as Anthropic's Messages have it: of providers of that wire, and of
all others by a chat completion.

`messages`: The conversation so far: turns of `user` and `assistant`. The `content` of a
reply may be handed back as it is.

`max_tokens`: Most tokens to generate, thinking included.

`model`: `provider/model`, `kind/model`, a bare model name, or the name of a route.
Without it, the client's `default_route` is taken.

`system`: What the model is told before the conversation: a text, or blocks of text.

`tools`: Tools that the model may call: those of the caller's, and those of the service.

`tool_choice`: Of `type` `auto`, `any`, `none`, or `tool` with its `name`.

`thinking`: Of `type` `enabled` with `budget_tokens`, `adaptive`, or `disabled`.

`output_config`: `effort`, and the `format` of the answer.

`temperature`: Sampling temperature, 0 to 1.

`top_p`: Nucleus sampling: the share of probability mass considered, 0 to 1.

`top_k`: Sample from the k most likely tokens.

`stop_sequences`: Texts to stop at.

`metadata`: `user_id`: a stable id of the end user.

`service_tier`: `auto` or `standard_only`.

`betas`: Beta features of Anthropic's to use, such as `context-management-2025-06-27`:
its header `anthropic-beta`.

`stream`: Whether to stream the answer. Default false.

`provider`: The provider (or kind) to ask; `model` is then its own name for the model.

`routing`: What routing is to know of this request: tags, region, session, task, …

`timeout`: Time limits. Default: the client's.

`max_retries`: Retries after the first attempt. Default: the client's.

`extra_headers`: Headers added to the request, over all others.

`extra_query`: Query parameters added to the request's URL.

`extra_body`: Fields put into the wire body last, over what the dialect wrote.

`unsupported`: What to do with parameters the target cannot honour. Default: the
client's.

`coalesce`: Whether it may share the reply of an identical request (with equal options)
that is on its way already. Plain calls only. Default false.
"##;
