import { createFileRoute } from '@tanstack/react-router'
import { ForgotPage } from '../sign-in/ForgotPage'

export const Route = createFileRoute('/_open/forgot')({ component: ForgotPage })
