// A level 1 agent's morning, from signing in to signing out: search, walk a procedure, take a ticket, link, reply, escalate, get it back, close.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { addToken, at, focused, setUp, signIn, tabTo, withPage } from './lib.mjs'

setUp()

const post = async (path, body, token) => {
  const response = await fetch(at.base + path, { method: 'POST', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) } })
  assert.ok(response.ok, `${path}: ${response.status}`)
  return response.json()
}
const suggested = (page) => page.locator('[data-suggested]').first().waitFor()

// The second level, in a browser of its own.
const specialist = (number) => withPage({}, async (page) => {
  await signIn(page, addToken('agent-l2', 'agent', 'bice'), '/agent/tickets')
  await page.locator(`#t${number}`).click()
  await page.locator('.agt-passed', { hasText: 'Ho acceso e spento il telefono' }).waitFor() // the dossier
  await suggested(page)
  await page.keyboard.press('t')
  await page.getByText('La richiesta è tua.').waitFor()
  await page.keyboard.press('r')
  await page.locator('#return-article').fill('notifiche-passi')
  await page.locator('#return-text').fill('Basta il passo 2.')
  await page.getByRole('button', { name: 'Rimanda', exact: true }).click()
  await page.getByText('Richiesta rimandata al primo livello.').waitFor()
})

test('the morning of Ada', () => withPage({}, async (page) => {
  const chat = await post('/v1/chat', { message: 'non ricevo le notifiche sul telefono' })
  const { number, secret } = await post('/v1/tickets', { conversation: chat.conversation, category: 'accesso',
    message: 'non ricevo le notifiche sul telefono', fields: { email: 'mario.rossi@example.com' } })

  // She signs in, and somebody calls: three words show the procedure.
  await signIn(page, addToken('agent-l1', 'agent', 'ada'))
  await page.locator('html.ag-scripts').waitFor({ state: 'attached' })
  await page.keyboard.type('notifiche telefono')
  await page.locator('[data-hit]').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('#article .ag-step').first().waitFor()
  await page.keyboard.press('2')
  assert.match((await focused(page)).name, /section#passo-2/)

  // The queue has a request about the same; she takes it.
  await page.getByRole('link', { name: 'Richieste' }).first().click()
  await page.locator(`#t${number}`).waitFor()
  await page.getByRole('button', { name: `Prendo io ${number}` }).click()
  await page.getByText('La richiesta è tua.').waitFor()
  await suggested(page)
  assert.match(await page.locator('[data-suggested]').first().textContent(), /Non ricevo le notifiche sul telefono/)

  // One key links the article, one puts its public text in the reply; she sends it.
  await page.keyboard.press('l')
  await page.getByText('Articolo collegato.').waitFor()
  await page.keyboard.press('i')
  assert.equal((await focused(page)).name, 'textarea#reply')
  assert.match(await page.inputValue('#reply'), /guarda i permessi/)
  await tabTo(page, 'Invia la risposta')
  await page.keyboard.press('Enter')
  await page.getByText('Risposta inviata').waitFor()

  // The person answers; she passes it on, with what she knows.
  await post(`/v1/tickets/${number}/replies?secret=${secret}`, { text: 'Niente da fare.' })
  await page.reload()
  await page.getByText('Niente da fare.').first().waitFor()
  await suggested(page)
  await page.keyboard.press('e')
  const dossier = await page.inputValue('#dossier')
  assert.match(dossier, /non ricevo le notifiche sul telefono/)
  assert.match(dossier, /notifiche-passi/)
  assert.match(dossier, /Niente da fare/)
  assert.doesNotMatch(dossier, /mario\.rossi/)
  await page.selectOption('#escalate-group', 'secondo')
  await page.fill('#dossier', `${dossier}\nHo acceso e spento il telefono con lui.`)
  await page.getByRole('button', { name: 'Passa la richiesta' }).click()
  await page.getByText('Richiesta passata, con il dossier.').waitFor()

  // It comes back: level 1 could solve it.
  await specialist(number)
  await page.goto(`${at.base}/agent/tickets?who=me`)
  await page.locator(`#t${number}`).click()
  await page.locator('.agt-passed', { hasText: 'Basta il passo 2.' }).waitFor() // the first thing that she reads
  assert.match(await page.locator('.agt-passed').textContent(), /Rimandata da bice[^]*Il primo livello poteva risolverla con l'articolo/)
  await page.locator('[data-piece="state"]', { hasText: 'Rimandata al primo livello' }).waitFor()
  await page.fill('#reply', 'Riavvia il telefono, poi riprova.')
  await page.check('#then-solved')
  await page.getByRole('button', { name: 'Invia la risposta' }).click()
  await page.getByText('Risposta inviata').waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Bozza di articolo/ }).click()])
  assert.match(download.suggestedFilename(), /^non-ricevo-le-notifiche-sul-telefono-\d+\.md$/)
  await page.getByRole('button', { name: 'Chiudi' }).click()
  await page.getByText('Richiesta chiusa.').waitFor()

  // The manager's figures: closed at level 1, once escalated, which was preventable.
  const figures = await fetch(`${at.base}/v1/deflection`, { headers: { Authorization: `Bearer ${addToken('agent-l1', 'manager', 'capo')}` } }).then((r) => r.json())
  assert.deepEqual([figures.tickets.all, figures.tickets.closed_level1, figures.tickets.escalated, figures.tickets.preventable], [1, 1, 1, 1])

  await page.getByRole('button', { name: 'Esci' }).click()
  await page.waitForURL(/sign-in/)
  await page.goto(`${at.base}/agent/tickets/${number}`)
  assert.match(page.url(), /sign-in/)
}))
