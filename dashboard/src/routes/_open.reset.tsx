import { createFileRoute } from '@tanstack/react-router'
import { ResetPage } from '../sign-in/ResetPage'

export const Route = createFileRoute('/_open/reset')({ component: ResetPage })
