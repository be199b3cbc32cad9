import { createFileRoute } from '@tanstack/react-router'
import { BuildPage } from '../build/BuildPage'

interface Search {
  /** Where it is built, if that is known. */
  repository?: string
}

export const Route = createFileRoute('/build')({
  validateSearch: ({ repository }: Record<string, unknown>): Search => (typeof repository === 'string' ? { repository } : {}),
  component: Page,
})

function Page() {
  const { repository } = Route.useSearch()
  return <BuildPage key={repository} repository={repository} />
}
