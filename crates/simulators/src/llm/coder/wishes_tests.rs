//! Words, and what is wished by them.

use super::*;

fn put(path: &str, content: &str) -> Wish {
    Wish::Put { path: path.into(), content: content.into() }
}

fn append(path: &str, line: &str) -> Wish {
    Wish::Append { path: path.into(), line: line.into() }
}

#[test]
fn files_are_written_as_the_words_say() {
    for (words, wish) in [
        ("Create the file hello.txt with the content hello.", put("hello.txt", "hello\n")),
        (
            "Please create file `a/b.md` with content \"Hello, you.\" and no more.",
            put("a/b.md", "Hello, you.\n"),
        ),
        ("write a new file called notes.txt containing 'two words'", put("notes.txt", "two words\n")),
        (
            "Make the file a.txt with the text:\n```text\none\ntwo\n```\nThen stop.",
            put("a.txt", "one\ntwo\n"),
        ),
        ("Create greeting.txt: hi there", put("greeting.txt", "hi there\n")),
        ("Add a file `LICENSE` with the line MIT", put("LICENSE", "MIT\n")),
        ("Append the line `second` to hello.txt.", append("hello.txt", "second")),
        ("append more words to the file docs/a.md", append("docs/a.md", "more words")),
        ("Add the line \"third\" to the end of `hello.txt`", append("hello.txt", "third")),
    ] {
        assert_eq!(wishes(words), [wish], "{words}");
    }
}

#[test]
fn a_task_of_the_planner_is_done_where_it_says() {
    let words = "<quote>\nBuild the list\n</quote>\n<quote>\n**Where.** Make `src/list.rs`, `docs/list.md` and `list.json`. Change \
                 `src/main.rs` and `Cargo.lock`. Touch no other file.\n</quote>";
    let wished = [
        put("src/list.rs", "// Build the list\n"),
        put("docs/list.md", "Build the list\n"),
        put("list.json", "{}\n"),
        append("src/main.rs", "// Build the list"),
    ];
    assert_eq!(wishes(words), wished);
    assert_eq!(wishes("Make `src/one.py`."), [put("src/one.py", "# Make `src/one.py`.\n")]);
}

#[test]
fn words_that_ask_for_nothing_are_no_wish() {
    for words in [
        "Make sure that it works, e.g. with tests.",
        "Do not write and/or create anything.",
        "It is created elsewhere. Add more of that.",
        "Change everything.",
        "Append something",
        "",
        "Make `",
        "Create `two words` with `x`",
    ] {
        assert_eq!(wishes(words), [], "{words}");
    }
}

#[test]
fn a_file_is_written_once_and_wishes_have_an_end() {
    let words = "Create a1.txt with one. \nCreate a1.txt with two.\nAppend x to a1.txt.";
    assert_eq!(wishes(words), [put("a1.txt", "one\n"), append("a1.txt", "x")]);
    let many: String = (0..100).map(|at| format!("Create file f{at}.txt with x\n")).collect();
    assert_eq!(wishes(&many).len(), MOST);
}
