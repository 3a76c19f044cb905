//! Conditions on a response: whether it is an error, and which.
//!
//! In the Common Expression Language, as the rules of routes are; but what they look at is JSON
//! whose types nobody knows beforehand, so that a wrong type is found when it is met: the condition
//! then fails, which means that it does not hold. As the language has it, `&&`, `||` and the
//! quantifiers do not fail where what does not fail decides.
//!
//! | variable | what it is |
//! | --- | --- |
//! | `status` | the HTTP status |
//! | `body` | the body: JSON, else a text; null without one |
//! | `headers` | names in lower case to texts |
//!
//! `&&` `||` `!` `==` `!=` `<` `<=` `>` `>=` `in`, `a.b`, `a['b']`, `a[0]`, `has(a.b)`, `size(a)`,
//! `a.startsWith(t)`, `a.endsWith(t)`, `a.contains(t)`, `a.exists(x, …)`, `a.all(x, …)`.

use std::borrow::Cow;
use std::cmp::Ordering;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators};
use serde_json::{Map, Value};

use crate::expressions::parse;
use crate::nearest::nearest;

const VARIABLES: [&str; 3] = ["status", "body", "headers"];

/// Operators within operators. Each level costs stack.
const DEEPEST: usize = 64;

/// What a condition looks at.
pub struct Seen {
    pub status: Value,
    pub body: Value,
    pub headers: Value,
}

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Condition(Term);

#[derive(Clone, Debug)]
enum Term {
    Constant(Value),
    Status,
    Body,
    Headers,
    /// Of the quantifier so many levels outwards.
    Item(usize),
    List(Vec<Term>),
    Field(Box<Term>, String),
    Has(Box<Term>, String),
    Index(Box<[Term; 2]>),
    Not(Box<Term>),
    And(Box<[Term; 2]>),
    Or(Box<[Term; 2]>),
    Compare(fn(Ordering) -> bool, Box<[Term; 2]>),
    Equal(bool, Box<[Term; 2]>),
    In(Box<[Term; 2]>),
    Size(Box<Term>),
    Affix(fn(&str, &str) -> bool, Box<[Term; 2]>),
    /// Whether all must hold, over what, and what.
    Each(bool, Box<[Term; 2]>),
}

impl Condition {
    /// Errors: what is wrong, in a sentence.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut checker = Checker { items: Vec::new(), depth: 0 };
        Ok(Self(checker.term(&parse(text)?)?))
    }

    /// Whether it holds. What cannot be evaluated does not.
    #[must_use]
    pub fn holds(&self, seen: &Seen) -> bool {
        self.0.holds(&At { seen, item: None }) == Some(true)
    }
}

struct Checker {
    /// Names of the items of the quantifiers around, innermost last.
    items: Vec<String>,
    depth: usize,
}

impl Checker {
    fn term(&mut self, expression: &IdedExpr) -> Result<Term, String> {
        if self.depth >= DEEPEST {
            return Err(format!("is nested more than {DEEPEST} levels deep; use several entries"));
        }
        self.depth += 1;
        let term = match &expression.expr {
            Expr::Ident(name) => self.variable(name)?,
            Expr::Literal(literal) => Term::Constant(constant(literal)?),
            Expr::Select(select) => {
                let operand = Box::new(self.term(&select.operand)?);
                let field = select.field.clone();
                if select.test { Term::Has(operand, field) } else { Term::Field(operand, field) }
            }
            Expr::List(list) => {
                Term::List(list.elements.iter().map(|element| self.term(element)).collect::<Result<_, _>>()?)
            }
            Expr::Call(call) => self.call(call)?,
            Expr::Comprehension(each) => self.quantified(each)?,
            Expr::Map(_) | Expr::Struct(_) => return Err("a map cannot be written in a condition".into()),
            Expr::Unspecified => return Err("does not parse".into()),
        };
        self.depth -= 1;
        Ok(term)
    }

    fn variable(&self, name: &str) -> Result<Term, String> {
        if let Some(outwards) = self.items.iter().rev().position(|item| item == name) {
            return Ok(Term::Item(outwards));
        }
        match name {
            "status" => Ok(Term::Status),
            "body" => Ok(Term::Body),
            "headers" => Ok(Term::Headers),
            other => Err(match nearest(other, VARIABLES.into_iter()).first() {
                Some(near) => format!("unknown variable `{other}`; did you mean {near}?"),
                None => format!("unknown variable `{other}`; the variables are {}", VARIABLES.join(", ")),
            }),
        }
    }

