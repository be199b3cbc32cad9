//! SQL as the rules read it: without comments, in lower case, one space between words.

/// Lower case, comments gone, runs of white space one space.
pub(super) fn normal(sql: &str) -> String {
    without_comments(sql).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines as they are, comments blanked out.
pub(super) fn without_comments(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut in_block = false;
    for line in sql.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            if in_block {
                let Some(end) = rest.find("*/") else { break };
                in_block = false;
                rest = &rest[end + 2..];
                continue;
            }
            let line_comment = rest.find("--").unwrap_or(rest.len());
            let block = rest.find("/*").unwrap_or(rest.len());
            text.push_str(&rest[..line_comment.min(block)]);
            if block < line_comment {
                in_block = true;
                rest = &rest[block + 2..];
            } else {
                break;
            }
        }
        text.push('\n');
    }
    text
}

/// Whether `word` stands in `text` with no identifier character at its sides.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        !text[..start].ends_with(part_of_name) && !text[start + word.len()..].starts_with(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_vanish_and_lines_stay() {
        let sql = "select 1 -- now()\n/* a\nnow() */ , 2";
        assert_eq!(without_comments(sql), "select 1 \n\n , 2\n");
        assert_eq!(normal(sql), "select 1 , 2");
    }

    #[test]
    fn a_word_is_not_a_part_of_a_name() {
        assert!(has_word("a = now()", "now("));
        assert!(!has_word("a = omoi_now()", "now("));
        assert!(has_word("x current_date y", "current_date"));
        assert!(!has_word("my_current_dates", "current_date"));
    }
}
