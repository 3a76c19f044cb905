//! The headers of a message: a name, a type and a value each, one after the other.

/// What a header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderValue<'a> {
    Text(&'a str),
    /// Any other type: its number in the specification, and its bytes.
    Other(u8, &'a [u8]),
}

/// Reads headers in order.
pub(super) struct Headers<'a> {
    rest: &'a [u8],
}

impl<'a> Headers<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Name and value of the next header. Error: what is wrong with it.
    pub(super) fn next(&mut self) -> Result<Option<(&'a str, HeaderValue<'a>)>, &'static str> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let length = usize::from(self.byte()?);
        if length == 0 {
            return Err("a header has no name");
        }
        let name = self.take(length)?;
        let name = std::str::from_utf8(name).map_err(|_| "the name of a header is not UTF-8")?;
        let kind = self.byte()?;
        let length = match kind {
            // True and false are types of their own, without a value.
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            // A whole number, and milliseconds since 1970.
            5 | 8 => 8,
            // Bytes and text say their length.
            6 | 7 => usize::from(u16::from_be_bytes([self.byte()?, self.byte()?])),
            // A UUID.
            9 => 16,
            _ => return Err("the type of a header is unknown"),
        };
        let value = self.take(length)?;
        if kind != 7 {
            return Ok(Some((name, HeaderValue::Other(kind, value))));
        }
        let text = std::str::from_utf8(value).map_err(|_| "the text of a header is not UTF-8")?;
        Ok(Some((name, HeaderValue::Text(text))))
    }

    fn byte(&mut self) -> Result<u8, &'static str> {
        self.take(1).map(|byte| byte.first().copied().unwrap_or_default())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], &'static str> {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return Err("a header is cut off");
        };
        self.rest = rest;
        Ok(taken)
    }
}
