/** What the role of whoever is here does not allow. A key is known by trying only. */
import { useStore } from 'zustand'
import { type Session, session } from './session'

/** In words; `null` for who may change things. */
export const whyOnlyLooking = (now: Session = session.getState()): string | null =>
  now.state === 'person' && now.organization?.role === 'viewer' ? `You are a viewer in ${now.organization.name}: you can look, and change nothing.` : null

export const useOnlyLooking = (): string | null => useStore(session, whyOnlyLooking)