    fn both(&mut self, left: &IdedExpr, right: &IdedExpr) -> Result<Box<[Term; 2]>, String> {
        Ok(Box::new([self.term(left)?, self.term(right)?]))
    }

    fn call(&mut self, call: &CallExpr) -> Result<Term, String> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            let affix: fn(&str, &str) -> bool = match (name, call.args.as_slice()) {
                ("size", []) => return Ok(Term::Size(Box::new(self.term(target)?))),
                ("startsWith", [_]) => |whole, part| whole.starts_with(part),
                ("endsWith", [_]) => |whole, part| whole.ends_with(part),
                ("contains", [_]) => |whole, part| whole.contains(part),
                _ => return Err(no_function(name)),
            };
            let [part] = call.args.as_slice() else { return Err(no_function(name)) };
            return Ok(Term::Affix(affix, self.both(target, part)?));
        }
        let compare: fn(Ordering) -> bool = match (name, call.args.as_slice()) {
            (operators::LOGICAL_NOT, [operand]) => return Ok(Term::Not(Box::new(self.term(operand)?))),
            (operators::LOGICAL_AND, [left, right]) => return Ok(Term::And(self.both(left, right)?)),
            (operators::LOGICAL_OR, [left, right]) => return Ok(Term::Or(self.both(left, right)?)),
            (operators::INDEX, [value, index]) => return Ok(Term::Index(self.both(value, index)?)),
            (operators::IN, [item, list]) => return Ok(Term::In(self.both(item, list)?)),
            (operators::EQUALS, [left, right]) => return Ok(Term::Equal(true, self.both(left, right)?)),
            (operators::NOT_EQUALS, [left, right]) => return Ok(Term::Equal(false, self.both(left, right)?)),
            ("size", [value]) => return Ok(Term::Size(Box::new(self.term(value)?))),
            (operators::NEGATE, [operand]) => match self.term(operand)? {
                Term::Constant(Value::Number(number)) => {
                    let negative = number.as_i64().and_then(i64::checked_neg).map(Value::from);
                    let negative = negative.or_else(|| number.as_f64().map(|number| Value::from(-number)));
                    return Ok(Term::Constant(negative.unwrap_or_default()));
                }
                _ => return Err("only a number that is written out can have a minus".into()),
            },
            (operators::LESS, [_, _]) => Ordering::is_lt,
            (operators::LESS_EQUALS, [_, _]) => Ordering::is_le,
            (operators::GREATER, [_, _]) => Ordering::is_gt,
            (operators::GREATER_EQUALS, [_, _]) => Ordering::is_ge,
            _ => return Err(no_function(name)),
        };
        let [left, right] = call.args.as_slice() else { return Err(no_function(name)) };
        Ok(Term::Compare(compare, self.both(left, right)?))
    }

    /// The parser has expanded the macro; what it was shows in how it starts and goes on.
    fn quantified(&mut self, each: &ComprehensionExpr) -> Result<Term, String> {
        let steps = match &each.loop_step.expr {
            Expr::Call(call) => call.args.as_slice(),
            _ => &[],
        };
        let (all, test) = match (&each.accu_init.expr, steps) {
            (Expr::Literal(LiteralValue::Boolean(all)), [_, test]) => (*all.inner(), test),
            _ => return Err("of quantifiers there are `all` and `exists`".into()),
        };
        let list = self.term(&each.iter_range)?;
        self.items.push(each.iter_var.clone());
        let test = self.term(test);
        self.items.pop();
        Ok(Term::Each(all, Box::new([list, test?])))
    }
}

fn no_function(name: &str) -> String {
    format!(
        "`{}` is not available here; there are && || ! == != < <= > >= in, has(a.b), size(a), \
         a.startsWith(t), a.endsWith(t), a.contains(t), a.exists(x, …) and a.all(x, …)",
        name.trim_matches(['_', '@'])
    )
}

fn constant(literal: &LiteralValue) -> Result<Value, String> {
    Ok(match literal {
        LiteralValue::Boolean(value) => Value::Bool(*value.inner()),
        LiteralValue::Int(value) => Value::from(*value.inner()),
        LiteralValue::Double(value) => Value::from(*value.inner()),
        LiteralValue::String(value) => Value::String(value.inner().to_owned()),
        LiteralValue::Null => Value::Null,
        LiteralValue::UInt(_) => return Err("write whole numbers without `u`".into()),
        LiteralValue::Bytes(_) => return Err("bytes (`b'…'`) are not available; write a text".into()),
    })
}

/// Where a condition is evaluated.
struct At<'e> {
    seen: &'e Seen,
    /// The item of the innermost quantifier, and where that stands.
    item: Option<(&'e Value, &'e At<'e>)>,
}

