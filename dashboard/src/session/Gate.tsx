/** Shows its pages to whoever is here, and sends everybody else to sign in and back. */
import { useLocation, useRouter } from '@tanstack/react-router'
import { Fragment, type ReactNode, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Failed, Loading } from '../ui/states'
import { begin } from './renew'
import { session, whoOf } from './session'

export function Gate({ children }: { children: ReactNode }) {
  const state = useStore(session, (now) => now.state)
  const who = useStore(session, whoOf)
  const { error, again } = useBeginning()
  if (state === 'out') return <ToSignIn />
  if (who === null) return <main>{error ? <Failed error={error} again={again} /> : <Loading what="your session" />}</main>
  // Another person, or another organization, begins with nothing of the last one.
  return <Fragment key={who}>{children}</Fragment>
}

/** Asks once whether the browser has a session. */
export function useBeginning(): { error: unknown; again(): void } {
  const [error, setError] = useState<unknown>(null)
  const again = () => {
    setError(null)
    begin().catch(setError)
  }
  useEffect(again, [])
  return { error, again }
}

function ToSignIn() {
  const router = useRouter()
  const here = useLocation({ select: ({ href }) => href })
  useEffect(() => {
    void router.navigate({ to: '/sign-in', search: here === '/' ? {} : { to: here }, replace: true })
  }, [])
  return null
}
