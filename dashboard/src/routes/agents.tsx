import { createFileRoute } from '@tanstack/react-router'
import { AgentsPage } from '../fleet/AgentsPage'

export const Route = createFileRoute('/agents')({ component: AgentsPage })
