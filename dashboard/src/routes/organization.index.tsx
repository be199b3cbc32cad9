import { createFileRoute } from '@tanstack/react-router'
import { GeneralPage } from '../organization/GeneralPage'

export const Route = createFileRoute('/organization/')({ component: GeneralPage })
