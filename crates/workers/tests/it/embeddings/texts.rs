//! What is compared: an imported plan by what it requires, a revised task by what it says now, and nothing that was given
//! up.

use adapters::embed::Lexical;
use kernel::Uuid;
use plan::{Layout, Plan, testing::examples};
use planning::spec::{self, GateMode, Spec};
use vocabulary::{Name, SpecId, Text};
use work::task::{self, Revision, Task, Waits};

use super::*;

/// A tenant with a project, and a node that compares by letters and words.
struct Desk {
    db: TestDb,
    site: Site,
    project: ProjectId,
    read: ReadModels,
    node: Embeds,
}

impl Desk {
    async fn begin() -> Self {
        let db = TestDb::new().await;
        let store = db.store();
        let mut site = Site::new(store.clone(), org());
        let project = site.project("shop").await;
        let node = Embeds::start(&store, &Arc::new(Lexical)).await;
        Self { db, site, project, read: ReadModels::new(&store), node }
    }

    async fn import(&self, title: &str, plan: Plan) -> SpecId {
        let title = Name::new(title).unwrap();
        let (layout, gates, plan) = (Layout::Document, GateMode::Auto, Box::new(plan));
        let command = spec::Command::Import { title, layout, gates, plan };
        self.site.node.create_spec(&self.site.wish(), self.project, command).await.unwrap().0
    }

    async fn tell_spec(&self, spec: SpecId, command: spec::Command) {
        self.site.node.on_spec(&self.site.wish(), spec, command, None).await.unwrap();
    }

    async fn tell_task(&self, task: TaskId, command: task::Command) {
        self.site.node.execute::<Task>(&self.site.wish(), task.0, command).await.unwrap();
    }

    /// What is near to a spec, once that is this.
    async fn near_spec(&self, spec: SpecId, expected: &[SpecId]) {
        let from = Lexical.near_duplicate_from();
        let expected: Vec<Uuid> = expected.iter().map(|spec| spec.0).collect();
        let look = async || {
            let near = self.read.near_duplicates_of_spec(self.site.org, spec, from).await.unwrap()?;
            (ids(&near) == expected).then_some(())
        };
        eventually(&format!("{spec} has {expected:?} near"), look).await;
    }

    async fn near_task(&self, task: TaskId, expected: &[TaskId]) {
        let from = Lexical.near_duplicate_from();
        let expected: Vec<Uuid> = expected.iter().map(|task| task.0).collect();
        let look = async || {
            let near = self.read.near_duplicates_of_task(self.site.org, task, from).await.unwrap()?;
            (ids(&near) == expected).then_some(())
        };
        eventually(&format!("{task} has {expected:?} near"), look).await;
    }

    /// What is kept of it, while anything is.
    async fn text(&self, id: Uuid) -> Option<String> {
        sqlx::query_scalar("select text from search.embeddings where id = $1")
            .bind(id)
            .fetch_optional(&mut self.db.admin().await)
            .await
            .unwrap()
    }
}

fn ids(near: &[NearDuplicate]) -> Vec<Uuid> {
    near.iter().map(|one| one.id).collect()
}

/// The example in every place, and other requirements.
fn another_plan() -> Plan {
    let mut plan = examples::plan();
    let other = [
        (
            "Sell gift cards",
            "As a shopper, I want to buy a gift card of 10, 25 or 50 euros, so that a friend can choose.",
        ),
        (
            "Mail the code",
            "As whoever receives it, I want the code by e-mail at once, so that I can spend it.",
        ),
    ];
    for (n, requirement) in plan.requirements.requirements.iter_mut().enumerate() {
        let (title, text) = other[n % other.len()];
        (requirement.title, requirement.text) = (title.to_owned(), text.to_owned());
    }
    plan
}

