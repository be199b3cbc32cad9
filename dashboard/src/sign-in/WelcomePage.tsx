/** The link that `omoi up` prints: it signs in at once, and only once. */
import { Link, useNavigate } from '@tanstack/react-router'
import { loginLink } from '../api/identity'
import { ProblemError } from '../api/problem'
import { forgetArrival } from '../session/arrival'
import { enter } from '../session/doors'
import { buttonLook } from '../ui/Button'
import { Command, Failed, Loading } from '../ui/states'
import { Frame, Said } from './Frame'
import { useArrival, useOnce } from './useArrival'

export function WelcomePage() {
  const navigate = useNavigate()
  const token = useArrival('/welcome').get('token')
  const error = useOnce(async () => {
    if (!token) return
    enter(await loginLink(token))
    forgetArrival()
    await navigate({ to: '/', replace: true })
  })
  if (token && !error) {
    return (
      <Frame title="Welcome">
        <Loading what="the link" />
      </Frame>
    )
  }
  const isOver = error instanceof ProblemError && error.code === 'invalid_token'
  return (
    <Frame title={isOver ? 'This link is over' : token ? 'Not signed in' : 'The link is missing'}>
      {isOver || !token ? (
        <>
          <Said>
            {isOver
              ? 'It signs in once, and soon after it was printed. Whoever runs the server prints another one:'
              : 'Open the link again as it was printed: what it holds does not stay in the address. Or print another one:'}
          </Said>
          <div className="mb-4">
            <Command text="omoi login-link" />
          </div>
        </>
      ) : (
        // Whether the server took it is not known: opening it again tells.
        <>
          <Failed error={error} />
          <Said>Open the link again.</Said>
        </>
      )}
      <Link to="/sign-in" className={buttonLook('plain')}>
        Sign in
      </Link>
    </Frame>
  )
}
