//! The value of a checked expression.
//!
//! As the language's definition has it: `&&`, `||` and the quantifiers do not
//! fail where what does not fail already decides, whatever the order
//! (<https://github.com/google/cel-spec/blob/master/doc/langdef.md#logical-operators>).
//! Recursion goes as deep as the checker allows.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;

use super::clock::Clock;
use super::facts::RuleFacts;
use super::node::{Affix, Arithmetic, Comparison, Failure, If, List, Quantifier, Real, Test, Text, Whole};

/// Where an expression is evaluated.
pub(super) struct At<'e> {
    pub facts: &'e RuleFacts<'e>,
    /// Seconds since 1970 UTC, and east of it.
    pub now: (i64, i64),
    clock: OnceCell<Clock>,
    /// The item of the innermost quantifier, and where that stands.
    item: Option<(&'e str, &'e At<'e>)>,
}

impl<'e> At<'e> {
    pub const fn new(facts: &'e RuleFacts<'e>, now: i64, offset: i64) -> Self {
        Self { facts, now: (now, offset), clock: OnceCell::new(), item: None }
    }

    fn with_item<'i>(&'i self, item: &'i str) -> At<'i> {
        At { facts: self.facts, now: self.now, clock: self.clock.clone(), item: Some((item, self)) }
    }

    fn clock(&self) -> &Clock {
        self.clock.get_or_init(|| Clock::at(self.now.0, self.now.1))
    }

    fn item(&self, outwards: usize) -> &'e str {
        match self.item {
            Some((item, _)) if outwards == 0 => item,
            Some((_, outer)) => outer.item(outwards - 1),
            // The checker lets no item stand outside its quantifier.
            None => "",
        }
    }
}

impl Comparison {
    const fn holds(self, ordering: Option<Ordering>) -> bool {
        match (self, ordering) {
            // Not a number: unequal to all.
            (Self::NotEqual, ordering) => !matches!(ordering, Some(Ordering::Equal)),
            (Self::Equal, Some(ordering)) => ordering.is_eq(),
            (Self::Less, Some(ordering)) => ordering.is_lt(),
            (Self::LessOrEqual, Some(ordering)) => ordering.is_le(),
            (Self::Greater, Some(ordering)) => ordering.is_gt(),
            (Self::GreaterOrEqual, Some(ordering)) => ordering.is_ge(),
            (_, None) => false,
        }
    }
}

impl Test {
    pub fn holds(&self, at: &At<'_>) -> Result<bool, Failure> {
        Ok(match self {
            Self::Constant(value) => *value,
            Self::Fact(read) => read(at.facts),
            Self::Not(test) => !test.holds(at)?,
            Self::And(tests) => return decided(tests.iter().map(|test| test.holds(at)), false),
            Self::Or(tests) => return decided(tests.iter().map(|test| test.holds(at)), true),
            Self::Same(sides) => {
                let [left, right] = &**sides;
                left.holds(at)? == right.holds(at)?
            }
            Self::If(choice) => return choice.chosen(at)?.holds(at),
            Self::Wholes(comparison, sides) => {
                let [left, right] = &**sides;
                comparison.holds(Some(left.value(at)?.cmp(&right.value(at)?)))
            }
            Self::Reals(comparison, sides) => {
                let [left, right] = &**sides;
                comparison.holds(left.value(at)?.partial_cmp(&right.value(at)?))
            }
            Self::Texts(comparison, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (left.value(at)?, right.value(at)?);
                comparison.holds(Some(left.as_ref().cmp(right.as_ref())))
            }
            Self::WholeIn(whole, list) => {
                let whole = whole.value(at)?;
                let mut found = false;
                for element in list {
                    found |= element.value(at)? == whole;
                }
                found
            }
            Self::TextIn(text, list) => {
                let text = text.value(at)?;
                let mut found = false;
                list.visit(at, |element| found |= element == text.as_ref())?;
                found
            }
            Self::Affix(affix, sides) => {
                let [whole, part] = &**sides;
                let (whole, part) = (whole.value(at)?, part.value(at)?);
                match affix {
                    Affix::StartsWith => whole.starts_with(part.as_ref()),
                    Affix::EndsWith => whole.ends_with(part.as_ref()),
                    Affix::Contains => whole.contains(part.as_ref()),
                }
            }
            Self::Each(quantifier, list, test) => {
                let mut results = Vec::new();
                list.visit(at, |item| results.push(test.holds(&at.with_item(item))))?;
                return match quantifier {
                    Quantifier::All => decided(results.into_iter(), false),
                    Quantifier::Exists => decided(results.into_iter(), true),
                    Quantifier::ExistsOne => {
                        let results: Vec<bool> = results.into_iter().collect::<Result<_, _>>()?;
                        Ok(results.into_iter().filter(|holds| *holds).count() == 1)
                    }
                };
            }
        })
    }
}

