import { createFileRoute } from '@tanstack/react-router'
import { readLogSearch } from '../log/search'
import { LogPage } from '../log/LogPage'

export const Route = createFileRoute('/p/$project/log')({ validateSearch: readLogSearch, component: Page })

function Page() {
  const { project } = Route.useParams()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  return <LogPage key={project} project={project} search={search} onSearch={(next) => void navigate({ search: next })} />
}
