//! From the text of a condition to the syntax tree of the crate `cel`: of a rule of a route, or of
//! an error of a declared operation. What the tree means there is theirs to say.
//!
//! The crate parses; its interpreter is not used: with it the crate adds 572 kB to
//! a released library instead of 141 (x86-64, version 0.15.0), it takes its
//! variables by name in a map for each request, and it can fail in ways that a
//! checked tree cannot. Of its two parsers this is the one without the ANTLR
//! runtime, with which the crate would add 1,589 kB. Fuzzing found no panic in it; should
//! there be one, it is an error of configuration and nothing worse.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cel::IdedExpr;
use cel::parser::PrattParser;

/// Bytes of an expression. It bounds the depth of the trees that the parser
/// builds without recursion, and so the stack that dropping one takes.
const LONGEST: usize = 4_096;

/// Brackets within brackets. Each level costs the parser some kilobytes of stack.
const DEEPEST: u16 = 24;

/// Errors: what is wrong, in a sentence.
pub(crate) fn parse(source: &str) -> Result<IdedExpr, String> {
    if source.trim().is_empty() {
        return Err("is empty; write `true` for one that always holds".into());
    }
    if source.len() > LONGEST {
        return Err(format!("has {} bytes; at most {LONGEST} are allowed", source.len()));
    }
    let parser = PrattParser::new().max_recursion_depth(DEEPEST).error_reporting_limit(1);
    match catch_unwind(AssertUnwindSafe(|| parser.parse(source))) {
        Ok(Ok(expression)) => Ok(expression),
        Ok(Err(errors)) => Err(errors.errors.first().map_or_else(
            || "does not parse".into(),
            |error| {
                let (line, column) = error.pos;
                let place =
                    if line > 0 { format!(" at line {line}, column {column}") } else { String::new() };
                format!("does not parse: {}{place}", error.msg)
            },
        )),
        Err(_) => Err("does not parse: its parser failed on it".into()),
    }
}