/// `by` as soon as a result is so; else the last failure; else its opposite.
fn decided(results: impl Iterator<Item = Result<bool, Failure>>, by: bool) -> Result<bool, Failure> {
    let mut undecided = Ok(!by);
    for result in results {
        match result {
            Ok(value) if value == by => return Ok(by),
            Ok(_) => {}
            failure @ Err(_) => undecided = failure,
        }
    }
    undecided
}

impl<T> If<T> {
    fn chosen(&self, at: &At<'_>) -> Result<&T, Failure> {
        Ok(if self.test.holds(at)? { &self.then } else { &self.otherwise })
    }
}

impl Whole {
    fn value(&self, at: &At<'_>) -> Result<i64, Failure> {
        match self {
            Self::Constant(value) => Ok(*value),
            Self::Fact(read) => Ok(i64::try_from(read(at.facts)).unwrap_or(i64::MAX)),
            Self::Time(read) => Ok(read(at.clock())),
            Self::Negative(whole) => whole.value(at)?.checked_neg().ok_or(Failure::Overflow),
            Self::Sum(arithmetic, sides) => {
                let [left, right] = &**sides;
                arithmetic.whole(left.value(at)?, right.value(at)?)
            }
            Self::If(choice) => choice.chosen(at)?.value(at),
            Self::SizeOfText(text) => Ok(i64::try_from(text.value(at)?.chars().count()).unwrap_or(i64::MAX)),
            Self::SizeOfList(list) => {
                let mut size = 0;
                list.visit(at, |_| size += 1)?;
                Ok(size)
            }
            Self::Read(text) => text.value(at)?.parse().map_err(|_| Failure::NotWhole),
            Self::Cut(real) => {
                let real = real.value(at)?;
                // 2^63 and its negative: the language takes neither.
                if real.abs() < 9_223_372_036_854_775_808.0 {
                    #[allow(clippy::cast_possible_truncation, reason = "in range; the fraction is cut")]
                    Ok(real as i64)
                } else {
                    Err(Failure::Overflow)
                }
            }
        }
    }
}

impl Arithmetic {
    fn whole(self, left: i64, right: i64) -> Result<i64, Failure> {
        if right == 0 && matches!(self, Self::Divide | Self::Remainder) {
            return Err(Failure::DivisionByZero);
        }
        let value = match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        };
        value.ok_or(Failure::Overflow)
    }

    fn real(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            // The checker has none of these.
            Self::Remainder => left % right,
        }
    }
}

impl Real {
    fn value(&self, at: &At<'_>) -> Result<f64, Failure> {
        match self {
            Self::Constant(value) => Ok(*value),
            #[allow(clippy::cast_precision_loss, reason = "exact below 2^53; documented")]
            Self::Of(whole) => Ok(whole.value(at)? as f64),
            Self::Negative(real) => Ok(-real.value(at)?),
            Self::Sum(arithmetic, sides) => {
                let [left, right] = &**sides;
                Ok(arithmetic.real(left.value(at)?, right.value(at)?))
            }
            Self::If(choice) => choice.chosen(at)?.value(at),
            Self::Read(text) => text.value(at)?.parse().map_err(|_| Failure::NotNumber),
        }
    }
}

impl Text {
    fn value<'v>(&'v self, at: &'v At<'v>) -> Result<Cow<'v, str>, Failure> {
        Ok(match self {
            Self::Constant(text) => Cow::Borrowed(text),
            Self::Fact(read) => Cow::Borrowed(read(at.facts)),
            Self::Date => Cow::Owned(at.clock().date()),
            Self::Metadata(key) => {
                let found = at.facts.metadata_text(key.value(at)?.as_ref());
                found.ok_or_else(|| match &**key {
                    Self::Constant(key) => Failure::NoKey(Some(key.clone())),
                    _ => Failure::NoKey(None),
                })?
            }
            Self::Item(outwards) => Cow::Borrowed(at.item(*outwards)),
            Self::Element(list, index) => {
                let index = index.value(at)?;
                let (mut length, mut found) = (0_usize, None);
                list.visit(at, |element| {
                    if usize::try_from(index).is_ok_and(|index| index == length) {
                        found = Some(element.to_owned());
                    }
                    length += 1;
                })?;
                Cow::Owned(found.ok_or(Failure::NoElement { index, length })?)
            }
            Self::Join(sides) => {
                let [left, right] = &**sides;
                Cow::Owned(left.value(at)?.into_owned() + right.value(at)?.as_ref())
            }
            Self::If(choice) => choice.chosen(at)?.value(at)?,
        })
    }
}

impl List {
    /// Hands each text to `take`. Fails where one of a given list does.
    fn visit(&self, at: &At<'_>, mut take: impl FnMut(&str)) -> Result<(), Failure> {
        match self {
            Self::Tags => at.facts.tags.iter().for_each(|tag| take(tag)),
            Self::MetadataKeys => at.facts.metadata_keys().for_each(take),
            Self::Given(texts) => {
                for text in texts {
                    take(text.value(at)?.as_ref());
                }
            }
        }
        Ok(())
    }
}
