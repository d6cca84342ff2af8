// The tickets of the agents' console: accessible in every state, by keyboard alone, and of use without scripts.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addToken, assertAccessible, at, focused, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

const inside = 'Controlla nel registro riservato dei codici che il numero sia attivo.'
setUp((folder) => {
  at.kb = join(folder, 'kb')
  cpSync(join(dirname(fileURLToPath(import.meta.url)), 'kb'), at.kb, { recursive: true })
  const path = join(at.kb, 'it/accesso/codice-non-arriva.md')
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n> [!agent-l1]\n> ${inside}\n`)
  return ['serve', '--kb', at.kb, '--data', join(folder, 'data')]
})

const tokens = {}
const token = (subject, audience) => (tokens[subject] ??= addToken(audience, 'agent', subject))
const agent = (options, work, subject = 'ada', audience = 'agent-l1') => withPage(options, async (page) => {
  await signIn(page, token(subject, audience))
  await work(page)
})
const call = async (path, { method = 'POST', body, as } = {}) => {
  const response = await fetch(at.base + path, { method, body: body && JSON.stringify(body),
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...(as && { Authorization: `Bearer ${token(as)}` }) } })
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`)
  return response.json()
}
const openTicket = (more = {}) => call('/v1/tickets', { body: { category: 'accesso', message: 'il codice non arriva', fields: { email: 'ada.l@example.com', provider: 'Alfa' }, ...more } })
const suggested = (page) => page.locator('[data-suggested]').first().waitFor()

test('a ticket that is not there', () => agent({ viewport: sizes['narrow phone'] }, async (page) => {
  for (const lang of ['it', 'en', 'de']) {
    await page.goto(`${at.base}/agent/tickets/999999?lang=${lang}`)
    await assertAccessible(page, `no ticket, ${lang}`, lang)
  }
  await page.locator('main a[href^="/agent/tickets"]').click()
  await page.locator('#q-group').waitFor({ state: 'attached' })
}))

test('what is said above suggested articles is for who reads it', () => agent({}, async (page) => {
  const { number } = await openTicket()
  for (const lang of ['it', 'en', 'de']) {
    await page.goto(`${at.base}/agent/tickets/${number}?lang=${lang}`)
    await suggested(page)
    const told = await page.locator('[data-suggestions] > p').first().textContent()
    assert.ok(told.length > 20, told)
    assert.doesNotMatch(told, /[0-9{}]|fiducia|soglia|confidence|threshold|Konfidenz|Schwelle/, told)
  }
}))

for (const size of ['narrow phone', 'desktop'])
  test(`the queue, ${size}`, () => agent({ viewport: sizes[size] }, async (page) => {
    await openTicket()
    const { number } = await openTicket({ message: 'x'.repeat(150) })
    await call(`/v1/tickets/${number}`, { method: 'PATCH', body: { priority: 'high' }, as: 'ada' })
    for (const [query, lang] of [['', 'it'], ['?lang=en', 'en'], ['?lang=de', 'de'], ['?group=all&who=me', 'it'], ['?state=closed&overdue=1', 'it']]) {
      await page.goto(`${at.base}/agent/tickets${query}`)
      await assertAccessible(page, `queue ${query}`, lang)
    }
  }))

