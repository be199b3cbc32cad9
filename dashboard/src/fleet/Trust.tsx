/** What a person can do about an agent: not trust it any more, or trust it again. */
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { Agent } from '../api/types'
import { plain } from '../run/plain'
import { useOnlyLooking } from '../session/role'
import { Button } from '../ui/Button'
import { isJudged } from './roster'

const QuarantineAgent = lazy(() => import('./QuarantineAgent'))
const ReleaseAgent = lazy(() => import('./ReleaseAgent'))

export function Trust({ agent }: { agent: Agent }) {
  const [asking, setAsking] = useState(false)
  const looking = useOnlyLooking()
  const queries = useQueryClient()
  const distrusted = agent.health === 'quarantined'
  if (looking || !(distrusted || isJudged(agent))) return null
  const Ask = distrusted ? ReleaseAgent : QuarantineAgent
  return (
    <>
      <Button kind={distrusted ? 'plain' : 'quiet'} className={distrusted ? '' : '-mr-2.5'} aria-label={`${distrusted ? 'Release' : 'Quarantine'} ${plain(agent.name)} …`} onClick={() => setAsking(true)}>
        {distrusted ? 'Release …' : 'Quarantine …'}
      </Button>
      {asking && (
        <Suspense>
          <Ask agent={agent} onDone={() => queries.invalidateQueries({ queryKey: ['agents'] })} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  )
}
