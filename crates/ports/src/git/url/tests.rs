use super::*;

fn refused(text: &str) -> InvalidRepositoryUrl {
    RepositoryUrl::parse(text).expect_err(text)
}

fn transport(text: &str) -> Transport {
    RepositoryUrl::parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}")).transport
}

fn https(host: &str, port: u16) -> Transport {
    Transport::Https { host: host.to_owned(), port }
}

fn ssh(host: &str, port: u16) -> Transport {
    Transport::Ssh { host: host.to_owned(), port }
}

#[test]
fn a_repository_is_a_path_or_an_address_of_https_or_ssh() {
    assert_eq!(transport("/srv/git/billing"), Transport::Path);
    assert_eq!(transport("https://git.example.org/acme/billing.git"), https("git.example.org", 443));
    assert_eq!(transport("HTTPS://Git.Example.org:8443/b"), https("git.example.org", 8443));
    assert_eq!(transport("https://[2001:db8::1]:8443/b"), https("2001:db8::1", 8443));
    assert_eq!(transport("ssh://git@git.example.org/acme/billing"), ssh("git.example.org", 22));
    assert_eq!(transport("ssh://git.example.org:2222/~/billing"), ssh("git.example.org", 2222));
    assert_eq!(transport("git@git.example.org:acme/billing.git"), ssh("git.example.org", 22));
    assert_eq!(transport("git@git.example.org:/srv/billing.git"), ssh("git.example.org", 22));
}

#[test]
fn one_directory_has_one_spelling() {
    for path in ["/srv/billing", " /srv/billing/ ", "/srv/billing/"] {
        assert_eq!(RepositoryUrl::parse(path).unwrap().as_str(), "/srv/billing");
    }
    assert_eq!(RepositoryUrl::parse("/srv/größe und mehr").unwrap().as_str(), "/srv/größe und mehr");
    for path in ["/", "//", "/srv//billing", "/srv/../etc", "/./srv", "/srv/."] {
        assert_eq!(refused(path), InvalidRepositoryUrl::Winding, "{path}");
    }
}

#[test]
fn secrets_are_refused() {
    for text in [
        "https://ghp_0123456789@github.com/acme/billing",
        "https://ada:secret@github.com/acme/billing",
        "https://:secret@github.com/acme/billing",
        "ssh://git:secret@github.com/acme/billing",
        "https://a@b@c/acme",
    ] {
        let reason = refused(text);
        assert_eq!(reason, InvalidRepositoryUrl::Credentials, "{text}");
        assert!(!reason.to_string().contains("secret"));
    }
    for text in ["https://git.example.org/b?token=x", "https://git.example.org/b#x"] {
        assert_eq!(refused(text), InvalidRepositoryUrl::Path, "{text}");
    }
}

#[test]
fn what_runs_commands_or_could_be_changed_on_the_way_is_refused() {
    for (text, reason) in [
        ("ext::sh -c id", InvalidRepositoryUrl::Scheme),
        ("fd::17", InvalidRepositoryUrl::Scheme),
        ("ftp://git.example.org/b", InvalidRepositoryUrl::Scheme),
        ("javascript://git.example.org/b", InvalidRepositoryUrl::Scheme),
        ("http://git.example.org/b", InvalidRepositoryUrl::Unprotected),
        ("git://git.example.org/b", InvalidRepositoryUrl::Unprotected),
        ("file:///etc/passwd", InvalidRepositoryUrl::File),
        ("file://--upload-pack=id/b", InvalidRepositoryUrl::File),
    ] {
        assert_eq!(refused(text), reason, "{text}");
    }
}

#[test]
fn nothing_can_be_read_as_an_option() {
    for (text, reason) in [
        ("--upload-pack=touch /tmp/x", InvalidRepositoryUrl::Relative),
        ("-oProxyCommand=id", InvalidRepositoryUrl::Relative),
        ("ssh://-oProxyCommand=id/b", InvalidRepositoryUrl::Host),
        ("ssh://git@-oProxyCommand=id/b", InvalidRepositoryUrl::Host),
        ("ssh://-l@git.example.org/b", InvalidRepositoryUrl::Host),
        ("git@-oProxyCommand:b", InvalidRepositoryUrl::Host),
        ("-l@git.example.org:b", InvalidRepositoryUrl::Host),
        ("git@git.example.org:-oProxyCommand=id", InvalidRepositoryUrl::Path),
        ("https://-x/b", InvalidRepositoryUrl::Host),
    ] {
        assert_eq!(refused(text), reason, "{text}");
    }
}

#[test]
fn a_place_is_one_line_of_moderate_length() {
    for text in ["/srv/a\nb", "https://a.example/\u{0}", "/srv/\u{1b}[2J", "/srv/\u{2028}a"] {
        assert_eq!(refused(text), InvalidRepositoryUrl::ControlCharacter, "{text:?}");
    }
    let long = format!("/{}", "a".repeat(MAX_BYTES));
    for text in ["", "  ", &long] {
        assert_eq!(refused(text), InvalidRepositoryUrl::Length);
    }
}

#[test]
fn what_begins_elsewhere_is_made_absolute_by_its_writer() {
    for text in ["billing", "./billing", "../billing", "~/billing", "C:\\billing", "host:billing", "~ada/b"] {
        assert_eq!(refused(text), InvalidRepositoryUrl::Relative, "{text}");
    }
}

#[test]
fn an_address_has_a_host_and_a_path() {
    for text in [
        "https:///b",
        "https://a..b/c",
        "https://a.example:0/b",
        "https://a.example:65536/b",
        "https://a.example:+1/b",
        "https://a.example:/b",
        "https://exämple.org/b",
        "https://a b/c",
        "https://[::1/b",
        "https://[nonsense]/b",
        "https://[::1]x/b",
        "@host:b",
    ] {
        assert_eq!(refused(text), InvalidRepositoryUrl::Host, "{text}");
    }
    for text in
        ["https://a.example", "https://a.example/", "https://a.example/a b", "git@a.example:", "ssh://a/\\b"]
    {
        assert_eq!(refused(text), InvalidRepositoryUrl::Path, "{text}");
    }
}
