//! A syntax tree as text again, for messages: the part that is wrong.

use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue, operators};

/// How the operators with two operands are written.
const BINARY: [(&str, &str); 14] = [
    (operators::LOGICAL_AND, "&&"),
    (operators::LOGICAL_OR, "||"),
    (operators::EQUALS, "=="),
    (operators::NOT_EQUALS, "!="),
    (operators::LESS, "<"),
    (operators::LESS_EQUALS, "<="),
    (operators::GREATER, ">"),
    (operators::GREATER_EQUALS, ">="),
    (operators::ADD, "+"),
    (operators::SUBSTRACT, "-"),
    (operators::MULTIPLY, "*"),
    (operators::DIVIDE, "/"),
    (operators::MODULO, "%"),
    (operators::IN, "in"),
];

/// The sign of an operator.
pub(super) fn sign(operator: &str) -> Option<&'static str> {
    BINARY.iter().find(|(name, _)| *name == operator).map(|(_, sign)| *sign)
}

/// Characters shown; a message need not repeat a long rule.
const LONGEST: usize = 60;

pub(super) fn show(expression: &IdedExpr) -> String {
    let mut text = String::new();
    write(expression, &mut text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn write(expression: &IdedExpr, text: &mut String) {
    if text.len() > LONGEST * 4 {
        return;
    }
    match &expression.expr {
        Expr::Ident(name) => text.push_str(name),
        Expr::Literal(literal) => text.push_str(&write_literal(literal)),
        Expr::Select(select) => {
            text.push_str(if select.test { "has(" } else { "" });
            write(&select.operand, text);
            text.push('.');
            text.push_str(&select.field);
            text.push_str(if select.test { ")" } else { "" });
        }
        Expr::List(list) => write_all("[", &list.elements, "]", text),
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [operand]) => write_all("!(", std::slice::from_ref(operand), ")", text),
            (operators::NEGATE, [operand]) => write_all("-(", std::slice::from_ref(operand), ")", text),
            (operators::INDEX, [value, index]) => {
                write(value, text);
                write_all("[", std::slice::from_ref(index), "]", text);
            }
            (operators::CONDITIONAL, [test, then, otherwise]) => {
                for (before, part) in [("", test), (" ? ", then), (" : ", otherwise)] {
                    text.push_str(before);
                    write(part, text);
                }
            }
            (operator, [left, right]) if sign(operator).is_some() => {
                write(left, text);
                text.push(' ');
                text.push_str(sign(operator).unwrap_or_default());
                text.push(' ');
                write(right, text);
            }
            (name, arguments) => {
                if let Some(target) = &call.target {
                    write(target, text);
                    text.push('.');
                }
                text.push_str(name);
                write_all("(", arguments, ")", text);
            }
        },
        // What a macro such as `exists` was expanded to.
        Expr::Comprehension(each) => {
            write(&each.iter_range, text);
            text.push_str(".…(");
            text.push_str(&each.iter_var);
            text.push_str(", …)");
        }
        Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => text.push('…'),
    }
}

fn write_all(open: &str, items: &[IdedExpr], close: &str, text: &mut String) {
    text.push_str(open);
    for (index, item) in items.iter().enumerate() {
        text.push_str(if index > 0 { ", " } else { "" });
        write(item, text);
    }
    text.push_str(close);
}

fn write_literal(literal: &LiteralValue) -> String {
    match literal {
        LiteralValue::Boolean(value) => value.inner().to_string(),
        LiteralValue::Int(value) => value.inner().to_string(),
        LiteralValue::Double(value) => format!("{:?}", value.inner()),
        LiteralValue::String(value) => format!("'{}'", value.inner()),
        LiteralValue::UInt(_) => "…u".into(),
        LiteralValue::Bytes(_) => "b'…'".into(),
        LiteralValue::Null => "null".into(),
    }
}
