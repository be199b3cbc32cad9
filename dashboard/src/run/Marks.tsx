/** What happened around an agent: turns, calls to models, messages to it, and how far its run is. */
import { usd } from '../spec/money'
import { Glyph, type State } from '../ui/Glyph'
import { Id } from '../ui/Id'
import { bytesOf, many, took } from './amounts'
import { Output } from './Output'
import { number, type Payload, text, within, words } from './payload'
import { plain } from './plain'
import type { StepProps } from './Step'
import { wayOf } from './steering'
import { levelWords, wayOut } from './words'

export function Turn({ row, until }: StepProps) {
  const payload = row.event.payload as Payload
  const end = row.later.find(({ position }) => position <= until)
  const stop = text((end?.payload ?? {}) as Payload, 'stop').replaceAll('_', ' ')
  return (
    <>
      <h3 className="flex flex-wrap items-baseline gap-x-2 text-sm font-semibold">
        Turn {number(payload, 'turn') ?? '?'}
        <span className="text-xs font-normal text-ink-2">{end ? `over: ${plain(stop)}` : 'goes on'}</span>
      </h3>
      <Output most={2} prose name={String(row.event.position)} words={words(payload, 'prompt')} />
    </>
  )
}

export function Steer({ row, until }: StepProps) {
  const payload = row.event.payload as Payload
  const { state, word, means } = wayOf(row, until)
  return (
    <div className="rounded-md border border-line-strong bg-raised px-2 py-1.5">
      <p className="mb-0.5 flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
        <span className="font-semibold text-ink">Message to the agent</span> by <Id id={text(payload, 'by')} />
      </p>
      <Output prose name={String(row.event.position)} words={words(payload, 'text')} />
      <p className="mt-1 flex items-start gap-1.5 text-xs">
        <span className="pt-px">
          <Glyph state={state} label={null} />
        </span>
        <span className="said min-w-0">
          <span className="font-semibold">{word}.</span> <span className="text-ink-2">{plain(means)}</span>
        </span>
      </p>
    </div>
  )
}

export function Call({ row, until }: StepProps) {
  const payload = row.event.payload as Payload
  const come = row.later.filter(({ position }) => position <= until)
  const of = (type: string) => come.find((event) => event.type === `trajectory.${type}`)?.payload as Payload | undefined
  const [end, usage, unknown] = [of('llm_call_finished'), of('usage_recorded'), of('llm_call_ambiguous')]
  const kind = text(within(end ?? {}, 'outcome'), 'kind')
  const bad = kind === 'failed' || kind === 'unfit'
  const tokens = within(usage ?? {}, 'tokens')
  const cost = number(usage ?? unknown ?? {}, 'cost')
  const details = [
    usage && `${many(number(tokens, 'input') ?? 0, 'token')} in, ${(number(tokens, 'output') ?? 0).toLocaleString('en')} out`,
    cost !== null && usd(cost),
    end && took(number(end, 'duration_ms') ?? 0),
    bad && plain(text(within(end ?? {}, 'outcome'), 'message')),
    unknown && 'nobody heard its end',
  ]
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
      <Glyph state={bad ? 'failed' : end ? 'done' : unknown ? 'waiting' : 'running'} label={null} />
      Model <span className="said font-mono">{plain(text(payload, 'model') || text(payload, 'provider'))}</span>
      <span className="said text-ink-3">{details.filter(Boolean).join(' · ')}</span>
    </p>
  )
}

export function Outside({ row }: StepProps) {
  const payload = row.event.payload as Payload
  const isTool = row.event.type === 'trajectory.mcp_call_made'
  const isOver = row.event.type === 'trajectory.egress_ended'
  const why = text(payload, 'reason')
  const well = isOver ? why === 'closed' || why === 'run_over' : payload[isTool ? 'ok' : 'allowed'] === true
  const told = isTool
    ? `${text(payload, 'server')}: ${text(payload, 'tool')}${well ? '' : ', which did not work'}`
    : isOver
      ? `${text(payload, 'host')} closed${well ? '' : `: ${wayOut(why)}`}, ${bytesOf(number(payload, 'sent') ?? 0)} out, ${bytesOf(number(payload, 'received') ?? 0)} in`
      : `${text(payload, 'method')} ${text(payload, 'host')}, ${well ? 'let through' : `not let through${why && `: ${wayOut(why)}`}`}`
  return (
    <p className="flex items-start gap-2 text-xs text-ink-2">
      <span className="pt-px">
        <Glyph state={well ? 'done' : 'failed'} label={null} />
      </span>
      <span className="said min-w-0 font-mono">{plain(told)}</span>
    </p>
  )
}

export function Milestone({ row }: StepProps) {
  const [state, told] = tell(row.event.type, row.event.payload as Payload)
  return (
    <p className="flex items-start gap-2 text-xs">
      <span className="pt-px">
        <Glyph state={state} label={null} />
      </span>
      <span className="said min-w-0">{plain(told)}</span>
    </p>
  )
}

function tell(type: string, payload: Payload): [State, string] {
  const because = text(payload, 'reason')
  switch (type) {
    case 'run.started':
      return ['queued', `The run took its task, for ${text(payload, 'agent')}.`]
    case 'run.sandbox_requested':
      return ['queued', `Its sandbox is made on ${text(payload, 'node')}, for ${text(payload, 'branch')}.`]
    case 'run.sandbox_ready':
      return ['running', `Its sandbox is there. What holds it: ${levelWords(text(payload, 'level'))}.`]
    case 'run.sandbox_lost':
      return ['failed', `Its sandbox went away: ${because}`]
    case 'run.sandbox_released':
      return ['done', 'Its workspace was removed; all that was in it is kept.']
    case 'run.interrupt_requested':
      return ['paused', 'A person interrupted the turn of its agent.']
    case 'run.interrupt_settled':
      return ['done', text(payload, 'stop') === 'cancelled' ? 'The turn has ended by that.' : `The turn had ended by itself: ${text(payload, 'stop').replaceAll('_', ' ')}.`]
    case 'run.stop_requested':
      return ['paused', `It was told to stop: ${because}`]
    case 'run.snapshot_taken':
      return ['done', `What is in its workspace is kept, as ${text(payload, 'commit').slice(0, 10)}.`]
    case 'run.evidence_gathered':
      return evidence(payload)
    case 'run.ended':
      return [text(payload, 'outcome') === 'succeeded' ? 'done' : text(payload, 'outcome') === 'cancelled' ? 'cancelled' : 'failed', `It ended, ${text(payload, 'outcome').replaceAll('_', ' ')}: ${because}`]
    case 'run.late_input_refused':
      return ['cancelled', `Its ${text(payload, 'source')} reported something after the end; that was refused.`]
    default:
      return ['queued', type]
  }
}

function evidence(payload: Payload): [State, string] {
  const commands = Array.isArray(payload['commands']) ? (payload['commands'] as Payload[]) : []
  const failed = commands.filter((command) => number(command ?? {}, 'exit') !== 0).length
  const files = many(number(payload, 'files') ?? 0, 'file')
  return [failed > 0 ? 'failed' : 'done', `Its work was looked at: ${files} ${number(payload, 'files') === 1 ? 'differs' : 'differ'}, ${commands.length - failed} of ${many(commands.length, 'command')} succeeded.`]
}
