/** The tokens as plain numbers: an image knows no variables of the page, and who draws it reckons with the colours. */
import { useEffect, useState } from 'react'
import type { Look } from './draw'

const TOKENS = { paper: '--paper', raised: '--raised', line: '--line-strong', ink: '--ink' } as const

/** Follows the theme; `null` where colours cannot be reckoned. */
export function useLook(): Look | null {
  const [look, setLook] = useState(lookNow)
  useEffect(() => {
    const watcher = new MutationObserver(() => setLook(lookNow()))
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => watcher.disconnect()
  }, [])
  return look
}

function lookNow(): Look | null {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!canvas) return null
  const styles = getComputedStyle(document.documentElement)
  const hex = (token: string): string => {
    canvas.fillStyle = styles.getPropertyValue(token)
    canvas.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
  }
  return { paper: hex(TOKENS.paper), raised: hex(TOKENS.raised), line: hex(TOKENS.line), ink: hex(TOKENS.ink) }
}
