// Without JavaScript: plain pages and forms.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { at, setUp, sizes, withPage } from './lib.mjs'

setUp()
const plain = { javaScriptEnabled: false, viewport: sizes.phone }

test('search, an answer, and back', () => withPage(plain, async (page) => {
  await page.goto(at.base)
  await page.fill('#q', 'ricevuta')
  await page.click('.search-form button')
  await page.click('.results a >> nth=0')
  assert.equal(await page.locator('h1').textContent(), 'Dove trovo la ricevuta del pagamento')
}))

test('chat: answer, no, fields with a mistake, number', () => withPage(plain, async (page) => {
  await page.goto(at.base)
  await page.click('.chat-bubble')
  await page.fill('#chat-message', "ho dimenticato la password")
  await page.click('.sp-compose .sp-send')
  assert.match(page.url(), /\/chat\/[a-z0-9]{26}#last$/)
  const conversation = page.url().replace('#last', '')
  assert.match(await page.locator('#last').textContent(), /Apri la pagina del gestore/)
  await page.click('.sp-solved button[value="no"]')
  await page.fill('#chat-ticket-f-email', 'sbagliato')
  await page.click('.sp-ticket .sp-send')
  assert.match(await page.locator('.error-summary').textContent(), /E-mail/)
  assert.equal(await page.inputValue('#f-email'), 'sbagliato')
  await page.fill('#f-email', 'prova@example.com')
  await page.click('.sp-form button')
  assert.match(page.url(), /\/ticket\/\d+\?key=[a-z0-9]{26}/)
  const number = await page.locator('.done-number strong').textContent()
  assert.match(number, /^\d+$/)
  await page.goto(conversation)
  assert.equal(await page.locator('.sp-ticket').count(), 0, 'the conversation knows that it was sent')
  assert.match(await page.locator('.sp-bot:last-child strong').textContent(), new RegExp(` ${number}\\.$`))
  await page.goBack()
  // Going back and sending again is the same request.
  await page.reload()
  assert.equal(await page.locator('.done-number strong').textContent(), number)
}))

test('after mistakes "back" and "reload" lead to pages, and ask nobody to send the form again', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/ticket?category=pagamenti`)
  await page.fill('#f-email', 'sbagliato')
  await page.fill('#f-description', 'Ho pagato due volte.')
  await page.click('.sp-form button')
  await page.locator('.error-summary').waitFor()
  const again = await page.reload()
  assert.equal(again.request().method(), 'GET')
  assert.equal(await page.inputValue('#f-email'), 'sbagliato')
  assert.equal(await page.inputValue('#f-description'), 'Ho pagato due volte.')
  assert.match(await page.locator('.error-summary').textContent(), /E-mail/)
  await page.click('.slim-languages a[lang="en"]')
  assert.equal(await page.inputValue('#f-description'), 'Ho pagato due volte.', 'nothing is lost by another language')
  await page.goBack()
  await page.fill('#f-email', 'ancora')
  await page.click('.sp-form button')
  await page.fill('#f-email', 'prova@example.com')
  await page.click('.sp-form button')
  assert.match(page.url(), /\/ticket\/\d+\?key=/)
  const back = await page.goBack()
  assert.deepEqual([back.request().method(), back.status()], ['GET', 200])
  assert.equal(await page.locator('.sp-form').count(), 1)
  assert.equal(await page.getAttribute('#f-email', 'value'), '', 'what was sent is not kept')
}))

test('after an answer or a file with a mistake "back" and "reload" ask nobody to send it again', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/ticket?category=accesso`)
  await page.fill('#f-description', 'Non entro.')
  await page.click('.sp-form button')
  const ticket = page.url()
  await page.click('form[data-answer] button >> nth=0')
  await page.locator('.error-summary a[href="#answer"]').waitFor()
  const again = await page.reload()
  assert.deepEqual([again.request().method(), again.status()], ['GET', 200])
  await page.setInputFiles('#file', { name: 'foto.png', mimeType: 'image/png', buffer: Buffer.from('<!doctype html>') })
  await page.click('form[data-files] button')
  await page.locator('.error-summary a[href="#file"]').waitFor()
  assert.equal((await page.reload()).request().method(), 'GET')
  await page.click('.btn-outline-primary >> text=Torna')
  const back = await page.goBack()
  assert.deepEqual([back.request().method(), back.status()], ['GET', 200])
  await page.fill('#answer', 'Anche oggi.')
  await page.click('form[data-answer] button >> nth=0')
  assert.match(await page.locator('.talk-told').textContent(), /Messaggio inviato/)
  await page.goto(ticket)
  assert.match(await page.locator('.talk-list').textContent(), /Anche oggi/)
}))

