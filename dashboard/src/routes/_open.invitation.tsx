import { createFileRoute } from '@tanstack/react-router'
import { InvitationPage } from '../sign-in/InvitationPage'

export const Route = createFileRoute('/_open/invitation')({ component: InvitationPage })
