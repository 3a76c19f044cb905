use base64::Engine as _;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

use super::headers::{HeaderValue, Headers};
use super::{AwsEventStream, PRELUDE, number};
use crate::error::ErrorKind;
use crate::transport::framing::{Frame, Framing};

/// A message of text headers.
fn message(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, value) in headers {
        head.push(u8::try_from(name.len()).unwrap());
        head.extend(name.as_bytes());
        head.push(7);
        head.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        head.extend(value.as_bytes());
    }
    let mut message = Vec::new();
    message.extend(u32::try_from(PRELUDE + head.len() + payload.len() + 4).unwrap().to_be_bytes());
    message.extend(u32::try_from(head.len()).unwrap().to_be_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(head);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    message(&[(":event-type", name), (":message-type", "event")], payload.as_bytes())
}

fn frames_of<'a>(
    max: usize,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Frame>, Option<(ErrorKind, String)>) {
    let mut machine = AwsEventStream::new(max);
    let mut frames = Vec::new();
    for part in parts {
        if let Err(error) = machine.push(Bytes::copy_from_slice(part), &mut frames) {
            return (frames, Some((error.kind, error.message.clone())));
        }
    }
    let error = machine.finish(&mut frames).err();
    (frames, error.map(|error| (error.kind, error.message.clone())))
}

/// Frames by name and data, and the error they end with.
type Read = (Vec<(String, String)>, Option<(ErrorKind, String)>);

/// The frames of a whole body, the same at every cut in two and byte by byte.
fn whole(input: &[u8]) -> Read {
    let all = frames_of(1 << 20, [input]);
    for cut in 0..=input.len() {
        assert_eq!(frames_of(1 << 20, [&input[..cut], &input[cut..]]), all, "cut at {cut}");
    }
    assert_eq!(frames_of(1 << 20, input.chunks(1)), all, "byte by byte");
    let text =
        |frame: &Frame| (frame.event_name().to_owned(), String::from_utf8_lossy(&frame.data).into_owned());
    (all.0.iter().map(text).collect(), all.1)
}

#[test]
fn events_come_by_their_type_and_other_messages_with_their_kind_in_front() {
    let stream = [
        event("messageStart", "{\"role\":\"assistant\"}"),
        message(&[], b"bare"),
        message(
            &[(":message-type", "exception"), (":exception-type", "throttlingException")],
            b"{\"message\":\"slow\"}",
        ),
        message(
            &[(":message-type", "error"), (":error-code", "InternalFailure"), (":error-message", "broken")],
            b"",
        ),
    ]
    .concat();
    let expected = [
        ("messageStart", "{\"role\":\"assistant\"}"),
        ("", "bare"),
        ("exception:throttlingException", "{\"message\":\"slow\"}"),
        ("error:InternalFailure", "broken"),
    ];
    let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(whole(&stream), (expected, None));
}

#[test]
fn a_body_that_ends_within_a_message_is_truncated() {
    let stream = [event("a", "1"), event("b", "2")].concat();
    for missing in [1, 20, event("b", "2").len() - 1] {
        let (frames, error) = whole(&stream[..stream.len() - missing]);
        assert_eq!(frames, [("a".to_owned(), "1".to_owned())]);
        assert_eq!(error.unwrap().0, ErrorKind::ApiConnection);
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let stream = event("contentBlockDelta", "{\"delta\":{\"text\":\"Hello\"}}");
    for bit in 0..stream.len() * 8 {
        let mut damaged = stream.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let (frames, error) = frames_of(1 << 20, [damaged.as_slice()]);
        assert_eq!((frames.len(), error.map(|error| error.0)), (0, Some(ErrorKind::ResponseDecode)), "{bit}");
    }
}

#[test]
fn a_message_larger_than_the_limit_is_refused_before_it_has_arrived() {
    let small = event("a", "1");
    let large = event("a", &"x".repeat(100));
    let stream = [small.clone(), large[..PRELUDE].to_vec()].concat();
    let (frames, error) = frames_of(small.len(), [stream.as_slice()]);
    assert_eq!(frames.len(), 1, "at the limit is allowed");
    assert!(error.unwrap().1.contains("`max_frame_bytes`"));
    assert_eq!(frames_of(small.len(), stream.chunks(1)).0, frames);
}

#[test]
fn whole_messages_are_sliced_without_a_copy() {
    let read = Bytes::from(event("delta", "{}"));
    let mut frames = Vec::new();
    AwsEventStream::new(1 << 20).push(read.clone(), &mut frames).unwrap();
    assert!(read.as_ptr_range().contains(&frames[0].data.as_ptr()));
    assert!(read.as_ptr_range().contains(&frames[0].event.as_ref().unwrap().as_ptr()));
}

#[test]
fn published_vectors() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/aws_event_stream.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is not here");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 14);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let bytes = hex(case["hex"].as_str().unwrap());
        let (frames, error) = whole(&bytes);
        if case["valid"] == false {
            assert!(frames.is_empty() && error.is_some(), "{name}");
            continue;
        }
        assert_eq!(error, None, "{name}");
        assert_eq!(frames, [(String::new(), case["payload"].as_str().unwrap().to_owned())], "{name}");
        let end = PRELUDE + number(&bytes, 4) as usize;
        let mut headers = Headers::new(&bytes[PRELUDE..end]);
        for expected in case["headers"].as_array().unwrap() {
            let (name, value) = headers.next().unwrap().unwrap();
            assert_eq!(name, expected["name"].as_str().unwrap());
            assert_eq!(json(value), expected["value"], "{name}");
        }
        assert_eq!(headers.next(), Ok(None), "{name}");
    }
}

/// A header's value in the words of the vectors.
fn json(value: HeaderValue<'_>) -> Value {
    match value {
        HeaderValue::Text(text) => text.into(),
        HeaderValue::Other(0, _) => true.into(),
        HeaderValue::Other(1, _) => false.into(),
        HeaderValue::Other(6, bytes) => base64::engine::general_purpose::STANDARD.encode(bytes).into(),
        HeaderValue::Other(9, bytes) => {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
        }
        HeaderValue::Other(_, bytes) => {
            bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)).into()
        }
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// Messages whole, cut off or damaged.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => ("[a-z]{0,6}", "[ -~]{0,20}").prop_map(|(name, payload)| event(&name, &payload)),
        1 => prop::collection::vec(any::<u8>(), 0..20),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(|payload| message(&[], &payload)),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_frames(
        input in streams(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        max in prop_oneof![Just(1_usize << 20), 0..80_usize],
    ) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        places.extend([0, input.len()]);
        places.sort_unstable();
        let expected = frames_of(max, [input.as_slice()]);
        let parts = places.windows(2).map(|pair| &input[pair[0]..pair[1]]);
        prop_assert_eq!(&frames_of(max, parts), &expected);
        prop_assert_eq!(&frames_of(max, input.chunks(1)), &expected);
    }
}
