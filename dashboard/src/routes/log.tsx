import { createFileRoute } from '@tanstack/react-router'
import { readLogSearch } from '../log/search'
import { LogPage } from '../log/LogPage'

export const Route = createFileRoute('/log')({ validateSearch: readLogSearch, component: Page })

function Page() {
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  return <LogPage search={search} onSearch={(next) => void navigate({ search: next })} />
}
