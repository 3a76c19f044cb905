use base64::Engine as _;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value;

use super::{Frame, FramingKind, framing};
use crate::error::ErrorKind;

const SSE: FramingKind = FramingKind::ServerSentEvents;
const NDJSON: FramingKind = FramingKind::NewlineDelimitedJson;

/// Event name and data, or the error's message at the end.
fn frames_of<'a>(
    kind: FramingKind,
    max: usize,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Frame>, Option<String>) {
    let mut machine = framing(kind, max);
    let mut frames = Vec::new();
    for part in parts {
        if let Err(error) = machine.push(Bytes::copy_from_slice(part), &mut frames) {
            assert_eq!(error.kind, ErrorKind::ResponseDecode);
            return (frames, Some(error.message.clone()));
        }
    }
    let error = machine.finish(&mut frames).err().map(|error| error.message.clone());
    (frames, error)
}

fn whole(kind: FramingKind, input: &[u8]) -> Vec<(String, String)> {
    let (frames, error) = frames_of(kind, 1 << 20, [input]);
    assert_eq!(error, None);
    let bytewise = frames_of(kind, 1 << 20, input.chunks(1));
    assert_eq!((frames.clone(), None), bytewise, "one byte at a time gives the same");
    frames
        .iter()
        .map(|frame| (frame.event_name().to_owned(), String::from_utf8_lossy(&frame.data).into_owned()))
        .collect()
}

fn data_of(kind: FramingKind, input: &str) -> Vec<String> {
    whole(kind, input.as_bytes()).into_iter().map(|(_, data)| data).collect()
}

#[test]
fn sse_ends_lines_with_lf_cr_and_crlf() {
    assert_eq!(data_of(SSE, "data: a\n\ndata: b\r\rdata: c\r\n\r\n"), ["a", "b", "c"]);
    assert_eq!(data_of(SSE, "data: a\r\n\ndata: b\n\r\ndata: c\n\rdata: d\r\r\n"), ["a", "b", "c", "d"]);
}

#[test]
fn sse_joins_data_lines_and_keeps_every_byte_of_a_value() {
    assert_eq!(data_of(SSE, "data: a\ndata:  b \ndata:\ndata\ndata:c\n\n"), ["a\n b \n\n\nc"]);
}

