//! A table as a stream of one batch.

use std::ffi::{c_char, c_int};
use std::ptr;

use super::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use super::column::{Column, Field};

/// What a stream owns.
struct Owned {
    fields: Vec<Field>,
    /// Until it was asked for.
    batch: Option<ArrowArray>,
}

impl ArrowArrayStream {
    /// None where a column of text is too long for Arrow's utf8.
    pub fn of_table(fields: Vec<Field>, columns: Vec<Column<'_>>, rows: usize) -> Option<Self> {
        let batch = Some(ArrowArray::of_table(columns, rows)?);
        Some(Self {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(get_last_error),
            release: Some(release),
            private_data: Box::into_raw(Box::new(Owned { fields, batch })).cast(),
        })
    }
}

#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: the stream is not released, so `private_data` is what `of_table` leaked, and no two
    // calls are made at a time; `out` is room for the struct, with nothing in it to free.
    unsafe {
        let owned = &*(*stream).private_data.cast::<Owned>();
        out.write(ArrowSchema::of_table(&owned.fields));
    }
    0
}

#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: as of `get_schema`.
    unsafe {
        let owned = &mut *(*stream).private_data.cast::<Owned>();
        out.write(owned.batch.take().unwrap_or(ArrowArray::released()));
    }
    0
}

/// Nothing above fails.
#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn get_last_error(_stream: *mut ArrowArrayStream) -> *const c_char {
    ptr::null()
}

#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn release(stream: *mut ArrowArrayStream) {
    // SAFETY: it is called once, as it sets itself to null, with a struct that `of_table` made or
    // with the copy that took it over: `private_data` is what `of_table` leaked.
    unsafe {
        (*stream).release = None;
        drop(Box::from_raw((*stream).private_data.cast::<Owned>()));
    }
}
