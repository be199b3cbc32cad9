/** What somebody sees who belongs to no organization. */
import { lazy, Suspense, useState } from 'react'
import { Button } from '../ui/Button'
import { Empty } from '../ui/states'
import { useTitle } from './useTitle'

const NewOrganization = lazy(() => import('../organization/NewOrganization'))

export default function Nowhere() {
  useTitle('No organization')
  const [asks, setAsks] = useState(false)
  return (
    <>
      <Empty
        title="You belong to no organization"
        action={
          <Button kind="primary" onClick={() => setAsks(true)}>
            New organization
          </Button>
        }
      >
        Projects live in organizations. Make one, or open the link of an invitation that somebody sent you.
      </Empty>
      {asks && (
        <Suspense>
          <NewOrganization onClose={() => setAsks(false)} />
        </Suspense>
      )}
    </>
  )
}
