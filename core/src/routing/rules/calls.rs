//! The check of operators and functions.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, operators};

use super::check::{Checked, Checker, Typed, comparison, unknown, wanted};
use super::node::{Affix, Arithmetic, Comparison, If, List, Real, Test, Text, Whole};
use super::show::{show, sign};

/// What can be called. `has` and the quantifiers are the parser's macros, which
/// come here only with a wrong number of arguments.
const FUNCTIONS: [&str; 10] =
    ["size", "startsWith", "endsWith", "contains", "int", "double", "has", "all", "exists", "exists_one"];

fn arithmetic(operator: &str) -> Option<Arithmetic> {
    Some(match operator {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}

impl Checker {
    pub fn call(&mut self, whole: &IdedExpr, call: &CallExpr) -> Checked<Typed> {
        let name = call.func_name.as_str();
        if let Some(target) = &call.target {
            return self.member(whole, target, name, &call.args);
        }
        match (name, call.args.as_slice()) {
            (operators::LOGICAL_NOT, [operand]) => Ok(Typed::Test(Test::Not(Box::new(self.test(operand)?)))),
            (operators::LOGICAL_AND, [left, right]) => {
                Ok(Typed::Test(Test::And(Box::new([self.test(left)?, self.test(right)?]))))
            }
            (operators::LOGICAL_OR, [left, right]) => {
                Ok(Typed::Test(Test::Or(Box::new([self.test(left)?, self.test(right)?]))))
            }
            (operators::NEGATE, [operand]) => match self.typed(operand)? {
                Typed::Whole(number) => Ok(Typed::Whole(Whole::Negative(Box::new(number)))),
                Typed::Real(number) => Ok(Typed::Real(Real::Negative(Box::new(number)))),
                other => Err(wanted(operand, &other, "a number")),
            },
            (operators::CONDITIONAL, [test, then, otherwise]) => self.choice(whole, test, then, otherwise),
            (operators::INDEX, [value, index]) => self.index(whole, value, index),
            (operators::IN, [item, list]) => self.membership(whole, item, list),
            (operator, [left, right]) if comparison(operator).is_some() => {
                let comparison = comparison(operator).unwrap_or(Comparison::Equal);
                let sides = (self.typed(left)?, self.typed(right)?);
                compare(whole, comparison, sides)
            }
            (operator, [left, right]) if arithmetic(operator).is_some() => {
                let arithmetic = arithmetic(operator).unwrap_or(Arithmetic::Add);
                let sides = (self.typed(left)?, self.typed(right)?);
                combine(whole, operator, arithmetic, sides)
            }
            (name, arguments) => self.function(whole, name, arguments),
        }
    }

    fn member(
        &mut self,
        whole: &IdedExpr,
        target: &IdedExpr,
        name: &str,
        arguments: &[IdedExpr],
    ) -> Checked<Typed> {
        let affix = match (name, arguments) {
            ("size", []) => return self.size(target),
            ("startsWith", [_]) => Affix::StartsWith,
            ("endsWith", [_]) => Affix::EndsWith,
            ("contains", [_]) => Affix::Contains,
            _ => return Err(misused(whole, name)),
        };
        match (self.typed(target)?, arguments) {
            (Typed::Text(text), [part]) => {
                Ok(Typed::Test(Test::Affix(affix, Box::new([text, self.text(part)?]))))
            }
            (Typed::List(_), _) if affix == Affix::Contains => {
                Err(format!("`{}`: ask a list with `in`, as 'eu' in tags", show(whole)))
            }
            (other, _) => Err(wanted(target, &other, "a text")),
        }
    }

    fn function(&mut self, whole: &IdedExpr, name: &str, arguments: &[IdedExpr]) -> Checked<Typed> {
        match (name, arguments) {
            ("size", [value]) => self.size(value),
            ("int", [value]) => match self.typed(value)? {
                Typed::Text(text) => Ok(Typed::Whole(Whole::Read(Box::new(text)))),
                Typed::Real(number) => Ok(Typed::Whole(Whole::Cut(Box::new(number)))),
                already @ Typed::Whole(_) => Ok(already),
                other => Err(wanted(value, &other, "a text or a number")),
            },
            ("double", [value]) => match self.typed(value)? {
                Typed::Text(text) => Ok(Typed::Real(Real::Read(Box::new(text)))),
                Typed::Whole(number) => Ok(Typed::Real(Real::Of(Box::new(number)))),
                already @ Typed::Real(_) => Ok(already),
                other => Err(wanted(value, &other, "a text or a number")),
            },
            (name, _) => Err(misused(whole, name)),
        }
    }

    fn size(&mut self, value: &IdedExpr) -> Checked<Typed> {
        Ok(Typed::Whole(match self.typed(value)? {
            Typed::Text(text) => Whole::SizeOfText(Box::new(text)),
            Typed::List(list) => Whole::SizeOfList(list),
            Typed::Metadata => Whole::SizeOfList(List::MetadataKeys),
            other => return Err(wanted(value, &other, "a text, a list of texts or metadata")),
        }))
    }

    fn choice(
        &mut self,
        whole: &IdedExpr,
        test: &IdedExpr,
        then: &IdedExpr,
        otherwise: &IdedExpr,
    ) -> Checked<Typed> {
        let test = self.test(test)?;
        Ok(match (self.typed(then)?, self.typed(otherwise)?) {
            (Typed::Test(then), Typed::Test(otherwise)) => {
                Typed::Test(Test::If(boxed(test, then, otherwise)))
            }
            (Typed::Whole(then), Typed::Whole(otherwise)) => {
                Typed::Whole(Whole::If(boxed(test, then, otherwise)))
            }
            (Typed::Real(then), Typed::Real(otherwise)) => {
                Typed::Real(Real::If(boxed(test, then, otherwise)))
            }
            (Typed::Text(then), Typed::Text(otherwise)) => {
                Typed::Text(Text::If(boxed(test, then, otherwise)))
            }
            (then, otherwise) => {
                return Err(format!(
                    "`{}` chooses between {} and {}; both must be bools, numbers of one kind, or texts",
                    show(whole),
                    then.type_name(),
                    otherwise.type_name()
                ));
            }
        })
    }

    fn index(&mut self, whole: &IdedExpr, value: &IdedExpr, index: &IdedExpr) -> Checked<Typed> {
        match (self.typed(value)?, self.typed(index)?) {
            (Typed::Metadata, Typed::Text(key)) => Ok(Typed::Text(Text::Metadata(Box::new(key)))),
            (Typed::List(list), Typed::Whole(index)) => Ok(Typed::Text(Text::Element(list, Box::new(index)))),
            (value, index) => Err(format!(
                "`{}` asks {} by {}; metadata is asked by a text, a list of texts by a whole number",
                show(whole),
                value.type_name(),
                index.type_name()
            )),
        }
    }

    fn membership(&mut self, whole: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Checked<Typed> {
        match (self.typed(item)?, self.typed(list)?) {
            (Typed::Text(text), Typed::List(list)) => Ok(Typed::Test(Test::TextIn(Box::new(text), list))),
            (Typed::Text(text), Typed::Metadata) => {
                Ok(Typed::Test(Test::TextIn(Box::new(text), List::MetadataKeys)))
            }
            (Typed::Whole(number), Typed::Wholes(list)) => {
                Ok(Typed::Test(Test::WholeIn(Box::new(number), list)))
            }
            (item, list) => Err(format!(
                "`{}` looks for {} in {}; a text is looked for in a list of texts or in metadata (its keys), a \
                 whole number in a list of whole numbers",
                show(whole),
                item.type_name(),
                list.type_name()
            )),
        }
    }
}

fn boxed<T>(test: Test, then: T, otherwise: T) -> Box<If<T>> {
    Box::new(If { test, then, otherwise })
}

fn compare(whole: &IdedExpr, comparison: Comparison, sides: (Typed, Typed)) -> Checked<Typed> {
    use Comparison::{Equal, NotEqual};
    let real = |whole| Real::Of(Box::new(whole));
    Ok(Typed::Test(match sides {
        (Typed::Whole(left), Typed::Whole(right)) => Test::Wholes(comparison, Box::new([left, right])),
        (Typed::Real(left), Typed::Real(right)) => Test::Reals(comparison, Box::new([left, right])),
        (Typed::Whole(left), Typed::Real(right)) => Test::Reals(comparison, Box::new([real(left), right])),
        (Typed::Real(left), Typed::Whole(right)) => Test::Reals(comparison, Box::new([left, real(right)])),
        (Typed::Text(left), Typed::Text(right)) => Test::Texts(comparison, Box::new([left, right])),
        (Typed::Test(left), Typed::Test(right)) if comparison == Equal => Test::Same(Box::new([left, right])),
        (Typed::Test(left), Typed::Test(right)) if comparison == NotEqual => {
            Test::Not(Box::new(Test::Same(Box::new([left, right]))))
        }
        (left, right) => {
            let hint = match (&left, &right) {
                (Typed::Text(_), Typed::Whole(_) | Typed::Real(_))
                | (Typed::Whole(_) | Typed::Real(_), Typed::Text(_)) => "; int(text) reads a number",
                (Typed::List(_), _) | (_, Typed::List(_)) => "; ask a list with `in`, as 'eu' in tags",
                _ => "",
            };
            return Err(format!(
                "`{}` compares {} with {}; numbers, texts and bools are compared with their like, and bools only \
                 with == and !={hint}",
                show(whole),
                left.type_name(),
                right.type_name()
            ));
        }
    }))
}

fn combine(
    whole: &IdedExpr,
    operator: &str,
    arithmetic: Arithmetic,
    sides: (Typed, Typed),
) -> Checked<Typed> {
    match sides {
        (Typed::Whole(left), Typed::Whole(right)) => {
            Ok(Typed::Whole(Whole::Sum(arithmetic, Box::new([left, right]))))
        }
        (Typed::Real(left), Typed::Real(right)) if arithmetic != Arithmetic::Remainder => {
            Ok(Typed::Real(Real::Sum(arithmetic, Box::new([left, right]))))
        }
        (Typed::Text(left), Typed::Text(right)) if arithmetic == Arithmetic::Add => {
            Ok(Typed::Text(Text::Join(Box::new([left, right]))))
        }
        (left, right) => {
            let hint = match (&left, &right) {
                (Typed::Whole(_), Typed::Real(_)) | (Typed::Real(_), Typed::Whole(_)) => {
                    "; double(whole number) makes them of one kind"
                }
                _ => "",
            };
            Err(format!(
                "`{}`: no `{}` of {} and {}; there is + - * / of numbers of one kind, % of whole numbers, and + of \
                 texts{hint}",
                show(whole),
                sign(operator).unwrap_or(operator),
                left.type_name(),
                right.type_name()
            ))
        }
    }
}

/// A call that is none of the known ones, or not called as it must be.
fn misused(whole: &IdedExpr, name: &str) -> String {
    let form = match name {
        "size" => "size(text), size(list) or size(metadata)",
        "startsWith" | "endsWith" | "contains" => "text.startsWith(text), and so endsWith and contains",
        "int" | "double" => "int(text), int(number), double(text) or double(number)",
        "has" => "has(metadata.name)",
        "all" | "exists" | "exists_one" => "list.exists(item, condition), and so all and exists_one",
        "matches" => {
            return "`matches` is not available: use startsWith, endsWith, contains, `in` or ==".into();
        }
        _ => return unknown("function", name, "functions", FUNCTIONS.into_iter()),
    };
    format!("`{}` is not how `{name}` is called; write {form}", show(whole))
}
