import { createFileRoute } from '@tanstack/react-router'
import { RunPage } from '../run/RunPage'

export const Route = createFileRoute('/p/$project/runs/$run')({ component: Page })

function Page() {
  const { project, run } = Route.useParams()
  return <RunPage key={run} project={project} id={run} />
}
