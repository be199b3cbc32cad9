import { createFileRoute } from '@tanstack/react-router'
import { WelcomePage } from '../sign-in/WelcomePage'

export const Route = createFileRoute('/_open/welcome')({ component: WelcomePage })
