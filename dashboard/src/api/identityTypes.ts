/** Who is here, and where: written by hand, replaced by generated ones when the routes are in `schemas/openapi.json`. */

export type Role = 'owner' | 'admin' | 'member' | 'viewer'

/** The greatest first. */
export const ROLES: readonly Role[] = ['owner', 'admin', 'member', 'viewer']

export interface Membership {
  id: string
  name: string
  slug: string
  role: Role
}

export interface Person {
  id: string
  display_name: string
  email: string
}

interface Standing {
  /** Its id. */
  session: string
  user: Person
  /** Where the session acts; `null` for who belongs nowhere. */
  organization: Membership | null
  organizations: Membership[]
}

export interface SignedIn extends Standing {
  access_token: string
  expires_at: string
  /** Only when it was asked for in the body. */
  refresh_token?: string
}

export interface Me extends Standing {
  permissions: string[]
}

export interface SessionNote {
  id: string
  made_at: string
  last_used_at: string
  expires_at: string
  /** What the browser calls itself. */
  agent: string | null
  address: string | null
  current: boolean
}

export interface Provider {
  id: string
  name: string
}

/** Somebody has this address already: is it the same person? */
export interface Consent {
  consent: { token: string; provider: string; email: string }
}

export interface InvitationSeen {
  organization: { id: string; name: string; slug: string }
  role: Role
  email: string
  expires_at: string
}

export interface Limits {
  members: number
  projects: number
  concurrent_runs: number
}

export interface Organization {
  id: string
  name: string
  slug: string
  state: 'active' | 'suspended' | 'closed'
  limits: Limits
  /** How many there are. */
  members: number
  role: Role
}

export interface Member {
  user: string
  display_name: string
  email: string
  role: Role
}

export interface Invitation {
  id: string
  email: string
  role: Role
  expires_at: string
  state: 'open' | 'expired'
}

export interface ApiKey {
  id: string
  name: string
  scopes: string[]
  project: string | null
  maker: string
  mine: boolean
  expires_at: string
  last_used_at: string | null
}

export interface NewApiKey {
  id: string
  /** Said this once. */
  key: string
  expires_at: string
  position: number
}

/** A change of the log, and where it stands there. */
export interface Changed {
  position: number
}
