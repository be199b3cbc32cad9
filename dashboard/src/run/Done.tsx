/** What an agent did: tools, commands, files. */
import { Glyph } from '../ui/Glyph'
import { bytesOf, took } from './amounts'
import { Diff } from './Diff'
import { useFold } from './folds'
import { Output } from './Output'
import { number, type Payload, text, words } from './payload'
import { plain } from './plain'
import { Chevron } from './Said'
import type { StepProps } from './Step'

export function Tool({ row, until }: StepProps) {
  const asked = row.event.payload as Payload
  const answer = row.later.find(({ type, position }) => type === 'trajectory.tool_returned' && position <= until)
  const answered = answer?.payload as Payload | undefined
  const failed = answered?.['ok'] === false
  const [open, turn] = useFold(`tool ${row.event.position}`, true)
  return (
    <div>
      <p className="flex min-h-6 items-center gap-2">
        <Glyph state={answered ? (failed ? 'failed' : 'done') : 'running'} label={answered ? (failed ? 'It did not work' : 'It worked') : 'No answer yet'} />
        <button type="button" aria-expanded={open} onClick={turn} className="flex min-h-6 min-w-0 items-center gap-1.5 text-left hover:text-ink-2">
          <span className="truncate font-mono text-xs font-semibold">{plain(text(asked, 'tool'))}</span>
          <span className="text-xs text-ink-2">{text(asked, 'kind')}</span>
          <Chevron open={open} />
        </button>
      </p>
      {open && (
        <div className="flex flex-col gap-1">
          <Output most={6} name={`${row.event.position} in`} words={words(asked, 'input')} />
          {answered && <Output most={8} name={`${row.event.position} out`} words={words(answered, 'output')} />}
        </div>
      )}
    </div>
  )
}

export function Command({ row }: StepProps) {
  const payload = row.event.payload as Payload
  const exit = number(payload, 'exit')
  const line = words(payload, 'command')
  const bytes = number(payload, 'output_bytes') ?? 0
  return (
    <div className="flex flex-col gap-1">
      <p className="flex min-h-6 items-start gap-x-2 py-1 text-xs">
        <span className="pt-px">
          <Glyph state={exit === 0 ? 'done' : 'failed'} label={null} />
        </span>
        <span className="min-w-0">
          <code className="said font-mono font-semibold">
            <span aria-hidden="true" className="text-ink-3 select-none">
              ${' '}
            </span>
            {line?.text === null ? line.why : plain(line?.text ?? '').slice(0, 2_000)}
          </code>{' '}
          <span className={`mx-1 ${exit === 0 ? 'text-ink-2' : 'text-failed'}`}>{exit === null ? 'did not end by itself' : `exit ${exit}`}</span>{' '}
          <span className="text-ink-3">
            {took(number(payload, 'duration_ms') ?? 0)}
            {bytes > 0 && ` · ${bytesOf(bytes)}`}
          </span>
        </span>
      </p>
      <Output end="last" most={8} name={String(row.event.position)} words={words(payload, 'output')} />
    </div>
  )
}

const CHANGES: Record<string, string> = { added: 'new', modified: 'changed', deleted: 'deleted' }

export function File({ row }: StepProps) {
  const payload = row.event.payload as Payload
  const [added, removed] = [number(payload, 'added'), number(payload, 'removed')]
  const change = text(payload, 'change')
  const diff = words(payload, 'diff')
  const [open, turn] = useFold(`file ${row.event.position}`, true)
  return (
    <div>
      <button type="button" aria-expanded={open} disabled={!diff} onClick={turn} className="flex min-h-6 max-w-full flex-wrap items-center gap-x-2 text-left text-xs enabled:hover:text-ink-2">
        <span className="said font-mono font-semibold">{plain(text(payload, 'path'))}</span>
        <span className="text-ink-2">{CHANGES[change] ?? change}</span>
        {added !== null && <span className="font-mono text-done">+{added}</span>}
        {removed !== null && <span className="font-mono text-failed">−{removed}</span>}
        {added === null && removed === null && <span className="text-ink-3">no text</span>}
        {diff && <Chevron open={open} />}
      </button>
      {open && <Diff name={String(row.event.position)} words={diff} />}
    </div>
  )
}
