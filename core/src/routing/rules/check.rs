//! From a syntax tree to a checked one: names, types, and what is not allowed.
//!
//! The check is the translation: what it cannot give a type has no node. Each
//! message names the part that is wrong and what is allowed there.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators};

use super::node::{List, Quantifier, Real, Test, Text, Whole};
use super::show::show;
use super::variable::{Read, TIME, find, names};
use crate::nearest::nearest;

/// Operators within operators. Each level costs stack, here and in evaluation.
const DEEPEST: usize = 64;

/// A checked part and its type.
pub(super) enum Typed {
    Test(Test),
    Whole(Whole),
    Real(Real),
    Text(Text),
    List(List),
    Wholes(Vec<Whole>),
    Metadata,
}

impl Typed {
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Test(_) => "a bool",
            Self::Whole(_) => "a whole number",
            Self::Real(_) => "a number with a fraction",
            Self::Text(_) => "a text",
            Self::List(_) => "a list of texts",
            Self::Wholes(_) => "a list of whole numbers",
            Self::Metadata => "a map of texts",
        }
    }
}

/// What is wrong, in a sentence.
pub(super) type Checked<T> = Result<T, String>;

/// A rule's condition, and the names of the variables that it reads.
pub(super) fn check(expression: &IdedExpr) -> Checked<(Test, BTreeSet<&'static str>)> {
    let mut checker = Checker::default();
    let test = match checker.typed(expression)? {
        Typed::Test(test) => test,
        other => {
            let hint = match other {
                Typed::Whole(_) => format!("; write `{} > 0`", show(expression)),
                Typed::Text(_) => format!("; write `{} != ''`", show(expression)),
                _ => String::new(),
            };
            return Err(format!(
                "`{}` is {}, where a rule must be a bool{hint}",
                show(expression),
                other.type_name()
            ));
        }
    };
    Ok((test, checker.reads))
}

#[derive(Default)]
pub(super) struct Checker {
    /// Names of the items of the quantifiers around, innermost last.
    items: Vec<String>,
    depth: usize,
    reads: BTreeSet<&'static str>,
}

impl Checker {
    pub fn typed(&mut self, expression: &IdedExpr) -> Checked<Typed> {
        if self.depth >= DEEPEST {
            return Err(format!(
                "is nested more than {DEEPEST} levels deep; use several rules, or a list with `in`"
            ));
        }
        self.depth += 1;
        let typed = match &expression.expr {
            Expr::Ident(name) => self.variable(name),
            Expr::Literal(literal) => constant(literal),
            Expr::Select(select) => self.field(expression, select),
            Expr::Call(call) => self.call(expression, call),
            Expr::List(list) => self.list(&list.elements),
            Expr::Comprehension(each) => self.quantified(each),
            Expr::Map(_) | Expr::Struct(_) => Err("a map cannot be written in a rule".into()),
            Expr::Unspecified => Err("does not parse".into()),
        };
        self.depth -= 1;
        typed
    }

    fn variable(&mut self, name: &str) -> Checked<Typed> {
        if let Some(outwards) = self.items.iter().rev().position(|item| item == name) {
            return Ok(Typed::Text(Text::Item(outwards)));
        }
        if name == TIME {
            let fields: Vec<String> =
                names().filter(|name| is_of_time(name)).map(|name| format!("`{name}`")).collect();
            return Err(format!("`time` alone is no value; there are {}", fields.join(", ")));
        }
        let Some(variable) = find(name) else {
            return Err(unknown("variable", name, "variables", names()));
        };
        self.reads.insert(variable.name);
        Ok(match variable.read {
            Read::Text(read) => Typed::Text(Text::Fact(read)),
            Read::Date => Typed::Text(Text::Date),
            Read::Whole(read) => Typed::Whole(Whole::Fact(read)),
            Read::Time(read) => Typed::Whole(Whole::Time(read)),
            Read::Test(read) => Typed::Test(Test::Fact(read)),
            Read::Tags => Typed::List(List::Tags),
            Read::Metadata => Typed::Metadata,
        })
    }

    fn field(&mut self, expression: &IdedExpr, select: &SelectExpr) -> Checked<Typed> {
        let of_time = matches!(&select.operand.expr, Expr::Ident(name) if name == TIME)
            && !self.items.iter().any(|item| item == TIME);
        if of_time && !select.test {
            return self.variable(&format!("{TIME}.{}", select.field));
        }
        let operand = if of_time { None } else { Some(self.typed(&select.operand)?) };
        let key = Text::Constant(select.field.clone());
        match operand {
            Some(Typed::Metadata) if select.test => {
                Ok(Typed::Test(Test::TextIn(Box::new(key), List::MetadataKeys)))
            }
            Some(Typed::Metadata) => Ok(Typed::Text(Text::Metadata(Box::new(key)))),
            _ if select.test => Err(format!(
                "`{}`: has() asks for an entry of metadata, as has(metadata.team)",
                show(expression)
            )),
            Some(other) => Err(format!(
                "`{}`: `{}` is {}, which has no fields; metadata has",
                show(expression),
                show(&select.operand),
                other.type_name()
            )),
            None => Err(format!("`{}` is no value", show(expression))),
        }
    }

