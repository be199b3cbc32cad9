/** In which steps: tasks by ticket, with their hours and what they wait for. */
import { Link } from '@tanstack/react-router'
import type { Spec } from '../api/types'
import { Priority } from '../ui/Priority'
import { steady } from '../ui/visible'
import { Problems } from './Problems'
import { faultsAt, latestVerdict, type Verdict } from './verdict'
import { hours, placeOf } from './words'

type Ticket = Spec['tickets'][number]
type Task = Spec['tasks'][number]

export function Tasks({ project, spec }: { project: string; spec: Spec }) {
  const verdict = latestVerdict(spec, 'tasks')
  const critical = new Set(spec.critical_path)
  const known = new Set(spec.tickets.map(({ id }) => id))
  const astray = spec.tasks.filter(({ parent_ticket }) => !known.has(parent_ticket))
  if (spec.tasks.length === 0) return <p className="text-ink-2">Not written yet.</p>
  return (
    <ul className="flex flex-col gap-4">
      {spec.tickets.map((ticket) => (
        <TicketBlock
          key={ticket.id}
          {...{ project, spec, ticket, verdict, critical }}
          tasks={spec.tasks.filter(({ parent_ticket }) => parent_ticket === ticket.id)}
        />
      ))}
      {astray.length > 0 && (
        <li>
          <p className="mb-1 text-xs font-semibold">Of no ticket</p>
          <TaskList {...{ tasks: astray, verdict, critical }} />
        </li>
      )}
    </ul>
  )
}

interface TicketBlockProps {
  project: string
  spec: Spec
  ticket: Ticket
  tasks: Task[]
  verdict: Verdict | null
  critical: ReadonlySet<string>
}

function TicketBlock({ project, spec, ticket, tasks, verdict, critical }: TicketBlockProps) {
  const made = spec.work?.tickets.find(({ local }) => local === ticket.id)
  const sum = tasks.reduce((all, task) => all + (task.estimated_hours ?? 0), 0)
  const waits = ticket.dependencies.blocked_by
  return (
    <li>
      <h3 className="mb-1 flex flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-xs text-ink-3">{ticket.id}</span>
        <span className="said min-w-0 text-base font-semibold">{steady(ticket.title)}</span>
        {ticket.priority && <Priority priority={ticket.priority} />}
        {made && (
          <Link to="/p/$project/t/$ticket" params={{ project, ticket: made.id }} className="underline">
            Ticket {made.number}
          </Link>
        )}
        <span className="ml-auto text-xs text-ink-2">{hours(sum)}</span>
      </h3>
      {ticket.description && <p className="said mb-1 max-w-[72ch] text-ink-2">{ticket.description}</p>}
      {waits.length > 0 && (
        <p className="mb-1 text-xs text-ink-2">
          Waits for <span className="font-mono">{waits.join(', ')}</span>
        </p>
      )}
      <TaskList {...{ tasks, verdict, critical }} />
      <Problems problems={faultsAt(verdict, ticket.id)} />
    </li>
  )
}

function TaskList({ tasks, verdict, critical }: { tasks: Task[]; verdict: Verdict | null; critical: ReadonlySet<string> }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} critical={critical.has(task.id)} verdict={verdict} />
      ))}
    </ul>
  )
}

function TaskRow({ task, critical, verdict }: { task: Task; critical: boolean; verdict: Verdict | null }) {
  const waits = task.dependencies.depends_on
  const files = [...task.files_to_create.map((file) => `+ ${file}`), ...task.files_to_modify.map((file) => `~ ${file}`)]
  const more = task.description || files.length > 0 || task.run || (task.validate?.length ?? 0) > 0 || task.acceptance_criteria.length > 0
  return (
    <li id={placeOf(task.id)} className="scroll-mt-4 px-3 py-1.5">
      <div className="grid min-h-6 grid-cols-[4.5rem_1fr_auto] items-start gap-x-2">
        <span className="font-mono text-xs leading-(--body-line) text-ink-2">{task.id}</span>
        <span className="said min-w-0">
          {steady(task.title)}
          {task.optional && <span className="ml-1.5 text-xs text-ink-3">optional</span>}
          {task.done && <span className="ml-1.5 text-xs text-done">done already</span>}
        </span>
        <span className="text-xs whitespace-nowrap text-ink-2">{task.estimated_hours != null ? hours(task.estimated_hours) : task.estimate}</span>
        <span className="col-start-2 text-xs text-ink-2">
          {waits.length > 0 ? (
            <>
              waits for <span className="font-mono">{waits.join(', ')}</span>
            </>
          ) : (
            'can begin at once'
          )}
          {critical && <span className="ml-2 font-semibold text-ink">on the critical path</span>}
        </span>
      </div>
      {more && (
        <details className="sm:ml-20">
          <summary className="inline-block min-h-6 pt-1 text-xs text-ink-2 underline" aria-label={`More of ${task.id}`}>
            More
          </summary>
          {task.description && <p className="said max-w-[72ch]">{task.description}</p>}
          {task.acceptance_criteria.length > 0 && (
            <ul className="mt-1 list-disc pl-4">
              {task.acceptance_criteria.map((criterion, index) => (
                <li key={index} className="said">
                  {typeof criterion === 'string' ? criterion : criterion.text}
                </li>
              ))}
            </ul>
          )}
          {files.length > 0 && <pre className="said mt-1 font-mono text-xs text-ink-2">{files.join('\n')}</pre>}
          {task.run && <pre className="said mt-1 font-mono text-xs">runs {task.run}</pre>}
          {task.validate && task.validate.length > 0 && (
            <pre className="said mt-1 font-mono text-xs">{task.validate.map((command) => `done when ${command}`).join('\n')}</pre>
          )}
        </details>
      )}
      <Problems problems={faultsAt(verdict, task.id)} />
    </li>
  )
}
