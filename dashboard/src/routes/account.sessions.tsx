import { createFileRoute } from '@tanstack/react-router'
import { SessionsPage } from '../account/SessionsPage'

export const Route = createFileRoute('/account/sessions')({ component: SessionsPage })
