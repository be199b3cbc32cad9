/** Where a candidate and the branch changed the same: file by file, what each side did. Agents wrote it: it is text, and nothing else. */
import { useQuery } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { type ConflictFile, conflictQuery, type Merge, type MergeCandidate } from '../api/merges'
import { many } from '../run/amounts'
import { plain } from '../run/plain'
import { Button } from '../ui/Button'
import { Failed, Loading } from '../ui/states'
import { Commit } from './Commit'
import { compared, folded, linesOf, type MarkedKind, markedLines } from './sides'

type View = 'sides' | 'marked' | 'ours' | 'theirs' | 'base'

export default function Conflict({ merge, candidate }: { merge: Merge; candidate: MergeCandidate }) {
  const { data, error, refetch } = useQuery(conflictQuery(merge.id, candidate.task))
  const [view, setView] = useState<View>('sides')
  const number = plain(candidate.number)
  if (!data) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="the conflict" />
  return (
    <section aria-label={`Conflict of ${number}`} className="mt-2 flex flex-col gap-3">
      <p className="text-xs text-ink-2">
        The branch at <Commit of={data.head} />, {number} at <Commit of={data.commit} />: both changed {many(data.files.length, 'file')} in the same places.
      </p>
      <Views {...{ view, number }} onView={setView} />
      {data.cut && <p className="text-xs text-waiting">This is not all of it, because it is too long. The commands under “Resolve” show the rest.</p>}
      {data.files.map((file) => (
        <File key={file.path} {...{ file, view, number }} />
      ))}
    </section>
  )
}

function Views({ view, number, onView }: { view: View; number: string; onView(next: View): void }) {
  const name = useId()
  const views: readonly [View, string][] = [
    ['sides', 'both sides'],
    ['marked', 'with marks'],
    ['ours', 'the branch'],
    ['theirs', number],
    ['base', 'before both'],
  ]
  return (
    <div role="radiogroup" aria-labelledby={`${name}-what`} className="flex flex-wrap items-center gap-x-4 text-xs">
      <span id={`${name}-what`} className="font-semibold">
        Show
      </span>
      {views.map(([value, word]) => (
        <label key={value} className="inline-flex min-h-6 items-center gap-1.5">
          <input type="radio" name={name} className="size-4 accent-(--ink)" checked={view === value} onChange={() => onView(value)} />
          {word}
        </label>
      ))}
    </div>
  )
}

function File({ file, view, number }: { file: ConflictFile; view: View; number: string }) {
  return (
    <section aria-label={plain(file.path)} className="min-w-0">
      <h3 className="said mb-1 font-mono text-xs font-semibold">{plain(file.path)}</h3>
      {view === 'sides' ? (
        <div className="grid gap-2 xl:grid-cols-2">
          <Side title="What the branch did" before={file.base} after={file.ours} />
          <Side title={`What ${number} did`} before={file.base} after={file.theirs} />
        </div>
      ) : view === 'marked' ? (
        <Marked text={file.marked} />
      ) : (
        <Text text={file[view]} />
      )}
    </section>
  )
}

const NO_TEXT = 'It is not there, or it is no text.'
const SIGN = { added: ['+', 'text-done'], removed: ['−', 'text-failed'], same: [' ', 'text-ink-2'], place: [' ', 'text-ink-3'], about: [' ', 'text-ink-3'] } as const
const OF: Record<MarkedKind, readonly [sign: string, look: string]> = { mark: [' ', 'text-ink-3'], ours: ['<', 'text-ink'], base: ['|', 'text-ink-3'], theirs: ['>', 'text-ink'], same: [' ', 'text-ink-2'] }

function Side({ title, before, after }: { title: string; before: string | null; after: string | null }) {
  const rows = useMemo(() => folded(compared(linesOf(before ?? ''), linesOf(after ?? ''))).map(({ kind, text }): Row => [...SIGN[kind], text]), [before, after])
  return (
    <div className="min-w-0">
      <h4 className="mb-0.5 text-xs text-ink-2">{title}</h4>
      {after === null && <p className="text-xs">{before === null ? NO_TEXT : 'Took it away, or made something else than text of it.'}</p>}
      {after !== null && rows.length === 0 ? <p className="text-xs text-ink-2">The file is empty.</p> : rows.length > 0 && <Lines rows={rows} />}
    </div>
  )
}

function Marked({ text }: { text: string | null }) {
  const rows = useMemo(() => (text === null ? null : markedLines(text).map(({ kind, text }): Row => [...OF[kind], text])), [text])
  return rows ? <Lines rows={rows} /> : <p className="text-xs">{NO_TEXT}</p>
}

function Text({ text }: { text: string | null }) {
  const rows = useMemo(() => (text === null ? null : linesOf(text).map((line): Row => [' ', 'text-ink', line])), [text])
  if (!rows) return <p className="text-xs">{NO_TEXT}</p>
  return rows.length === 0 ? <p className="text-xs text-ink-2">The file is empty.</p> : <Lines rows={rows} />
}

type Row = readonly [sign: string, look: string, text: string]

const FOLDED = 40
const MOST = 5_000
/** More characters in a line than this are not read by anybody. */
const WIDE = 1_000

function Lines({ rows }: { rows: readonly Row[] }) {
  const [open, setOpen] = useState(false)
  const shown = rows.slice(0, open ? MOST : FOLDED)
  const left = rows.length - shown.length
  return (
    <>
      <pre className="said rounded-md border border-line bg-sunk py-1 font-mono text-xs">
        {shown.map(([sign, look, text], index) => (
          <span key={index} className={`grid grid-cols-[1.5rem_minmax(0,1fr)] ${look}`}>
            <span className="text-center select-none">{sign}</span>
            <span>
              {plain(text.slice(0, WIDE))}
              {text.length > WIDE && ' …'}
              {'\n'}
            </span>
          </span>
        ))}
      </pre>
      {(open || left > 0) && (
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)} className="-ml-2">
          {open ? (left > 0 ? `Fold; ${many(left, 'more line')} are not shown` : 'Fold') : `Show ${many(left, 'more line')}`}
        </Button>
      )}
    </>
  )
}
