/**
 * How long to rest after a paint: as long as it took, within 50 to 250 ms. What comes meanwhile is gathered; what comes after
 * it is painted at once.
 *
 * Painting costs, applying does not: at 100 events a second ten paints a second take a quarter of the main thread, sixty take
 * two thirds (measured, see the design). More than the last paint must not be waited for: a multiple feeds on itself.
 */

export const LEAST_MS = 50
export const MOST_MS = 250

export function nextDelay(lastPaintMs: number): number {
  if (!Number.isFinite(lastPaintMs)) return MOST_MS
  return Math.min(MOST_MS, Math.max(LEAST_MS, lastPaintMs))
}

/** Calls back once what was just changed has been painted, or cannot be because the tab is hidden. */
export function afterPaint(done: () => void): void {
  if (typeof requestAnimationFrame !== 'function' || document.visibilityState === 'hidden') {
    setTimeout(done, 0)
    return
  }
  // The task after the frame's callbacks runs when the frame is out.
  requestAnimationFrame(() => setTimeout(done, 0))
}
