//! Lays columns out in memory as Arrow does
//! (<https://arrow.apache.org/docs/format/Columnar.html>).

use std::any::Any;
use std::ffi::c_void;
use std::ptr;

use super::abi::{ArrowArray, Children};
use super::column::Column;

/// What an array owns.
struct Owned {
    _memory: Memory,
    _pointers: Vec<*const c_void>,
    _children: Children<ArrowArray>,
}

type Memory = Vec<Box<dyn Any + Send>>;

/// The buffers of one array, in the order of the layout.
#[derive(Default)]
struct Buffers {
    memory: Memory,
    pointers: Vec<*const c_void>,
}

impl Buffers {
    fn push<T: Send + 'static>(&mut self, mut values: Vec<T>) {
        // Also what is empty has an address of its own: not every consumer takes another.
        values.reserve(1);
        self.pointers.push(values.as_ptr().cast());
        self.memory.push(Box::new(values));
    }

    fn push_none(&mut self) {
        self.pointers.push(ptr::null());
    }
}

impl ArrowArray {
    /// A table is a struct of its columns, each of `rows` values. None where a column of text is
    /// longer than its offsets can tell.
    pub fn of_table(columns: Vec<Column<'_>>, rows: usize) -> Option<Self> {
        let columns: Vec<_> = columns.into_iter().map(Self::of_column).collect::<Option<_>>()?;
        let mut buffers = Buffers::default();
        buffers.push_none();
        Some(Self::new(rows, 0, buffers, Children::of(columns)))
    }

    fn of_column(column: Column<'_>) -> Option<Self> {
        Some(match column {
            Column::Integers(values) => Self::numbers(&values),
            Column::Floats(values) => Self::numbers(&values),
            Column::Flags(values) => {
                let (mut buffers, nulls) = validity(&values);
                buffers.push(bits(values.iter().map(|value| *value == Some(true))));
                Self::new(values.len(), nulls, buffers, Children::of([]))
            }
            Column::Texts(values) => {
                let (mut buffers, nulls) = validity(&values);
                let mut text = Vec::new();
                let mut offsets = vec![0_i32];
                for value in &values {
                    text.extend_from_slice(value.unwrap_or_default().as_bytes());
                    offsets.push(i32::try_from(text.len()).ok()?);
                }
                buffers.push(offsets);
                buffers.push(text);
                Self::new(values.len(), nulls, buffers, Children::of([]))
            }
        })
    }

    fn numbers<T: Copy + Default + Send + 'static>(values: &[Option<T>]) -> Self {
        let (mut buffers, nulls) = validity(values);
        buffers.push(values.iter().map(|value| value.unwrap_or_default()).collect());
        Self::new(values.len(), nulls, buffers, Children::of([]))
    }

    fn new(length: usize, nulls: usize, buffers: Buffers, mut children: Children<Self>) -> Self {
        let signed = |count| i64::try_from(count).unwrap_or(i64::MAX);
        let Buffers { memory, mut pointers } = buffers;
        let (n_children, child_pointers) = (children.count(), children.pointers());
        Self {
            length: signed(length),
            null_count: signed(nulls),
            offset: 0,
            n_buffers: signed(pointers.len()),
            n_children,
            buffers: pointers.as_mut_ptr(),
            children: child_pointers,
            dictionary: ptr::null_mut(),
            release: Some(release),
            private_data: Box::into_raw(Box::new(Owned {
                _memory: memory,
                _pointers: pointers,
                _children: children,
            }))
            .cast(),
        }
    }

    /// What a stream gives at its end.
    pub const fn released() -> Self {
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: ptr::null_mut(),
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: None,
            private_data: ptr::null_mut(),
        }
    }
}

/// Buffers that begin with which values there are, and how many there are not. Where all are
/// there, nothing says so.
fn validity<T>(values: &[Option<T>]) -> (Buffers, usize) {
    let nulls = values.iter().filter(|value| value.is_none()).count();
    let mut buffers = Buffers::default();
    if nulls == 0 {
        buffers.push_none();
    } else {
        buffers.push(bits(values.iter().map(Option::is_some)));
    }
    (buffers, nulls)
}

/// A bit each, the first the lowest of the first byte.
fn bits(flags: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bytes = vec![0_u8; flags.len().div_ceil(8)];
    for (position, flag) in flags.enumerate() {
        if let Some(byte) = bytes.get_mut(position / 8) {
            *byte |= u8::from(flag) << (position % 8);
        }
    }
    bytes
}

#[allow(unsafe_code, reason = "the interface is one of C")]
unsafe extern "C" fn release(array: *mut ArrowArray) {
    // SAFETY: it is called once, as it sets itself to null, with a struct that `new` made or with
    // the copy that took it over: `private_data` is what `new` leaked.
    unsafe {
        (*array).release = None;
        drop(Box::from_raw((*array).private_data.cast::<Owned>()));
    }
}
