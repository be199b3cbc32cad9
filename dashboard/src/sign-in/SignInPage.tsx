/** Sign in, and go on to where one wanted to be. */
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { login } from '../api/identity'
import { enter } from '../session/doors'
import { useBeginning } from '../session/Gate'
import { session } from '../session/session'
import { Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { PasswordField } from '../ui/PasswordField'
import { Failed, Loading } from '../ui/states'
import { useForm } from '../ui/useForm'
import { faultOfAddress, keepAddress, writtenAddress } from './address'
import { AddressField } from './AddressField'
import { safeBack } from './back'
import { Frame, LINK } from './Frame'
import { KeyForm } from './KeyForm'
import { Providers } from './Providers'

interface SignInPageProps {
  to: string | undefined
  /** With a key in the place of a person. */
  withKey: boolean
}

export function SignInPage({ to, withKey }: SignInPageProps) {
  const router = useRouter()
  const state = useStore(session, (now) => now.state)
  const { error, again } = useBeginning()
  const back = safeBack(to)
  const isHere = state === 'person' || state === 'key'
  useEffect(() => {
    if (isHere) router.history.replace(back)
  }, [isHere, back])

  const search = to === undefined ? {} : { to }
  if (withKey) {
    return (
      <Frame
        title="Use a key"
        foot={
          <Link to="/sign-in" search={search} className={LINK}>
            Sign in as a person
          </Link>
        }
      >
        <KeyForm />
      </Frame>
    )
  }
  if (state === 'unknown' || isHere) {
    return <Frame title="Sign in">{error ? <Failed error={error} again={again} /> : <Loading what="your session" />}</Frame>
  }
  return (
    <Frame
      title="Sign in"
      foot={
        <>
          <Link to="/register" className={LINK}>
            Register
          </Link>
          <Link to="/forgot" className={LINK}>
            Forgot the password
          </Link>
          <Link to="/sign-in" search={{ ...search, with: 'key' }} className={LINK}>
            Use a key instead
          </Link>
        </>
      }
    >
      <PasswordForm />
      <Providers back={back} />
    </Frame>
  )
}

function PasswordForm() {
  const why = useStore(session, (now) => (now.state === 'out' ? now.why : null))
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      email: faultOfAddress(values.text('email')),
      password: values.raw('password') ? null : 'Write your password.',
    }),
    send: async (values) =>
      enter(await login({ email: keepAddress(values.text('email')), password: values.raw('password') })),
    about: { invalid_credentials: 'password' },
  })
  return (
    <form {...form}>
      {why && !refusal && (
        <p role="status" className="mb-3 text-xs text-ink-2">
          {why} Sign in to go on where you were.
        </p>
      )}
      <Refusal>{refusal}</Refusal>
      <AddressField autoFocus={!writtenAddress()} fault={faults['email']} />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="current-password"
        autoFocus={writtenAddress() !== ''}
        fault={faults['password']}
      />
      <Submit busy={busy} doing="Signing in …" className="h-8.5 w-full">
        Sign in
      </Submit>
    </form>
  )
}
