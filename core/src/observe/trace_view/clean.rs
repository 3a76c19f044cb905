//! Takes out of texts what would do something to a terminal or a page rather than be read.

use super::View;

/// Characters of one text that are shown.
const MOST_CHARACTERS: usize = 300;

impl View {
    /// Every text without control characters, direction marks and line breaks, and not too long.
    pub(super) fn cleaned(mut self) -> Self {
        clean(&mut self.heading);
        self.notes.iter_mut().for_each(clean);
        for table in &mut self.tables {
            for row in &mut table.rows {
                row.cells.iter_mut().chain(&mut row.remark).for_each(clean);
            }
        }
        self
    }
}

fn clean(text: &mut String) {
    let harmless = |character: char| !(character.is_control() || moves_text(character));
    if text.len() <= MOST_CHARACTERS && text.chars().all(harmless) {
        return;
    }
    let mut characters = text.chars();
    let mut cleaned = String::with_capacity(text.len().min(MOST_CHARACTERS * 4));
    for character in characters.by_ref().take(MOST_CHARACTERS) {
        match character {
            '\n' | '\r' | '\t' => cleaned.push(' '),
            _ if harmless(character) => cleaned.push(character),
            _ => cleaned.extend(character.escape_unicode()),
        }
    }
    let more = characters.count();
    if more > 0 {
        cleaned.push_str(&format!("… ({more} more characters)"));
    }
    *text = cleaned;
}

/// Marks that change the direction or the lines of what stands around them
/// (Unicode Standard Annex 9, section 2, and the line and paragraph separators),
/// and those that have no width.
const fn moves_text(character: char) -> bool {
    matches!(
        character,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
