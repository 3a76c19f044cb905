//! The body of a request: bytes, or bytes and files in turn, which are read as they go.
//!
//! It can be sent any number of times: bytes are shared, and a file is opened anew.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt as _;

use crate::error::{Error, ErrorKind, Result, Stage};

/// A file goes out in pieces of this size: larger ones save no time, and each is in memory. Three divide it,
/// so that each is base64 for itself.
const PIECE: usize = 3 << 16;

/// The body of a request. Cheap to clone.
#[derive(Clone, Debug)]
pub enum RequestBody {
    Whole(Bytes),
    Parts(Arc<[BodyPart]>),
}

/// A part of a body.
#[derive(Clone, Debug)]
pub enum BodyPart {
    Bytes(Bytes),
    /// So many bytes of a file on disk.
    File(Arc<Path>, u64),
    /// The same as base64 (RFC 4648, section 4).
    Base64(Arc<Path>, u64),
}

impl Default for RequestBody {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl From<Bytes> for RequestBody {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

impl From<Vec<u8>> for RequestBody {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes.into())
    }
}

impl From<Vec<BodyPart>> for RequestBody {
    fn from(parts: Vec<BodyPart>) -> Self {
        Self::Parts(parts.into())
    }
}

impl RequestBody {
    /// Its size in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    BodyPart::Bytes(bytes) => bytes.len() as u64,
                    BodyPart::File(_, length) => *length,
                    BodyPart::Base64(_, length) => length.div_ceil(3) * 4,
                })
                .sum(),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its bytes, for what signs them.
    ///
    /// Errors: `Internal`, where it was not [gathered](Self::gathered) before.
    pub fn whole(&self) -> Result<&Bytes> {
        match self {
            Self::Whole(bytes) => Ok(bytes),
            Self::Parts(_) => Err(Error::new(ErrorKind::Internal, "a body in parts was not gathered")),
        }
    }

    /// The same body as bytes, files read.
    ///
    /// Errors: `BadRequest`, where a file cannot be read.
    pub async fn gathered(self) -> Result<Bytes> {
        if let Self::Whole(bytes) = self {
            return Ok(bytes);
        }
        let mut whole = BytesMut::with_capacity(usize::try_from(self.len()).unwrap_or(0));
        let mut pieces = Box::pin(self.stream());
        while let Some(piece) = pieces.next().await {
            whole.extend_from_slice(&piece.map_err(|error| {
                let message = format!("a file of the request cannot be read: {error}");
                Error::bad_request("file", message).with_source(error).with_stage(Stage::Unsent)
            })?);
        }
        Ok(whole.freeze())
    }

    /// Its bytes in order, files piece by piece.
    pub fn stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let parts: Vec<BodyPart> = match self {
            Self::Whole(bytes) => vec![BodyPart::Bytes(bytes)],
            Self::Parts(parts) => parts.to_vec(),
        };
        futures_util::stream::iter(parts).flat_map(|part| match part {
            BodyPart::Bytes(bytes) => futures_util::stream::once(async move { Ok(bytes) }).left_stream(),
            BodyPart::File(path, length) => file(path, length).left_stream().right_stream(),
            BodyPart::Base64(path, length) => {
                let encoded = file(path, length).map(|piece| Ok(Bytes::from(STANDARD.encode(piece?))));
                encoded.right_stream().right_stream()
            }
        })
    }
}

/// The first `length` bytes of a file. One that has fewer by now is an error: its length was promised.
fn file(path: Arc<Path>, length: u64) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let start = (None::<File>, length);
    futures_util::stream::try_unfold(start, move |(file, left)| {
        let path = Arc::clone(&path);
        async move {
            if left == 0 {
                return Ok(None);
            }
            let read = tokio::task::spawn_blocking(move || {
                let mut file = match file {
                    Some(file) => file,
                    None => File::open(&path)?,
                };
                let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let mut piece = vec![0; most];
                // Of one that has become shorter by now: `UnexpectedEof`.
                file.read_exact(&mut piece)?;
                Ok::<_, io::Error>((file, piece))
            });
            let (file, piece) = read.await.map_err(io::Error::other)??;
            let left = left - piece.len() as u64;
            Ok(Some((Bytes::from(piece), (Some(file), left))))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_in_parts_is_the_same_each_time() {
        let path = std::env::temp_dir().join(format!("roocode-body-{}", std::process::id()));
        let content: Vec<u8> = (0..600_000_u32).map(|number| number as u8).collect();
        std::fs::write(&path, &content).unwrap();
        let parts = vec![
            BodyPart::Bytes(Bytes::from_static(b"<")),
            BodyPart::File(path.as_path().into(), content.len() as u64),
            BodyPart::Bytes(Bytes::from_static(b">")),
        ];
        let body = RequestBody::from(parts);
        let expected = [b"<", &content[..], b">"].concat();
        assert_eq!(body.len(), expected.len() as u64);
        assert!(body.whole().is_err());
        for _ in 0..2 {
            assert_eq!(body.clone().gathered().await.unwrap(), expected);
        }
        let pieces: Vec<_> = body.clone().stream().collect().await;
        assert!(pieces.iter().all(|piece| piece.as_ref().unwrap().len() <= PIECE));
        let coded = RequestBody::from(vec![BodyPart::Base64(path.as_path().into(), content.len() as u64)]);
        let text = coded.clone().gathered().await.unwrap();
        assert_eq!((text.len() as u64, &text[..]), (coded.len(), STANDARD.encode(&content).as_bytes()));
        std::fs::write(&path, b"short").unwrap();
        let error = body.gathered().await.unwrap_err();
        assert_eq!((error.kind, error.stage), (ErrorKind::BadRequest, Some(Stage::Unsent)));
        std::fs::remove_file(&path).unwrap();
    }
}
