//! A mutation fuzzer that needs nothing but stable Rust:
//!
//! ```text
//! cargo run -p roocode-core --example fuzz -- framing --seconds 60
//! ```
//!
//! It looks for a panic and for input whose outcome depends on how it is cut into
//! reads. Runs are seeded and can be repeated; a failure writes its input to
//! `target/fuzz/` and says the command that runs that input alone. A new target is
//! one line in [`TARGETS`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fastrand::Rng;
use roocode::dialects::Dialect;
use roocode::dialects::anthropic::Anthropic;
use roocode::dialects::bedrock::Bedrock;
use roocode::dialects::gemini::Gemini;
use roocode::dialects::openai::OpenAi;
use roocode::transport::framing::{Frame, FramingKind, framing};

/// What is fuzzed: a name, and a function that is handed an input and a seed for
/// its own choices and says what is wrong.
type Target = (&'static str, fn(&[u8], u64) -> Result<(), String>);

const TARGETS: &[Target] = &[
    ("framing", fuzz_framing),
    ("openai", |input, seed| fuzz_stream(&OpenAi, input, seed)),
    ("anthropic", |input, seed| fuzz_stream(&Anthropic, input, seed)),
    ("gemini", |input, seed| fuzz_stream(&Gemini, input, seed)),
    ("event_stream", fuzz_event_stream),
    ("converse", fuzz_converse),
];

/// Frames are small here, so that the limit is met, too.
const MAX_FRAME_BYTES: [usize; 3] = [32, 1024, 1 << 20];

fn fuzz_framing(input: &[u8], seed: u64) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let max = rng.choice(MAX_FRAME_BYTES).unwrap_or(1 << 20);
    for kind in
        [FramingKind::ServerSentEvents, FramingKind::NewlineDelimitedJson, FramingKind::AwsEventStream]
    {
        frames_are_the_same(kind, max, input, &mut rng)?;
    }
    Ok(())
}

fn frames_are_the_same(kind: FramingKind, max: usize, input: &[u8], rng: &mut Rng) -> Result<(), String> {
    let run = |parts: &[&[u8]]| {
        let mut machine = framing(kind, max);
        let mut frames: Vec<Frame> = Vec::new();
        let result = parts
            .iter()
            .try_for_each(|part| machine.push(Bytes::copy_from_slice(part), &mut frames))
            .and_then(|()| machine.finish(&mut frames));
        (frames, result.map_err(|error| format!("{error:?}")))
    };
    let whole = run(&[input]);
    if let Some(frame) = whole.0.iter().find(|frame| frame.data.len() > max) {
        return Err(format!("{kind:?}: a frame of {} bytes over {max}", frame.data.len()));
    }
    same(&format!("{kind:?}"), &whole, &run(&cut(input, rng)))?;
    same(&format!("{kind:?}"), &whole, &run(&bytewise(input)))
}

/// The input as messages whose checksums fit, so that what is in them is read: its
/// pieces are headers and payloads.
fn fuzz_event_stream(input: &[u8], seed: u64) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let mut stream = Vec::new();
    for piece in cut(input, &mut rng) {
        let headers = rng.usize(0..=piece.len());
        stream.extend(sealed(piece, headers));
    }
    let max = rng.choice(MAX_FRAME_BYTES).unwrap_or(1 << 20);
    frames_are_the_same(FramingKind::AwsEventStream, max, &stream, &mut rng)
}

/// A message of an AWS event stream, of which the first `headers` bytes are the headers.
fn sealed(content: &[u8], headers: usize) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
    let mut message = [number(content.len() + 16), number(headers)].concat();
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(content);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

/// Each line as an event of Converse: its name, a blank, its data.
fn fuzz_converse(input: &[u8], _seed: u64) -> Result<(), String> {
    let mut stream = Bedrock.chat_stream("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    let mut chunks = Vec::new();
    for line in input.split(|byte| *byte == b'\n') {
        let name = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, data) = line.split_at(name);
        let frame = Frame { event: Some(Bytes::copy_from_slice(name)), data: Bytes::copy_from_slice(data) };
        if stream.frame(&frame, &mut chunks).is_err() {
            return Ok(());
        }
    }
    // A stream that ended says so; one that did not is an error.
    let ended = stream.end(&mut chunks);
    if ended.is_ok() == stream.is_done() { Ok(()) } else { Err("it ended and is not done".to_owned()) }
}

