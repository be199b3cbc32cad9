/** An invitation: who invites to what, and the way to accept it. */
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptInvitation, lookAtInvitation } from '../api/identity'
import type { InvitationSeen } from '../api/identityTypes'
import { ProblemError } from '../api/problem'
import { forgetArrival } from '../session/arrival'
import { goOver, signOut } from '../session/doors'
import { useBeginning } from '../session/Gate'
import { session } from '../session/session'
import { buttonLook, Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { Failed, Loading } from '../ui/states'
import { useForm } from '../ui/useForm'
import { steady } from '../ui/visible'
import { Until } from '../ui/When'
import { asA } from '../organization/roles'
import { keepAddress } from './address'
import { Frame, LINK, Said } from './Frame'
import { useArrival } from './useArrival'

export function InvitationPage() {
  const token = useArrival('/invitation').get('token')
  const { seen, error, again } = useInvitation(token)
  const home = (
    <Link to="/" className={LINK}>
      To the projects
    </Link>
  )
  if (!token) {
    return (
      <Frame title="The link is missing" foot={home}>
        <Said>Open the link of the invitation again: what it holds does not stay in the address.</Said>
      </Frame>
    )
  }
  if (error instanceof ProblemError && error.code === 'invalid_token') {
    return (
      <Frame title="This invitation is over" foot={home}>
        <Said>It was accepted, taken back, or its time is over. Ask whoever sent it for another one.</Said>
      </Frame>
    )
  }
  if (!seen) {
    return <Frame title="Invitation">{error ? <Failed error={error} again={again} /> : <Loading what="the invitation" />}</Frame>
  }
  return (
    <Frame title={`Join ${steady(seen.organization.name)}`}>
      <Said>
        <strong className="font-semibold text-ink">{steady(seen.organization.name)}</strong>{' '}
        <span className="font-mono text-xs">{seen.organization.slug}</span>
        {` invites ${steady(seen.email)} to be ${asA(seen.role)}. The invitation is good until `}
        <Until at={seen.expires_at} />.
      </Said>
      <Answer token={token} seen={seen} />
    </Frame>
  )
}

function useInvitation(token: string | null) {
  const [seen, setSeen] = useState<InvitationSeen | null>(null)
  const [error, setError] = useState<unknown>(null)
  const again = () => {
    setError(null)
    if (token) lookAtInvitation(token).then(setSeen, setError)
  }
  useEffect(again, [token])
  return { seen, error, again }
}

/** What whoever is here can do with it. */
function Answer({ token, seen }: { token: string; seen: InvitationSeen }) {
  const now = useStore(session)
  const { error, again } = useBeginning()
  switch (now.state) {
    case 'unknown':
      return error ? <Failed error={error} again={again} /> : <Loading what="your session" />
    case 'out':
      return <SignInFirst email={seen.email} />
    case 'key':
      return (
        <Elsewhere does="Put the key away and sign in">
          This page was opened with a key. Only a person can join.
        </Elsewhere>
      )
    case 'person':
      return sameAddress(now.user.email, seen.email) ? (
        <Accept token={token} seen={seen} />
      ) : (
        <OtherAddress mine={now.user.email} theirs={seen.email} />
      )
  }
}

function SignInFirst({ email }: { email: string }) {
  // The next page then knows it already.
  useEffect(() => void keepAddress(email), [email])
  return (
    <>
      <Said>Sign in with this address to accept, or register first if it is new here.</Said>
      <div className="flex gap-2">
        <Link to="/sign-in" search={{ to: '/invitation' }} className={buttonLook('primary')}>
          Sign in
        </Link>
        <Link to="/register" className={buttonLook('plain')}>
          Register
        </Link>
      </div>
      <p className="mt-3 text-xs text-ink-2">
        Whoever registers confirms the address by mail. Open the link of the invitation again after that.
      </p>
    </>
  )
}

function Accept({ token, seen }: { token: string; seen: InvitationSeen }) {
  const navigate = useNavigate()
  const accepted = useRef(false)
  const [other, setOther] = useState(false)
  const mine = useStore(session, (now) => (now.state === 'person' ? now.user.email : ''))
  const { busy, refusal, form } = useForm({
    send: async () => {
      try {
        // Once: what follows may fail and be tried again.
        if (!accepted.current) await acceptInvitation(token)
        accepted.current = true
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'other_address') return setOther(true)
        throw error
      }
      forgetArrival()
      await goOver(seen.organization.id)
      await navigate({ to: '/', replace: true })
    },
  })
  if (other) return <OtherAddress mine={mine} theirs={seen.email} />
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <Submit busy={busy} doing="Joining …" className="h-8.5 w-full" autoFocus>
        {`Join as ${asA(seen.role)}`}
      </Submit>
    </form>
  )
}

function OtherAddress({ mine, theirs }: { mine: string; theirs: string }) {
  return (
    <Elsewhere does="Sign out and use the other address">
      {`You are signed in as ${steady(mine)}. The invitation is for ${steady(theirs)}, and only who has that address can accept it.`}
    </Elsewhere>
  )
}

function Elsewhere({ does, children }: { does: string; children: ReactNode }) {
  const { busy, refusal, form } = useForm({ send: () => signOut() })
  return (
    <form {...form}>
      <p role="alert" className="said mb-4 text-base text-waiting">
        {children}
      </p>
      <Refusal>{refusal}</Refusal>
      <div className="flex flex-wrap gap-2">
        <Submit busy={busy} doing="Signing out …">
          {does}
        </Submit>
        <Link to="/" className={buttonLook('plain')}>
          Leave it
        </Link>
      </div>
    </form>
  )
}

/** As people see it: the server compares exactly, and its answer counts. */
const sameAddress = (one: string, other: string): boolean =>
  one.trim().normalize('NFC').toLowerCase() === other.trim().normalize('NFC').toLowerCase()
