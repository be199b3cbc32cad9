import { createFileRoute } from '@tanstack/react-router'
import { VerifyPage } from '../sign-in/VerifyPage'

export const Route = createFileRoute('/_open/verify')({ component: VerifyPage })
