import { createFileRoute } from '@tanstack/react-router'
import { OrganizationPage } from '../organization/OrganizationPage'

export const Route = createFileRoute('/organization')({ component: OrganizationPage })
