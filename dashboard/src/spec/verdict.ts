/** What was said of what a phase wrote. */
import type { PlanningPhase, PlanProblem, Spec } from '../api/types'

export type Attempt = Spec['phases'][number]['attempts'][number]
export type Verdict = NonNullable<Attempt['verdict']>

/** Of the last attempt that was judged; `null` before one was. */
export function latestVerdict(spec: Spec, phase: PlanningPhase): Verdict | null {
  const attempts = spec.phases.find((one) => one.phase === phase)?.attempts ?? []
  return attempts.findLast(({ verdict }) => verdict !== null)?.verdict ?? null
}

export const allFaults = (verdict: Verdict): PlanProblem[] => [...verdict.vetoes, ...verdict.issues]

/** Those about one thing: a section, a requirement, a task, or a part of one (`REQ-1.2` is of `REQ-1`). */
export function faultsAt(verdict: Verdict | null, item: string): PlanProblem[] {
  if (!verdict) return []
  return allFaults(verdict).filter((fault) => fault.item === item || fault.item?.startsWith(`${item}.`))
}
