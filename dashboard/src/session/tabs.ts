/** The other tabs of this browser: they share one session, so they must hear when it ends or goes elsewhere. */
import { renewQuietly } from './renew'
import { leave, session } from './session'

/** The session may be another one, act elsewhere, or be gone: look. Or somebody ended it. */
type Word = 'look' | 'ended'

let channel: BroadcastChannel | null = null

/** Listens to the others. Called once, from `main.tsx`. */
export function joinTabs(): void {
  if (typeof BroadcastChannel !== 'function') return
  channel = new BroadcastChannel('omoi.session')
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    // Whoever opened this tab with a key has nothing to do with the session.
    if (session.getState().state === 'key') return
    if (data === 'look') renewQuietly()
    if (data === 'ended' && session.getState().state === 'person') leave('You signed out in another tab.')
  }
}

export function tellTabs(word: Word): void {
  channel?.postMessage(word)
}