impl<'e> At<'e> {
    fn item(&self, outwards: usize) -> Option<&'e Value> {
        let (item, outer) = self.item?;
        if outwards == 0 { Some(item) } else { outer.item(outwards - 1) }
    }
}

/// None: it cannot be evaluated.
impl Term {
    fn value<'t>(&'t self, at: &At<'t>) -> Option<Cow<'t, Value>> {
        Some(match self {
            Self::Constant(value) => Cow::Borrowed(value),
            Self::Status => Cow::Borrowed(&at.seen.status),
            Self::Body => Cow::Borrowed(&at.seen.body),
            Self::Headers => Cow::Borrowed(&at.seen.headers),
            Self::Item(outwards) => Cow::Borrowed(at.item(*outwards)?),
            Self::List(items) => {
                let items: Option<Vec<Value>> =
                    items.iter().map(|item| Some(item.value(at)?.into_owned())).collect();
                Cow::Owned(Value::Array(items?))
            }
            Self::Field(of, name) => part(of.value(at)?, &Value::String(name.clone()))?,
            Self::Index(sides) => {
                let [of, index] = &**sides;
                part(of.value(at)?, &*index.value(at)?)?
            }
            Self::Size(of) => Cow::Owned(Value::from(match &*of.value(at)? {
                Value::String(text) => text.chars().count(),
                Value::Array(items) => items.len(),
                Value::Object(fields) => fields.len(),
                _ => return None,
            })),
            _ => Cow::Owned(Value::Bool(self.holds(at)?)),
        })
    }

    fn holds(&self, at: &At<'_>) -> Option<bool> {
        match self {
            Self::Not(term) => Some(!term.holds(at)?),
            Self::And(sides) => decided(sides.iter().map(|side| side.holds(at)), false),
            Self::Or(sides) => decided(sides.iter().map(|side| side.holds(at)), true),
            Self::Has(of, name) => match &*of.value(at)? {
                Value::Object(fields) => Some(fields.contains_key(name)),
                _ => None,
            },
            Self::Equal(wanted, sides) => {
                let [left, right] = &**sides;
                Some(is_equal(&*left.value(at)?, &*right.value(at)?) == *wanted)
            }
            Self::Compare(compare, sides) => {
                let [left, right] = &**sides;
                Some(compare(order(&*left.value(at)?, &*right.value(at)?)?))
            }
            Self::In(sides) => {
                let [item, list] = &**sides;
                let item = item.value(at)?;
                match &*list.value(at)? {
                    Value::Array(items) => Some(items.iter().any(|other| is_equal(&item, other))),
                    Value::Object(fields) => Some(fields.contains_key(item.as_str()?)),
                    _ => None,
                }
            }
            Self::Affix(affix, sides) => {
                let [whole, part] = &**sides;
                Some(affix(whole.value(at)?.as_str()?, part.value(at)?.as_str()?))
            }
            Self::Each(all, sides) => {
                let [list, test] = &**sides;
                let list = list.value(at)?;
                let Value::Array(items) = &*list else { return None };
                let results = items.iter().map(|item| {
                    let at = At { seen: at.seen, item: Some((item, at)) };
                    test.holds(&at)
                });
                decided(results, !all)
            }
            other => other.value(at)?.as_bool(),
        }
    }
}

/// `decisive` where one of them is, whatever the others; else its contrary, unless one failed.
fn decided(results: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let mut failed = false;
    for result in results {
        match result {
            Some(result) if result == decisive => return Some(decisive),
            Some(_) => {}
            None => failed = true,
        }
    }
    (!failed).then_some(!decisive)
}

fn part<'t>(of: Cow<'t, Value>, index: &Value) -> Option<Cow<'t, Value>> {
    fn get<'v>(of: &'v Value, index: &Value) -> Option<&'v Value> {
        match (of, index) {
            (Value::Object(fields), Value::String(name)) => fields.get(name),
            (Value::Array(items), Value::Number(number)) => {
                items.get(usize::try_from(number.as_u64()?).ok()?)
            }
            _ => None,
        }
    }
    match of {
        Cow::Borrowed(of) => get(of, index).map(Cow::Borrowed),
        Cow::Owned(of) => get(&of, index).cloned().map(Cow::Owned),
    }
}

fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => order(left, right) == Some(Ordering::Equal),
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// The headers of a response as a condition sees them.
#[must_use]
pub fn seen_headers(headers: &http::HeaderMap) -> Value {
    let texts = headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), Value::String(value.to_str().ok()?.to_owned())))
    });
    Value::Object(texts.collect::<Map<_, _>>())
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
