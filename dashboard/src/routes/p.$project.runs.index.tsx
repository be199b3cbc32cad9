import { createFileRoute } from '@tanstack/react-router'
import type { RunSearch } from '../fleet/filter'
import { RunsPage } from '../fleet/RunsPage'

const said = (value: unknown) => (typeof value === 'string' ? value : undefined)

export const Route = createFileRoute('/p/$project/runs/')({
  validateSearch: ({ state, agent, task }: Record<string, unknown>) => ({ state: said(state), agent: said(agent), task: said(task) }) as RunSearch,
  component: Page,
})

function Page() {
  const { project } = Route.useParams()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  return <RunsPage key={project} project={project} search={search} onSearch={(next) => void navigate({ search: next })} />
}
