//! Tells what columns a table has, in Arrow's terms.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use super::abi::{ArrowSchema, Children, NULLABLE};
use super::column::{Field, Kind};

/// What a schema owns.
struct Owned {
    name: *mut c_char,
    _children: Children<ArrowSchema>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: made by `CString::into_raw` in `new`, freed here only; no one writes to it.
        #[allow(unsafe_code, reason = "the schema points at it")]
        drop(unsafe { CString::from_raw(self.name) });
    }
}

impl ArrowSchema {
    /// A table is a struct of its columns.
    pub fn of_table(fields: &[Field]) -> Self {
        let children = fields.iter().map(|field| {
            // As the interface writes types.
            let format = match field.kind {
                Kind::Integer => c"l",
                Kind::Float => c"g",
                Kind::Text => c"u",
                Kind::Flag => c"b",
            };
            Self::new(format, &field.name, NULLABLE, Children::of([]))
        });
        Self::new(c"+s", "", 0, Children::of(children))
    }

    fn new(format: &'static CStr, name: &str, flags: i64, mut children: Children<Self>) -> Self {
        let name = CString::new(name).unwrap_or_default().into_raw();
        let (n_children, pointers) = (children.count(), children.pointers());
        Self {
            format: format.as_ptr(),
            name,
            metadata: ptr::null(),
            flags,
            n_children,
            children: pointers,
            dictionary: ptr::null_mut(),
            release: Some(release),
            private_data: Box::into_raw(Box::new(Owned { name, _children: children })).cast(),
        }
    }

    /// How many columns it has; none once it was released.
    pub fn columns(&self) -> Option<i64> {
        self.release.map(|_| self.n_children)
    }
}

#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn release(schema: *mut ArrowSchema) {
    // SAFETY: it is called once, as it sets itself to null, with a struct that `new` made or with
    // the copy that took it over: `private_data` is what `new` leaked.
    unsafe {
        (*schema).release = None;
        drop(Box::from_raw((*schema).private_data.cast::<Owned>()));
    }
}
