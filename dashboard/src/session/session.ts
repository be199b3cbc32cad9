/**
 * Who is here. Until there are accounts that is a key, and it lives in this variable only: not in storage, not in
 * an address, not in a cookie. A reload asks again.
 */
import { createStore } from 'zustand/vanilla'

interface Session {
  key: string | null
  /** Why the page asks again, when it had a key. */
  why: string | null
  open(key: string): void
  forget(why?: string): void
}

export const session = createStore<Session>()((set) => ({
  key: null,
  why: null,
  open: (key) => set({ key, why: null }),
  forget: (why) => set({ key: null, why: why ?? null }),
}))
