//! Names that are a typing error away, for the hints of error messages.

/// The names most like `name`, quoted, at most three.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        // Short names have too many neighbours: `top_k` is no misspelt `top_p`.
        .filter(|candidate| candidate.len() > 3)
        .map(|candidate| (distance(&lower, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= if candidate.len() > 5 { 2 } else { 1 })
        .collect();
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, candidate)| format!("`{candidate}`")).collect()
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (slot, right) in row.iter_mut().skip(1).zip(&b) {
            let cost = (*slot + 1).min(before + 1).min(diagonal + usize::from(left != *right));
            diagonal = *slot;
            *slot = cost;
            before = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("groq", "grok"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_misspelt_name_finds_its_own() {
        assert_eq!(nearest("temprature", ["temperature", "top_p"].into_iter()), ["`temperature`"]);
        assert!(nearest("venice_parameters", ["temperature"].into_iter()).is_empty());
    }
}
