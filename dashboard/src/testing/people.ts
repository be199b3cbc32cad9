/** Somebody for tests: a person with a session, in an organization. */
import type { Me, Membership, Role, SignedIn } from '../api/identityTypes'
import { become, leave } from '../session/session'

export const ACME: Membership = { id: '00000000-0000-7000-8000-0000000000a1', name: 'Acme', slug: 'acme', role: 'owner' }
export const GLOBEX: Membership = { id: '00000000-0000-7000-8000-0000000000a2', name: 'Globex', slug: 'globex', role: 'member' }
export const ADA = { id: '00000000-0000-7000-8000-0000000000b1', display_name: 'Ada', email: 'ada@example.org' }
export const BOB = { id: '00000000-0000-7000-8000-0000000000b2', display_name: 'Bob', email: 'bob@example.org' }

/** What the roles allow here; the server's table decides. */
const ALLOWED: Record<Role, string[]> = {
  owner: ['projects:read', 'tickets:write', 'events:read', 'organization:read', 'organization:write', 'organization:close', 'members:write', 'keys:write'],
  admin: ['projects:read', 'tickets:write', 'organization:read', 'organization:write', 'members:write', 'keys:write'],
  member: ['projects:read', 'tickets:write', 'organization:read', 'keys:write'],
  viewer: ['projects:read', 'organization:read'],
}

export const meAs = (role: Role = 'owner'): Me => {
  const organization = { ...ACME, role }
  return { session: 'session-1', user: ADA, organization, organizations: [organization, GLOBEX], permissions: ALLOWED[role] }
}

/** Signed in for 15 minutes from `at`. */
export const signedInAs = (given: Partial<SignedIn> = {}, at = Date.now()): SignedIn => {
  const { permissions: _, ...standing } = meAs()
  return { ...standing, access_token: 'token-1', expires_at: new Date(at + 15 * 60_000).toISOString(), ...given }
}

/** Ada is here. Answers what `GET /auth/me` says of her. */
export function beHere(role: Role = 'owner'): Me {
  const me = meAs(role)
  const { permissions: _, ...standing } = me
  become({ state: 'person', bearer: 'token-1', ...standing })
  return me
}

/** Nobody is here, and nobody asks any more. */
export const beNobody = (): void => leave()