/// Bytes through framing and a dialect's stream machine.
fn fuzz_stream(dialect: &dyn Dialect, input: &[u8], seed: u64) -> Result<(), String> {
    let mut rng = Rng::with_seed(seed);
    let run = |parts: &[&[u8]]| {
        let mut machine = framing(dialect.framing(), 1 << 20);
        let mut stream = dialect.chat_stream("model");
        let (mut frames, mut chunks) = (Vec::new(), Vec::new());
        let mut feed = |part: Option<&[u8]>| {
            let framed = match part {
                Some(part) => machine.push(Bytes::copy_from_slice(part), &mut frames),
                None => machine.finish(&mut frames),
            };
            for frame in frames.drain(..) {
                stream.frame(&frame, &mut chunks)?;
            }
            framed?;
            if part.is_none() { stream.end(&mut chunks) } else { Ok(()) }
        };
        let result = parts.iter().try_for_each(|part| feed(Some(part))).and_then(|()| feed(None));
        (chunks, result.map_err(|error| format!("{error:?}")), stream.is_done())
    };
    let whole = run(&[input]);
    same(dialect.name().as_str(), &whole, &run(&cut(input, &mut rng)))?;
    same(dialect.name().as_str(), &whole, &run(&bytewise(input)))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, whole: &T, in_parts: &T) -> Result<(), String> {
    if whole == in_parts {
        return Ok(());
    }
    Err(format!("{what}: the cuts change the outcome\n whole: {whole:?}\n parts: {in_parts:?}"))
}

fn cut<'a>(input: &'a [u8], rng: &mut Rng) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rng.usize(1..=rest.len().min(64)));
        parts.push(part);
        rest = after;
    }
    parts
}

/// One byte at a time, of a long input its first part only: it is slow.
fn bytewise(input: &[u8]) -> Vec<&[u8]> {
    let (first, rest) = input.split_at(input.len().min(512));
    first.chunks(1).chain(std::iter::once(rest)).collect()
}

/// What a mutation begins with: a small stream of each wire. The recorded streams
/// are added where they are at hand.
const SEEDS: &[&str] = &[
    "\u{feff}: ping\n\nevent: a\r\ndata: 1\r\ndata:2\rdata\n\nid: 1\nretry: 2\n\ndata: [DONE]",
    "{\"a\":1}\r\n\n{\"b\":[null,true,1.5e3,\"\\ud83d\\ude00\"]}\n{\"c\":{}}",
    concat!(
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,",
        "\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\",\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"type\":\"function\",",
        "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":null}]}\n\n",
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}],",
        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\ndata: [DONE]\n\n",
    ),
    concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":",
        "\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":",
        "\"thinking\",\"thinking\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":",
        "\"thinking_delta\",\"thinking\":\"a\"}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n",
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},",
        "\"usage\":{\"output_tokens\":5}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ),
    concat!(
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\",\"thoughtSignature\":\"c2ln\"},{\"functionCall\":",
        "{\"name\":\"f\",\"args\":{\"a\":1}}}],\"role\":\"model\"},\"finishReason\":\"STOP\",\"index\":0}],",
        "\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3},",
        "\"modelVersion\":\"m\",\"responseId\":\"r\"}\r\n\r\n",
    ),
    concat!(
        "messageStart {\"role\":\"assistant\",\"p\":\"abc\"}\n",
        "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"a\"}}}\n",
        "contentBlockDelta {\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"s\"}}}\n",
        "contentBlockStop {\"contentBlockIndex\":0}\n",
        "contentBlockStart {\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"f\"}}}\n",
        "contentBlockDelta {\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{}\"}}}\n",
        "contentBlockStop {\"contentBlockIndex\":1}\nmessageStop {\"stopReason\":\"tool_use\"}\n",
        "metadata {\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}",
    ),
];

