/** Asks for a link by which a new password can be chosen. The answer is the same for unknown addresses. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { forgotPassword } from '../api/identity'
import { Button, Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { faultOfAddress, keepAddress, writtenAddress } from './address'
import { AddressField } from './AddressField'
import { Frame, LINK, Said } from './Frame'

export function ForgotPage() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ email: faultOfAddress(values.text('email')) }),
    send: async (values) => {
      const address = keepAddress(values.text('email'))
      await forgotPassword(address)
      setSentTo(address)
    },
  })
  const foot = (
    <Link to="/sign-in" className={LINK}>
      Sign in
    </Link>
  )
  if (sentTo) {
    return (
      <Frame title="Look into your mail" foot={foot}>
        <Said>
          {`If somebody here has the address ${sentTo}, a link to choose a new password is on its way. It is good for one use.`}
        </Said>
        <Button onClick={() => setSentTo(null)}>Try another address</Button>
      </Frame>
    )
  }
  return (
    <Frame title="Choose a new password" foot={foot}>
      <form {...form}>
        <Refusal>{refusal}</Refusal>
        <AddressField autoFocus fault={faults['email']} defaultValue={writtenAddress()} hint="A link is sent there." />
        <Submit busy={busy} doing="Sending …" className="h-8.5 w-full">
          Send the link
        </Submit>
      </form>
    </Frame>
  )
}
