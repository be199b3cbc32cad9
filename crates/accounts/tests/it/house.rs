//! An installation of one's own: a database, a node, and a letter box.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::{AccountError, Accounts, Entrance, Origin, Providers, Registration, Settings, SignedIn};
use commands::Dispatcher;
use kernel::Uuid;
use ports::BoxFuture;
use ports::mail::{Letter, MailError, Mailer};
use tokio_util::sync::CancellationToken;
use vault::api_key::Environment;
use vault::envelope::{MasterKey, MasterKeys};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::support::TestDb;

pub(crate) const PASSWORD: &str = "seven purple otters whistle";

/// Keeps letters, after it has refused as many as it was told to.
#[derive(Debug, Default)]
pub(crate) struct LetterBox {
    pub(crate) letters: Mutex<Vec<(Uuid, Letter)>>,
    pub(crate) refuses: Mutex<Vec<MailError>>,
}

impl Mailer for LetterBox {
    fn send<'a>(&'a self, id: Uuid, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(async move {
            if let Some(refusal) = self.refuses.lock().unwrap().pop() {
                return Err(refusal);
            }
            self.letters.lock().unwrap().push((id, letter.clone()));
            Ok(())
        })
    }
}

pub(crate) struct House {
    pub(crate) db: TestDb,
    pub(crate) accounts: Accounts,
    pub(crate) letters: Arc<LetterBox>,
    stop: CancellationToken,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::of(TestDb::new().await, MasterKeys::new(MasterKey::random(), vec![])).await.unwrap()
    }

    /// A node on this database, with these master keys.
    pub(crate) async fn of(db: TestDb, masters: MasterKeys) -> Result<Self, AccountError> {
        let letters = Arc::new(LetterBox::default());
        let accounts = open(&db, masters, letters.clone()).await?;
        let stop = CancellationToken::new();
        tokio::spawn(accounts.clone().deliver_mail(stop.clone()));
        Ok(Self { db, accounts, letters, stop })
    }

    /// The token in the newest letter to an address, once it has arrived.
    pub(crate) async fn token_for(&self, email: &str) -> String {
        until("a letter arrives", async || {
            let letters = self.letters.letters.lock().unwrap().clone();
            let (_, letter) = letters.iter().rev().find(|(_, letter)| letter.to() == email)?;
            let (_, rest) = letter.text().expose_secret().split_once("#token=")?;
            let token = rest.split_whitespace().next().unwrap().to_owned();
            self.letters.letters.lock().unwrap().retain(|(_, letter)| letter.to() != email);
            Some(token)
        })
        .await
    }

    /// Until this node has seen that the clock of the database was moved.
    pub(crate) async fn notices_the_time(&self) {
        let now = self.db.store().now().await.unwrap();
        until("the node sees the time", async || (self.accounts.now().await.unwrap() >= now).then_some(()))
            .await;
    }

    /// Somebody who has registered and is signed in.
    pub(crate) async fn person(&self, email: &str) -> SignedIn {
        self.registered(email).await;
        let token = self.token_for(email).await;
        self.accounts.verify_email(&token, PASSWORD.into(), &Origin::default()).await.unwrap()
    }

    pub(crate) async fn registered(&self, email: &str) {
        let registration = Registration {
            email: email.to_owned(),
            password: PASSWORD.into(),
            display_name: "Somebody".to_owned(),
        };
        self.accounts.register(registration, &Origin::default()).await.unwrap();
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, AccountError> {
        let entrance = Entrance { email: email.to_owned(), password: password.into(), organization: None };
        self.accounts.sign_in(entrance, &Origin::default()).await
    }

    pub(crate) async fn refresh(&self, token: &SecretString) -> Result<SignedIn, AccountError> {
        self.accounts.refresh(token.expose_secret(), None, &Origin::default()).await
    }

    /// Whether this access token lets anybody in.
    pub(crate) async fn lets_in(&self, token: &SecretString) -> bool {
        self.accounts.caller(token.expose_secret()).await.unwrap().is_some()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) async fn open(
    db: &TestDb,
    masters: MasterKeys,
    letters: Arc<LetterBox>,
) -> Result<Accounts, AccountError> {
    let dispatcher = Dispatcher::new(db.store(), 100);
    let settings = Settings {
        environment: Environment::Local,
        public_url: "http://omoi.example".to_owned(),
        providers: Providers::default(),
    };
    Accounts::open(&dispatcher, masters, letters, settings).await
}

/// Waits for a condition, within reason.
pub(crate) async fn until<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(25));
    for _ in 0..800 {
        ticks.tick().await;
        if let Some(value) = condition().await {
            return value;
        }
    }
    panic!("not within 20 s: {what}")
}
