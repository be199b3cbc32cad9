/** The socket of this page. */
import { onSomebodyElse } from '../session/session'
import { socketTicket, ticketRefused } from '../session/ticket'
import { LiveClient, type Socket } from './client'

export const live = new LiveClient({
  ticket: socketTicket,
  renew: ticketRefused,
  connect(ticket) {
    const address = new URL('/api/v1/ws', location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('ticket', ticket)
    return new WebSocket(address) as unknown as Socket
  },
})

/** Ties the socket to who is here, the network and the tab. Called once, from `main.tsx`. */
export function keepAlive(): void {
  onSomebodyElse((who) => {
    live.stop()
    if (who) live.start()
  })
  window.addEventListener('online', () => live.retryNow())
  const look = () => live.setVisible(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', look)
  look()
}
