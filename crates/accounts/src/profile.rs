//! What a person is called.

use commands::{Intent, Receipt};
use identity::user::{Command, User};
use vocabulary::{Name, UserId};

use crate::custody::Field;
use crate::{AccountError, Accounts};

impl Accounts {
    /// Calls a person something else.
    ///
    /// # Errors
    /// `InvalidName`, or as any command.
    pub async fn rename_person(
        &self,
        intent: &Intent,
        user: UserId,
        display_name: &str,
    ) -> Result<Receipt, AccountError> {
        let display_name = Name::new(display_name)?;
        let key = self.custody.key_of(user.0).await?;
        let display_name = self.custody.seal(&key, user.0, Field::DisplayName, display_name.as_str());
        let command = Command::ChangeProfile { display_name };
        Ok(self.dispatcher.execute::<User>(&self.as_installation(intent), user.0, command).await?)
    }
}
