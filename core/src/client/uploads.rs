//! How large the files are that a request names by their paths: looked up once, before it is routed.

use std::sync::Arc;

use super::call::Call;
use crate::error::{Error, ErrorKind, Result};

/// Looks up the sizes of the files of `call` that are on disk.
///
/// Errors: `BadRequest` naming the parameter of one that is no file or cannot be read.
pub(super) async fn measure(call: &mut Call) -> Result<()> {
    for (place, upload) in call.request.uploads_mut() {
        let Some(path) = upload.unmeasured().cloned() else { continue };
        let looked_at = Arc::clone(&path);
        let found = tokio::task::spawn_blocking(move || std::fs::metadata(&looked_at)).await;
        let found =
            found.map_err(|error| Error::new(ErrorKind::Internal, "a look at a file").with_source(error))?;
        let wrong = |why: &str| Error::bad_request(place, format!("{place}: `{}` {why}", path.display()));
        match found {
            Ok(found) if found.is_file() => upload.measured(found.len()),
            Ok(_) => return Err(wrong("is no file")),
            Err(error) => return Err(wrong(&format!("cannot be read: {error}")).with_source(error)),
        }
    }
    Ok(())
}
