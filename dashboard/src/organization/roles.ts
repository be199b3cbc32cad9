/** What roles are called, what they are for, and which is above which. */
import { type Role, ROLES } from '../api/identityTypes'

export const ROLE: Record<Role, { word: string; may: string }> = {
  owner: { word: 'Owner', may: 'everything, closing the organization included' },
  admin: { word: 'Admin', may: 'runs it: members, keys, limits' },
  member: { word: 'Member', may: 'works in it: projects, tickets, tasks' },
  viewer: { word: 'Viewer', may: 'looks on' },
}

/** "an owner", within a sentence. */
export const asA = (role: Role): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`

/** Nobody has a hand in what is above oneself. */
export const isAbove = (role: Role, mine: Role): boolean => ROLES.indexOf(role) < ROLES.indexOf(mine)

/** The roles that somebody may give, the greatest first. */
export const rolesUpTo = (mine: Role): readonly Role[] => ROLES.filter((role) => !isAbove(role, mine))