const middle = { width: 768, height: 1024 }
for (const [size, viewport] of [['narrow phone', sizes['narrow phone']], ['tablet', middle], ['desktop', sizes.desktop]])
  test(`one ticket in each state, ${size}`, () => agent({ viewport }, async (page) => {
    const chat = await call('/v1/chat', { body: { message: 'il codice non arriva' } })
    const { number, secret } = await openTicket({ conversation: chat.conversation })
    const look = async (what, query = '', lang = 'it') => {
      await page.goto(`${at.base}/agent/tickets/${number}${query}`)
      await suggested(page)
      for (const part of await page.locator('details').all()) await part.evaluate((element) => { element.open = true })
      await assertAccessible(page, what, lang)
    }
    await look('new')
    await look('new in English', '?lang=en', 'en')
    await look('new in German', '?lang=de', 'de')
    await call(`/v1/tickets/${number}/replies`, { body: { text: 'Aspetta.\n\n- uno\n- due' }, as: 'ada' })
    await call(`/v1/tickets/${number}/replies?secret=${secret}`, { body: { text: 'Niente.' } })
    await look('replied')
    await page.fill('#reply', inside)
    await page.getByRole('button', { name: 'Invia la risposta' }).click()
    await page.locator('#wrong').waitFor()
    await suggested(page)
    await assertAccessible(page, 'refused')
    await call(`/v1/tickets/${number}/escalate`, { body: { group: 'secondo' }, as: 'ada' })
    await look('escalated')
    await call(`/v1/tickets/${number}/return`, { body: { article: 'codice-non-arriva' }, as: 'ada' })
    await look('returned', '?done=return')
    await call('/v1/flags', { body: { article: 'codice-non-arriva', reason: 'wrong', text: 'no', ticket: number }, as: 'ada' })
    await call(`/v1/tickets/${number}`, { method: 'PATCH', body: { state: 'solved' }, as: 'ada' })
    await look('solved')
    await page.goto(`${at.base}/ticket/${number}?key=${secret}`)
    await assertAccessible(page, "the person's page, solved")
    await call(`/v1/tickets/${number}`, { method: 'PATCH', body: { state: 'closed' }, as: 'ada' })
    await look('closed')
    await page.goto(`${at.base}/ticket/${number}?key=${secret}`)
    await assertAccessible(page, "the person's page, closed")
  }))

test('what is masked is in the page when it was asked for', () => agent({}, async (page) => {
  const { number } = await openTicket()
  await page.goto(`${at.base}/agent/tickets/${number}`)
  assert.doesNotMatch(await page.content(), /ada\.l@/)
  await page.getByRole('button', { name: 'Mostra E-mail' }).click()
  await page.getByText('ada.l@example.com').waitFor()
  assert.match((await focused(page)).text, /ada\.l@example\.com/)
  // What the page's own calls are given has it masked, too.
  assert.doesNotMatch(await page.evaluate((n) => fetch(`/v1/tickets/${n}`).then((r) => r.text()), number), /ada\.l@/)
}))

test('all of it by keyboard alone', () => agent({}, async (page) => {
  const { number } = await openTicket()
  await page.goto(`${at.base}/agent/tickets?who=nobody`)
  for (let i = 0; (await focused(page)).name !== `a#t${number}`; i++) {
    assert.ok(i < 60, 'j comes to it')
    await page.keyboard.press('j')
  }
  await page.keyboard.press('Enter')
  await suggested(page)
  await page.keyboard.press('t')
  await page.getByText('La richiesta è tua.').waitFor()
  await suggested(page)
  await page.keyboard.press('l')
  await page.getByText('Articolo collegato.').waitFor()
  await page.keyboard.press('i')
  assert.equal((await focused(page)).name, 'textarea#reply')
  const text = await page.inputValue('#reply')
  assert.ok(text.length > 20 && !text.includes('registro riservato'), text)
  // Keys are letters while one writes.
  await page.keyboard.type('lierf?')
  assert.match(await page.inputValue('#reply'), /lierf\?$/)
  await tabTo(page, 'Invia la risposta')
  await page.keyboard.press('Enter')
  await page.getByText('Risposta inviata').waitFor()
  await suggested(page)
  await page.keyboard.press('f')
  assert.equal((await focused(page)).name, 'input#flag-article')
  await tabTo(page, 'Invia la segnalazione')
  await page.keyboard.press('Enter')
  await page.getByText('Segnalazione inviata').waitFor()
  await suggested(page)
  await page.keyboard.press('e')
  assert.equal((await focused(page)).name, 'select#escalate-group')
  await tabTo(page, 'Passa la richiesta')
  await page.keyboard.press('Enter')
  await page.getByText('Richiesta passata').waitFor()
  await suggested(page)
  await page.keyboard.press('r')
  assert.equal((await focused(page)).name, 'input#return-article')
  await page.keyboard.press('Tab')
  await tabTo(page, 'Rimanda')
  await page.keyboard.press('Enter')
  await page.getByText('Richiesta rimandata').waitFor()
  await page.keyboard.press('?')
  assert.equal(await page.locator('#keys[open]').count(), 1)
  await tabTo(page, 'input#keys-on', 'Tab', 5)
  await page.keyboard.press('Space')
  await page.keyboard.press('e')
  assert.equal(await page.locator('#escalate[open]').count(), 0, 'turned off')
  await page.keyboard.press('Space')
}))

