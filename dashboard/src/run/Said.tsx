/** What an agent said, thought, planned and asked. */
import { Glyph, type State } from '../ui/Glyph'
import { useFold } from './folds'
import { Output } from './Output'
import { type Payload, stepsOf, text, words } from './payload'
import { plain } from './plain'
import type { StepProps } from './Step'

const nameOf = ({ row }: StepProps): string => String(row.event.position)
const payloadOf = ({ row }: StepProps): Payload => row.event.payload as Payload

export function Message(props: StepProps) {
  return (
    <>
      <span className="sr-only">The agent says: </span>
      <Output prose most={24} name={nameOf(props)} words={words(payloadOf(props), 'text')} />
    </>
  )
}

export function Thought(props: StepProps) {
  const said = words(payloadOf(props), 'text')
  const [open, turn] = useFold(`thought ${nameOf(props)}`)
  const first = said?.text ? plain(said.text).trim().split('\n')[0]! : ''
  return (
    <div className="text-ink-2">
      <button type="button" aria-expanded={open} onClick={turn} className="flex min-h-6 max-w-full items-center gap-1.5 text-left text-xs hover:text-ink">
        <Chevron open={open} />
        <span className="shrink-0 font-semibold">Thought</span>
        {!open && <span className="truncate">{first}</span>}
      </button>
      {open && <Output prose most={60} name={nameOf(props)} words={said} />}
    </div>
  )
}

export function Chevron({ open }: { open: boolean }) {
  return (
    <svg viewBox="0 0 10 10" className="size-2.5 shrink-0" aria-hidden="true">
      <path d={open ? 'm1.5 3.5 3.5 3.5 3.5-3.5' : 'm3.5 1.5 3.5 3.5-3.5 3.5'} fill="none" stroke="currentColor" strokeWidth={1.6} />
    </svg>
  )
}

export function Question(props: StepProps) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-waiting px-2 py-1.5">
      <span className="pt-0.5">
        <Glyph state="waiting" label={null} />
      </span>
      <div className="min-w-0">
        <p className="text-xs font-semibold">The agent asks</p>
        <Output prose name={nameOf(props)} words={words(payloadOf(props), 'text')} />
      </div>
    </div>
  )
}

export function Note(props: StepProps) {
  const payload = payloadOf(props)
  const said = words(payload, 'text')
  return (
    <div className="text-xs text-ink-2">
      <p>
        Note of its driver: <span className="font-mono">{plain(text(payload, 'code') || props.row.event.type)}</span>
      </p>
      <Output most={4} name={nameOf(props)} words={said} />
    </div>
  )
}

const STEPS: Record<string, [State, string]> = {
  pending: ['queued', 'To do'],
  in_progress: ['running', 'Under way'],
  completed: ['done', 'Done'],
}

export function Plan(props: StepProps) {
  const said = words(payloadOf(props), 'plan')
  const steps = said?.text ? stepsOf(said.text) : null
  return (
    <>
      <p className="text-xs font-semibold">Its plan</p>
      {steps ? (
        <ul>
          {steps.map(({ text, status }, index) => {
            const [state, word] = STEPS[status] ?? ['queued', status]
            return (
              <li key={index} className="flex items-start gap-2">
                <span className="pt-0.5">
                  <Glyph state={state} label={word} />
                </span>
                <span className={`said min-w-0 ${state === 'done' ? 'text-ink-2' : ''}`}>{plain(text)}</span>
              </li>
            )
          })}
        </ul>
      ) : (
        <Output name={nameOf(props)} words={said} />
      )}
    </>
  )
}
