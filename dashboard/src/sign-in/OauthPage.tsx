/** Back from a provider: finishes the sign-in, or asks whether the account there belongs to the person here. */
import { Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { consentOauth, type Entry, finishOauth } from '../api/identity'
import type { Consent } from '../api/identityTypes'
import { ProblemError, wordsOf } from '../api/problem'
import { forgetArrival } from '../session/arrival'
import { enter } from '../session/doors'
import { buttonLook, Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { PasswordField } from '../ui/PasswordField'
import { Loading } from '../ui/states'
import { useForm } from '../ui/useForm'
import { takeBack } from './back'
import { Frame, LINK, Said } from './Frame'
import { useArrival, useOnce } from './useArrival'

interface OauthPageProps {
  /** Whose address the browser came back to. */
  provider: string
}

export function OauthPage({ provider }: OauthPageProps) {
  const router = useRouter()
  const came = useArrival(`/sign-in/oauth/${provider}`)
  const [consent, setConsent] = useState<Consent['consent'] | null>(null)
  const [code, state, refused] = [came.get('code'), came.get('state'), came.get('error')]
  // A no is told to the server too: whoever keeps it reads there what is not configured rightly.
  const said: Record<string, string> | null = code ? { code } : refused ? { error: refused } : null

  function goOn(entry: Entry) {
    enter(entry)
    router.history.replace(takeBack())
  }
  const error = useOnce(async () => {
    forgetArrival()
    if (!said || !state) return
    const iss = came.get('iss')
    const answer = await finishOauth(provider, { ...said, state, ...(iss ? { iss } : {}) })
    if ('consent' in answer) setConsent(answer.consent)
    else goOn(answer)
  })

  if (consent) return <AskConsent consent={consent} onEntry={goOn} />
  if (said && state && !error) {
    return (
      <Frame title="Sign in">
        <Loading what="what the provider says" />
      </Frame>
    )
  }
  return <NotSignedIn why={error ? wordsOfReturn(error) : 'Nothing came from a provider. Begin again.'} />
}

function NotSignedIn({ why }: { why: string }) {
  return (
    <Frame title="Not signed in">
      <p role="alert" className="said mb-4 text-base text-ink-2">
        {why}
      </p>
      <Link to="/sign-in" className={buttonLook('primary')}>
        Back to sign in
      </Link>
    </Frame>
  )
}

/** Where these pages know more than the answer: it is about an account elsewhere. */
const OF_RETURN: Record<string, string> = {
  invalid_token: 'What the provider sent has been used, or came too late. Begin again.',
  not_found: 'This server does not know that provider any more. Sign in another way.',
}

function wordsOfReturn(error: unknown): string {
  return (error instanceof ProblemError && OF_RETURN[error.code]) || wordsOf(error)
}

interface AskConsentProps {
  consent: Consent['consent']
  onEntry(entry: Entry): void
}

/** The address is that of somebody who is here: only who knows the password may join the two. */
function AskConsent({ consent, onEntry }: AskConsentProps) {
  const { token, provider, email } = consent
  const [over, setOver] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ password: values.raw('password') ? null : 'Write the password of your account here.' }),
    send: async (values) => {
      try {
        onEntry((await consentOauth({ token, password: values.raw('password') })) as Entry)
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'invalid_token') return setOver(true)
        throw error
      }
    },
    about: { invalid_credentials: { field: 'password', words: 'This is not the password of the account here.' } },
  })
  if (over) return <NotSignedIn why="The question stood too long, or was answered before. Begin again." />
  return (
    <Frame
      title="Is this you?"
      foot={
        <Link to="/sign-in" className={LINK}>
          No: sign in another way
        </Link>
      }
    >
      <Said>
        {`There is an account with the address ${email}. From now on your account at ${provider} opens it too, if you confirm that it is yours.`}
      </Said>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <input type="hidden" name="email" autoComplete="username" value={email} />
        <PasswordField
          label="Password here"
          name="password"
          autoComplete="current-password"
          autoFocus
          fault={faults['password']}
          hint={`Not that of ${provider}.`}
        />
        <Submit busy={busy} doing="Connecting …" className="h-8.5 w-full">
          {`Connect ${provider} and sign in`}
        </Submit>
      </form>
    </Frame>
  )
}
