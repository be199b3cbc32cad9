/** The socket of this page. */
import { session } from '../session/session'
import { socketTicket } from '../session/ticket'
import { LiveClient, type Socket } from './client'

export const live = new LiveClient({
  ticket: socketTicket,
  connect(ticket) {
    const address = new URL('/api/v1/ws', location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('ticket', ticket)
    return new WebSocket(address) as unknown as Socket
  },
})

/** Ties the socket to the key, the network and the tab. Called once, from `main.tsx`. */
export function keepAlive(): void {
  session.subscribe(({ key }, before) => {
    if (key === before.key) return
    live.stop()
    if (key) live.start()
  })
  window.addEventListener('online', () => live.retryNow())
  const look = () => live.setVisible(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  look()
}