test('chat: "no grazie" takes the offer of a ticket back, "sì" shows its form again', () => withPage(plain, async (page) => {
  const send = async (message) => { await page.fill('#chat-message', message); await page.click('.sp-compose .sp-send') }
  await page.goto(`${at.base}/chat`)
  await send('ho pagato due volte')
  await page.click('.sp-person')
  assert.equal(await page.locator('.sp-ticket').count(), 1)
  await send('sì')
  assert.equal(await page.locator('#last .sp-ticket').count(), 1)
  await send('no grazie')
  assert.match(await page.locator('#last').textContent(), /non apro nessuna richiesta/)
  assert.equal(await page.locator('.sp-ticket').count(), 0)
}))

test('numbers with the spaces that people write in them are taken whole', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/ticket?category=pagamenti`)
  await page.locator('#f-notice').pressSequentially('3010 0000 0000 0001 44')
  await page.locator('#f-taxcode').pressSequentially('RSS MRA 80A01 H501 U')
  assert.equal(await page.inputValue('#f-notice'), '3010 0000 0000 0001 44')
  assert.equal(await page.inputValue('#f-taxcode'), 'RSS MRA 80A01 H501 U')
  await page.fill('#f-description', 'Ho pagato due volte.')
  await page.click('.sp-form button')
  assert.match(page.url(), /\/ticket\/\d+\?key=/)
}))

test('sending the very same form twice makes one ticket', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/ticket?category=accesso`)
  const form = { category: 'accesso', lang: 'it', key: await page.getAttribute('form.sp-form input[name="key"]', 'value'), 'f-description': 'Non entro.' }
  const first = await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })
  const second = await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })
  assert.equal(first.status(), 303)
  assert.equal(second.headers().location, first.headers().location)
  const other = await page.request.post(`${at.base}/ticket`, { form: { ...form, 'f-description': 'Altro.' }, maxRedirects: 0 })
  assert.equal(other.status(), 409)
}))

test('a ticket is seen only with its key', () => withPage(plain, async (page) => {
  const form = { category: 'accesso', lang: 'it', 'f-description': 'Non entro.' }
  const { location } = (await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })).headers()
  assert.equal((await page.request.get(at.base + location)).status(), 200)
  assert.equal((await page.request.get(at.base + location.replace(/key=./, 'key=_'))).status(), 404)
  assert.equal((await page.request.get(at.base + location.split('?')[0])).status(), 404)
}))

test('chat: choices and a person are buttons', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.fill('#chat-message', 'non funziona')
  await page.click('.sp-compose .sp-send')
  await page.click('#last .sp-choice >> nth=0')
  assert.equal(await page.locator('.sp-you').count(), 2)
  await page.click('.sp-person')
  await page.locator('#last .sp-ticket').waitFor()
  assert.equal(await page.locator('.sp-ticket').count(), 1)
}))

test('chat: "yes" is thanked for, an empty message changes nothing', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.fill('#chat-message', 'ho pagato due volte')
  await page.click('.sp-compose .sp-send')
  await page.click('.sp-solved button[value="yes"]')
  assert.match(await page.locator('#last').last().textContent(), /Ottimo!/)
  const empty = await page.request.post(`${at.base}/chat`, { form: { message: '  ' }, maxRedirects: 0 })
  assert.equal(empty.headers().location, '/chat')
}))

test('chat: the question goes along from the search', () => withPage(plain, async (page) => {
  await page.goto(`${at.base}/search?q=${encodeURIComponent('ho pagato due volte')}`)
  await page.click('.ask-call button')
  assert.match(await page.locator('.sp-you').textContent(), /ho pagato due volte/)
  assert.match(await page.locator('#last').textContent(), /Chiedi il rimborso/)
}))
