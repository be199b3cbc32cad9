import { createFileRoute } from '@tanstack/react-router'
import { MergesPage } from '../merges/MergesPage'

interface Search {
  /** The one that is shown. */
  merge?: string
}

export const Route = createFileRoute('/p/$project/merges')({
  validateSearch: ({ merge }: Record<string, unknown>): Search => (typeof merge === 'string' ? { merge } : {}),
  component: Page,
})

function Page() {
  const { project } = Route.useParams()
  const { merge } = Route.useSearch()
  const navigate = Route.useNavigate()
  return <MergesPage key={project} project={project} chosen={merge} onChoose={(next) => void navigate({ search: { merge: next } })} />
}
