import { createFileRoute } from '@tanstack/react-router'
import { BoardPage } from '../board/BoardPage'

export const Route = createFileRoute('/p/$project/board')({ component: Page })

function Page() {
  const { project } = Route.useParams()
  return <BoardPage key={project} project={project} />
}
