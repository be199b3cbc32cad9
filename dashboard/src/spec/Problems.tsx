/** Faults that somebody can mend: each with its place and its code. */
import type { PlanProblem } from '../api/types'
import { visible } from '../ui/visible'

export function Problems({ problems }: { problems: readonly PlanProblem[] }) {
  if (problems.length === 0) return null
  return (
    <ul className="mt-2 flex flex-col gap-1.5">
      {problems.map((problem, index) => (
        <li key={index} className="said border-l-2 border-failed pl-2">
          {place(problem) && <span className="mr-2 font-mono text-xs font-semibold">{visible(place(problem))}</span>}
          {problem.message} <span className="font-mono text-xs text-ink-3">{problem.code}</span>
        </li>
      ))}
    </ul>
  )
}

/** `tasks.md:12:4`, or the thing it is about. */
function place({ file, line, column, item }: PlanProblem): string {
  const where = file ? [file, line, column].filter((part) => part != null).join(':') : ''
  return [where, item].filter(Boolean).join(' ')
}
