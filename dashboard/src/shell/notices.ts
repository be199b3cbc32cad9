/** Notes at the edge of the page that stay until they are read: what went wrong, and what can be done. */
import { createStore } from 'zustand/vanilla'
import { announce } from './announce'

export interface Notice {
  id: string
  text: string
  /** What else can be done. */
  action?: { label: string; run(): void }
  /** Called when it goes away, however. */
  gone?(): void
}

const MOST = 4

export const notices = createStore<{ shown: readonly Notice[] }>()(() => ({ shown: [] }))

/** Shows a note; one of the same id takes the place of the older one. */
export function notify(notice: Notice): void {
  notices.setState(({ shown }) => ({ shown: [...shown.filter(({ id }) => id !== notice.id), notice].slice(-MOST) }))
  announce(notice.text)
}

export function dismiss(id: string): void {
  const notice = notices.getState().shown.find((one) => one.id === id)
  if (!notice) return
  notices.setState(({ shown }) => ({ shown: shown.filter((one) => one !== notice) }))
  notice.gone?.()
}
