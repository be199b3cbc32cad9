/** Register: a name, an address, a password. The answer is the same for known addresses, so that nobody can ask who is here. */
import { Link, useNavigate } from '@tanstack/react-router'
import { register } from '../api/identity'
import { Submit } from '../ui/Button'
import { Refusal, TextField } from '../ui/Field'
import { faultOfNew, NewPasswordField } from '../ui/PasswordField'
import { useForm } from '../ui/useForm'
import { faultOfAddress, keepAddress, writtenAddress } from './address'
import { AddressField } from './AddressField'
import { Frame, LINK } from './Frame'

export function RegisterPage() {
  const navigate = useNavigate()
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({
      display_name: values.text('display_name') ? null : 'Write what others should call you.',
      email: faultOfAddress(values.text('email')),
      password: faultOfNew(values.raw('password')),
    }),
    send: async (values) => {
      await register({
        email: keepAddress(values.text('email')),
        password: values.raw('password'),
        display_name: values.text('display_name'),
      })
      await navigate({ to: '/register/sent' })
    },
    about: { weak_password: 'password', invalid_email: 'email', invalid_name: 'display_name' },
  })
  return (
    <Frame
      title="Register"
      foot={
        <Link to="/sign-in" className={LINK}>
          I have an account: sign in
        </Link>
      }
    >
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <TextField
          label="Name"
          name="display_name"
          autoComplete="name"
          maxLength={200}
          autoFocus
          fault={faults['display_name']}
          hint="What others see beside your work."
        />
        <AddressField fault={faults['email']} defaultValue={writtenAddress()} />
        <NewPasswordField label="Password" name="password" fault={faults['password']} />
        <Submit busy={busy} doing="Registering …" className="h-8.5 w-full">
          Register
        </Submit>
      </form>
    </Frame>
  )
}
