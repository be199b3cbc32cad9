import { createFileRoute } from '@tanstack/react-router'
import { TicketPage } from '../ticket/TicketPage'

export const Route = createFileRoute('/p/$project/t/$ticket')({ component: Page })

function Page() {
  const { project, ticket } = Route.useParams()
  return <TicketPage key={ticket} project={project} id={ticket} />
}
