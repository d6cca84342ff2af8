// A real OpenID Connect provider (npm's oidc-provider) on another site than the service: localhost beside 127.0.0.1. Who types a name is that person;
// the name says the groups.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { Provider } from 'oidc-provider'

const groups = { anna: ['assistenza-l1', 'altro'], elena: ['redazione'], nora: ['contabilita'] }
const form = (action, inside) => `<!doctype html><html lang="it"><title>Provider</title><main><h1>Provider</h1><form method="post" action="${action}">${inside}</form></main></html>`

export const provider = { up: true, asked: [] }

let answer = (request, response) => { response.writeHead(503).end() }
const server = createServer((request, response) => {
  provider.asked.push(request.url)
  if (provider.up) answer(request, response)
  else response.writeHead(503).end()
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
provider.issuer = `http://localhost:${server.address().port}`
provider.close = () => { server.closeAllConnections(); server.close() }

async function body(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return new URLSearchParams(text)
}

// From now on it answers, for a service at this address.
export function open(base) {
  const oidc = new Provider(provider.issuer, {
    clients: [{ client_id: 'sportello', client_secret: 'segreto/di+prova', redirect_uris: [`${base}/agent/sign-in/callback`],
      post_logout_redirect_uris: [`${base}/agent/sign-in?done=out`] }],
    claims: { openid: ['sub', 'groups'], profile: ['preferred_username'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true,
      logoutSource: (ctx, inside) => { ctx.body = form('x', '').replace(/<form.*<\/form>/, `${inside}<button type="submit" form="op.logoutForm" name="logout" value="yes">Esci</button>`) } } },
    pkce: { required: () => true },
    cookies: { keys: ['a'] },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, groups: groups[id] ?? [] }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  })
  const callback = oidc.callback()
  answer = async (request, response) => {
    if (!request.url.startsWith('/interaction/')) return callback(request, response)
    if (request.method === 'POST') {
      const accountId = (await body(request)).get('login')
      return oidc.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false })
    }
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end(form(request.url, '<label>Nome <input name="login"></label><button type="submit">Entra</button>'))
  }
}
