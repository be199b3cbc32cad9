/** Holding the page still by hand (WCAG 2.2.2). */
import { live } from '../live'
import { announce } from './announce'

const BY_HAND = 'by hand'

export function togglePause(): void {
  if (live.status.getState().paused) {
    live.release(BY_HAND)
    announce('Goes on')
  } else {
    live.hold(BY_HAND)
    announce('Held still')
  }
}
