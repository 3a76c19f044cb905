//! The Node binding: converts, leaves the JavaScript thread, calls, converts back.
//!
//! No decision, no default and no provider name lives here; those are the
//! core's. Everything crosses as JSON text, which V8 parses faster than objects
//! can be built over N-API. The JavaScript half is in `js/`.

// The macros of napi expand to code that needs it; this crate itself has none.
#![allow(unsafe_code)]

mod bridge;
pub mod client;
mod crossing;
pub mod decisions;
mod hub;
mod mock;
mod order;
pub mod replay;
mod runtime;

use napi_derive::napi;
use roocode::ErrorKind;

/// Every error class with its base class, for JavaScript to build them once.
#[napi]
pub fn error_classes() -> Vec<Vec<Option<&'static str>>> {
    ErrorKind::ALL
        .iter()
        .map(|kind| vec![Some(kind.class_name()), kind.parent().map(ErrorKind::class_name)])
        .collect()
}

#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
