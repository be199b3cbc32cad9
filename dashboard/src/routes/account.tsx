import { createFileRoute } from '@tanstack/react-router'
import { AccountPage } from '../account/AccountPage'

export const Route = createFileRoute('/account')({ component: AccountPage })
