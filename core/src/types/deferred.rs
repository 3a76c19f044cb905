//! A value that is made when somebody looks at it.
//!
//! Most traces are never read, and to write one out costs more than the request's
//! own bookkeeping. In JSON, in `Debug` and to `==` it is the value itself.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

type Make<T> = Box<dyn FnOnce() -> T + Send>;

/// A value made at the first look, once for all clones.
pub struct Deferred<T>(Arc<LazyLock<T, Make<T>>>);

impl<T> Deferred<T> {
    /// `make` is called at most once, by the one who looks first.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Send + 'static> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self::new(|| value)
    }
}

impl<T> Deref for Deferred<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Deferred<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: PartialEq> PartialEq for Deferred<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Deferred<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Send + 'static> Deserialize<'de> for Deferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn it_is_made_at_the_first_look_and_once_for_all_clones() {
        let made = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&made);
        let value = Deferred::new(move || counted.fetch_add(1, Ordering::Relaxed) + 7);
        let other = value.clone();
        assert_eq!(made.load(Ordering::Relaxed), 0);
        assert_eq!((*other, *value), (7, 7));
        assert_eq!(made.load(Ordering::Relaxed), 1);
        assert_eq!(serde_json::to_string(&value).unwrap(), "7");
    }
}
