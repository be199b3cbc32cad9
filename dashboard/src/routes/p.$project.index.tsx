import { createFileRoute } from '@tanstack/react-router'
import { ProjectPage } from '../project/ProjectPage'

export const Route = createFileRoute('/p/$project/')({ component: Page })

function Page() {
  const { project } = Route.useParams()
  return <ProjectPage key={project} project={project} />
}
