/** What an event says in a line. The payload was written by other programs: nothing about it is certain. */
import type { RecordedEvent } from '../api/types'
import { shortId } from '../ui/Id'
import type { State } from '../ui/Glyph'
import { steady } from '../ui/visible'

type Payload = Record<string, unknown>

const text = (payload: Payload, name: string): string => {
  const value = payload[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
const because = (payload: Payload): string => (text(payload, 'reason') ? `: ${text(payload, 'reason')}` : '')
const named = (verb: string, name: string) => (payload: Payload) => [verb, text(payload, name)].filter(Boolean).join(' ')
const short = (payload: Payload, name: string): string => shortId(text(payload, name))

const SAY: Record<string, (payload: Payload) => string> = {
  'project.created': named('created', 'name'),
  'project.renamed': named('renamed to', 'name'),
  'ticket.created': (payload) => ['created', text(payload, 'title')].filter(Boolean).join(': '),
  'ticket.refined': (payload) => ['refined', text(payload, 'title')].filter(Boolean).join(': '),
  'ticket.phase_entered': (payload) =>
    ['entered', text(payload, 'to'), text(payload, 'from') && `from ${text(payload, 'from')}`, payload['forced'] === true && 'by force']
      .filter(Boolean)
      .join(' '),
  'ticket.gate_evaluated': (payload) => {
    const unmet = Array.isArray(payload['unmet']) ? payload['unmet'] : []
    const details = unmet.map((one: unknown) => text((one ?? {}) as Payload, 'detail')).filter(Boolean)
    const gate = ['gate', text(payload, 'phase')].filter(Boolean).join(' ')
    return payload['passed'] === true ? `${gate} is open` : [`${gate} is closed`, details.join(', ')].filter(Boolean).join(': ')
  },
  'ticket.gate_approval_requested': named('asks for approval to leave', 'phase'),
  'ticket.gate_approval_granted': named('approved to leave', 'phase'),
  'ticket.gate_approval_rejected': (payload) => `approval refused${because(payload)}`,
  'ticket.blocked': (payload) => `blocked${because(payload)}`,
  'ticket.cancelled': (payload) => `cancelled${because(payload)}`,
  'ticket.commented': (payload) => ['comment', text(payload, 'text')].filter(Boolean).join(': '),
  'ticket.task_attached': named('has task', 'number'),
  'ticket.task_outcome_noted': (payload) => ['task', short(payload, 'task'), text(payload, 'outcome')].filter(Boolean).join(' '),
  'ticket.dependency_added': (payload) => ['waits for ticket', short(payload, 'on')].filter(Boolean).join(' '),
  'ticket.dependency_removed': (payload) => ['waits no longer for', short(payload, 'on')].filter(Boolean).join(' '),
  'ticket.commit_linked': (payload) => ['commit', text(payload, 'sha').slice(0, 10)].filter(Boolean).join(' '),
  'ticket.pull_request_linked': named('pull request', 'number'),
  'task.planned': (payload) => ['planned', text(payload, 'title')].filter(Boolean).join(': '),
  'task.attempt_failed': (payload) => `attempt failed${because(payload)}`,
  'task.failed': (payload) => `failed${because(payload)}`,
  'task.blocked': (payload) => `blocked${because(payload)}`,
  'task.cancelled': (payload) => `cancelled${because(payload)}`,
  'task.dependency_added': (payload) => ['waits for task', short(payload, 'on')].filter(Boolean).join(' '),
  'task.priority_changed': named('priority', 'priority'),
  'task.retry_scheduled': named('tries again at', 'at'),
}

/** In a line, without the subject. */
export function tell({ type, payload }: Pick<RecordedEvent, 'type' | 'payload'>): string {
  return steady(SAY[type]?.(payload as Payload) || verbOf(type))
}

/** The verb of a type: `run.sandbox_lost` is "sandbox lost". */
export const verbOf = (type: string): string => type.slice(type.indexOf('.') + 1).replaceAll('_', ' ')

/** What it happened to: its number where the event says it, else its kind and the end of its id. */
export function subjectOf(event: Pick<RecordedEvent, 'aggregate_type' | 'aggregate_id' | 'payload'>): string {
  const number = text(event.payload as Payload, 'number')
  if (/^[A-Z]{2,5}-\d+$/.test(number)) return number
  return `${event.aggregate_type.replaceAll('_', ' ')} ${shortId(event.aggregate_id)}`
}

/** The mark beside it: for what went well, went wrong, or waits. Most events need none. */
export function lookOf(type: string): State | null {
  const verb = type.slice(type.indexOf('.') + 1)
  if (/(^|_)(failed|rejected|lost|expired)$/.test(verb)) return 'failed'
  if (verb === 'blocked') return 'blocked'
  if (/(^|_)requested$/.test(verb)) return 'waiting'
  if (/(^|_)(completed|passed|granted)$/.test(verb)) return 'done'
  if (verb === 'started') return 'running'
  if (/(^|_)cancelled$/.test(verb)) return 'cancelled'
  return null
}
