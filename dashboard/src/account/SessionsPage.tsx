/** Where one is signed in, and how to end that. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { endOtherSessions, endSession, sessionsQuery } from '../api/identity'
import type { SessionNote } from '../api/identityTypes'
import { AsPerson } from '../session/AsPerson'
import { announce } from '../shell/announce'
import { useTitle } from '../shell/useTitle'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Confirm'
import { Failed, Loading } from '../ui/states'
import { day } from '../ui/time'
import { visible } from '../ui/visible'
import { Until, When } from '../ui/When'
import { deviceOf } from './agent'

export function SessionsPage() {
  useTitle('Sessions')
  return <AsPerson>{() => <Sessions />}</AsPerson>
}

function Sessions() {
  const queries = useQueryClient()
  const { data, error, refetch } = useQuery(sessionsQuery())
  const [ending, setEnding] = useState<SessionNote | 'others' | null>(null)
  if (!data) return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="your sessions" />

  const others = data.filter(({ current }) => !current)
  const reread = () => queries.invalidateQueries({ queryKey: sessionsQuery().queryKey })
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Sessions</h1>
        {others.length > 0 && <Button onClick={() => setEnding('others')}>End all others ({others.length})</Button>}
      </div>
      {others.length === 0 && <p className="mb-3 text-base text-ink-2">You are signed in nowhere else.</p>}
      <ul className="rounded-lg border border-line bg-raised">
        {data.toSorted(currentFirst).map((one) => (
          <Row key={one.id} session={one} onEnd={() => setEnding(one)} />
        ))}
      </ul>
      {ending === 'others' && (
        <Confirm
          title={`End ${others.length} other ${others.length === 1 ? 'session' : 'sessions'}?`}
          does="End them"
          doing="Ending …"
          run={async () => {
            const { ended } = await endOtherSessions()
            announce(`Ended ${ended}`)
            await reread()
          }}
          onClose={() => setEnding(null)}
        >
          Whoever uses them has to sign in again. This session goes on.
        </Confirm>
      )}
      {ending && ending !== 'others' && (
        <Confirm
          title={`End the session of ${nameOf(ending)}?`}
          does="End it"
          doing="Ending …"
          run={async () => {
            await endSession(ending.id)
            announce('Ended')
            await reread()
          }}
          onClose={() => setEnding(null)}
        >
          {`Used from ${ending.address ?? 'an unknown address'}, made ${day(ending.made_at)}. Whoever uses it has to sign in again.`}
        </Confirm>
      )}
    </>
  )
}

function Row({ session, onEnd }: { session: SessionNote; onEnd: () => void }) {
  const { agent, address, made_at, last_used_at, expires_at, current } = session
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <span className="said" title={agent ? visible(agent) : undefined}>
            {nameOf(session)}
          </span>
          {current && <span className="ml-2 rounded-sm border border-line-strong px-1 text-xs font-normal">This one</span>}
        </p>
        <p className="text-xs text-ink-2">
          {address && <span className="mr-3 font-mono">{visible(address)}</span>}
          used <When at={last_used_at} />, made <When at={made_at} />, ends <Until at={expires_at} />
        </p>
      </div>
      {current ? (
        <span className="text-xs text-ink-2 max-sm:w-full">Sign out in the menu above ends it.</span>
      ) : (
        <Button aria-label={`End the session of ${nameOf(session)}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  )
}

function nameOf({ agent }: SessionNote): string {
  return deviceOf(agent) ?? (agent ? visible(agent).slice(0, 80) : 'An unknown program')
}

const currentFirst = (a: SessionNote, b: SessionNote): number =>
  Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at)
