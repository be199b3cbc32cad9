//! The files of `dashboard/dist`, as they lay there when this program was compiled. Nothing is read from the disk later,
//! so an address can lead to these files and to nothing else.

use std::borrow::Cow;

use axum::http::HeaderMap;
use rust_embed::{Embed, EmbeddedFile};

use super::accepts;

/// Debug builds carry them too (`debug-embed`): what a test sees is what is shipped. Without the folder there are none.
/// `.vite` is for the sizes and the stamp of the build; no browser asks for it.
#[derive(Embed)]
#[folder = "../dashboard/dist/"]
#[exclude = ".vite/*"]
#[allow_missing = true]
struct Dist;

/// The endings that `dashboard/scripts/precompress.mjs` writes, and what they are called on the wire; the smallest first.
const PACKED: [(&str, &str); 2] = [(".br", "br"), (".gz", "gzip")];

/// A file in one of the forms in which it lies there.
pub(super) struct Form {
    pub(super) bytes: Cow<'static, [u8]>,
    /// How it is packed, if it is.
    pub(super) coding: Option<&'static str>,
    /// Names these very bytes.
    pub(super) tag: String,
}

/// Is there a file of this name? Its packed forms have no address of their own.
pub(super) fn holds(name: &str) -> bool {
    let packed = PACKED.iter().any(|(ending, _)| name.ends_with(*ending));
    // To the library a backslash is a slash; a file has one address, not two.
    !packed && !name.contains('\\') && Dist::get(name).is_some()
}

/// The smallest form that the browser takes. `None` when there is no such file.
pub(super) fn form(name: &str, asked: &HeaderMap) -> Option<Form> {
    let taken = PACKED.iter().filter(|(_, coding)| accepts::coding(asked, coding));
    let mut packed = taken.filter_map(|(ending, coding)| {
        let file = Dist::get(&format!("{name}{ending}"))?;
        Some(Form::new(file, Some(*coding)))
    });
    packed.next().or_else(|| Dist::get(name).map(|file| Form::new(file, None)))
}

impl Form {
    fn new(file: EmbeddedFile, coding: Option<&'static str>) -> Self {
        // Each form has a hash of its own, so the tag is a strong one. Half of it is plenty.
        let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
        Self { bytes: file.data, coding, tag }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header::ACCEPT_ENCODING};

    use super::*;
    use crate::pages::headers;

    /// Also true of a program without pages, which has nothing to show for it then.
    #[test]
    fn each_file_has_a_kind_and_none_is_for_the_build_only() {
        for name in Dist::iter() {
            let whole = PACKED.iter().find_map(|(ending, _)| name.strip_suffix(*ending)).unwrap_or(&name);
            assert_ne!(headers::kind(whole), headers::UNKNOWN, "{name}");
            assert!(holds(whole), "{name} is packed, and the file itself is missing");
            assert!(!name.starts_with('.'), "{name}");
        }
    }

    #[test]
    fn the_smallest_form_is_sent_that_the_browser_takes() {
        let everything = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"))]);
        for name in Dist::iter().filter(|name| holds(name)) {
            let (whole, small) = (form(&name, &HeaderMap::new()).unwrap(), form(&name, &everything).unwrap());
            assert_eq!(whole.coding, None, "{name}");
            assert_eq!(small.coding.is_some(), small.tag != whole.tag, "{name}");
            assert!(small.bytes.len() <= whole.bytes.len(), "{name}");
        }
        assert!(form("nothing.js", &everything).is_none());
    }
}
