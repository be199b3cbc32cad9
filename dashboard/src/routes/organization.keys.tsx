import { createFileRoute } from '@tanstack/react-router'
import { KeysPage } from '../organization/KeysPage'

export const Route = createFileRoute('/organization/keys')({ component: KeysPage })
