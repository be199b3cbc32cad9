/** Words of programs, as text and never as anything else; the most of something long is folded. */
import { Button } from '../ui/Button'
import { useFold } from './folds'
import { many } from './amounts'
import type { Words } from './payload'
import { cut, type End, plain } from './plain'

interface OutputProps {
  /** Names it among all that can be folded. */
  name: string
  words: Words | null
  /** Lines that are shown while it is folded. */
  most?: number
  end?: End
  /** Words for people are not set like those of machines. */
  prose?: boolean
}

/** Lines of what was opened: more would stop the page, and nobody reads them. */
const MOST = 5_000

export function Output({ name, words, most = 10, end = 'first', prose = false }: OutputProps) {
  const [open, turn] = useFold(name)
  if (!words) return null
  if (words.text === null) return <p className="text-xs text-ink-2">{words.why}</p>
  const text = plain(words.text)
  if (text.trim() === '') return null
  const shown = cut(text, open ? MOST : most, end)
  const more = shown.left > 0 && (
    <p className="text-xs text-ink-2">
      {end === 'first' ? '… ' : ''}
      {many(shown.left, end === 'first' ? 'more line' : 'earlier line')}
    </p>
  )
  return (
    <div className="min-w-0">
      {end === 'last' && more}
      {prose ? (
        <p className="said max-w-[80ch]">{shown.text}</p>
      ) : (
        <pre className="said rounded-md border border-line bg-sunk px-2 py-1 font-mono text-xs">{shown.text}</pre>
      )}
      {end === 'first' && more}
      {(open || shown.left > 0) && (
        <Button kind="quiet" aria-expanded={open} onClick={turn} className="-ml-2">
          {open ? 'Fold' : 'Show all'}
        </Button>
      )}
    </div>
  )
}
