/** Chooses a new password with the link of a mail. All sessions end by it. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { resetPassword } from '../api/identity'
import { ProblemError } from '../api/problem'
import { forgetArrival } from '../session/arrival'
import { renewQuietly } from '../session/renew'
import { session } from '../session/session'
import { tellTabs } from '../session/tabs'
import { buttonLook, Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { faultOfNew, NewPasswordField } from '../ui/PasswordField'
import { useForm } from '../ui/useForm'
import { Frame, LINK, Said } from './Frame'
import { useArrival } from './useArrival'

export function ResetPage() {
  const token = useArrival('/reset').get('token')
  const [state, setState] = useState<'asks' | 'over' | 'done'>('asks')
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ password: faultOfNew(values.raw('password')) }),
    send: async (values) => {
      try {
        await resetPassword({ token: token!, password: values.raw('password') })
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'invalid_token') return setState('over')
        throw error
      }
      forgetArrival()
      // If the session of this browser was of the same person, it ended with all others.
      if (session.getState().state === 'person') renewQuietly()
      tellTabs('look')
      setState('done')
    },
    about: { weak_password: 'password' },
  })
  if (state === 'done') {
    return (
      <Frame title="The password is changed">
        <Said>All sessions have ended, also on other machines. Sign in with the new password.</Said>
        <Link to="/sign-in" className={buttonLook('primary')}>
          Sign in
        </Link>
      </Frame>
    )
  }
  if (!token || state === 'over') {
    return (
      <Frame title={token ? 'This link is over' : 'The link is missing'}>
        <Said>
          {token
            ? 'It was used, or its time is over. Ask for another one.'
            : 'Open the link of the message again: what it holds does not stay in the address. Or ask for another one.'}
        </Said>
        <Link to="/forgot" className={buttonLook('primary')}>
          Ask for another link
        </Link>
      </Frame>
    )
  }
  return (
    <Frame
      title="Choose a new password"
      foot={
        <Link to="/sign-in" className={LINK}>
          Sign in
        </Link>
      }
    >
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <NewPasswordField label="New password" name="password" autoFocus fault={faults['password']} />
        <Submit busy={busy} doing="Changing …" className="h-8.5 w-full">
          Change the password and end all sessions
        </Submit>
      </form>
    </Frame>
  )
}