test('the queue keeps itself up to date', () => agent({}, async (page) => {
  await page.clock.install()
  await page.goto(`${at.base}/agent/tickets`)
  await page.waitForResponse(/\/v1\/queue/)
  const { number } = await openTicket()
  await page.clock.fastForward(21000)
  await page.locator(`#t${number}`).waitFor()
}))

test('without scripts: read, take, insert, reply, escalate, return, close', () => agent({ javaScriptEnabled: false }, async (page) => {
  const { number } = await openTicket()
  await page.goto(`${at.base}/agent/tickets`)
  await page.getByRole('button', { name: `Prendo io ${number}` }).click()
  await page.getByText('La richiesta è tua.').waitFor()
  await page.getByRole('link', { name: 'Mostra i suggerimenti' }).click()
  await page.getByRole('button', { name: /^Inserisci nella risposta/ }).first().click()
  assert.ok((await page.inputValue('#reply')).length > 20)
  await page.getByRole('button', { name: 'Invia la risposta' }).click()
  await page.getByText('Risposta inviata').waitFor()
  await page.getByRole('button', { name: 'Mostra E-mail' }).click()
  await page.getByText('ada.l@example.com').waitFor()
  await page.locator('#escalate summary').click()
  await page.getByRole('button', { name: 'Passa la richiesta' }).click()
  await page.getByText('Richiesta passata').waitFor()
  await page.locator('#return summary').click()
  await page.fill('#return-article', 'codice-non-arriva')
  await page.getByRole('button', { name: 'Rimanda', exact: true }).click()
  await page.getByText('Richiesta rimandata').waitFor()
  await page.getByRole('button', { name: 'Segna come risolta' }).click()
  await page.getByText('Segnata come risolta').waitFor()
  await page.getByRole('button', { name: 'Chiudi' }).click()
  await page.getByText('Richiesta chiusa').waitFor()
}))

test('the person answers and says that it is solved', () => withPage({ viewport: sizes['narrow phone'] }, async (page) => {
  const { number, secret } = await openTicket()
  await call(`/v1/tickets/${number}/replies`, { body: { text: 'Hai provato **adesso**?' }, as: 'ada' })
  await page.goto(`${at.base}/ticket/${number}?key=${secret}`)
  await page.getByText('Hai provato adesso?').waitFor()
  await assertAccessible(page, 'replied')
  await page.getByRole('button', { name: 'Invia' }).click()
  await page.locator('#answer-error').waitFor()
  await assertAccessible(page, 'nothing written')
  await page.fill('#answer', 'Sì, e non va')
  await page.getByRole('button', { name: 'Invia' }).click()
  await page.getByText('Messaggio inviato').waitFor()
  await page.getByText('Sì, e non va').waitFor()
  await page.getByRole('button', { name: 'Ho risolto, grazie' }).click()
  await page.getByText('Grazie per avercelo detto').waitFor()
  await page.fill('#answer', 'Invece no')
  await page.getByRole('button', { name: 'Non è risolta: riapri' }).click()
  await page.getByText('Riaperta').waitFor()
}))

