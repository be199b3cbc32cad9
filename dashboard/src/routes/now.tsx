import { createFileRoute } from '@tanstack/react-router'
import { NowPage } from '../now/NowPage'

export const Route = createFileRoute('/now')({ component: NowPage })
