//! What objects hold that are text.

use std::collections::{BTreeSet, HashMap};

use ports::git::{Content, GitError};

use crate::git::GitCli;
use crate::git::read::content;
use crate::git::run::Call;
use crate::git::work::keep::good;

/// So much is held in memory at once, whatever is asked for.
pub(super) const MAX_TEXTS_BYTES: usize = 32 << 20;
/// The line before each, and the end of the one after it.
const AROUND_BYTES: usize = 200;

impl GitCli {
    /// The texts of these objects, but for those that are longer than that.
    pub(super) async fn texts(
        &self,
        call: Call,
        objects: &BTreeSet<&str>,
        max_bytes: u64,
    ) -> Result<HashMap<String, String>, GitError> {
        let asked: String = objects.iter().flat_map(|object| [object, "\n"]).collect();
        let sizes = call.clone().args(["cat-file", "--buffer", "--batch-check=%(objectsize)"]);
        let answer = good(self.run(sizes.stdin(asked.into_bytes())).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        let (mut asked, mut room) = (String::new(), MAX_TEXTS_BYTES);
        for (object, size) in objects.iter().zip(said.lines()) {
            // `NAME missing` is no number.
            let Some(bytes) = size.parse::<u64>().ok().filter(|bytes| *bytes <= max_bytes) else { continue };
            let taken = usize::try_from(bytes).unwrap_or(usize::MAX).saturating_add(AROUND_BYTES);
            if let Some(left) = room.checked_sub(taken) {
                room = left;
                asked.extend([object, "\n"]);
            }
        }
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        let read = call.args(["cat-file", "--buffer", "--batch"]).stdin(asked.into_bytes());
        let answer = good(self.run(read.at_most_bytes(MAX_TEXTS_BYTES)).await?)?;
        Ok(texts(&answer.stdout, max_bytes))
    }
}

/// `OBJECT blob SIZE`, a line break, the content, a line break; and so on.
fn texts(mut said: &[u8], max_bytes: u64) -> HashMap<String, String> {
    let mut texts = HashMap::new();
    while let Some(end) = said.iter().position(|byte| *byte == b'\n') {
        let header = String::from_utf8_lossy(&said[..end]).into_owned();
        let mut words = header.split(' ');
        let (object, size) = (words.next(), words.nth(1).and_then(|size| size.parse::<usize>().ok()));
        let (Some(object), Some(size)) = (object, size) else { break };
        if let Content::Text(text) = content(said, max_bytes) {
            texts.insert(object.to_owned(), text);
        }
        said = said.get(end + size + 2..).unwrap_or_default();
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ends_where_it_says_it_ends() {
        let texts = texts(b"01 blob 6\na\n02 b\n02 blob 0\n\n03 blob 2\n\0b\n04 blob 1\nx\n", 9);
        let mut texts: Vec<_> = texts.iter().map(|(object, text)| (object.as_str(), text.as_str())).collect();
        texts.sort_unstable();
        assert_eq!(texts, [("01", "a\n02 b"), ("02", ""), ("04", "x")]);
    }
}
