//! `nats_url` of `omoi up --json` can read the event stream and do nothing else.

use std::time::Duration;

use async_nats::jetstream;
use embedded::bus;

use crate::support::Up;

#[tokio::test]
async fn it_reads_and_changes_nothing() {
    let up = Up::start().await;
    let reader = bus::connect(&up.ready.nats_url).await.expect("the credential is valid");
    let mut context = jetstream::new(reader);
    // A refused request is not answered.
    context.set_timeout(Duration::from_secs(1));

    let mut stream = context.get_stream("OMOI_1").await.expect("omoi up makes the stream");
    // The operator, the organization `local`, and whose it is.
    let mut info = stream.info().await.expect("a look at it").clone();
    while info.state.messages < 3 {
        info = stream.info().await.expect("a look at it").clone();
    }
    assert_eq!(info.state.messages, 3);
    assert_eq!(info.config.subjects, ["omoi.v1.1.>"]);
    assert_eq!(info.config.metadata.get("omoi-base").map(String::as_str), Some("0"));
    assert!(info.config.deny_delete && info.config.allow_direct);
    let ordered = jetstream::consumer::pull::OrderedConfig::default();
    stream.create_consumer(ordered).await.expect("it may read");

    assert!(stream.purge().await.is_err(), "purged");
    assert!(stream.delete_message(1).await.is_err(), "deleted a message");
    assert!(context.delete_stream("OMOI_1").await.is_err(), "deleted the stream");
    let other = jetstream::stream::Config { name: "OTHER".into(), ..Default::default() };
    assert!(context.create_stream(other).await.is_err(), "made a stream");
    let forged = context.publish("omoi.v1.1.org.-.project.created", "{}".into()).await;
    let stored = match forged {
        Ok(answer) => answer.await.is_ok(),
        Err(_) => false,
    };
    assert!(!stored, "published");
    assert_eq!(stream.info().await.expect("a look at it").state.messages, 3);
}

#[tokio::test]
async fn a_wrong_password_reads_nothing() {
    let up = Up::start().await;
    let wrong = up.ready.nats_url.replace("nats://reader:", "nats://reader:0");
    assert!(bus::connect(&wrong).await.is_err());
}
