//! Given / when / then, by story. Here: the organization they are about, and its events.

mod api_keys;
mod fold;
mod illegal;
mod invitations;
mod lifecycle;
mod members;
mod random;
mod stored;

use kernel::{ProjectId, Timestamp, Uuid, given};
use vocabulary::{AddressHash, Name, Reason, RunId, Sealed, Slug, UserId};

use super::*;

/// The first owner.
const ADA: UserId = UserId(Uuid::from_u128(0xada));
const BOB: UserId = UserId(Uuid::from_u128(0xb0b));
const CYD: UserId = UserId(Uuid::from_u128(0xc1d));
const DAN: UserId = UserId(Uuid::from_u128(0xda2));
const PROJECT: ProjectId = ProjectId(Uuid::from_u128(0x9a));

fn organization(history: &[Event]) -> Organization {
    given::<Organization>(history).state().clone()
}

fn profile(history: &[Event]) -> Profile {
    organization(history).profile().cloned().unwrap()
}

/// A history that goes on with `more`.
fn then(history: &[Event], more: &[Event]) -> Vec<Event> {
    [history, more].concat()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::new(text).unwrap()
}

fn reason() -> Reason {
    Reason::new("the bill is open").unwrap()
}

/// Midnight, so many days after the first.
fn day(number: i64) -> Timestamp {
    Timestamp::from_micros(number * 86_400_000_000)
}

/// The first invitation, the second, …
fn invitation(number: u16) -> InvitationId {
    InvitationId(Uuid::from_u128(u128::from(number)))
}

/// The first key, the second, …
fn key(number: u16) -> ApiKeyId {
    ApiKeyId(Uuid::from_u128(u128::from(number)))
}

/// Somebody's address.
fn address(of: u8) -> AddressHash {
    AddressHash::new([of; 32])
}

fn email() -> Sealed {
    Sealed::new("c2VhbGVk").unwrap()
}

fn create() -> Command {
    Command::Create { name: name("Local"), slug: slug("local"), owner: ADA }
}

/// Most stories begin with an organization that Ada owns.
fn founded() -> Vec<Event> {
    vec![Event::Created { name: name("Local"), slug: slug("local") }, added(ADA, Role::Owner)]
}

/// Ada's organization in which Bob is something.
fn with_bob(role: Role) -> Vec<Event> {
    then(&founded(), &[added(BOB, role)])
}

fn suspended() -> Event {
    Event::Suspended { reason: reason() }
}

fn added(user: UserId, role: Role) -> Event {
    Event::MemberAdded { user, role }
}

fn changed(user: UserId, role: Role) -> Event {
    Event::MemberRoleChanged { user, role }
}

fn removed(user: UserId) -> Event {
    Event::MemberRemoved { user }
}

/// An order by an owner.
fn add(user: UserId, role: Role) -> Command {
    Command::AddMember { user, role, asker: Role::Owner }
}

/// An order by an owner.
fn change(user: UserId, role: Role) -> Command {
    Command::ChangeMemberRole { user, role, asker: Role::Owner }
}

/// An order by an owner.
fn remove(user: UserId) -> Command {
    Command::RemoveMember { user, asker: Role::Owner }
}

/// To be a member, open through the first week.
fn offer(to: AddressHash) -> Offer {
    Offer { address: to, role: Role::Member, expires_at: day(7) }
}

/// An order by an owner on the first day.
fn send(number: u16, offer: Offer) -> Command {
    let asker = Role::Owner;
    Command::SendInvitation { invitation: invitation(number), offer, email: email(), asker, at: day(0) }
}

fn sent(number: u16, offer: Offer) -> Event {
    let Offer { address, role, expires_at } = offer;
    Event::InvitationSent { invitation: invitation(number), address, email: email(), role, expires_at }
}

/// Accepts on the second day, by the address that Dan has.
fn accept(number: u16, user: UserId) -> Command {
    Command::AcceptInvitation { invitation: invitation(number), user, address: address(4), at: day(1) }
}

fn accepted(number: u16, user: UserId) -> Event {
    Event::InvitationAccepted { invitation: invitation(number), user }
}

/// An order by an owner.
fn take_back(number: u16) -> Command {
    Command::RevokeInvitation { invitation: invitation(number), asker: Role::Owner }
}

fn taken_back(number: u16) -> Event {
    Event::InvitationRevoked { invitation: invitation(number) }
}

fn scopes() -> Scopes {
    Scopes::new(vec![Scope::WriteTickets, Scope::ReadProjects]).unwrap()
}

/// A key that `maker` uses, for 90 days.
fn grant(maker: UserId) -> KeyGrant {
    let holder = KeyHolder::Person;
    KeyGrant { name: name("laptop"), holder, scopes: scopes(), maker, expires_at: day(90) }
}

/// On the first day.
fn issue(number: u16, grant: KeyGrant) -> Command {
    Command::IssueApiKey { key: key(number), grant, at: day(0) }
}

fn issued(number: u16, grant: KeyGrant) -> Event {
    let KeyGrant { name, holder, scopes, maker, expires_at } = grant;
    Event::ApiKeyIssued { key: key(number), name, holder, scopes, maker, expires_at }
}

fn revoked(number: u16, reason: Revocation) -> Event {
    Event::ApiKeyRevoked { key: key(number), reason }
}

fn limits(members: u32) -> Limits {
    Limits { members: MemberLimit::new(members).unwrap(), ..Limits::default() }
}
