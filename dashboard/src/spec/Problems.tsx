/** Faults that somebody can mend: each with its place and its code. */
import type { PlanProblem } from '../api/types'
import { visible } from '../ui/visible'

interface ProblemsProps {
  problems: readonly PlanProblem[]
  /** What they stand under: it is not said again. */
  under?: string
}

export function Problems({ problems, under }: ProblemsProps) {
  if (problems.length === 0) return null
  return (
    <ul className="mt-2 flex flex-col gap-1.5">
      {problems.map((problem, index) => (
        <li key={index} className="said border-l-2 border-failed pl-2">
          {place(problem, under) && <span className="mr-2 font-mono text-xs font-semibold">{visible(place(problem, under))}</span>}
          {problem.message} {problem.code !== under && <span className="font-mono text-xs text-ink-3">{problem.code}</span>}
        </li>
      ))}
    </ul>
  )
}

/** `tasks.md:12:4`, or the thing it is about. */
function place({ file, line, column, item }: PlanProblem, under?: string): string {
  const where = file ? [file, line, column].filter((part) => part != null).join(':') : ''
  return [where, item === under ? '' : item].filter(Boolean).join(' ')
}
