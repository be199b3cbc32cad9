import { createFileRoute } from '@tanstack/react-router'
import { OauthPage } from '../sign-in/OauthPage'

export const Route = createFileRoute('/_open/sign-in/oauth/$provider')({ component: Page })

function Page() {
  return <OauthPage provider={Route.useParams().provider} />
}
