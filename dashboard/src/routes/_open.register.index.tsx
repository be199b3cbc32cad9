import { createFileRoute } from '@tanstack/react-router'
import { RegisterPage } from '../sign-in/RegisterPage'

export const Route = createFileRoute('/_open/register/')({ component: RegisterPage })
