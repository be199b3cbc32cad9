/** Confirms a mail address. It asks for the password, so that only whoever registered can do it, and not who reads the mail. */
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { verify } from '../api/identity'
import { ProblemError } from '../api/problem'
import { forgetArrival } from '../session/arrival'
import { enter } from '../session/doors'
import { Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { PasswordField } from '../ui/PasswordField'
import { useForm } from '../ui/useForm'
import { Frame, LINK, Said } from './Frame'
import { Resend } from './Resend'
import { useArrival } from './useArrival'

export function VerifyPage() {
  const navigate = useNavigate()
  const token = useArrival('/verify').get('token')
  const [over, setOver] = useState(false)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ password: values.raw('password') ? null : 'Write the password that you chose.' }),
    send: async (values) => {
      try {
        enter(await verify({ token: token!, password: values.raw('password') }))
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'invalid_token') return setOver(true)
        throw error
      }
      forgetArrival()
      await navigate({ to: '/', replace: true })
    },
    about: {
      invalid_credentials: { field: 'password', words: 'This is not the password that was chosen with this address.' },
    },
  })
  const foot = (
    <Link to="/sign-in" className={LINK}>
      Sign in
    </Link>
  )
  if (!token || over) {
    return (
      <Frame title={over ? 'This link is over' : 'The link is missing'} foot={foot}>
        <Said>
          {over
            ? 'It was used, or its time is over. If your address is confirmed already, sign in. Otherwise let another message be sent.'
            : 'Open the link of the message again: what it holds does not stay in the address. Or let another message be sent.'}
        </Said>
        <Resend />
      </Frame>
    )
  }
  return (
    <Frame title="Confirm your address" foot={foot}>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          autoFocus
          fault={faults['password']}
          hint="The one that you chose when you registered."
        />
        <Submit busy={busy} doing="Confirming …" className="h-8.5 w-full">
          Confirm and sign in
        </Submit>
      </form>
    </Frame>
  )
}
