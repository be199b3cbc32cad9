/** What stands where a page should be. */
import { Link } from '@tanstack/react-router'
import { buttonLook } from '../ui/Button'
import { Empty, Failed } from '../ui/states'
import { useTitle } from './useTitle'

export function PageMissing() {
  useTitle('Not found')
  return (
    <Empty
      title="There is no such page"
      command="omoi project list"
      action={
        <Link to="/" className={buttonLook('primary')}>
          All projects
        </Link>
      }
    >
      The address may be mistyped, or what it names belongs to somebody else.
    </Empty>
  )
}

export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  useTitle('Error')
  return <Failed error={error} again={reset} />
}