/// Pieces that parsers stumble over.
const PIECES: &[&[u8]] = &[
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b":",
    b" ",
    b"data:",
    b"data: ",
    b"event: error\n",
    b"[DONE]",
    b"\xEF\xBB\xBF",
    b"\0",
    b"\xff",
    b"\xc3",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"0.1",
    b"\"\"",
    b"[]",
    b"{}",
    b"[[[[[[[[",
    b"{\"a\":",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b",",
    b"\"",
    b"\\",
    b"{\"error\":{\"message\":\"x\"}}",
];

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|text| text.as_bytes().to_vec()).collect();
    let recordings = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/recordings");
    for provider in ["openai", "anthropic", "gemini"] {
        let folder = std::fs::read_dir(Path::new(recordings).join(provider)).into_iter().flatten().flatten();
        for file in folder {
            let Ok(text) = std::fs::read(file.path()) else { continue };
            let Ok(case) = serde_json::from_slice::<serde_json::Value>(&text) else { continue };
            for exchange in case["exchanges"].as_array().into_iter().flatten() {
                if let Some(text) = exchange["response"]["text"].as_str()
                    && text.len() < 8192
                {
                    seeds.push(text.as_bytes().to_vec());
                }
            }
        }
    }
    seeds.sort();
    println!("{} seeds", seeds.len());
    seeds
}

fn mutate(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let any = |rng: &mut Rng| rng.choice(seeds).cloned().unwrap_or_default();
    let mut input = any(rng);
    for _ in 0..rng.usize(0..8) {
        let from = rng.usize(..=input.len());
        let to = (from + rng.usize(..=32)).min(input.len());
        let new: Vec<u8> = match rng.u8(..6) {
            // A piece in place of a few bytes, or put in.
            0 | 1 => rng.choice(PIECES).map(|piece| piece.to_vec()).unwrap_or_default(),
            2 => Vec::new(),
            3 => vec![rng.u8(..)],
            // The same again, or a part of another stream.
            4 => input.get(from..to).unwrap_or_default().repeat(2),
            _ => {
                let other = any(rng);
                let start = rng.usize(..=other.len());
                let end = (start + rng.usize(..=256)).min(other.len());
                other.get(start..end).unwrap_or_default().to_vec()
            }
        };
        let replaced_to = if rng.bool() { from } else { to };
        input.splice(from..replaced_to, new);
    }
    if rng.u8(..8) == 0 {
        input.truncate(rng.usize(..=input.len()));
    }
    input
}

/// Runs one input; a panic is a finding like any other.
fn check(target: &Target, input: &[u8], seed: u64) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| target.1(input, seed))).unwrap_or_else(|panic| {
        let text =
            panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("panic: {}", text.unwrap_or("of unknown text")))
    })
}

fn fuzz(target: &Target, seeds: &[Vec<u8>], seconds: u64, first_seed: u64) -> Result<(), String> {
    let started = Instant::now();
    let mut runs = 0_u64;
    while started.elapsed() < Duration::from_secs(seconds) {
        let seed = first_seed.wrapping_add(runs);
        let input = mutate(seeds, &mut Rng::with_seed(seed));
        if let Err(problem) = check(target, &input, seed) {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/fuzz");
            let path = format!("{folder}/{}-{seed}", target.0);
            let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, &input));
            return Err(format!(
                "{}: {problem}\ninput ({written:?}): {path}\nagain: cargo run -p roocode-core --example fuzz -- {} \
                 --seed {seed} --input {path}",
                target.0, target.0
            ));
        }
        runs += 1;
    }
    println!("{}: {runs} inputs in {seconds} s, nothing found (seeds from {first_seed})", target.0);
    Ok(())
}

struct Arguments {
    target: String,
    seconds: u64,
    seed: u64,
    input: Option<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut given =
        Arguments { target: "all".to_owned(), seconds: 10, seed: fastrand::u64(..1 << 48), input: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
        match word.as_str() {
            "--seconds" => given.seconds = number(value()?)?,
            "--seed" => given.seed = number(value()?)?,
            "--input" => given.input = Some(value()?),
            name if name == "all" || TARGETS.iter().any(|target| target.0 == name) => {
                given.target = name.to_owned();
            }
            other => {
                let names: Vec<&str> = TARGETS.iter().map(|target| target.0).collect();
                return Err(format!(
                    "unknown `{other}`; targets: all, {}; options: --seconds N, --seed N, --input FILE",
                    names.join(", ")
                ));
            }
        }
    }
    Ok(given)
}

fn run() -> Result<(), String> {
    let given = arguments()?;
    let targets = TARGETS.iter().filter(|target| given.target == "all" || given.target == target.0);
    if let Some(path) = given.input {
        let input = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
        return targets.into_iter().try_for_each(|target| check(target, &input, given.seed));
    }
    let seeds = seeds();
    targets.into_iter().try_for_each(|target| fuzz(target, &seeds, given.seconds, given.seed))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
