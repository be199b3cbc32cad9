import { createFileRoute } from '@tanstack/react-router'
import { MembersPage } from '../organization/MembersPage'

export const Route = createFileRoute('/organization/members')({ component: MembersPage })
