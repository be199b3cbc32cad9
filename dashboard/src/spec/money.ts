/** Dollars as people write them, and in millionths as the log keeps them. */

export const usd = (micro: number): string => `$${(micro / 1e6).toFixed(2)}`

/** `0` for nothing written; `null` for what is no amount above zero. */
export function microUsd(text: string): number | null {
  if (text === '') return 0
  if (!/^\$?\d{1,9}(\.\d{1,6})?$/.test(text)) return null
  const micro = Math.round(Number(text.replace('$', '')) * 1e6)
  return micro > 0 ? micro : null
}
