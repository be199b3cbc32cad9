/** What the header says about the connection, and what the socket client writes there. */
import { createStore } from 'zustand/vanilla'

export type LinkState = 'off' | 'connecting' | 'live' | 'waiting'

export interface LiveStatus {
  link: LinkState
  /** Why it is not live, in words. */
  why: string | null
  /** When it tries again, in milliseconds of the page's clock. */
  retryAt: number | null
  /** The last position that the server spoke of. */
  position: number | null
  /** Somebody holds the page still. */
  paused: boolean
  /** How much came while it was held. */
  held: number
}

export type LiveStatusStore = ReturnType<typeof createLiveStatus>

export const createLiveStatus = () =>
  createStore<LiveStatus>()(() => ({
    link: 'off',
    why: null,
    retryAt: null,
    position: null,
    paused: false,
    held: 0,
  }))
