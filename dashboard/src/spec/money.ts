/** Dollars as people write them, and in millionths as the log keeps them. */

/** Less than a cent is not nothing, and some differences are less than one; `most` digits behind the point. */
export function usd(micro: number, most = 2): string {
  const dollars = micro / 1e6
  const said = micro > 0 && micro < 1e4 ? dollars.toFixed(6).replace(/0+$/, '') : dollars.toFixed(most).replace(/(\.\d\d)0+$/, '$1')
  return `$${said}`
}

/** `0` for nothing written; `null` for what is no amount above zero. */
export function microUsd(text: string): number | null {
  if (text === '') return 0
  if (!/^\$?\d{1,9}(\.\d{1,6})?$/.test(text)) return null
  const micro = Math.round(Number(text.replace('$', '')) * 1e6)
  return micro > 0 ? micro : null
}

/** Why a budget must be larger than what is spent of it. */
export const COUNTED =
  'Until a call has ended it counts with the most that it can cost: what is asked, and the longest answer that the model may give, which is 16,000 tokens unless the settings say otherwise.'
