//! What travels with a file of the pages: what they may do in a browser, how long it is kept, what kind it is.

/// Nothing from elsewhere, and no script or style that is not a file of ours: words of others that get into a page stay
/// words. `dashboard/vite.config.ts` has it for the preview; a test compares the two.
pub(super) const POLICY: &str = "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; \
                                 frame-ancestors 'none'; base-uri 'none'";

/// With each of them.
pub(super) const OF_EACH: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    // A kind is what it is said to be, or nothing.
    ("x-content-type-options", "nosniff"),
    // An address names projects and tickets, which nobody else needs to know.
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// How long a browser keeps it. Names in `assets/` hold a hash, so other bytes have another name; the other names stay,
/// and each use asks whether the bytes are still the same.
pub(super) fn kept(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Of a file whose ending says nothing.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// What kind of file it is, from its ending.
pub(super) fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_of_the_pages_has_the_same_policy() {
        let preview = include_str!("../../../dashboard/vite.config.ts");
        assert!(preview.contains(&format!("\"{POLICY}\"")), "dashboard/vite.config.ts has another policy");
    }

    #[test]
    fn only_what_has_a_hash_in_its_name_is_kept_unasked() {
        assert!(kept("assets/index-a1.js").contains("immutable"));
        for name in ["index.html", "theme.js", "icon.svg", "licenses/font.txt"] {
            assert_eq!(kept(name), "no-cache", "{name}");
        }
    }
}
