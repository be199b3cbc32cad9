import { createFileRoute } from '@tanstack/react-router'

/** Pages for who is not here yet; `__root.tsx` draws nothing around them. */
export const Route = createFileRoute('/_open')()
