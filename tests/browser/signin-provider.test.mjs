// Signing in with the organisation's OpenID Connect provider.
import test, { after } from 'node:test'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addToken, assertAccessible, at, serve, setUp, signIn, sizes, withPage } from './lib.mjs'
import { open, provider } from './provider.mjs'

setUp((folder) => {
  writeFileSync(join(folder, 'secret'), 'segreto/di+prova\n')
  writeFileSync(join(folder, 'identity.yaml'), `refetch: 1s
provider:
  issuer: ${provider.issuer}
  name: Ente di prova
  client_id: sportello
  client_secret: {file: secret}
  subject_claim: preferred_username
  groups_claim: groups
  mapping:
    - {group: assistenza-l1, role: agent, audience: agent-l1}
    - {group: redazione, role: editor, audience: agent-l1}
`)
  return [...serve(folder), '--identity', join(folder, 'identity.yaml')]
})
after(() => provider.close())

// The provider is another host, and that is what is tested here.
const visit = (work, options = {}) => withPage(options, async (page) => {
  page.removeAllListeners('request')
  await work(page)
})

const ours = async (page) => (await page.context().cookies()).filter(({ domain }) => domain === '127.0.0.1')

async function enter(page, name, path = '/agent/') {
  await page.goto(at.base + path)
  await page.click('text=Accedi con Ente di prova')
  await page.waitForURL(`${provider.issuer}/**`)
  await page.fill('[name=login]', name)
  await page.click('button')
  await page.waitForURL(`${at.base}/**`)
}

test('it is down: a kind word, and tokens go on', () => visit(async (page) => {
  await page.goto(`${at.base}/agent/sign-in`)
  await page.click('text=Accedi con Ente di prova')
  assert.match(await page.textContent('[role=alert]'), /Ente di prova non risponde/)
  await assertAccessible(page, 'provider down')
  await signIn(page, addToken())
  assert.match(await page.textContent('.ag-who'), /ada/)
}))

test('in, to where one wanted to go', () => visit(async (page) => {
  open(at.base)
  await new Promise((done) => setTimeout(done, 2100)) // it is not asked again at once after a failure
  const seen = []
  page.on('request', (request) => seen.push(request.url()))
  await enter(page, 'anna', '/agent/?q=spid')
  await page.waitForURL(`${at.base}/agent/?q=spid`)
  assert.match(await page.textContent('.ag-who'), /anna/)
  const cookies = await ours(page)
  assert.deepEqual(cookies.map(({ name, secure, httpOnly, sameSite }) => [name, secure, httpOnly, sameSite]), [['__Host-sportello', true, true, 'Strict']])
  const asked = new URL(seen.find((url) => url.startsWith(`${provider.issuer}/auth?`))).searchParams
  assert.deepEqual([asked.get('response_type'), asked.get('code_challenge_method')], ['code', 'S256'])
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(asked.get(name).length >= 43, name)
  assert.equal(seen.filter((url) => /id_token|access_token|segreto/.test(url)).length, 0)
}))

test('who is in no group that counts', () => visit(async (page) => {
  await enter(page, 'nora')
  assert.match(await page.textContent('[role=alert]'), /il tuo accesso qui non è ancora abilitato/)
  await assertAccessible(page, 'not in the mapping')
  assert.deepEqual(await ours(page), [])
}))

test('a role is what the group says', () => visit(async (page) => {
  await enter(page, 'elena')
  await page.waitForURL(`${at.base}/agent/`)
  assert.equal(await page.evaluate(async () => (await fetch('/v1/tickets')).status), 403)
}))

test('an answer is good once, for one browser', () => visit(async (page) => {
  let answer, flow
  page.on('request', async (request) => { if (request.url().includes('/callback?')) answer = request.url() })
  await page.goto(`${at.base}/agent/sign-in`)
  await page.click('text=Accedi con Ente di prova')
  await page.waitForURL(`${provider.issuer}/**`)
  flow = (await ours(page)).find(({ name }) => name === '__Host-sportello-flow')
  assert.deepEqual([flow.secure, flow.httpOnly, flow.sameSite], [true, true, 'Lax'])
  await page.fill('[name=login]', 'anna')
  await page.click('button')
  await page.waitForURL(`${at.base}/agent/`)
  const refused = async (page, what) => {
    await page.goto(answer)
    assert.match(await page.textContent('[role=alert]'), /non è andato a buon fine/, what)
  }
  await refused(page, 'in the same browser')
  await visit((other) => refused(other, 'in another browser'))
  await page.context().addCookies([flow])
  await refused(page, 'with the code that was used')
  await visit(async (other) => {
    await other.goto(`${at.base}/agent/sign-in`)
    await other.click('text=Accedi con Ente di prova')
    await other.waitForURL(`${provider.issuer}/**`)
    await refused(other, "with another browser's state")
  })
}))

test('out here and there', () => visit(async (page) => {
  await enter(page, 'anna')
  await page.waitForURL(`${at.base}/agent/`)
  await page.locator('.ag-who').getByRole('button', { name: 'Esci' }).click()
  await page.waitForURL(`${provider.issuer}/**`)
  await page.click('text=Esci')
  await page.waitForURL(`${at.base}/agent/sign-in?done=out`)
  assert.match(await page.textContent('[role=status]'), /Sei uscito/)
  await page.goto(`${at.base}/agent/`)
  assert.match(page.url(), /sign-in/)
  await page.click('text=Accedi con Ente di prova')
  await page.waitForSelector('[name=login]')
}))

for (const [size, viewport] of Object.entries(sizes))
  test(`accessible on a ${size}`, () => visit(async (page) => {
    for (const lang of ['it', 'en', 'de']) {
      await page.goto(`${at.base}/agent/sign-in?lang=${lang}`)
      await assertAccessible(page, `sign-in ${lang}`, lang)
    }
  }, { viewport }))

test('without scripts', () => visit(async (page) => {
  await enter(page, 'anna')
  await page.waitForURL(`${at.base}/agent/`)
  assert.match(await page.textContent('.ag-who'), /anna/)
}, { javaScriptEnabled: false }))
