/** How an agent does, when that is not well, and what a person can do about it. */
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Agent } from '../api/types'
import { plain } from '../run/plain'
import { useOnlyLooking } from '../session/role'
import { Button } from '../ui/Button'
import { Glyph } from '../ui/Glyph'

const ReleaseAgent = lazy(() => import('./ReleaseAgent'))

export function Health({ agent }: { agent: Agent }) {
  const [asking, setAsking] = useState(false)
  const looking = useOnlyLooking()
  const queries = useQueryClient()
  if (agent.health === 'fit') return null
  if (agent.health === 'degraded') {
    return (
      <p className="said flex items-start gap-1.5 text-xs text-waiting">
        <Glyph state="waiting" label={null} />
        {agent.faults === 1 ? 'Its last run' : `Its last ${agent.faults} runs`} failed by its own fault: {plain(agent.code)}
      </p>
    )
  }
  return (
    <div className="flex flex-col items-start gap-1 text-xs text-failed">
      <p className="said flex items-start gap-1.5">
        <Glyph state="failed" label={null} />
        In quarantine, so nothing starts with it by itself: {plain(agent.reason)}
      </p>
      {!looking && <Button onClick={() => setAsking(true)}>Release …</Button>}
      {asking && (
        <Suspense>
          <ReleaseAgent agent={agent} onDone={() => queries.invalidateQueries({ queryKey: ['agents'] })} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </div>
  )
}
