import { createFileRoute } from '@tanstack/react-router'
import { SpecPage } from '../spec/SpecPage'

export const Route = createFileRoute('/p/$project/specs/$spec')({ component: Page })

function Page() {
  const { project, spec } = Route.useParams()
  return <SpecPage key={spec} project={project} id={spec} />
}
