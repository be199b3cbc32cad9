/** How a file was changed: line by line, marked by sign and colour. */
import { Button } from '../ui/Button'
import { many } from './amounts'
import { type DiffLine, linesOf } from './diff'
import { useFold } from './folds'
import type { Words } from './payload'
import { plain } from './plain'

const FOLDED = 16
const MOST = 5_000
const WIDE = 1_000

const LOOK: Record<DiffLine['kind'], [sign: string, look: string]> = {
  added: ['+', 'text-done'],
  removed: ['−', 'text-failed'],
  same: [' ', 'text-ink-2'],
  place: [' ', 'text-ink-3'],
  about: [' ', 'text-ink-3'],
}

export function Diff({ name, words }: { name: string; words: Words | null }) {
  const [open, turn] = useFold(name)
  if (!words) return null
  if (words.text === null) return <p className="text-xs text-ink-2">{words.why}</p>
  const lines = linesOf(words.text)
  const shown = lines.slice(0, open ? MOST : FOLDED)
  const left = lines.length - shown.length
  return (
    <div>
      <pre className="said rounded-md border border-line bg-sunk py-1 font-mono text-xs">
        {shown.map(({ kind, text }, index) => (
          <span key={index} className={`grid grid-cols-[1.5rem_1fr] ${LOOK[kind][1]}`}>
            <span className="text-center select-none">{LOOK[kind][0]}</span>
            <span>
              {plain(text.slice(0, WIDE))}
              {text.length > WIDE && ' …'}
              {'\n'}
            </span>
          </span>
        ))}
      </pre>
      {(open || left > 0) && (
        <Button kind="quiet" aria-expanded={open} onClick={turn} className="-ml-2">
          {open ? 'Fold' : `Show ${many(left, 'more line')}`}
        </Button>
      )}
    </div>
  )
}