#[tokio::test]
async fn a_plan_that_is_imported_again_under_another_title_is_found() {
    let desk = Desk::begin().await;
    let first = desk.import("Saved filters", examples::plan()).await;
    desk.near_spec(first, &[]).await;
    let again = desk.import("Bookmarks of searches", examples::plan()).await;
    desk.near_spec(again, &[first]).await;
    desk.near_spec(first, &[again]).await;
    let other = desk.import("Gift cards", another_plan()).await;
    desk.near_spec(other, &[]).await;
    // The text is that of today when the log is heard again from its beginning, and the same.
    let text = desk.text(again.0).await.unwrap();
    let required = &examples::requirements().requirements[0];
    assert!(text.starts_with(&format!("Bookmarks of searches\n{}\n", required.title)), "{text}");
    desk.node.stop().await;
}

#[tokio::test]
async fn a_plan_that_is_revised_is_compared_by_what_it_says_now() {
    let desk = Desk::begin().await;
    let first = desk.import("Saved filters", examples::plan()).await;
    let second = desk.import("Gift cards", another_plan()).await;
    desk.near_spec(second, &[]).await;
    let loaded = desk.site.node.peek::<Spec>(desk.site.org, second.0).await.unwrap();
    let base = loaded.state.details().unwrap().plan_hash();
    let by = desk.site.wish().actor.id;
    desk.tell_spec(second, spec::Command::Revise { plan: Box::new(examples::plan()), base, by }).await;
    desk.near_spec(second, &[first]).await;
    desk.node.stop().await;
}

#[tokio::test]
async fn a_task_that_is_revised_is_compared_by_what_it_says_now() {
    let mut desk = Desk::begin().await;
    let (site, project) = (&mut desk.site, desk.project);
    let one = task(site, project, "Rate limit the login route").await;
    let two = task(site, project, "Translate the settings page").await;
    let three = task(site, project, "Write the manual").await;
    desk.near_task(two, &[]).await;
    let revise = |revision| task::Command::Revise { revision: Box::new(revision), waits: Waits::default() };
    let title = Some(Name::new("Limit attempts at the login route").unwrap());
    desk.tell_task(two, revise(Revision { title, ..Revision::default() })).await;
    desk.near_task(two, &[one]).await;
    desk.near_task(one, &[two]).await;
    // A title alone was other: the description that it had stays, and the other way round.
    let description = Some(Some(Text::new("Of all commands.").unwrap()));
    desk.tell_task(three, revise(Revision { description, ..Revision::default() })).await;
    let both = async || (desk.text(three.0).await? == "Write the manual\nOf all commands.").then_some(());
    eventually("the manual says both", both).await;
    let title = Some(Name::new("Write a manual").unwrap());
    desk.tell_task(three, revise(Revision { title, ..Revision::default() })).await;
    let both = async || (desk.text(three.0).await? == "Write a manual\nOf all commands.").then_some(());
    eventually("the manual still says both", both).await;
    desk.node.stop().await;
}

#[tokio::test]
async fn what_was_given_up_is_forgotten_and_what_is_done_is_not() {
    let mut desk = Desk::begin().await;
    let [first, again] = [
        desk.import("Saved filters", examples::plan()).await,
        desk.import("Bookmarks of searches", examples::plan()).await,
    ];
    desk.near_spec(again, &[first]).await;
    desk.tell_spec(first, spec::Command::Cancel { reason: None }).await;
    desk.near_spec(again, &[]).await;
    desk.near_spec(first, &[]).await;
    eventually("nothing is kept of it", async || desk.text(first.0).await.is_none().then_some(())).await;

    let (site, project) = (&mut desk.site, desk.project);
    let done = task(site, project, "Rate limit the login route").await;
    let given_up = task(site, project, "Limit the login route").await;
    let new = task(site, project, "Limit the rate of the login route").await;
    let satisfied = Default::default();
    desk.tell_task(done, task::Command::BecomeReady { satisfied }).await;
    desk.site.complete(done).await;
    desk.tell_task(given_up, task::Command::Cancel { reason: None }).await;
    desk.near_task(new, &[done]).await;
    desk.near_task(given_up, &[]).await;
    eventually("nothing is kept of it", async || desk.text(given_up.0).await.is_none().then_some(())).await;
    desk.node.stop().await;
}
