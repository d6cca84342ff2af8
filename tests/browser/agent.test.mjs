// The agents' search: by keyboard alone, accessible in every state, light, and of use without scripts.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { renameSync, writeFileSync, cpSync, readFileSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { addToken, assertAccessible, at, focused, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

const firstScreenMax = 150 * 1024

// An article has something internal.
setUp((folder) => {
  at.kb = join(folder, 'kb')
  cpSync(join(dirname(fileURLToPath(import.meta.url)), 'kb'), at.kb, { recursive: true })
  const path = join(at.kb, 'it/accesso/codice-non-arriva.md')
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n> [!agent-l1]\n> Chiedi sempre il nome del gestore.\n`)
  return ['serve', '--kb', at.kb, '--data', join(folder, 'data')]
})

const token = () => (at.token ??= addToken())
const agent = (options, work) => withPage(options, async (page) => {
  await signIn(page, token())
  if (options.javaScriptEnabled !== false) await page.locator('html.ag-scripts').waitFor({ state: 'attached' })
  await work(page)
})
const hit = (page, n = 0) => page.locator('[data-hit]').nth(n)
async function type(page, text) {
  await page.keyboard.type(text)
  await page.waitForFunction((words) => new URL(document.querySelector('[data-hit]')?.href ?? location.href).searchParams.get('q') === words || !document.querySelector('[data-hit]'), text.trim())
}

test('search, arrows, open, steps, back: by keyboard alone', () => agent({}, async (page) => {
  assert.equal((await focused(page)).name, 'input#q', 'one can type at once')
  await type(page, 'codice non arr')
  assert.match(await hit(page).textContent(), /Non mi arriva il codice/)
  await page.keyboard.press('ArrowDown')
  assert.match((await focused(page)).text, /Non mi arriva il codice/)
  await page.keyboard.press('ArrowUp')
  assert.equal((await focused(page)).name, 'input#q')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('#article .ag-step').first().waitFor()
  assert.equal((await focused(page)).name, 'h2#article-title')
  await page.keyboard.press('2')
  assert.equal((await focused(page)).name, 'section#passo-2-chiedi-un-codice-nuovo')
  await tabTo(page, 'Provato, non basta')
  await page.keyboard.press('Space')
  assert.equal(await page.locator('.ag-now [data-outcome="no"]').getAttribute('aria-pressed'), 'true')
  assert.match(await page.locator('[data-tried-count]').textContent(), /1 di 3/)
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => !document.querySelector('#article [data-id]'))
  assert.match((await focused(page)).text, /Non mi arriva il codice/, 'back on the hit that was opened')
  await page.keyboard.press('Escape')
  assert.equal((await focused(page)).name, 'input#q')
  await page.keyboard.press('Escape')
  assert.equal(await page.inputValue('#q'), '')
  // From anywhere.
  await tabTo(page, 'Esci', 'Shift+Tab')
  await page.keyboard.press('/')
  assert.equal((await focused(page)).name, 'input#q')
}))

test('a slash or a number while one writes is what one writes', () => agent({}, async (page) => {
  await page.keyboard.type('7/2?')
  assert.equal(await page.inputValue('#q'), '7/2?')
}))

test('help, and keys turned off', () => agent({}, async (page) => {
  await tabTo(page, 'Scorciatoie')
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog[open]').count(), 1)
  await assertAccessible(page, 'help')
  await tabTo(page, 'input#keys-on', 'Tab', 5)
  await page.keyboard.press('Space')
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('dialog[open]').count(), 0)
  assert.equal((await focused(page)).text, 'Scorciatoie', 'back where one was')
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog[open]').count(), 0)
  await page.keyboard.press('/')
  assert.equal((await focused(page)).text, 'Scorciatoie')
}))

test('the last list stays until the next one is there; what is late is dropped', () => agent({}, async (page) => {
  let hold = null
  await page.route('**/agent/?*part=list*', async (route) => {
    if (new URL(route.request().url()).searchParams.get('q') === 'pag') await new Promise((go) => { hold = go })
    await route.continue().catch(() => {})
  })
  await type(page, 'codice')
  const before = await page.locator('[data-piece="list"]').innerHTML()
  await page.fill('#q', 'pag')
  await page.waitForTimeout(100)
  assert.equal(await page.locator('[data-piece="list"]').innerHTML(), before)
  await page.fill('#q', 'password')
  await page.waitForFunction(() => /password/i.test(document.querySelector('[data-hit]')?.textContent ?? ''))
  hold()
  await page.waitForTimeout(150)
  assert.match(await hit(page).textContent(), /password/i, 'what was asked before does not come back')
}))

test('of an article and its translation, the one that is open is marked', () => agent({}, async (page) => {
  await type(page, 'password')
  const titles = page.locator('[data-hit][href*="id=password-dimenticata"]')
  assert.equal(await titles.count(), 2, 'both are found')
  await titles.last().click()
  await page.locator('#article [data-id]').waitFor()
  assert.equal(await page.locator('[data-hit][aria-current]').count(), 1)
  assert.equal(await titles.last().getAttribute('aria-current'), 'true')
}))

test('filters, by keyboard', () => agent({}, async (page) => {
  await tabTo(page, /^summary/)
  await page.keyboard.press('Enter')
  await page.locator('select[name="type"]').focus()
  await page.keyboard.press('p') // Passo per passo
  await page.waitForFunction(() => /attivi: 1/.test(document.querySelector('[data-piece="active"]').textContent))
  assert.ok((await page.locator('.ag-hits > li').count()) >= 1)
  assert.equal(await page.locator('.ag-hits .ag-hit-facts', { hasText: 'Domanda e risposta' }).count(), 0)
  assert.equal((await focused(page)).name, 'select', 'the filter that is changed keeps the focus')
  await page.waitForFunction(() => /type=procedure/.test(location.search))
  await assertAccessible(page, 'filters')
  await tabTo(page, 'Togli i filtri')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('[data-piece="active"]').textContent.trim() === '')
}))

test('choices lead on, what was tried is a note, and stays for this tab', () => agent({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
  await page.goto(`${at.base}/agent/?id=codice-non-arriva`)
  await page.locator('.ag-choices a', { hasText: 'Non c\'è campo' }).press('Enter')
  assert.equal((await focused(page)).name, 'section#passo-3-spostati')
  await page.locator('#passo-3-spostati [data-outcome="yes"]').press('Enter')
  await page.locator('[data-tried-copy]').press('Enter')
  await page.waitForFunction(() => document.querySelector('[data-live]').textContent === 'Copiato')
  const note = await page.evaluate(() => navigator.clipboard.readText())
  assert.match(note, /^Procedura «Non mi arriva il codice di accesso» \(codice-non-arriva, versione [0-9a-f]{12}\)\n1\. Passo 1: guarda il telefono: provato, non basta\n3\. Passo 3: spostati: ha risolto$/)
  await page.reload()
  assert.match(await page.locator('[data-tried-count]').textContent(), /2 di 3/)
  await page.locator('[data-tried-clear]').press('Enter')
  assert.equal(await page.locator('[data-tried]').isVisible(), false)
}))

test('what was tried goes to the ticket that it is for', () => agent({}, async (page) => {
  const made = await page.request.post(`${at.base}/v1/tickets`, { data: { category: 'accesso', fields: { email: 'a@example.it' }, message: 'il codice non arriva' } })
  const { number } = await made.json()
  await page.goto(`${at.base}/agent/?ticket=${number}&id=codice-non-arriva`)
  await page.locator('#passo-1-guarda-il-telefono [data-outcome="no"]').click()
  await page.locator('[data-tried-ticket]').click()
  await page.waitForFunction(() => /Aggiunto alla richiesta/.test(document.querySelector('[data-live]').textContent))
  const ticket = await (await page.request.get(`${at.base}/v1/tickets/${number}`, { headers: { Authorization: `Bearer ${at.token}` } })).json()
  assert.match(ticket.note, /1\. Passo 1: guarda il telefono: provato, non basta/)
}))

test('links between articles stay in the console, and so does the way back', () => agent({}, async (page) => {
  await type(page, 'codice')
  await hit(page).click()
  await page.locator('#article .ag-more a').first().click()
  await page.waitForFunction(() => document.querySelector('#article [data-id]')?.dataset.id === 'password-dimenticata')
  await page.goBack()
  await page.waitForFunction(() => document.querySelector('#article [data-id]')?.dataset.id === 'codice-non-arriva')
  await page.goBack()
  await page.waitForFunction(() => !document.querySelector('#article [data-id]'))
}))

test('read aloud: one sentence a line, nothing internal', () => agent({}, async (page) => {
  await page.goto(`${at.base}/agent/?id=codice-non-arriva`)
  assert.match(await page.locator('#article').textContent(), /Chiedi sempre il nome del gestore/)
  assert.match(await page.locator('#article .ag-only').textContent(), /Solo per: Operatori/)
  await page.getByRole('link', { name: 'Leggi al telefono' }).press('Enter')
  await page.locator('.ag-speech').waitFor()
  const text = await page.locator('#article').textContent()
  assert.doesNotMatch(text, /Chiedi sempre il nome/)
  assert.equal(await page.locator('.ag-speech p', { hasText: /^Vai dove c'è campo e riprova\.$/ }).count(), 1)
  assert.ok(await page.locator('.ag-speech p').first().evaluate((p) => parseFloat(getComputedStyle(p).fontSize)) >= 20)
  await page.keyboard.press('3')
  assert.equal((await focused(page)).name, 'section#passo-3-spostati')
}))

test('the code below a step opens that step', () => agent({}, async (page) => {
  const said = await (await page.request.post(`${at.base}/v1/chat`, { data: { message: 'non ricevo l\'sms con il codice', lang: 'it' } })).json()
  await page.locator('#q').focus()
  await page.keyboard.type(said.step.code.toLowerCase())
  await page.locator('#article .ag-person').waitFor()
  assert.match(await page.locator('#article .ag-here h3').textContent(), /Passo 1: guarda il telefono/)
  await assertAccessible(page, 'code of a step')
}))

test('a receipt opens what was shown', () => agent({}, async (page) => {
  const said = await (await page.request.post(`${at.base}/v1/chat`, { data: { message: 'ho dimenticato la password', lang: 'it' } })).json()
  await page.goto(`${at.base}/agent/receipts`)
  await page.locator('input#code:focus').waitFor() // it has the focus once the page is painted
  await page.keyboard.type(said.article.receipt.toUpperCase().replaceAll('-', ' '))
  await page.keyboard.press('Enter')
  await page.locator('.ag-receipt').waitFor()
  assert.match(await page.locator('.ag-receipt').textContent(), /Il testo è ancora lo stesso/)
  for (const [name, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    await assertAccessible(page, `receipt, ${name}`)
  }
  const path = join(at.kb, `it/accesso/${said.article.id}.md`)
  writeFileSync(`${path}~`, `${readFileSync(path, 'utf8')}\nUna frase nuova.\n`)
  renameSync(`${path}~`, path)
  await page.waitForTimeout(800)
  await page.reload()
  await page.getByText('Che cosa è cambiato').press('Enter')
  assert.equal(await page.locator('.ag-come', { hasText: 'Una frase nuova.' }).count(), 1)
  await assertAccessible(page, 'receipt of a text that changed')
  await page.goto(`${at.base}/agent/receipts?code=S1-niente`)
  assert.match(await page.getByRole('alert').textContent(), /Nessuna ricevuta/)
  await assertAccessible(page, 'no receipt')
}))

test('every state is accessible at every size', () => agent({}, async (page) => {
  const states = { start: '/agent/', list: '/agent/?q=codice', article: '/agent/?q=codice&id=codice-non-arriva', aloud: '/agent/?id=codice-non-arriva&read=1',
    none: '/agent/?q=zzzzzz', missing: '/agent/?id=nessuno', internal: '/agent/?q=segretissimo&id=solo-operatori', filtered: '/agent/?type=qa&validity=ended',
    english: '/agent/?q=password&of=en&id=password-dimenticata' }
  for (const [name, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const [state, address] of Object.entries(states)) {
      await page.goto(at.base + address)
      await assertAccessible(page, `${state}, ${name}`)
    }
  }
  await page.goto(`${at.base}/agent/?lang=de&q=password`)
  await assertAccessible(page, 'German', 'de')
}))

test('without scripts: a form, a list, the article beside it', () => agent({ javaScriptEnabled: false }, async (page) => {
  await page.fill('#q', 'codice non arriva')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=codice/)
  await hit(page).click()
  await page.waitForURL(/id=codice-non-arriva/)
  assert.match(await page.locator('#article h2').first().textContent(), /Non mi arriva il codice/)
  assert.match(await page.locator('#article').textContent(), /Vai dove c'è campo/)
  await page.locator('.ag-choices a').first().click()
  assert.match(page.url(), /#passo-2/)
  await page.locator('.ag-filters summary').click()
  await page.selectOption('select[name="type"]', 'procedure')
  await page.getByRole('button', { name: 'Applica' }).click()
  await page.waitForURL(/type=procedure/)
}))

test('the first screen is light', () => agent({}, async (page) => {
  const bytes = new Map()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
  page.on('response', async (response) => {
    const body = await response.body().catch(() => Buffer.alloc(0))
    bytes.set(new URL(response.url()).pathname, /woff2/.test(response.url()) ? body.length : gzipSync(body).length)
  })
  await page.goto(`${at.base}/agent/?q=codice&id=codice-non-arriva`, { waitUntil: 'networkidle' })
  const all = [...bytes.values()].reduce((sum, size) => sum + size, 0)
  assert.ok(bytes.size >= 7, `${[...bytes.keys()]}`)
  assert.ok(all < firstScreenMax, `${all} bytes: ${JSON.stringify([...bytes])}`)
  console.log(`# first screen ${Math.round(all / 1024)} kB gzipped`)
}))