test('what is being written outlives a session that ends, a reload and leaving the page', () => agent({}, async (page) => {
  const { number } = await openTicket()
  const path = `/agent/tickets/${number}`
  await page.goto(at.base + path)
  await page.locator('#reply').fill('Ha provato a spegnere il telefono?')
  await page.reload()
  assert.equal(await page.inputValue('#reply'), 'Ha provato a spegnere il telefono?')
  assert.match(await page.locator('[data-live]').textContent(), /il testo che stavi scrivendo/)
  await page.goto(`${at.base}/agent/tickets`)
  await page.goBack()
  assert.equal(await page.inputValue('#reply'), 'Ha provato a spegnere il telefono?')
  await page.context().clearCookies() // the session is over
  await page.locator('#reply').press('Control+Enter')
  await page.waitForURL(/\/agent\/sign-in/)
  await page.locator('input[name="token"]').fill(token('ada'))
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(path))
  await page.waitForFunction(() => document.querySelector('#reply').value === 'Ha provato a spegnere il telefono?')
  await page.locator('#reply').press('Control+Enter')
  await page.getByText('Ha provato a spegnere il telefono?').first().waitFor()
  await page.waitForURL(/done=reply/)
  assert.equal(await page.inputValue('#reply'), '')
  await page.goto(at.base + path)
  await suggested(page)
  assert.equal(await page.inputValue('#reply'), '')
  await page.locator('#reply').press('Escape') // then the keys of one character work again
  await page.keyboard.press('e')
  assert.equal((await focused(page)).name, 'select#escalate-group')
}))

test('what was done is told once; a second reply that does not arrive is still there on the way back', () => agent({ losesNetwork: true }, async (page) => {
  const { number } = await openTicket()
  const told = page.getByText('Risposta inviata')
  await page.goto(`${at.base}/agent/tickets/${number}`)
  await page.fill('#reply', 'Ha provato a spegnere il telefono?')
  await page.locator('#reply').press('Control+Enter')
  await told.waitFor()
  await page.reload()
  assert.equal(await told.count(), 0)
  await page.fill('#reply', 'Mi dica anche il modello.')
  await page.route(`**/agent/tickets/${number}*`, (route) => route.abort('connectionreset'), { times: 1 })
  await Promise.all([page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:')), page.locator('#reply-form button').click({ noWaitAfter: true })])
  await page.waitForLoadState() // of what the browser shows instead: before that there is no page to go back from
  await page.goBack()
  assert.equal(await page.inputValue('#reply'), 'Mi dica anche il modello.')
  assert.equal(await told.count(), 0)
  await page.locator('#reply').press('Control+Enter')
  await told.waitFor()
  assert.equal(await page.inputValue('#reply'), '')
}))

test('two at the same ticket: what was written before a colleague passed it on stays, and does not take it out of their queue', () => agent({}, async (page) => {
  const { number } = await openTicket()
  const address = `${at.base}/agent/tickets/${number}`
  await page.goto(address)
  await page.fill('#reply', 'Provi di nuovo fra un minuto.')
  await withPage({}, async (other) => {
    await signIn(other, token('bea'), `/agent/tickets/${number}`)
    await other.click('#escalate summary')
    await other.click('#escalate button[type="submit"]')
    await other.getByText('Richiesta passata').waitFor()
  })
  await page.locator('#reply').press('Control+Enter')
  await page.getByText('Qualcuno ha cambiato la richiesta').waitFor()
  assert.equal(await page.inputValue('#reply'), 'Provi di nuovo fra un minuto.')
  assert.match(await page.locator('[data-piece="state"]').textContent(), /specialista/)
  await assertAccessible(page, 'changed by somebody else')
  await page.check('#then-keep')
  await page.locator('#reply').press('Control+Enter')
  await page.getByText('Risposta inviata').waitFor()
  assert.match(await page.locator('[data-piece="state"]').textContent(), /specialista/)
}))
