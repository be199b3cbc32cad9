/** A row of a run: when it was, and what. */
import { memo } from 'react'
import { clock, day } from '../ui/time'
import { Call, Milestone, Outside, Steer, Turn } from './Marks'
import { timeOf } from './payload'
import { Command, File, Tool } from './Done'
import { Message, Note, Plan, Question, Thought } from './Said'
import { comeBy, type Kind, type Row } from './trajectory'

export interface StepProps {
  row: Row
  /** How far one looks, as a position of the log. */
  until: number
}

const BODY: Record<Kind, (props: StepProps) => React.ReactNode> = {
  turn: Turn,
  message: Message,
  thought: Thought,
  tool: Tool,
  command: Command,
  file: File,
  plan: Plan,
  question: Question,
  note: Note,
  outside: Outside,
  call: Call,
  steer: Steer,
  run: Milestone,
}

/** How high it may be before it is drawn, in pixels. */
export const GUESS: Record<Kind, number> = {
  turn: 64,
  message: 42,
  thought: 40,
  tool: 72,
  command: 110,
  file: 180,
  plan: 96,
  question: 54,
  note: 60,
  outside: 34,
  call: 34,
  steer: 64,
  run: 34,
}

export const Step = memo(
  function Step({ row, until }: StepProps) {
    const Body = BODY[row.kind]
    const at = new Date(timeOf(row.event)).toISOString()
    return (
      <div className={`grid grid-cols-[4.25rem_1fr] gap-x-3 px-3 py-1.5 max-sm:grid-cols-1 ${row.kind === 'turn' ? 'border-t border-line-strong bg-raised' : ''}`}>
        <time dateTime={at} title={`#${row.event.position.toLocaleString('en')}, ${day(at)}`} className="pt-px font-mono text-xs leading-(--body-line) text-ink-3 max-sm:hidden">
          {clock(at).slice(0, 8)}
        </time>
        <div className="min-w-0">
          <Body {...{ row, until }} />
        </div>
      </div>
    )
  },
  // How far one looks changes a row only where something came of it in between.
  (a, b) => a.row === b.row && (a.until === b.until || comeBy(a.row, a.until) === comeBy(b.row, b.until)),
)