#[test]
fn sse_reads_fields_with_one_space_none_and_no_colon() {
    assert_eq!(data_of(SSE, "data:a\n\ndata: b\n\ndata\n\n"), ["a", "b", ""]);
    assert_eq!(
        whole(SSE, b"event:x\ndata:1\n\nevent: y\ndata:2\n\nevent\ndata:3\n\nevents: z\ndata:4\n\n"),
        [("x", "1"), ("y", "2"), ("", "3"), ("", "4")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}

#[test]
fn sse_ignores_comments_other_fields_and_events_without_data() {
    assert_eq!(data_of(SSE, ": ping\n\nid: 1\nretry: 5\n\nevent: x\n\ndatas: 1\n data: 2\n\n"), [""; 0]);
    // An event's name does not outlive an event without data.
    assert_eq!(whole(SSE, b"event: x\n\ndata: 1\n\n"), [(String::new(), "1".to_owned())]);
    assert_eq!(data_of(SSE, ": ping\ndata: a\n: pong\ndata: b\n\n"), ["a\nb"]);
}

#[test]
fn sse_skips_one_byte_order_mark_and_only_at_the_start() {
    assert_eq!(data_of(SSE, "\u{feff}data: 1\n\n\u{feff}data: 2\n\ndata: 3\n\n"), ["1", "3"]);
    assert_eq!(whole(SSE, b"\xEF\xBBdata: 1\n\ndata: 2\n\n"), [(String::new(), "2".to_owned())]);
}

#[test]
fn sse_delivers_the_last_event_without_its_blank_line() {
    assert_eq!(data_of(SSE, "data: 1\n\ndata: [DONE]"), ["1", "[DONE]"]);
    assert_eq!(data_of(SSE, "data: 1\n\ndata: [DONE]\n"), ["1", "[DONE]"]);
    assert_eq!(data_of(SSE, "data: 1\n\ndata: [DONE]\r"), ["1", "[DONE]"]);
}

#[test]
fn sse_slices_whole_events_without_a_copy() {
    let read = Bytes::from_static(b"event: delta\ndata: {\"a\":1}\n\n");
    let mut frames = Vec::new();
    framing(SSE, 1 << 20).push(read.clone(), &mut frames).unwrap();
    assert_eq!(frames[0].data.as_ptr(), read[19..].as_ptr());
    assert_eq!(frames[0].event.as_ref().unwrap().as_ptr(), read[7..].as_ptr());
}

#[test]
fn ndjson_takes_lines_without_blank_ones() {
    assert_eq!(
        data_of(NDJSON, "{\"a\":1}\n\n \r\n{\"b\":2}\r\n\r\n{\"c\":3}"),
        ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]
    );
    assert_eq!(data_of(NDJSON, "\n\n"), [""; 0]);
    assert_eq!(data_of(NDJSON, "{}\r"), ["{}"]);
}

#[test]
fn a_frame_larger_than_the_limit_is_an_error_that_names_it() {
    for (kind, input) in [
        (SSE, "data: ok\n\ndata: 0123456789012345678901234\n\n"),
        (SSE, "data: ok\n\ndata: 0123456789\ndata: 0123456789\ndata: 0123456789\n\n"),
        (SSE, "data: ok\n\nevent: 0123456789\ndata: 0123456789\n\n"),
        (SSE, "data: ok\n\ndata: 01234567890123456789012345"),
        (NDJSON, "ok\n012345678901234567890123456789"),
        (NDJSON, "ok\n012345678901234567890123456789\nok\n"),
    ] {
        let (frames, error) = frames_of(kind, 25, [input.as_bytes()]);
        assert_eq!(frames.len(), 1, "{input}");
        assert!(error.as_deref().unwrap_or_default().contains("`max_frame_bytes` (25 bytes)"), "{error:?}");
        assert_eq!(frames_of(kind, 25, input.as_bytes().chunks(1)), (frames, error));
    }
    let (frames, error) = frames_of(SSE, 25, [b"data: 0123456789012345678\n\n".as_slice()]);
    assert_eq!((frames.len(), error), (1, None), "at the limit is allowed");
}

#[test]
fn published_vectors() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/sse.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: ../shared is not here");
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() >= 23);
    // Where the standard drops an event that the end of the body leaves open, this
    // framing delivers it: the one departure, named case by case.
    let departures = [("wpt_data_before_final_empty_line", ["test2"].as_slice()), ("mixed_comments", &["5"])];
    let mut departed = 0;
    for case in cases {
        let name = case["name"].as_str().unwrap().replace(' ', "");
        let input =
            base64::engine::general_purpose::STANDARD.decode(case["input_base64"].as_str().unwrap()).unwrap();
        let mut expected: Vec<(String, String)> = case["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| {
                (event["event"].as_str().unwrap().to_owned(), event["data"].as_str().unwrap().to_owned())
            })
            .collect();
        if let Some((_, extra)) = departures.iter().find(|(departure, _)| *departure == name) {
            expected.extend(extra.iter().map(|data| ("message".to_owned(), (*data).to_owned())));
            departed += 1;
        }
        let got: Vec<(String, String)> = whole(SSE, &input)
            .into_iter()
            .map(|(event, data)| (if event.is_empty() { "message".to_owned() } else { event }, data))
            .collect();
        assert_eq!(got, expected, "{name}");
    }
    assert_eq!(departed, departures.len());
}

/// Text that is rich in what framing looks at.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "\n", "\r", "\r\n", "\n\n", ":", " ", "data", "data:", "data: ", "event: ", "id: 1\n", "\u{feff}",
            "é", "✔", "{\"a\":1}", "[DONE]", ": ping\n\n", "\0",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_frames(
        input in streams(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        max in prop_oneof![Just(1_usize << 20), 0..40_usize],
    ) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        places.extend([0, input.len()]);
        places.sort_unstable();
        for kind in [SSE, NDJSON] {
            let expected = frames_of(kind, max, [input.as_slice()]);
            let parts = places.windows(2).map(|pair| &input[pair[0]..pair[1]]);
            prop_assert_eq!(&frames_of(kind, max, parts), &expected);
            prop_assert_eq!(&frames_of(kind, max, input.chunks(1)), &expected);
        }
    }
}
