/** After registering: look into your mail. */
import { Link } from '@tanstack/react-router'
import { writtenAddress } from './address'
import { Frame, LINK, Said } from './Frame'
import { Resend } from './Resend'

export function SentPage() {
  const address = writtenAddress()
  return (
    <Frame
      title="Look into your mail"
      foot={
        <>
          <Link to="/register" className={LINK}>
            Another address
          </Link>
          <Link to="/sign-in" className={LINK}>
            Sign in
          </Link>
        </>
      }
    >
      <Said>
        {address ? `A message to ${address} is on its way.` : 'A message is on its way.'} Open the link in it, and write the
        password that you chose a moment ago.
      </Said>
      <Said>Nothing came after a few minutes? Look among the unwanted messages, or let it be sent again.</Said>
      <Resend />
    </Frame>
  )
}
