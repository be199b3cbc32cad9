import { createFileRoute } from '@tanstack/react-router'
import { SentPage } from '../sign-in/SentPage'

export const Route = createFileRoute('/_open/register/sent')({ component: SentPage })
