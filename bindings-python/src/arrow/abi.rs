//! The structs of Arrow's C data and stream interfaces, as they are defined in
//! <https://arrow.apache.org/docs/format/CDataInterface.html> and
//! <https://arrow.apache.org/docs/format/CStreamInterface.html>.
//!
//! Each owns what its `private_data` points to until `release` was called, which sets
//! itself to null. A consumer takes a struct over by copying its bytes and setting the
//! `release` of the original to null: then there is nothing left for us to free.
//! What is in them is made in `schema`, `array` and `stream`.

use std::ffi::{c_char, c_int, c_void};

pub const NULLABLE: i64 = 2;

#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut Self,
    pub dictionary: *mut Self,
    pub release: Option<unsafe extern "C" fn(*mut Self)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut Self,
    pub dictionary: *mut Self,
    pub release: Option<unsafe extern "C" fn(*mut Self)>,
    pub private_data: *mut c_void,
}

#[repr(C)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut Self, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut Self, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut Self) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut Self)>,
    pub private_data: *mut c_void,
}

/// What all three have in common: freed by their own `release`, and free of any thread.
macro_rules! released_when_dropped {
    ($($name:ident),*) => {$(
        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: it is not null, so it was neither called nor handed on with a copy of
                    // this struct; it is that of this struct.
                    #[allow(unsafe_code, reason = "the interface is one of C")]
                    unsafe {
                        release(self);
                    }
                }
            }
        }

        // SAFETY: what the pointers lead to is memory of Rust's allocator or static, nothing of it
        // belongs to a thread, and nothing else points there.
        #[allow(unsafe_code, reason = "raw pointers are not Send by themselves")]
        unsafe impl Send for $name {}
    )*};
}

released_when_dropped!(ArrowSchema, ArrowArray, ArrowArrayStream);

/// Structs that a parent owns, each at an address that stays.
pub struct Children<T>(Vec<*mut T>);

impl<T> Children<T> {
    pub fn of(children: impl IntoIterator<Item = T>) -> Self {
        Self(children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect())
    }

    pub fn count(&self) -> i64 {
        i64::try_from(self.0.len()).unwrap_or(i64::MAX)
    }

    /// Where the pointers to them are, also once this was moved.
    pub fn pointers(&mut self) -> *mut *mut T {
        self.0.as_mut_ptr()
    }
}

impl<T> Drop for Children<T> {
    fn drop(&mut self) {
        for child in &self.0 {
            // SAFETY: made by `Box::into_raw` in `of`, freed here only. A consumer that took a child
            // over has set its `release` to null, so that dropping it frees the struct alone.
            #[allow(unsafe_code, reason = "consumers write to children through their pointers")]
            drop(unsafe { Box::from_raw(*child) });
        }
    }
}
