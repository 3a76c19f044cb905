use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::*;

/// Counts of tiktoken's, and as much of each vocabulary as they take (`make.py` beside it).
const VECTORS: &str = include_str!("../../tests/vocabularies/vectors.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

/// The file of a vocabulary with the tokens that the vectors have of it.
fn file(vectors: &Value) -> String {
    let mut file = String::new();
    for (byte, rank) in (0..=u8::MAX).zip(vectors["bytes"].as_array().unwrap()) {
        writeln!(file, "{} {rank}", STANDARD.encode([byte])).unwrap();
    }
    for (token, rank) in vectors["tokens"].as_object().unwrap() {
        writeln!(file, "{token} {rank}").unwrap();
    }
    file
}

#[test]
fn texts_have_as_many_tokens_as_the_encodings_own_library_says() {
    for (name, cut) in [("p50k_base", Cut::R50k), ("cl100k_base", Cut::Cl100k), ("o200k_base", Cut::O200k)] {
        let vectors = &vectors()[name];
        let vocabulary = Vocabulary { cut, ..Vocabulary::read(file(vectors).as_bytes()).unwrap() };
        let texts = vectors["texts"].as_array().unwrap();
        assert!(texts.len() > 20);
        for text in texts {
            let (text, tokens) = (text[0].as_str().unwrap(), text[1].as_u64().unwrap());
            assert_eq!(vocabulary.count(text), tokens, "{name}: {text:?}");
        }
    }
}

#[test]
fn pieces_are_the_text() {
    for text in vectors()["o200k_base"]["texts"].as_array().unwrap() {
        let text = text[0].as_str().unwrap();
        for cut in [Cut::R50k, Cut::Cl100k, Cut::O200k] {
            let mut whole = String::new();
            cut.pieces(text, |piece| whole.push_str(piece));
            assert_eq!(whole, text, "{cut:?}");
        }
    }
}

#[test]
fn a_text_without_a_break_takes_no_time_that_grows_with_its_square() {
    let vectors = &vectors()["o200k_base"];
    let vocabulary = Vocabulary { cut: Cut::O200k, ..Vocabulary::read(file(vectors).as_bytes()).unwrap() };
    let tokens = vocabulary.count(&"a".repeat(300_000));
    assert!(tokens > 0 && tokens < 300_000, "{tokens}");
}

#[test]
fn a_vocabulary_is_told_by_its_size() {
    for (tokens, cut) in
        [(50_256, Cut::R50k), (50_280, Cut::R50k), (100_256, Cut::Cl100k), (199_998, Cut::O200k)]
    {
        assert_eq!(Cut::of(tokens), cut);
    }
}

#[test]
fn a_file_that_is_no_vocabulary_is_refused_with_the_line() {
    let no_rank = format!("{} 0\nIQ==\n", STANDARD.encode("a"));
    for (file, word) in [(no_rank.as_str(), "line 2"), ("{}", "line 1"), ("IQ== 0\n", "no whole vocabulary")]
    {
        let error = Vocabulary::read(file.as_bytes()).unwrap_err();
        assert!(error.contains(word), "{error}");
    }
}