    fn list(&mut self, elements: &[IdedExpr]) -> Checked<Typed> {
        let (mut texts, mut wholes) = (Vec::new(), Vec::new());
        for element in elements {
            match self.typed(element)? {
                Typed::Text(text) if wholes.is_empty() => texts.push(text),
                Typed::Whole(whole) if texts.is_empty() => wholes.push(whole),
                other => {
                    return Err(format!(
                        "`{}` is {}: a list has texts alone or whole numbers alone",
                        show(element),
                        other.type_name()
                    ));
                }
            }
        }
        Ok(if wholes.is_empty() { Typed::List(List::Given(texts)) } else { Typed::Wholes(wholes) })
    }

    /// The parser has expanded the macro; what it was shows in how it starts and goes on.
    fn quantified(&mut self, each: &ComprehensionExpr) -> Checked<Typed> {
        let steps = match &each.loop_step.expr {
            Expr::Call(call) => call.args.as_slice(),
            _ => &[],
        };
        let (quantifier, test) = match (&each.accu_init.expr, steps) {
            (Expr::Literal(LiteralValue::Boolean(all)), [_, test]) if *all.inner() => (Quantifier::All, test),
            (Expr::Literal(LiteralValue::Boolean(_)), [_, test]) => (Quantifier::Exists, test),
            (Expr::Literal(LiteralValue::Int(_)), [test, ..]) => (Quantifier::ExistsOne, test),
            _ => {
                return Err(
                    "`map` and `filter` are not available; there are `all`, `exists`, `exists_one`".into()
                );
            }
        };
        let list = match self.typed(&each.iter_range)? {
            Typed::List(list) => list,
            Typed::Metadata => List::MetadataKeys,
            other => {
                return Err(format!(
                    "`{}` is {}, where a list of texts or metadata (its keys) is wanted",
                    show(&each.iter_range),
                    other.type_name()
                ));
            }
        };
        self.items.push(each.iter_var.clone());
        let test = self.test(test);
        self.items.pop();
        Ok(Typed::Test(Test::Each(quantifier, list, Box::new(test?))))
    }

    pub fn test(&mut self, expression: &IdedExpr) -> Checked<Test> {
        match self.typed(expression)? {
            Typed::Test(test) => Ok(test),
            other => Err(wanted(expression, &other, "a bool")),
        }
    }

    pub fn text(&mut self, expression: &IdedExpr) -> Checked<Text> {
        match self.typed(expression)? {
            Typed::Text(text) => Ok(text),
            other => Err(wanted(expression, &other, "a text")),
        }
    }
}

pub(super) fn wanted(expression: &IdedExpr, got: &Typed, allowed: &str) -> String {
    format!("`{}` is {}, where {allowed} is wanted", show(expression), got.type_name())
}

pub(super) fn unknown<'n>(
    what: &str,
    name: &str,
    all: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> String {
    let near = nearest(name, known.clone());
    if near.is_empty() {
        let known: Vec<&str> = known.collect();
        format!("unknown {what} `{name}`; the {all} are {}", known.join(", "))
    } else {
        format!("unknown {what} `{name}`; did you mean {}?", near.join(" or "))
    }
}

fn is_of_time(name: &str) -> bool {
    name.strip_prefix(TIME).is_some_and(|rest| rest.starts_with('.'))
}

fn constant(literal: &LiteralValue) -> Checked<Typed> {
    match literal {
        LiteralValue::Boolean(value) => Ok(Typed::Test(Test::Constant(*value.inner()))),
        LiteralValue::Int(value) => Ok(Typed::Whole(Whole::Constant(*value.inner()))),
        LiteralValue::Double(value) => Ok(Typed::Real(Real::Constant(*value.inner()))),
        LiteralValue::String(value) => Ok(Typed::Text(Text::Constant(value.inner().to_owned()))),
        LiteralValue::UInt(_) => Err("write whole numbers without `u`".into()),
        LiteralValue::Bytes(_) => Err("bytes (`b'…'`) are not available; write a text".into()),
        LiteralValue::Null => Err("`null` is not available: what was not said is empty, 0 or false".into()),
    }
}

/// Operators are named as in the syntax tree.
pub(super) fn comparison(operator: &str) -> Option<super::node::Comparison> {
    use super::node::Comparison as C;
    Some(match operator {
        operators::EQUALS => C::Equal,
        operators::NOT_EQUALS => C::NotEqual,
        operators::LESS => C::Less,
        operators::LESS_EQUALS => C::LessOrEqual,
        operators::GREATER => C::Greater,
        operators::GREATER_EQUALS => C::GreaterOrEqual,
        _ => return None,
    })
}
