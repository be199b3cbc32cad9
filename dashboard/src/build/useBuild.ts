/** One build from the first try to its spec: what it has done so far, and what is shown of that. */
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { readSpec, specQuery } from '../api/specs'
import type { AgentProfile } from '../api/types'
import { announce } from '../shell/announce'
import { carryOut, type Kept, newBuild, type Order, type Step, type StepName } from './course'
import { WORD } from './words'

export type Shown = Partial<Record<StepName, Step>>

export function useBuild(profiles: readonly AgentProfile[], whyNotMine: string | null) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [kept] = useState(newBuild)
  const [steps, setSteps] = useState<Shown>({})
  const [spec, setSpec] = useState<Kept['spec']>(null)

  const tell = (name: StepName, step: Step) => {
    setSteps((before) => ({ ...before, [name]: step }))
    if (step.state === 'done') announce(`${WORD[name]}: ${step.words}`)
  }

  /** Throws what is in the way; the same again goes on there. */
  async function build(order: Order): Promise<void> {
    // What was done before stays to be seen; what comes after it is tried again.
    setSteps((before) => Object.fromEntries(Object.entries(before).filter(([, { state }]) => state === 'done')))
    try {
      const { id, project, position } = await carryOut(order, { profiles, whyNotMine }, kept, tell)
      // The page that opens next must not be told that there is no such spec: what was written is waited for.
      await queries.fetchQuery({ ...specQuery(id), queryFn: ({ signal }) => readSpec(id, position ?? undefined, signal) }).catch(() => {})
      await navigate({ to: '/p/$project/specs/$spec', params: { project, spec: id }, state: { begun: true } })
    } finally {
      setSpec(kept.spec)
      for (const queryKey of [['projects'], ['project'], ['specs']]) void queries.invalidateQueries({ queryKey })
    }
  }
  return { steps, spec, build }
}
