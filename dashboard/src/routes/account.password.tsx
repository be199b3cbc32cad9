import { createFileRoute } from '@tanstack/react-router'
import { PasswordPage } from '../account/PasswordPage'

export const Route = createFileRoute('/account/password')({ component: PasswordPage })
