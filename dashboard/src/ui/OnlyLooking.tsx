/** In the place of what is for those who may change things. */
import { steady } from './visible'

export function OnlyLooking({ why }: { why: string }) {
  return <p className="said text-xs text-ink-2">{steady(why)}</p>
}
