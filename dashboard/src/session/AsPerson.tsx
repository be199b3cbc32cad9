/** For who is here as a person: who that is and what the role allows, or why it cannot be shown. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { meQuery } from '../api/identity'
import type { Me } from '../api/identityTypes'
import { ProblemError } from '../api/problem'
import { Button } from '../ui/Button'
import { Forbidden } from '../ui/Forbidden'
import { Failed, Loading } from '../ui/states'
import { leave, session } from './session'

export function AsPerson({ children }: { children: (me: Me) => ReactNode }) {
  const isPerson = useStore(session, (now) => now.state === 'person')
  const { data, error, refetch } = useQuery({ ...meQuery(), enabled: isPerson })
  if (!isPerson || (error instanceof ProblemError && error.code === 'needs_session')) return <OnlyKey />
  if (data) return children(data)
  return error ? <Failed error={error} again={() => void refetch()} /> : <Loading what="who you are" />
}

function OnlyKey() {
  return (
    <Forbidden
      title="This needs a person"
      action={
        <Button kind="primary" onClick={() => leave()}>
          Put the key away and sign in
        </Button>
      }
    >
      This page was opened with a key. A key has no account and no members: it does only what it was made for.
    </Forbidden>
  )
}
