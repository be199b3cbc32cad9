/** The tasks of a ticket. The ticket knows their numbers and outcomes; the rest is read task by task. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { taskQuery } from '../api/reads'
import type { Task, TaskNote, Ticket } from '../api/types'
import { phaseWord } from '../board/words'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'
import { Command } from '../ui/states'
import { RunOf } from './RunOf'
import { taskFace } from './taskFace'

/** More at once would be as many requests at once. */
const FIRST = 50

export function Tasks({ project, ticket }: { project: string; ticket: Ticket }) {
  const [all, setAll] = useState(false)
  const tasks = Object.entries(ticket.tasks).toSorted(([, a], [, b]) => a.number.localeCompare(b.number, 'en', { numeric: true }))
  if (tasks.length === 0) {
    return (
      <div className="flex flex-col gap-2 text-ink-2">
        <p>No task yet. Tasks are what is done; this plans one:</p>
        <Command text={`omoi task create ${ticket.number} "Draw the form"`} />
      </div>
    )
  }
  return (
    <>
      <ul className="divide-y divide-line rounded-lg border border-line bg-raised">
        {tasks.slice(0, all ? undefined : FIRST).map(([id, note]) => (
          <TaskRow key={id} {...{ project, id, note }} />
        ))}
      </ul>
      {!all && tasks.length > FIRST && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {tasks.length}
        </Button>
      )}
    </>
  )
}

function TaskRow({ project, id, note }: { project: string; id: string; note: TaskNote }) {
  const { data: task } = useQuery(taskQuery(id))
  const { state, word } = taskFace(task?.status ?? note.outcome)
  return (
    <li className="grid min-h-(--row) grid-cols-[auto_auto_1fr_auto] items-start gap-x-2 px-3 py-1.5">
      <span className="pt-0.5">
        <Glyph state={state} label={null} />
      </span>
      <span className="font-mono text-xs leading-(--body-line) text-ink-2">{note.number}</span>
      <span className="said min-w-0">
        {task?.title ?? '…'}
        {task?.near_duplicates?.map(({ id, number, title }) => (
          <span key={id} className="block text-xs text-waiting" title={id}>
            Says nearly the same as {number} {title}
          </span>
        ))}
        {task && why(task).map((line) => (
          <span key={line} className={`block text-xs ${state === 'blocked' ? 'text-blocked' : 'text-ink-2'}`}>
            {line}
          </span>
        ))}
        {task && <RunOf {...{ project, task }} />}
      </span>
      <span className="flex flex-col items-end text-xs text-ink-2">
        <span>{word}</span>
        <span className="text-ink-3">
          {[phaseWord(note.phase), task?.estimate != null && `${task.estimate} h`, note.evidence].filter(Boolean).join(' · ')}
        </span>
      </span>
    </li>
  )
}

/** Why it is not going on: what blocks it, what the last validation missed, how often it failed. */
function why(task: Task): string[] {
  return [
    ...task.blockers.map(({ reason }) => reason),
    ...(task.feedback?.failed?.map(({ cmd, exit }) => `${cmd} ended with ${exit}`) ?? []),
    ...(task.attempt > 0 ? [`${task.attempt} failed ${task.attempt === 1 ? 'attempt' : 'attempts'} so far`] : []),
  ]
}
