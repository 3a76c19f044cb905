//! Media types by a file's extension or an audio format's name: those that the
//! Gemini API lists for inline data and files (published schema, `Blob.mimeType`;
//! ai.google.dev, document, audio and video understanding).

const BY_EXTENSION: [(&str, &str); 46] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("bmp", "image/bmp"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
    ("wav", "audio/wav"),
    ("mp3", "audio/mp3"),
    ("aiff", "audio/aiff"),
    ("aac", "audio/aac"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("flac", "audio/flac"),
    ("m4a", "audio/m4a"),
    ("pcm16", "audio/L16"),
    ("mp4", "video/mp4"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpg"),
    ("mov", "video/mov"),
    ("avi", "video/avi"),
    ("flv", "video/x-flv"),
    ("webm", "video/webm"),
    ("wmv", "video/wmv"),
    ("3gp", "video/3gpp"),
    ("3gpp", "video/3gpp"),
    ("mkv", "video/x-matroska"),
    ("pdf", "application/pdf"),
    ("json", "application/json"),
    ("txt", "text/plain"),
    ("text", "text/plain"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("xml", "text/xml"),
    ("rtf", "text/rtf"),
    ("js", "text/javascript"),
    ("ts", "text/x-typescript"),
    ("py", "text/x-python"),
];

/// The media type of a file's name or URL.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    let path = name.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    of_extension(file.rsplit_once('.')?.1)
}

fn of_extension(extension: &str) -> Option<&'static str> {
    BY_EXTENSION
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(extension))
        .map(|(_, mime_type)| *mime_type)
}

/// The media type of an audio format's name, such as `mp3`; one not listed is taken at its word.
pub(super) fn of_audio(format: &str) -> String {
    match of_extension(format).filter(|mime_type| mime_type.starts_with("audio/")) {
        Some(mime_type) => mime_type.to_owned(),
        None if format.contains('/') => format.to_owned(),
        None => format!("audio/{format}"),
    }
}
