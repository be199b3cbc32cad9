use super::*;

fn text(users: &[BusUser]) -> String {
    let config = Config {
        port: 4222,
        store: Path::new("/data/a \"quoted\" \\ place"),
        max_payload_bytes: 1024,
        stream: "OMOI_1",
        relay_password: "relays",
        reader_password: "readers",
        users,
    };
    config.text()
}

fn hash() -> String {
    format!("$2b$04${}", "a".repeat(53))
}

#[test]
fn each_user_has_an_account_and_three_requests() {
    let alone = text(&[]);
    let user = BusUser::new("analyst_1", &hash()).expect("a user");
    let with = text(std::slice::from_ref(&user));
    assert!(!alone.contains("analyst_1"));
    let imports: Vec<&str> =
        with.lines().filter(|line| line.contains("account: OMOI") && line.contains("analyst_1")).collect();
    assert_eq!(
        imports.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        [
            r#"{ service: { account: OMOI, subject: "$JS.API.CONSUMER.INFO.OMOI_1.analyst_1" }, to: "omoi.api.CONSUMER.INFO.OMOI_1.analyst_1" }"#,
            r#"{ service: { account: OMOI, subject: "$JS.API.CONSUMER.MSG.NEXT.OMOI_1.analyst_1" } }"#,
            r#"{ service: { account: OMOI, subject: "$JS.ACK.OMOI_1.analyst_1.>" } }"#,
        ]
    );
    // The reader of everything leaves this consumer alone.
    let denied =
        with.lines().find(|line| line.contains("deny: [\"")).expect("the reader is denied something");
    for subject in of_the_owner("OMOI_1", "analyst_1") {
        assert!(denied.contains(&quoted(&local(&subject))), "{subject}: {denied}");
    }
    assert!(with.contains(r#"store_dir: "/data/a \"quoted\" \\ place""#));
}

#[test]
fn what_could_mean_something_else_in_the_file_is_no_user() {
    for name in
        ["", "a b", "a\"", "a\n", "a}", "a.b", "a.>", "*", "$G", "$SYS", "a'", "ä", "OMOI", "READER", "relay"]
    {
        assert!(BusUser::new(name, &hash()).is_err(), "{name:?}");
    }
    let longer = format!("{}\"}}", hash());
    let foreign = hash().replace("aa", "\"a");
    let plain = "a".repeat(60);
    for hash in ["", "secret", "$2b$04$short", "$argon2id$v=19", &longer, &foreign, &plain] {
        assert!(BusUser::new("analyst_1", hash).is_err(), "{hash:?}");
    }
}
