import { createFileRoute, redirect } from '@tanstack/react-router'

/** Until a project has an overview its board is its first page. */
export const Route = createFileRoute('/p/$project/')({
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/p/$project/board', params, replace: true })
  },
})
