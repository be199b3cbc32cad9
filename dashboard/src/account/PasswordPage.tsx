/** Changes one's password. All other sessions end by it. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { changePassword } from '../api/identity'
import type { Me } from '../api/identityTypes'
import { AsPerson } from '../session/AsPerson'
import { announce } from '../shell/announce'
import { useTitle } from '../shell/useTitle'
import { keepAddress } from '../sign-in/address'
import { Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { faultOfNew, NewPasswordField, PasswordField } from '../ui/PasswordField'
import { useForm } from '../ui/useForm'

export function PasswordPage() {
  useTitle('Password')
  return <AsPerson>{(me) => <Password me={me} />}</AsPerson>
}

function Password({ me }: { me: Me }) {
  const [times, setTimes] = useState(0)
  return (
    <>
      <h1 className="mb-3 text-xl font-semibold">Password</h1>
      {times > 0 && (
        <p role="status" className="mb-3 text-base text-ink-2">
          The password is changed, and all other sessions have ended.
        </p>
      )}
      {/* Another form each time: what was written is gone from it. */}
      <PasswordForm key={times} me={me} onChanged={() => setTimes(times + 1)} />
      <p className="mt-5 text-xs text-ink-2">
        Is there none, or has it been forgotten?{' '}
        <Link to="/forgot" className="inline-flex min-h-6 items-center underline" onClick={() => keepAddress(me.user.email)}>
          Let a link be sent
        </Link>{' '}
        by which you choose one.
      </p>
    </>
  )
}

function PasswordForm({ me, onChanged }: { me: Me; onChanged: () => void }) {
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      current: values.raw('current') ? null : 'Write your password of now.',
      password: faultOfNew(values.raw('password')),
    }),
    send: async (values) => {
      await changePassword({ current: values.raw('current'), password: values.raw('password') })
      announce('The password is changed')
      onChanged()
    },
    about: {
      invalid_credentials: { field: 'current', words: 'This is not your password.' },
      weak_password: 'password',
    },
  })
  return (
    <form {...form} className="max-w-md">
      <Refusal>{refusal}</Refusal>
      {/* For password managers, which keep a password with a name. */}
      <input type="text" name="email" autoComplete="username" value={me.user.email} readOnly hidden />
      <PasswordField label="Password of now" name="current" autoComplete="current-password" fault={faults['current']} />
      <NewPasswordField label="New password" name="password" fault={faults['password']} />
      <Submit busy={busy} doing="Changing …">
        Change it and end all other sessions
      </Submit>
    </form>
  )
}
