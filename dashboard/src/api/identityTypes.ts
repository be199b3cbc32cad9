/** Who is here, and where. The shapes are the document's own. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Membership = Schemas['Membership']
export type Role = Membership['role']

/** The greatest first. */
export const ROLES: readonly Role[] = ['owner', 'admin', 'member', 'viewer']

export type Person = Schemas['SignedInUser']
/** Without a refresh token when that is in the cookie. */
export type SignedIn = Omit<Schemas['SignedIn'], 'refresh_token'> & { refresh_token?: string }
export type Me = Schemas['Me']
export type SessionNote = Schemas['Session']
export type InvitationSeen = Schemas['Invited']
/** As a person sees it: who is in it has a role. */
export type Organization = Schemas['Organization'] & { role: Role }
export type Limits = Organization['limits']
export type Member = Schemas['Member']
export type Invitation = Schemas['Invitation']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['ApiKeyCreated']

/** A change of the log, and where it stands there. */
export type Changed = Schemas['Changed']

/** Who else lets people in. Written by hand until the server has these routes. */
export interface Provider {
  id: string
  name: string
}

/** Somebody has this address already: is it the same person? Written by hand until the server has these routes. */
export interface Consent {
  consent: { token: string; provider: string; email: string }
}
