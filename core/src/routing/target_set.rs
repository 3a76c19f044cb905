//! A set of targets by their place in the route: one bit each, so that a filter
//! is a few word operations for any number of targets.

/// A set of target indices below a length that never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetSet {
    words: Vec<u64>,
}

impl TargetSet {
    /// No target of `length`.
    #[must_use]
    pub fn none(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)] }
    }

    /// All targets of `length`.
    #[must_use]
    pub fn all(length: usize) -> Self {
        let mut words = vec![u64::MAX; length.div_ceil(64)];
        if let (Some(last), over @ 1..) = (words.last_mut(), length % 64) {
            *last = (1 << over) - 1;
        }
        Self { words }
    }

    /// Those of `length` of which `holds` is true.
    #[must_use]
    pub fn of(length: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut set = Self::none(length);
        (0..length).filter(|index| holds(*index)).for_each(|index| set.insert(index as u32));
        set
    }

    /// Adds a target below the length; one above it is no target.
    pub fn insert(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut(index as usize / 64) {
            *word |= 1 << (index % 64);
        }
    }

    pub fn remove(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut(index as usize / 64) {
            *word &= !(1 << (index % 64));
        }
    }

    #[must_use]
    pub fn contains(&self, index: u32) -> bool {
        self.words.get(index as usize / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Takes out what is not in `keep`.
    pub fn keep_only(&mut self, keep: &Self) {
        self.words.iter_mut().zip(&keep.words).for_each(|(word, keep)| *word &= keep);
    }

    /// Adds what is in `more`.
    pub fn add(&mut self, more: &Self) {
        self.words.iter_mut().zip(&more.words).for_each(|(word, more)| *word |= more);
    }

    /// Takes out what is in `gone`.
    pub fn take_out(&mut self, gone: &Self) {
        self.words.iter_mut().zip(&gone.words).for_each(|(word, gone)| *word &= !gone);
    }

    /// Those in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { words: self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect() }
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (mut words, mut rest, mut base) = (self.words.iter(), 0_u64, 0_u32.wrapping_sub(64));
        std::iter::from_fn(move || {
            while rest == 0 {
                rest = *words.next()?;
                base = base.wrapping_add(64);
            }
            let bit = rest.trailing_zeros();
            rest &= rest - 1;
            Some(base + bit)
        })
    }

    /// As a list, in ascending order.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u32> {
        let mut list = Vec::with_capacity(self.count());
        list.extend(self.iter());
        list
    }
}

impl FromIterator<u32> for TargetSet {
    fn from_iter<I: IntoIterator<Item = u32>>(indices: I) -> Self {
        let mut set = Self::default();
        for index in indices {
            let word = index as usize / 64;
            if set.words.len() <= word {
                set.words.resize(word + 1, 0);
            }
            set.insert(index);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_any_length_keep_to_it() {
        for length in [0, 1, 3, 63, 64, 65, 1000] {
            let all = TargetSet::all(length);
            assert_eq!(all.count(), length);
            assert_eq!(all.iter().collect::<Vec<_>>(), (0..length as u32).collect::<Vec<_>>());
            assert_eq!(all.is_empty(), length == 0);
            assert!(!all.contains(length as u32));
        }
    }

    #[test]
    fn sets_are_cut_by_others() {
        let thirds = TargetSet::of(130, |index| index % 3 == 0);
        let sixths = TargetSet::of(130, |index| index % 6 == 0);
        let mut left = TargetSet::all(130);
        left.keep_only(&thirds);
        assert_eq!(left, thirds);
        left.take_out(&sixths);
        assert!(left.contains(3) && !left.contains(6) && left.and(&sixths).is_empty());
        left.remove(3);
        assert_eq!((left.contains(3), left.count()), (false, 44 - 22 - 1));
    }
}
