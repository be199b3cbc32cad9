/** Sends the message that confirms an address once more. */
import { useState } from 'react'
import { resendVerification } from '../api/identity'
import { Submit } from '../ui/Button'
import { Refusal } from '../ui/Field'
import { useForm } from '../ui/useForm'
import { faultOfAddress, keepAddress, writtenAddress } from './address'
import { AddressField } from './AddressField'

export function Resend() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  const { busy, faults, refusal, form } = useForm({
    check: (values) => ({ email: faultOfAddress(values.text('email')) }),
    send: async (values) => {
      const address = keepAddress(values.text('email'))
      await resendVerification(address)
      setSentTo(address)
    },
  })
  return (
    <form {...form}>
      <Refusal>{refusal}</Refusal>
      <AddressField fault={faults['email']} defaultValue={writtenAddress()} />
      <Submit kind="plain" busy={busy} doing="Sending …">
        Send it again
      </Submit>
      <p role="status" className="said mt-2 text-xs text-ink-2 empty:hidden">
        {sentTo && !busy && !refusal && `Sent again, if ${sentTo} waits to be confirmed.`}
      </p>
    </form>
  )
}
