/** Who makes projects and sets them up: the server's table says owners and admins. A key is known by trying only. */
import { useStore } from 'zustand'
import { type Session, session } from '../session/session'

/** In words; `null` for who may. */
export function whyNotMine(now: Session): string | null {
  if (now.state !== 'person' || !now.organization) return null
  const { role, name } = now.organization
  return role === 'owner' || role === 'admin' ? null : `You are a ${role} in ${name}: an owner or an admin makes projects and sets them up.`
}

export const useWhyNotMine = (): string | null => useStore(session, whyNotMine)
