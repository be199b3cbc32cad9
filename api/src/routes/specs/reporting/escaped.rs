//! Words of others in Markdown: titles, requirements, reasons and commands were written by whoever wrote them. In a line nobody begins
//! another one, nothing of it is Markdown or HTML, and no address becomes a link.

/// Words in a line.
pub(super) fn text(words: &str) -> String {
    let one_line = one_line(words);
    let mut said = String::with_capacity(one_line.len());
    let mut before = ' ';
    for (at, c) in one_line.char_indices() {
        let special = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&' | '~'
            | '$' | '@' => true,
            // A list, or a heading, where a line begins with it.
            '-' | '+' | '=' => at == 0,
            '.' | ')' => begins_list(&one_line[..at]) || ends_with_www(&one_line[..at]),
            // What readers of Markdown make a link of, without brackets.
            '/' => before == ':',
            _ => false,
        };
        if special {
            said.push('\\');
        }
        said.push(c);
        before = c;
    }
    said
}

/// Whether a dot or a bracket after it makes it the number of an entry: at most nine digits.
fn begins_list(before: &str) -> bool {
    before.len() <= 9 && before.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_with_www(before: &str) -> bool {
    before.as_bytes().last_chunk::<3>().is_some_and(|end| end.eq_ignore_ascii_case(b"www"))
}

/// Code in a line, with as many backticks around it as it needs.
pub(super) fn code(words: &str) -> String {
    let one_line = one_line(words);
    let longest = one_line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let room = if one_line.starts_with('`') || one_line.ends_with('`') { " " } else { "" };
    format!("{fence}{room}{one_line}{room}{fence}")
}

/// Code in a cell of a table: a bar would end the cell, inside of code too.
pub(super) fn code_in_cell(words: &str) -> String {
    code(words).replace('|', "\\|")
}

/// In one line, without what moves a cursor, colours a screen or turns the reading direction.
fn one_line(words: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean: String = words
        .chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if harmful(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect();
    let parts: Vec<&str> = clean.split(' ').filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_is_markdown_or_html() {
        for (words, said) in [
            ("Save *all* filters_now", "Save \\*all\\* filters\\_now"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("![x](http://evil.example/p.png)", "\\!\\[x\\](http:\\//evil.example/p.png)"),
            ("a | b", "a \\| b"),
            ("see https://evil.example", "see https:\\//evil.example"),
            ("www.evil.example", "www\\.evil.example"),
            ("ada@evil.example", "ada\\@evil.example"),
            ("# One\n# Two", "\\# One \\# Two"),
            ("- a", "\\- a"),
            ("1. a", "1\\. a"),
            ("12) a", "12\\) a"),
            ("=== a", "\\=== a"),
            ("TSK-001, 2.5 hours.", "TSK-001, 2.5 hours."),
            ("a\u{1b}[31mb\u{202e}c\r\n\td", "a\u{fffd}\\[31mb\u{fffd}c d"),
            ("\\", "\\\\"),
        ] {
            assert_eq!(text(words), said, "{words:?}");
        }
    }

    #[test]
    fn code_holds_whatever_is_in_it() {
        assert_eq!(code("cargo test"), "`cargo test`");
        assert_eq!(code("echo `date`"), "`` echo `date` ``");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("one\ntwo"), "`one two`");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
    }
}
