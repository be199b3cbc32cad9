/** Times and sizes in words. Pure. */

/** "1.2 s", "3 min 20 s", "2 h 5 min". */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return parts(minutes, 'min', Math.floor((ms % 60_000) / 1000), 's')
  return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

const parts = (large: number, unit: string, small: number, of: string): string => (small > 0 ? `${large} ${unit} ${small} ${of}` : `${large} ${unit}`)

export function bytesOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

/** "1 step", "20,014 steps". */
export const many = (count: number, one: string, more = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : more}`
